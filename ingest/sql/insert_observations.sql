INSERT INTO observations
(measure, period_start, period_end, unit, dims, stream_seq, row_no, value, retracted, period, agency, note, submission, line, demonstration, known_at)
