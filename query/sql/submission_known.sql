SELECT count() AS found
FROM submissions
WHERE submission = {submission:String}
  AND ({everything:Bool} OR caller = {sender:String} OR agency IN {agencies:Array(String)})
