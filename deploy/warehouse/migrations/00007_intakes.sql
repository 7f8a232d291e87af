-- +goose Up

-- What an intake was about, and what it changed: counted by the writer in the order of the journal, so that it
-- comes out the same when messages are read again after a crash. Of intakes recorded before, these are empty.
ALTER TABLE submissions
    ADD COLUMN IF NOT EXISTS units Array(LowCardinality(String)) AFTER agency,          -- codes of the accepted rows, ascending
    ADD COLUMN IF NOT EXISTS periods Array(LowCardinality(String)) AFTER units,         -- as sent, by their last day: '2022-11-18', 's2022-11'
    ADD COLUMN IF NOT EXISTS period_starts Array(Date32) AFTER periods,                 -- first civil day of each
    ADD COLUMN IF NOT EXISTS period_ends Array(Date32) AFTER period_starts,             -- last civil day of each, inclusive
    ADD COLUMN IF NOT EXISTS corrected UInt32 DEFAULT 0 AFTER unchanged,                -- rows that gave a cell that was known another content
    ADD COLUMN IF NOT EXISTS retracted UInt32 DEFAULT 0 AFTER corrected;                -- rows that took a figure or report back

-- The whole record of changes. submission is empty for what did not come by one; agency is the one a submission was sent for.
CREATE OR REPLACE VIEW audit_trail AS
SELECT at, action, caller, subject, request, '' AS submission, '' AS agency, details
FROM audit
UNION ALL
SELECT
    known_at AS at,
    if(accepted > 0, 'submission.accepted', 'submission.refused') AS action,
    caller,
    submission AS subject,
    submission AS request,
    submission,
    agency,
    map('dataset', toString(dataset), 'agency', toString(agency), 'accepted', toString(accepted), 'unchanged', toString(unchanged), 'rejected', toString(rejected)) AS details
FROM submissions
UNION ALL
SELECT
    known_at AS at,
    'figures.revised' AS action,
    caller,
    submission AS subject,
    submission AS request,
    submission,
    agency,
    map('dataset', toString(dataset), 'agency', toString(agency), 'rows', toString(corrected)) AS details
FROM submissions
WHERE corrected > 0
UNION ALL
SELECT
    known_at AS at,
    'figures.retracted' AS action,
    caller,
    submission AS subject,
    submission AS request,
    submission,
    agency,
    map('dataset', toString(dataset), 'agency', toString(agency), 'rows', toString(retracted)) AS details
FROM submissions
WHERE retracted > 0
UNION ALL
SELECT
    p.known_at AS at,
    'task.accepted' AS action,
    s.caller AS caller,
    concat(p.task, ' ', p.assignee) AS subject,
    p.submission AS request,
    p.submission AS submission,
    s.agency AS agency,
    map('date', toString(p.date)) AS details
FROM task_progress AS p
LEFT ANY JOIN submissions AS s ON s.submission = p.submission
WHERE p.status = 'accepted' AND NOT p.retracted;

-- +goose Down
CREATE OR REPLACE VIEW audit_trail AS
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
ALTER TABLE submissions
    DROP COLUMN IF EXISTS retracted, DROP COLUMN IF EXISTS corrected,
    DROP COLUMN IF EXISTS period_ends, DROP COLUMN IF EXISTS period_starts, DROP COLUMN IF EXISTS periods,
    DROP COLUMN IF EXISTS units;
