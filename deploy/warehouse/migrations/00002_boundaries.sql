-- +goose Up

-- Which boundary sets there are: one row for every import that changed something and for
-- every removal, append-only. The present state of a set is its row with the highest
-- (revision, content); it is written after all units, so that a set is there wholly or
-- not at all, and every process that polls this table sees the same sets.
CREATE TABLE IF NOT EXISTS boundary_sets
(
    id            String,                    -- 'vinhphuc-2022', as it stands in addresses
    revision      UInt64,                    -- one more than the highest before it, of all sets
    removed       Bool,
    content       String,                    -- hash of the units and shapes, 16 hex digits; '' when removed
    name          String,
    name_en       String,
    in_force_from Nullable(Date32),          -- first day
    in_force_to   Nullable(Date32),          -- last day, NULL while in force
    level_ids     Array(String),             -- by rank, the highest first
    level_ranks   Array(Int32),
    level_units   Array(UInt32),             -- how many units each level has
    root          String,                    -- code
    part_of       String,                    -- code of the larger unit the root is a part of, or ''
    part_of_name  String,
    schematic     Bool,
    source        String,
    licence       String,
    west          Float64,                   -- bounds, degrees
    south         Float64,
    east          Float64,
    north         Float64,
    known_at      DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (id, revision, content)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The units of a content, inserted as one block. Imported again at the same time they may
-- be there twice; readers take one of each place.
CREATE TABLE IF NOT EXISTS boundary_units
(
    content    String,
    place      UInt32,                       -- order within the set: upper levels first, by code
    code       String,
    name       String,
    full_name  String,
    name_en    String,
    type       LowCardinality(String),
    level      LowCardinality(String),
    parent     String,                       -- code, '' for the root
    lon        Float64,                      -- centre, 0 and 0 when it follows from the shape
    lat        Float64,
    area_km2   Float64,
    population UInt64,                       -- persons, 0 where it is not known
    shape      MultiPolygon                  -- degrees, WGS 84, wound as RFC 7946 asks; empty for units that contain others
)
ENGINE = MergeTree
ORDER BY (content, place)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- +goose Down
DROP TABLE IF EXISTS boundary_units;
DROP TABLE IF EXISTS boundary_sets;
