-- How many rows of a submission earlier batches wrote.
SELECT
    (SELECT count() FROM observations WHERE submission = {submission:String} AND stream_seq < {before:UInt64})
    + (SELECT count() FROM task_progress WHERE submission = {submission:String} AND stream_seq < {before:UInt64})
