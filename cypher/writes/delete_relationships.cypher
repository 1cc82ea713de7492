// Delete relationships of one type
UNWIND $rows AS row
MATCH (:START_LABEL {id: row.start})-[r:TYPE]->(:END_LABEL {id: row.end})
DELETE r
