-- +goose Up

-- Who may come in. A token is kept as SHA-256 of the whole of it: it is 128 random bits, so there is
-- nothing to guess that a slow hash would protect. Rows are only ever added; a caller that was taken
-- back stays, because submissions and the audit record name it.
CREATE TABLE IF NOT EXISTS callers
(
    id           String,                     -- the part of the token that may be shown
    token_hash   FixedString(32),            -- SHA-256 of the token
    session_hash FixedString(32),            -- SHA-256 of what a browser keeps instead of it
    label        String,
    role         LowCardinality(String),
    agencies     Array(LowCardinality(String)), -- empty: not held to agencies
    area         Array(String),              -- 'CODE@DATE'; empty: the whole territory
    added_at     DateTime64(3, 'UTC'),
    expires_at   DateTime64(3, 'UTC')        -- 1970-01-01: never
)
ENGINE = MergeTree
ORDER BY id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS caller_revocations
(
    id         String,
    revoked_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Changes made to the running of the service, append-only: who, what, when, in which request. Neither
-- secrets nor personal data.
CREATE TABLE IF NOT EXISTS audit
(
    at      DateTime64(3, 'UTC'),            -- the real clock's
    action  LowCardinality(String),          -- 'token.added'
    caller  LowCardinality(String),          -- id of a caller, or 'console' on the machine itself
    subject String,                          -- what was changed
    request String,                          -- id of the request, '' from the console
    details Map(LowCardinality(String), String)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (at, action, subject)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The whole record. What came in by submission is not written twice: the journal has brought it here
-- exactly once, also when ClickHouse was away as it was accepted. The id of a submission is that of
-- its request.
CREATE VIEW IF NOT EXISTS audit_trail AS
SELECT at, action, caller, subject, request, details
FROM audit
UNION ALL
SELECT
    known_at AS at,
    'submission.accepted' AS action,
    caller,
    submission AS subject,
    submission AS request,
    map('dataset', toString(dataset), 'agency', toString(agency), 'accepted', toString(accepted), 'rejected', toString(rejected)) AS details
FROM submissions
UNION ALL
SELECT
    p.known_at AS at,
    'task.accepted' AS action,
    s.caller AS caller,
    concat(p.task, ' ', p.assignee) AS subject,
    p.submission AS request,
    map('date', toString(p.date)) AS details
FROM task_progress AS p
LEFT ANY JOIN submissions AS s ON s.submission = p.submission
WHERE p.status = 'accepted' AND NOT p.retracted;

-- +goose Down
DROP VIEW IF EXISTS audit_trail;
DROP TABLE IF EXISTS audit;
DROP TABLE IF EXISTS caller_revocations;
DROP TABLE IF EXISTS callers;
