-- The units of every content that a set ever had.
DELETE FROM boundary_units
WHERE content IN (SELECT content FROM boundary_sets WHERE id = {id:String} AND content != '')
