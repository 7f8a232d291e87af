-- Whether an insert whose outcome is unknown is still at work.
SELECT count() FROM system.processes WHERE query_id = {id:String}
