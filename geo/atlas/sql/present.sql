SELECT uniqExact(place) FROM boundary_units WHERE content = {content:String}
