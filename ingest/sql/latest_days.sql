-- The last day before the window that each unit has told something of, and whether it told of earlier ones.
SELECT measure, unit, max(period_end) AS last_day, min(period_end) AS first_day
FROM observations
WHERE measure IN {measures:Array(String)}
  AND unit IN {units:Array(String)}
  AND period_end >= {from:Date32} AND period_end < {first:Date32}
GROUP BY measure, unit
