-- A stock or cumulative measure at several moments. A moment is a window of days: of
-- each (unit, dims) the figure of the latest day in the window counts, as its latest
-- revision known by the as-of has it; a day whose latest revision retracts it does not
-- count. days are the days that have figures, ascending; for each, firsts is the first
-- window it can serve (the windows are ascending) and untils the one after the last.
-- So every figure is read once and lands in the run of windows from its own day to the
-- next figure's. figures.sql says why revisions are settled by LIMIT BY; this is for slices
-- of many keys, whose sums are far fewer than their figures.
SELECT
    unit,
    bitShiftRight(code, 6) AS grp, -- slice.go says how a code is made
    place,
    sum(figure.2) AS total,
    count() AS figures,
    min(figure.1) AS oldest,
    max(figure.1) AS newest,
    groupBitOr(bitShiftLeft(toUInt64(1), bitAnd(code, 63))) AS told
FROM
(
    SELECT
        unit, code, figure,
        transform(figure.1, {days:Array(Int32)}, {firsts:Array(UInt32)}, {windows:UInt32}) AS first,
        transform(figure.1, {days:Array(Int32)}, {untils:Array(UInt32)}, {windows:UInt32}) AS expired,
        transform(following, {days:Array(Int32)}, {firsts:Array(UInt32)}, {windows:UInt32}) AS superseded
    FROM
    (
        SELECT
            unit,
            transform(dims, {keys:Array(String)}, {codes:Array(UInt32)}, toUInt32(0)) AS code,
            arraySort(groupArray((ending, value))) AS settled, -- one revision of each day
            arraySlice(arrayPushBack(settled.1, {never:Int32}), 2) AS followers
        FROM
        (
            SELECT unit, dims, toInt32(period_end) AS ending, value, retracted
            FROM observations
            WHERE measure = {measure:String}
              AND period_end BETWEEN {first_day:Date32} AND {last_day:Date32}
              AND toInt32(period_end) IN {days:Array(Int32)}
              AND known_at <= {known_by:DateTime64(3, 'UTC')}
              AND dims IN {keys:Array(String)}
            ORDER BY measure DESC, period_end DESC, unit DESC, dims DESC, stream_seq DESC, row_no DESC
            LIMIT 1 BY measure, period_end, unit, dims
        )
        WHERE NOT retracted
        GROUP BY unit, dims
    )
    ARRAY JOIN settled AS figure, followers AS following
)
ARRAY JOIN range(first, least(expired, superseded)) AS place
GROUP BY unit, grp, place
