-- What stands in the way of each assignment by a day: of its latest report, the latest
-- revision known by the as-of, where it names an obstacle.
SELECT task, assignee, day, said.1 AS status, said.2 AS percent, said.3 AS note, said.4 AS kind, said.5 AS since, said.6 AS owner
FROM
(
    SELECT
        task, assignee, toInt32(date) AS day,
        argMax((toString(status), percent, note, toString(obstacle_kind), obstacle_since, toString(obstacle_owner)), (stream_seq, row_no)) AS said
    FROM task_progress
    WHERE date <= {last_day:Date32} AND known_at <= {known_by:DateTime64(3, 'UTC')}
    GROUP BY task, assignee, date
    HAVING NOT argMax(retracted, (stream_seq, row_no))
    ORDER BY task, assignee, day DESC
    LIMIT 1 BY task, assignee
)
WHERE kind != ''
ORDER BY task, assignee
