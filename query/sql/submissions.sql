-- A page of submissions, the newest first, from just below a journal sequence, with what their callers' tokens are for.
SELECT
    s.submission, s.stream_seq, s.dataset, s.format, s.caller, c.label, s.agency, s.accepted, s.unchanged, s.rejected,
    s.warnings, s.bytes, s.checksum, s.demonstration, s.known_at
FROM
(
    SELECT *
    FROM submissions
    WHERE stream_seq < {below:UInt64}
      AND ({everything:Bool} OR caller = {sender:String} OR agency IN {agencies:Array(String)})
    ORDER BY stream_seq DESC, submission
    LIMIT {limit:UInt32}
) AS s
LEFT ANY JOIN callers AS c ON c.id = s.caller
ORDER BY s.stream_seq DESC, s.submission
