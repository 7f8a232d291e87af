-- Publications without their content, the newest first, behind a place in that order; of one
-- name where one is given.
SELECT
    name, made_at, caller, title_vi, title_en, as_of, catalogue, boundaries, boundaries_version, crosswalk, renderer,
    questions, digests, sha256, length(content) AS bytes
FROM publications
WHERE ({name:String} = '' OR name = {name:String})
  AND ({first:Bool} OR (-toUnixTimestamp64Milli(made_at), name) > (-{millis:Int64}, {behind:String}))
ORDER BY made_at DESC, name
LIMIT {limit:UInt32}
