-- +goose Up

-- Every revision of every figure, append-only. The current value of a cell
-- (measure, period_start, period_end, unit, dims) is the row with the highest
-- (stream_seq, row_no); as of an instant, the highest among known_at <= instant.
-- Order is the journal's, the clock only labels. A batch holds whole journal
-- messages of one partition and is inserted as one block, so it is present
-- wholly or not at all, and stream_seq tells after a crash which messages are in.
-- An insert returns only when its part is on the disk: the journal forgets its
-- messages then, also those that a power failure would take. (These are settings
-- of a table; as settings of an insert the server does not know them.)
CREATE TABLE IF NOT EXISTS observations
(
    measure       LowCardinality(String),
    period_start  Date32,                    -- first civil day; = period_end for a stock or cumulative
    period_end    Date32,                    -- last civil day, inclusive
    unit          LowCardinality(String),    -- code in force at period_end
    dims          LowCardinality(String),    -- canonical "age=34;sex=female", keys sorted, '' without dimensions
    stream_seq    UInt64,                    -- journal sequence of the message that brought it
    row_no        UInt32,                    -- position within the message
    value         Int64,                     -- 0 when retracted
    retracted     Bool,
    period        LowCardinality(String),    -- as sent: '2022-06-15', 's2022-06'
    agency        LowCardinality(String),    -- who reports, '' when not told
    note          String,
    submission    LowCardinality(String),
    line          UInt32,                    -- line of the submission, from 1
    demonstration Bool,
    known_at      DateTime64(3, 'UTC') CODEC(Delta, LZ4)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(known_at)
ORDER BY (measure, period_end, unit, dims, stream_seq, row_no)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Progress of assignments, append-only, same rules of revision; natural key (task, assignee, date).
CREATE TABLE IF NOT EXISTS task_progress
(
    task           LowCardinality(String),   -- 'B.I.1'
    assignee       LowCardinality(String),   -- 'unit:246', 'agency:stttt'
    date           Date32,
    stream_seq     UInt64,
    row_no         UInt32,
    status         LowCardinality(String),   -- not_started, in_progress, reported_done, accepted
    percent        UInt8,
    note           String,
    obstacle_kind  LowCardinality(String),   -- '' without an obstacle
    obstacle_since Nullable(Date32),
    obstacle_owner LowCardinality(String),
    retracted      Bool,
    submission     LowCardinality(String),
    line           UInt32,
    demonstration  Bool,
    known_at       DateTime64(3, 'UTC') CODEC(Delta, LZ4)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(known_at)
ORDER BY (task, assignee, date, stream_seq, row_no)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- One row for every intake that was read to its end, written after its figures.
CREATE TABLE IF NOT EXISTS submissions
(
    submission    String,
    stream_seq    UInt64,
    dataset       LowCardinality(String),
    format        LowCardinality(String),
    caller        LowCardinality(String),
    agency        LowCardinality(String),
    accepted      UInt32,
    unchanged     UInt32,                    -- of the accepted: same value as the cell already had
    rejected      UInt32,
    bytes         UInt64,
    checksum      String,                    -- SHA-256 of the body, hex
    idempotency_key String,
    demonstration Bool,
    known_at      DateTime64(3, 'UTC')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(known_at)
ORDER BY (known_at, submission)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Why rows were refused. Never the offending value.
CREATE TABLE IF NOT EXISTS rejections
(
    submission    String,
    stream_seq    UInt64,
    row_no        UInt32,
    line          UInt32,
    field         LowCardinality(String),
    code          LowCardinality(String),
    message_vi    String,
    message_en    String,
    known_at      DateTime64(3, 'UTC')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(known_at)
ORDER BY (submission, line, row_no)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- +goose Down
DROP TABLE IF EXISTS rejections;
DROP TABLE IF EXISTS submissions;
DROP TABLE IF EXISTS task_progress;
DROP TABLE IF EXISTS observations;
