-- The record of changes between two instants, the newest first, with the labels of callers. key tells entries of one instant apart, so that a
-- page can begin behind any. Who does not see everything sees what it did itself, what everybody may know, and what was sent: by all,
-- or for its agencies.
SELECT t.at, t.action, t.caller, c.label, t.subject, t.request, t.submission, t.details, t.key
FROM
(
    SELECT
        at, toString(action) AS action, toString(caller) AS caller, subject, request, submission, details,
        -- what a submission brought is after it, though of one instant
        bitShiftLeft(toUInt64(NOT startsWith(action, 'submission.')), 63) + bitShiftRight(cityHash64(action, caller, subject, request, toString(details)), 1) AS key
    FROM audit_trail
    WHERE at BETWEEN {since:DateTime64(3, 'UTC')} AND {until:DateTime64(3, 'UTC')}
      AND ({action:String} = '' OR action = {action:String})
      AND ({caller:String} = '' OR caller = {caller:String})
      AND ({submission:String} = '' OR submission = {submission:String})
      AND ({everything:Bool}
           OR {self:String} != '' AND caller = {self:String}
           OR action IN {common:Array(String)}
           OR submission != '' AND ({all_sent:Bool} OR agency IN {agencies:Array(String)}))
      AND (at, key) < ({before:DateTime64(3, 'UTC')}, {before_key:UInt64})
) AS t
LEFT ANY JOIN callers AS c ON c.id = t.caller
ORDER BY t.at DESC, t.key DESC
LIMIT {limit:UInt32}
