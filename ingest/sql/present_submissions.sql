-- Which records of these messages are in the table.
SELECT stream_seq, CRC32(submission) FROM submissions WHERE stream_seq BETWEEN {first:UInt64} AND {last:UInt64}
