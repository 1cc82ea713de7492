"""Three reports on the real page, as CSV; every row was counted by hand from the page's text.

`collaborators_top`: how often each name stands in a byline, in which years, and that each of those
bylines ends in "et al.". `papers_by_year_and_category`: the headlines (category, date, code mark)
counted by year. `quality_overview`: 53 announced and 50 listed; one byline without "et al."; no
headline without a whole date; the subject's name in 25 bylines; 21 code marks, of which two papers
name no address.
"""

from pathlib import Path

import pytest

from graph_service.derive.run import derive
from graph_service.projection.reader import Reader
from graph_service.reports.run import run_report
from graph_service.reports.tables import csv_text
from graph_service.store.protocol import GraphStore
from loaders.runner import load

pytestmark = [pytest.mark.real_page, pytest.mark.anyio]

GOLDEN = Path(__file__).parent / "reports"
ASKED = {
    "collaborators_top": {"author": "author:dai.xiyang", "limit": "8"},
    "papers_by_year_and_category": {},
    "quality_overview": {},
}


async def test_rows_are_those_counted_by_hand(
    store: GraphStore, real_page: Path, request: pytest.FixtureRequest
) -> None:
    await load(store, [real_page])
    await derive(store)
    reader = Reader(store)
    for name, given in ASKED.items():
        path = GOLDEN / f"{name}.csv"
        found = csv_text(await run_report(reader, name, given)).replace("\r\n", "\n")
        if request.config.getoption("--update-golden"):
            path.write_text(found, encoding="utf-8")
        assert found == path.read_text(encoding="utf-8"), name
