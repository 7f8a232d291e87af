-- How many submissions of each agency were taken wholly, in part, or not at all, and how many of their rows.
SELECT
    agency, multiIf(rejected = 0, 'accepted', accepted > 0, 'partly', 'rejected') AS state, count() AS submissions,
    toUInt64(sum(accepted)) AS rows_accepted, toUInt64(sum(rejected)) AS rows_rejected
FROM submissions
GROUP BY agency, state
