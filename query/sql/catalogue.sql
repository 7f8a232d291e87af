-- The files of one catalogue.
SELECT archive FROM catalogues WHERE version = {version:String} LIMIT 1
