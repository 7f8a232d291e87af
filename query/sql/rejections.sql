-- Why rows of one submission were refused, as far as kept.
SELECT line, field, code, message_vi, message_en
FROM rejections
WHERE submission = {submission:String}
ORDER BY line, row_no
LIMIT {limit:UInt32}
