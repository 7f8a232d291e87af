-- The value before each of the asked cells in the same unit and dimensions: the latest of an earlier day, from {from} on.
SELECT asked.i, earlier.value, earlier.on
FROM
(
    SELECT
        arrayJoin(arrayEnumerate({measures:Array(String)})) AS i,
        {measures:Array(String)}[i] AS measure, {units:Array(String)}[i] AS unit, {dims:Array(String)}[i] AS dims,
        toDate32({ends:Array(String)}[i]) AS on
) AS asked
ASOF JOIN
(
    SELECT measure::String AS measure, unit::String AS unit, dims::String AS dims, period_end AS on, last.1 AS value
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
) AS earlier
ON asked.measure = earlier.measure AND asked.unit = earlier.unit AND asked.dims = earlier.dims AND asked.on > earlier.on
