-- The figures of a measure on several days (of a flow, of the reporting periods that end on them: starts and ends): of every figure the latest
-- revision known by the as-of, the latest day first. The table is sorted by exactly this order, so the engine reads it backwards and keeps the first
-- revision it meets of each figure: nothing is gathered, hashed or sorted. That holds only while LIMIT BY names the whole beginning of the order, measure
-- included: without it the engine keeps a hash of every figure, which takes five times as long. What is summed from it is summed by the reader (fold.go).
SELECT
    unit,
    transform(dims, {keys:Array(String)}, {numbers:Array(UInt32)}, toUInt32(0)) AS key,
    toInt32(period_end) AS ending,
    value,
    retracted
FROM observations
WHERE measure = {measure:String}
  AND period_end BETWEEN {first_day:Date32} AND {last_day:Date32}
  AND toInt32(period_end) IN {ends:Array(Int32)}
  AND toInt32(period_start) = transform(toInt32(period_end), {ends:Array(Int32)}, {starts:Array(Int32)}, {never:Int32})
  AND known_at <= {known_by:DateTime64(3, 'UTC')}
  AND dims IN {keys:Array(String)}
ORDER BY measure DESC, period_end DESC, unit DESC, dims DESC, stream_seq DESC, row_no DESC
LIMIT 1 BY measure, period_end, unit, dims
