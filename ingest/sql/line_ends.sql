-- The last day that anything was told of a measure in a unit; only days from {first} on are looked at.
SELECT measure, unit, max(period_end) AS last_day
FROM observations
WHERE measure IN {measures:Array(String)}
  AND unit IN {units:Array(String)}
  AND period_end >= {first:Date32}
GROUP BY measure, unit
