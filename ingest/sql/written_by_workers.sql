-- Whether the newest term is of a worker: one without a holder gave the warehouse back.
SELECT argMax(holder, epoch) != '' FROM writers
