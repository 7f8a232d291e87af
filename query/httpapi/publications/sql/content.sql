-- The bytes of one publication.
SELECT content FROM publications WHERE name = {name:String} LIMIT 1
