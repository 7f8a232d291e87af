-- +goose Up

-- Publications, append-only: named answers with everything they rest on, so that they can
-- be made again from the rows, after corrections too, and be the same. Times are the
-- programme clock's, as known_at of figures is.
CREATE TABLE IF NOT EXISTS publications
(
    name               String,                       -- as it stands in addresses: '2022-q3'
    made_at            DateTime64(3, 'UTC'),
    caller             LowCardinality(String),       -- id of the token it was made with, '' where none was needed
    request            String,
    title_vi           String,
    title_en           String,
    as_of              DateTime64(3, 'UTC'),         -- what was known then
    catalogue          String,                       -- version
    boundaries         LowCardinality(String),       -- id of the set that questions which can be are asked on
    boundaries_version String,                       -- of its units
    crosswalk          String,                       -- of what leads to it
    renderer           UInt32,                       -- version of the canonical form
    questions          Array(String),                -- paths below /api/v1/ with their parameters
    digests            Array(String),                -- SHA-256 of each answer, hex
    sha256             String,                       -- of the whole, hex
    content            String CODEC(ZSTD(6))
)
ENGINE = MergeTree
ORDER BY name
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- +goose Down
DROP TABLE IF EXISTS publications;
