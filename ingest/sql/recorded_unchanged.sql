-- The unchanged rows of a submission, as recorded.
SELECT unchanged FROM submissions WHERE submission = {submission:String} AND stream_seq = {seq:UInt64}
