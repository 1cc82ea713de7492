// Delete ALIGNED_WITH relationships by their ends and the paper
UNWIND $rows AS row
MATCH (:Name {id: row.start})-[r:ALIGNED_WITH]->(:Name {id: row.end})
WHERE r.paper = row.properties.paper
DELETE r
