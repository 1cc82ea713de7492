// Delete ALIGNED_WITH relationships by their ends and the paper
UNWIND $rows AS row
MATCH (:Name {id: row.start})-[r:ALIGNED_WITH {paper: row.properties.paper}]->(:Name {id: row.end})
DELETE r
