INSERT INTO boundary_sets (id, revision, removed, content, name, name_en, in_force_from, in_force_to, level_ids, level_ranks, level_units,
    root, part_of, part_of_name, schematic, source, licence, west, south, east, north, known_at)
