-- Why rows of one submission were refused, as far as kept.
SELECT severity, line, column, tab, cell, field, code, message_vi, message_en, stream_seq, row_no
FROM rejections
WHERE submission = {submission:String}
ORDER BY tab, line, column, stream_seq, row_no
LIMIT {limit:UInt32}
