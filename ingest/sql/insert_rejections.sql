INSERT INTO rejections
(submission, stream_seq, row_no, severity, line, column, tab, cell, field, code, message_vi, message_en, known_at)
