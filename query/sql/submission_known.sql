SELECT count() AS found FROM submissions WHERE submission = {submission:String}
