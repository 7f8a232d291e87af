-- The figures of a term in some places, each with all its revisions known by the as-of,
-- the newest first. A place is a unit, of a flow a unit and a period by its first and last
-- day; froms and tos are the days its figures lie between. Of a stock the latest day that
-- is not retracted counts.
WITH
    if({flow:Bool}, concat(unit, ' ', toString(toInt32(period_start)), ' ', toString(toInt32(period_end))), unit) AS place,
    arrayReverseSort(groupArray((stream_seq, row_no, value, retracted, known_at, toString(submission), line, toString(agency), note))) AS told
SELECT
    unit, dims,
    toInt32(period_end) AS ending,
    any(toString(period)) AS period_as_sent,
    told.1 AS seqs, told.3 AS said, told.4 AS withdrawn, told.5 AS known, told.6 AS submissions,
    told.7 AS lines, told.8 AS agencies, told.9 AS notes
FROM observations
WHERE measure = {measure:String}
  AND period_end BETWEEN {first_day:Date32} AND {last_day:Date32}
  AND toInt32(period_end) BETWEEN transform(place, {places:Array(String)}, {froms:Array(Int32)}, {never:Int32})
                              AND transform(place, {places:Array(String)}, {tos:Array(Int32)}, 0)
  AND known_at <= {known_by:DateTime64(3, 'UTC')}
  AND dims IN {keys:Array(String)}
GROUP BY unit, dims, period_start, period_end
HAVING NOT withdrawn[1]
ORDER BY ending DESC, unit, dims
LIMIT 1 BY unit, dims, if({flow:Bool}, ending, 0)
LIMIT {limit:UInt32}
