// Write keys under which records or names may meet
UNWIND $rows AS row
MERGE (n:Key {id: row.id})
