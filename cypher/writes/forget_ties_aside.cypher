// A new derivation replaces what was kept of the last one
MATCH (t:TieAside)
DELETE t
