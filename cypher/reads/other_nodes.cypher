// Whether the database holds anything at all
MATCH (n)
RETURN labels(n) AS labels
LIMIT 1
