// Indexes that a store goes by, without those for people
SHOW INDEXES YIELD name, type, state
WHERE type = 'RANGE' AND state <> 'ONLINE'
RETURN name, state
