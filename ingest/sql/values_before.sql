-- What the asked units have told before: the latest day before the window's first, and every day of the window but its last. The caller finds
-- the one before each of its figures, and drops the combinations it did not ask for: that is cheaper than to name thousands of cells.
SELECT measure, unit, dims, max(period_end) AS last_day, argMax(told, period_end) AS last_told
FROM
(
    SELECT measure, unit, dims, period_end, last.1 AS told, if(period_end < {first:Date32}, toDate32('1900-01-01'), period_end) AS slot
    FROM
    (
        SELECT measure, unit, dims, period_end, argMax((value, retracted), (stream_seq, row_no)) AS last
        FROM observations
        WHERE measure IN {measures:Array(String)}
          AND unit IN {units:Array(String)}
          AND period_end >= {from:Date32} AND period_end < {to:Date32}
        GROUP BY measure, unit, dims, period_end
    )
    WHERE NOT last.2
)
GROUP BY measure, unit, dims, slot
