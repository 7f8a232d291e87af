-- The latest report of each assignment of some assignees by a day, with all its
-- revisions known by the as-of, the newest first.
WITH
    arrayReverseSort(groupArray((stream_seq, row_no, toString(status), retracted, known_at, toString(submission), line, note))) AS told
SELECT
    task, assignee,
    toInt32(date) AS day,
    told.1 AS seqs, told.3 AS said, told.4 AS withdrawn, told.5 AS known, told.6 AS submissions, told.7 AS lines, told.8 AS notes
FROM task_progress
WHERE assignee IN {assignees:Array(String)}
  AND date <= {last_day:Date32}
  AND known_at <= {known_by:DateTime64(3, 'UTC')}
GROUP BY task, assignee, date
HAVING NOT withdrawn[1]
ORDER BY day DESC, task, assignee
LIMIT 1 BY task, assignee
LIMIT {limit:UInt32}
