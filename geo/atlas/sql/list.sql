-- The sets there are, each as its last revision left it.
SELECT id, revision, content, name, name_en, in_force_from, in_force_to, level_ids, level_ranks, level_units,
       root, part_of, part_of_name, schematic, source, licence, west, south, east, north, known_at
FROM
(
    SELECT *
    FROM boundary_sets
    ORDER BY id, revision DESC, content DESC
    LIMIT 1 BY id
)
WHERE NOT removed
ORDER BY in_force_from, id
