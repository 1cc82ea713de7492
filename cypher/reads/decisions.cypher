// The whole identity log
MATCH (d:Decision)
RETURN d.json AS json
ORDER BY d.number
