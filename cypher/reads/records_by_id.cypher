// Records as stored
UNWIND $ids AS id
MATCH (r:Record {id: id})
RETURN r.json AS json
