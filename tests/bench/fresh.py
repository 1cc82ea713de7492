"""A fresh process that opens a store, takes one view and prints what that took, as JSON.

The address, the folder of the cache ("none": nothing is kept), and "streams" to only read what
the projection reads. Neo4j's password comes in the environment, as for any command.
"""

import asyncio
import json
import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from graph_service.projection.cache import Cache
from graph_service.projection.reader import Reader
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from graph_service.store.process import peak_mebibytes


async def _run(address: str, cache: str, what: str) -> dict[str, Any]:
    before = peak_mebibytes()
    store = await open_store(address, Settings())
    try:
        began, worked = perf_counter(), process_time()
        found: dict[str, Any] = {}
        if what == "streams":
            authors = slots = papers = 0
            async for people in store.project_authors():
                authors += len(people)
            async for batch in store.project_papers():
                papers += len(batch)
                slots += sum(len(paper.slots) for paper in batch)
            found["rows"] = authors + papers + slots
        else:
            folder = None if cache == "none" else Path(cache)
            reader = Reader(store, cache=Cache.of(folder, address))
            await reader.view()
        found["seconds"] = round(perf_counter() - began, 3)
        found["processor_seconds"] = round(process_time() - worked, 3)
    finally:
        await store.close()
    return found | {"mebibytes_before": before, "peak_mebibytes": peak_mebibytes()}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_run(*sys.argv[1:4]))))
