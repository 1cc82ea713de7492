// A new derivation replaces what was kept of the last one
MATCH (n:Aside)
DELETE n
