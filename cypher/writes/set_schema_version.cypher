// Say that what a bulk load left is a store: its constraints and indexes are there
MATCH (s:Store {id: 'store'})
SET s.schema_version = $schema_version
