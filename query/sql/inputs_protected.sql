-- As inputs.sql for a measure under disclosure control: summed over dims, with the
-- messages that brought the figures but not what each said.
WITH
    if({flow:Bool}, concat(unit, ' ', toString(toInt32(period_start)), ' ', toString(toInt32(period_end))), unit) AS place,
    arrayReverseSort(groupUniqArray((seq, submission_now, known_now, agency_now))) AS told
SELECT
    unit,
    max(ending) AS newest,
    any(period_as_sent) AS period_as_sent,
    sum(value_now) AS total,
    told.1 AS seqs, told.2 AS submissions, told.3 AS known, told.4 AS agencies
FROM
(
    SELECT
        unit, dims,
        toInt32(period_end) AS ending,
        any(toString(period)) AS period_as_sent,
        argMax((value, retracted, stream_seq, toString(submission), known_at, toString(agency)), (stream_seq, row_no)) AS last,
        last.1 AS value_now, last.3 AS seq, last.4 AS submission_now, last.5 AS known_now, last.6 AS agency_now,
        if({flow:Bool}, ending, 0) AS slot
    FROM observations
    WHERE measure = {measure:String}
      AND period_end BETWEEN {first_day:Date32} AND {last_day:Date32}
      AND toInt32(period_end) BETWEEN transform(place, {places:Array(String)}, {froms:Array(Int32)}, {never:Int32})
                                  AND transform(place, {places:Array(String)}, {tos:Array(Int32)}, 0)
      AND known_at <= {known_by:DateTime64(3, 'UTC')}
      AND dims IN {keys:Array(String)}
    GROUP BY unit, dims, period_start, period_end
    HAVING NOT last.2
    ORDER BY ending DESC
    LIMIT 1 BY unit, dims, slot
)
GROUP BY unit, slot
ORDER BY newest DESC, unit
LIMIT {limit:UInt32}
