-- What the latest report on each assignment of some tasks by a day says beside the status:
-- its latest revision known by the as-of. Without an obstacle its day is 0.
WITH
    argMax((percent, note, obstacle_kind, toInt32(ifNull(obstacle_since, toDate32(0))), obstacle_owner), (stream_seq, row_no)) AS told
SELECT
    task, assignee,
    toInt32(date) AS day,
    told.1 AS done, told.2 AS said, told.3 AS obstacle, told.4 AS since, told.5 AS owner
FROM task_progress
WHERE task IN {tasks:Array(String)}
  AND date <= {last_day:Date32}
  AND known_at <= {known_by:DateTime64(3, 'UTC')}
GROUP BY task, assignee, date
HAVING NOT argMax(retracted, (stream_seq, row_no))
ORDER BY day DESC
LIMIT 1 BY task, assignee
