// How many nodes a label has
MATCH (n:LABEL)
RETURN count(n) AS count
