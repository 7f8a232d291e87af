-- +goose Up

-- Warnings stand beside rejections: the row was taken. A row of a workbook has a sheet and a cell.
ALTER TABLE rejections
    ADD COLUMN IF NOT EXISTS severity LowCardinality(String) DEFAULT 'error' AFTER row_no,  -- 'error': refused; 'warning': taken
    ADD COLUMN IF NOT EXISTS column UInt32 DEFAULT 0 AFTER line,                            -- 0 when it concerns the whole row
    ADD COLUMN IF NOT EXISTS tab LowCardinality(String) DEFAULT '' AFTER column,            -- sheet of a workbook, '#2' for names that are not ours
    ADD COLUMN IF NOT EXISTS cell String DEFAULT '' AFTER tab;                              -- 'C7'

ALTER TABLE submissions ADD COLUMN IF NOT EXISTS warnings UInt32 DEFAULT 0 AFTER rejected;

-- +goose Down
ALTER TABLE submissions DROP COLUMN IF EXISTS warnings;
ALTER TABLE rejections DROP COLUMN IF EXISTS severity, DROP COLUMN IF EXISTS column, DROP COLUMN IF EXISTS tab, DROP COLUMN IF EXISTS cell;
