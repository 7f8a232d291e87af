-- Who sent some submissions: the id of the caller's token and what it is for.
SELECT s.submission, toString(s.caller) AS caller, c.label
FROM submissions AS s
LEFT ANY JOIN callers AS c ON c.id = s.caller
WHERE s.submission IN {submissions:Array(String)}
