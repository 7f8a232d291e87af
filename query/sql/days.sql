-- The days on which a measure has figures, whenever they became known, and when the
-- first of their periods began.
SELECT arraySort(groupUniqArray(toInt32(period_end))) AS days, toInt32(min(period_start)) AS first
FROM observations
WHERE measure = {measure:String}
