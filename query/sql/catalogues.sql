-- The catalogues accepted here, by when.
SELECT version, since FROM catalogues ORDER BY since, version
