// Every node of a label
MATCH (n:LABEL)
RETURN properties(n) AS properties
