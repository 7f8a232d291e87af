INSERT INTO writers (epoch, holder, host, since) VALUES ({epoch:UInt64}, {holder:String}, {host:String}, now64(3))
