-- Changes with every change of any set.
SELECT max(revision), count() FROM boundary_sets
