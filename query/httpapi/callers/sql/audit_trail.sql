-- The record of changes between two instants, the newest first, with the labels of callers.
SELECT t.at, toString(t.action) AS action, toString(t.caller) AS caller, c.label, t.subject, t.request, t.details
FROM audit_trail AS t
LEFT ANY JOIN callers AS c ON c.id = t.caller
WHERE t.at BETWEEN {since:DateTime64(3, 'UTC')} AND {until:DateTime64(3, 'UTC')}
  AND ({action:String} = '' OR t.action = {action:String})
  AND ({caller:String} = '' OR t.caller = {caller:String})
ORDER BY t.at DESC, action, t.subject
LIMIT {limit:UInt32}
