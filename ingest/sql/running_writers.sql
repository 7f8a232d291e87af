-- Inserts of workers at work in this database, but the own ones.
SELECT count() FROM system.processes
WHERE startsWith(query_id, {all:String}) AND NOT startsWith(query_id, {own:String}) AND current_database = currentDatabase()
