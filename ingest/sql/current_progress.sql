-- What reports said before the batch.
SELECT task, assignee, date, last.1, last.2, last.3, last.4, last.5, last.6, last.7, last.8
FROM
(
    SELECT
        task, assignee, date,
        argMax((status::String, percent, note, obstacle_kind::String, ifNull(obstacle_since, {no_day:Date32}), obstacle_owner::String,
                retracted, demonstration), (stream_seq, row_no)) AS last
    FROM task_progress
    WHERE task IN {tasks:Array(String)}
      AND date IN {days:Array(Date32)}
      AND stream_seq < {before:UInt64}
    GROUP BY task, assignee, date
)
