-- The newest epoch of a writer, 0 before the first.
SELECT max(epoch) FROM writers
