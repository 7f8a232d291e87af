INSERT INTO caller_revocations
(id, revoked_at)
