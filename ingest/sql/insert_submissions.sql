INSERT INTO submissions
(submission, stream_seq, dataset, format, caller, agency, accepted, unchanged, rejected, warnings, bytes, checksum, idempotency_key, demonstration, known_at)
