-- A flow (or a stock on single days, which are then both first and last) in several reporting periods, given by their first and last days (starts and
-- ends): the latest revision known by the as-of of every figure of exactly these
-- periods, without the retracted ones. figures.sql says why revisions are settled by
-- LIMIT BY. It is for slices of many keys, whose sums are far fewer than their figures.
SELECT
    unit,
    bitShiftRight(code, 6) AS grp, -- slice.go says how a code is made
    transform(ending, {ends:Array(Int32)}, {places:Array(UInt32)}, toUInt32(0)) AS place,
    sum(value) AS total,
    count() AS figures,
    min(ending) AS oldest,
    max(ending) AS newest,
    groupBitOr(bitShiftLeft(toUInt64(1), bitAnd(code, 63))) AS told
FROM
(
    SELECT unit, transform(dims, {keys:Array(String)}, {codes:Array(UInt32)}, toUInt32(0)) AS code, toInt32(period_end) AS ending, value, retracted
    FROM observations
    WHERE measure = {measure:String}
      AND period_end BETWEEN {first_day:Date32} AND {last_day:Date32}
      AND toInt32(period_end) IN {ends:Array(Int32)}
      AND toInt32(period_start) = transform(toInt32(period_end), {ends:Array(Int32)}, {starts:Array(Int32)}, {never:Int32})
      AND known_at <= {known_by:DateTime64(3, 'UTC')}
      AND dims IN {keys:Array(String)}
    ORDER BY measure DESC, period_end DESC, unit DESC, dims DESC, stream_seq DESC, row_no DESC
    LIMIT 1 BY measure, period_end, unit, dims
)
WHERE NOT retracted
GROUP BY unit, grp, place
