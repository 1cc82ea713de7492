"""The state of a store, counted."""

from graph_service.model.answers import Parameter, StatusAnswer
from graph_service.model.schema import SCHEMA_VERSION
from graph_service.store.protocol import GraphStore


async def show_status(
    store: GraphStore, settings: dict[str, Parameter] | None = None
) -> StatusAnswer:
    """Say what a store holds, and how its derived layer stands."""
    state = await store.state()
    nodes, relationships = await store.counts()
    return StatusAnswer(
        store=store.name,
        schema_version=SCHEMA_VERSION,
        facts_revision=state.facts_revision,
        derived_revision=state.derived_revision,
        derived=state.derived,
        stale=state.stale,
        nodes=nodes,
        relationships=relationships,
        settings=settings or {},
    )
