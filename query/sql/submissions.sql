-- A page of submissions, the newest first, from just below a journal sequence, with what their callers' tokens are for. An empty filter is
-- everything; a period is spoken of by what lies wholly in it.
SELECT
    s.submission, s.stream_seq, s.dataset, s.format, s.caller, c.label, s.agency,
    toUInt32(length(s.units)) AS unit_count, if(unit_count = 1, s.units[1]::String, '') AS unit,
    toUInt32(length(s.periods)) AS period_count, if(period_count = 1, s.periods[1]::String, '') AS period,
    arrayMin(s.period_starts) AS first_day, arrayMax(s.period_ends) AS last_day, s.state,
    s.accepted, s.unchanged, s.corrected, s.retracted, s.rejected, s.warnings, s.bytes, s.checksum, s.demonstration, s.known_at
FROM
(
    SELECT *, multiIf(rejected = 0, 'accepted', accepted > 0, 'partly', 'rejected') AS state
    FROM submissions
    WHERE stream_seq < {below:UInt64}
      AND ({everything:Bool} OR caller = {sender:String} OR agency IN {agencies:Array(String)})
      AND ({agency:String} = '' OR agency = {agency:String})
      AND ({state:String} = '' OR state = {state:String})
      AND (empty({units:Array(String)}) OR hasAny(units, {units:Array(String)}))
      AND ({from:String} = '' OR arrayExists((first, last) -> first >= toDate32OrZero({from:String}) AND last <= toDate32OrZero({to:String}), period_starts, period_ends))
    ORDER BY stream_seq DESC, submission
    LIMIT {limit:UInt32}
) AS s
LEFT ANY JOIN callers AS c ON c.id = s.caller
ORDER BY s.stream_seq DESC, s.submission
