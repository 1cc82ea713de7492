// Delete BUILDS_ON relationships, each by its ends, scope and model
UNWIND $rows AS row
MATCH (:Paper {id: row.start})-[r:BUILDS_ON]->(:Paper {id: row.end})
WHERE r.scope = row.properties.scope AND r.model = row.properties.model
DELETE r
