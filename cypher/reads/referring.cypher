// References to any of these records, with the record and the paper that refer
UNWIND $ids AS id
MATCH (to:Reference {id: id})<-[r:REFERS_TO]-(n:Record)
USING INDEX SEEK to:Reference(id)
RETURN n.id AS record, n.paper AS paper, id AS cited, properties(r) AS said
ORDER BY record, cited
