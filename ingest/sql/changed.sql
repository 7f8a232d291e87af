-- What the messages behind one and up to another touched. Assignments of units count as the units they are bound to.
SELECT
    count(), arraySort(groupUniqArray(measure::String)),
    arraySort(arrayDistinct(arrayConcat(groupUniqArray(unit::String), (
        SELECT groupUniqArray(substring(assignee, 6)) FROM task_progress
        WHERE stream_seq > {after:UInt64} AND stream_seq <= {upto:UInt64} AND startsWith(assignee, 'unit:'))))),
    ifNull(min(period_start), toDate32('1970-01-01')), ifNull(max(period_end), toDate32('1970-01-01')),
    (SELECT count() FROM task_progress WHERE stream_seq > {after:UInt64} AND stream_seq <= {upto:UInt64}),
    (SELECT count() FROM submissions WHERE stream_seq > {after:UInt64} AND stream_seq <= {upto:UInt64})
FROM observations
WHERE stream_seq > {after:UInt64} AND stream_seq <= {upto:UInt64}
