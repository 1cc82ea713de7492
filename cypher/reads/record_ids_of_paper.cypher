// The records of a paper
MATCH (r:Record {paper: $paper})
RETURN r.id AS id
ORDER BY id
