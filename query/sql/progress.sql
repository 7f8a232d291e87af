-- Every report on every assignment by the day it speaks of: its latest revision known by
-- the as-of, without the retracted ones.
SELECT task, assignee, toInt32(date) AS day, argMax(toString(status), (stream_seq, row_no)) AS said
FROM task_progress
WHERE known_at <= {known_by:DateTime64(3, 'UTC')}
GROUP BY task, assignee, date
HAVING NOT argMax(retracted, (stream_seq, row_no))
ORDER BY task, assignee, date
