-- Units that any caller but the named one has sent figures about since an instant.
SELECT DISTINCT unit
FROM observations
WHERE known_at >= {since:DateTime64(3, 'UTC')}
  AND submission IN (
      SELECT submission FROM submissions
      WHERE caller != {caller:String} AND known_at >= {since:DateTime64(3, 'UTC')}
  )
