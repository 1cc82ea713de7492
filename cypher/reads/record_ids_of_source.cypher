// The records of a source, its own included; their ids begin with it
UNWIND ['record:' + $source + ':', 'record:person:' + $source + ':', 'record:source:' + $source]
  AS beginning
MATCH (r:Record)
WHERE r.id STARTS WITH beginning AND r.source = $source
RETURN r.id AS id
ORDER BY id
