-- +goose Up

-- Every catalogue that was accepted, append-only: a question as of an instant is answered
-- with the latest one known then. The same version may be accepted again later, after
-- another one. Times are the programme clock's, as known_at of figures is.
CREATE TABLE IF NOT EXISTS catalogues
(
    since         DateTime64(3, 'UTC'),      -- accepted at
    version       String,                    -- hash of the files, hex
    id            LowCardinality(String),    -- of the catalogue: 'vinhphuc'
    archive       String CODEC(NONE),        -- its files, a zip
    demonstration Bool
)
ENGINE = MergeTree
ORDER BY (since, version)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- +goose Down
DROP TABLE IF EXISTS catalogues;
