-- The highest journal sequence that touched each measure, the task reports ('task'),
-- and the records of submissions (''), which are written last.
SELECT 'measure' AS kind, toString(measure) AS id, max(stream_seq) AS version FROM observations GROUP BY measure
UNION ALL
SELECT 'task', '', max(stream_seq) FROM task_progress
UNION ALL
SELECT '', '', max(stream_seq) FROM submissions
