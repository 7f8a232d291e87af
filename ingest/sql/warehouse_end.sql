-- Where the warehouse's sequence ends, and its newest known-at.
SELECT max(seq), max(known)
FROM
(
    SELECT max(stream_seq) AS seq, max(known_at) AS known FROM observations
    UNION ALL
    SELECT max(stream_seq), max(known_at) FROM task_progress
    UNION ALL
    SELECT max(stream_seq), max(known_at) FROM submissions
    UNION ALL
    SELECT max(stream_seq), max(known_at) FROM rejections
)
