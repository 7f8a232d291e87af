-- Of the asked units the latest value of every series before a day: for what their last day does not tell.
SELECT measure, unit, dims, max(period_end) AS last_day, argMax(told, period_end) AS last_told
FROM
(
    SELECT measure, unit, dims, period_end, last.1 AS told
    FROM
    (
        SELECT measure, unit, dims, period_end, argMax((value, retracted), (stream_seq, row_no)) AS last
        FROM observations
        WHERE measure IN {measures:Array(String)}
          AND unit IN {units:Array(String)}
          AND period_end >= {from:Date32} AND period_end < {first:Date32}
        GROUP BY measure, unit, dims, period_end
    )
    WHERE NOT last.2
)
GROUP BY measure, unit, dims
