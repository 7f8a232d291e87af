-- When the units told a measure in some reporting periods, given by their first and last
-- days (starts and ends; of a stock any day within): what of it holds as of the instant,
-- since when it has been whole, when the latest of it came, and how often it was corrected. A figure is of the
-- period of its last day.
SELECT
    unit, slot,
    groupBitOr(bitShiftLeft(toUInt64(1), combo)) AS told,
    max(first) AS since,
    max(newest) AS last,
    toUInt64(sum(revisions) - sum(cells)) AS corrections
FROM
(
    SELECT unit, slot, combo, min(known) AS first, max(latest) AS newest, sum(said) AS revisions, count() AS cells
    FROM
    (
        SELECT
            unit, dims, period_end,
            any(bitAnd(transform(dims, {keys:Array(String)}, {codes:Array(UInt32)}, toUInt32(0)), 63)) AS combo,
            any(toUInt32(arrayFirstIndex((a, b) -> toInt32(period_end) BETWEEN a AND b, {starts:Array(Int32)}, {ends:Array(Int32)}))) AS slot,
            min(known_at) AS known, max(known_at) AS latest, count() AS said
        FROM observations
        WHERE measure = {measure:String}
          AND period_end BETWEEN {first_day:Date32} AND {last_day:Date32}
          AND known_at <= {known_by:DateTime64(3, 'UTC')}
          AND dims IN {keys:Array(String)}
          AND ({flow:Bool} = 0 OR arrayExists((a, b) -> toInt32(period_start) = a AND toInt32(period_end) = b, {starts:Array(Int32)}, {ends:Array(Int32)}))
        GROUP BY unit, dims, period_start, period_end
        HAVING NOT argMax(retracted, (stream_seq, row_no))
    )
    WHERE slot > 0
    GROUP BY unit, slot, combo
)
GROUP BY unit, slot
