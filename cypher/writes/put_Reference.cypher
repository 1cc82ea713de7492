// Write what records refer to
UNWIND $rows AS row
MERGE (n:Reference {id: row.id})
