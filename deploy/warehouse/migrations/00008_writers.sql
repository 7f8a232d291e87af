-- +goose Up

-- The terms of the workers that write figures, where several stand by for each other (ingest/fence.go). Only the one with the newest
-- epoch may write. A row a term, so a few a month.
CREATE TABLE IF NOT EXISTS writers
(
    epoch  UInt64,
    holder String,                           -- a ULID of this term alone
    host   LowCardinality(String),
    since  DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (epoch, holder)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- +goose Down
DROP TABLE IF EXISTS writers;
