-- Every revision of a measure's figures in a span of days known by an as-of, as they came: nothing is chosen or added up here, so that what the
-- other statements choose and add up can be held against it.
SELECT unit, dims, toInt32(period_start) AS starting, toInt32(period_end) AS ending, stream_seq, row_no, value, retracted
FROM observations
WHERE measure = {measure:String}
  AND period_end BETWEEN {first_day:Date32} AND {last_day:Date32}
  AND known_at <= {known_by:DateTime64(3, 'UTC')}
