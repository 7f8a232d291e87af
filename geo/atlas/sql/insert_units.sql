INSERT INTO boundary_units (content, place, code, name, full_name, name_en, type, level, parent, lon, lat, area_km2, population, shape)
