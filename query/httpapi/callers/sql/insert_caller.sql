INSERT INTO callers
(id, token_hash, session_hash, label, role, agencies, area, added_at, expires_at)
