"""What several unit tests need."""

from collections.abc import Iterator

import pytest

from graph_service.projection import kernels


@pytest.fixture(scope="module", params=["plain", "compiled"])
def both_ways(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run a module's tests with kernels as plain Python, then compiled."""
    before = kernels.Kernel.compiling, kernels.Kernel.__call__
    kernels.Kernel.compiling = request.param == "compiled"
    if request.param == "plain":
        kernels.Kernel.__call__ = lambda self, *arguments: self.run_plain(*arguments)
    yield
    kernels.Kernel.compiling, kernels.Kernel.__call__ = before
