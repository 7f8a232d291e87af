INSERT INTO audit
(at, action, caller, subject, request, details)
