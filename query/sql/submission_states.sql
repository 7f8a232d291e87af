-- How many submissions of each agency were taken wholly, in part, or not at all.
SELECT agency, multiIf(rejected = 0, 'accepted', accepted > 0, 'partly', 'rejected') AS state, count() AS submissions
FROM submissions
GROUP BY agency, state
