-- +goose Up

-- Warnings stand beside rejections: the row was taken. A row of a workbook has a sheet and a cell.
ALTER TABLE rejections
    ADD COLUMN severity LowCardinality(String) DEFAULT 'error' AFTER row_no,  -- 'error': refused; 'warning': taken
    ADD COLUMN column UInt32 DEFAULT 0 AFTER line,                            -- 0 when it concerns the whole row
    ADD COLUMN tab LowCardinality(String) DEFAULT '' AFTER column,            -- sheet of a workbook, '#2' for names that are not ours
    ADD COLUMN cell String DEFAULT '' AFTER tab;                              -- 'C7'

ALTER TABLE submissions ADD COLUMN warnings UInt32 DEFAULT 0 AFTER rejected;

-- +goose Down
ALTER TABLE submissions DROP COLUMN warnings;
ALTER TABLE rejections DROP COLUMN severity, DROP COLUMN column, DROP COLUMN tab, DROP COLUMN cell;
