SELECT code, name, full_name, name_en, type, level, parent, lon, lat, area_km2, population, shape
FROM boundary_units
WHERE content = {content:String}
ORDER BY place
LIMIT 1 BY place
