-- What cells held before the batch. Days and units narrow the reading; the caller drops the combinations it did not ask for.
SELECT measure, period_start, period_end, unit, dims, last.1, last.2, last.3, last.4, last.5
FROM
(
    SELECT
        measure, period_start, period_end, unit, dims,
        argMax((value, retracted, agency::String, note, demonstration), (stream_seq, row_no)) AS last
    FROM observations
    WHERE measure IN {measures:Array(String)}
      AND period_end IN {days:Array(Date32)}
      AND unit IN {units:Array(String)}
      AND stream_seq < {before:UInt64}
    GROUP BY measure, period_start, period_end, unit, dims
)
