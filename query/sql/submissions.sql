-- A page of submissions, the newest first, from just below a journal sequence.
SELECT submission, stream_seq, dataset, format, caller, agency, accepted, unchanged, rejected, warnings, bytes, checksum, demonstration, known_at
FROM submissions
WHERE stream_seq < {below:UInt64}
ORDER BY stream_seq DESC, submission
LIMIT {limit:UInt32}
