INSERT INTO rejections
(submission, stream_seq, row_no, line, field, code, message_vi, message_en, known_at)
