-- Every token ever made, the oldest first; revoked_at is 1970-01-01 while it is valid.
SELECT c.id, c.token_hash, c.session_hash, c.label, toString(c.role) AS role, c.agencies, c.area, c.added_at, c.expires_at, r.revoked AS revoked_at
FROM callers AS c
LEFT ANY JOIN (SELECT id, min(revoked_at) AS revoked FROM caller_revocations GROUP BY id) AS r ON r.id = c.id
ORDER BY c.added_at, c.id
