-- In how many units each of some flows has been reported for one period, given by its first and last day, and in how many
-- of these the first figure was known before an instant. Retracted figures have not been reported.
SELECT toString(measure) AS id, count() AS units, countIf(first < {due:DateTime64(3, 'UTC')}) AS in_time
FROM
(
    SELECT measure, unit, min(first) AS first
    FROM
    (
        SELECT measure, unit, dims, min(known_at) AS first, argMax(retracted, (stream_seq, row_no)) AS gone
        FROM observations
        WHERE measure IN {measures:Array(String)}
          AND period_end = {last_day:Date32}
          AND period_start = {first_day:Date32}
        GROUP BY measure, unit, dims
        HAVING NOT gone
    )
    GROUP BY measure, unit
)
GROUP BY measure
