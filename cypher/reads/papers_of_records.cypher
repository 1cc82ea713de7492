// The papers of records that are there
UNWIND $ids AS id
MATCH (r:Record {id: id})
WHERE r.paper IS NOT NULL
RETURN r.id AS id, r.paper AS paper
