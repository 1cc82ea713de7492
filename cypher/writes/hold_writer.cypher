// Lock out other writers: never committed, the lock lasts as long as the transaction
MATCH (w:Writer {id: 'writer'})
SET w.held = 1
RETURN w.held AS held
