-- How many took an epoch that is not older than the given one, beside its holder.
SELECT count() FROM writers WHERE epoch > {epoch:UInt64} OR epoch = {epoch:UInt64} AND holder != {holder:String}
