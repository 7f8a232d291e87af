-- Which rows of these messages are in the table.
SELECT stream_seq, row_no FROM rejections WHERE stream_seq BETWEEN {first:UInt64} AND {last:UInt64}
