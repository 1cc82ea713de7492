// Make the store's own two nodes, once
MERGE (s:Store {id: 'store'})
  ON CREATE SET s.schema_version = $schema_version, s.facts_sum = $facts_sum,
                s.facts_revision = $facts_revision
MERGE (w:Writer {id: 'writer'})
  ON CREATE SET w.held = 0
