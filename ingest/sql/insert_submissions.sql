INSERT INTO submissions
(submission, stream_seq, dataset, format, caller, agency, units, periods, period_starts, period_ends, accepted, unchanged, corrected, retracted, rejected, warnings, bytes, checksum, idempotency_key, demonstration, known_at)
