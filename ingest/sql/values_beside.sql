-- What the asked cells hold.
SELECT asked.i, held.value
FROM
(
    SELECT
        arrayJoin(arrayEnumerate({measures:Array(String)})) AS i,
        {measures:Array(String)}[i] AS measure, {units:Array(String)}[i] AS unit, {dims:Array(String)}[i] AS dims,
        toDate32({starts:Array(String)}[i]) AS start, toDate32({ends:Array(String)}[i]) AS end
) AS asked
JOIN
(
    SELECT measure::String AS measure, unit::String AS unit, dims::String AS dims, period_start AS start, period_end AS end, last.1 AS value
    FROM
    (
        SELECT measure, unit, dims, period_start, period_end, argMax((value, retracted), (stream_seq, row_no)) AS last
        FROM observations
        WHERE measure IN {measures:Array(String)}
          AND unit IN {units:Array(String)}
          AND period_end >= {from:Date32} AND period_end <= {to:Date32}
        GROUP BY measure, unit, dims, period_start, period_end
    )
    WHERE NOT last.2
) AS held
ON asked.measure = held.measure AND asked.unit = held.unit AND asked.dims = held.dims AND asked.start = held.start AND asked.end = held.end
