// The records of a source, its own included
MATCH (r:Record {source: $source})
RETURN r.id AS id
ORDER BY id
