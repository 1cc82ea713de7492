// The records of a paper
MATCH (p:Paper {id: $paper})
UNWIND p.records AS record
RETURN 'record:' + record AS id
ORDER BY id
