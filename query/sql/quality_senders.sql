-- What each agency sent between two instants, and how much of it was refused or doubtful.
SELECT toString(agency) AS agency, count() AS submissions, sum(accepted) AS accepted, sum(unchanged) AS unchanged, sum(rejected) AS rejected, sum(warnings) AS warnings
FROM submissions
WHERE known_at >= {since:DateTime64(3, 'UTC')} AND known_at <= {known_by:DateTime64(3, 'UTC')}
  AND ({everything:Bool} OR caller = {sender:String} OR agency IN {agencies:Array(String)})
GROUP BY agency
ORDER BY agency
