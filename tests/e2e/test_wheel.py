"""The built wheel is enough: it holds the sample and the Cypher files, and runs the demo."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (found,) = out.glob("*.whl")
    return found


def test_the_wheel_holds_what_the_program_reads(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    assert {
        "graph_service/sample/profile_page.txt",
        "graph_service/py.typed",
        "cypher/schema/constraints.cypher",
        "cypher/reports/papers/papers_with_code.cypher",
        "loaders/profile_page.py",
    } <= names
    assert not [name for name in names if name.startswith(("tests/", "tools/", "docs/"))]


def test_the_demo_runs_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    site = tmp_path / "venv" / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    # The libraries come from this environment; a path file does not run that environment's own
    # path files, so its editable copy of the project stays out.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-index",
         "--no-deps", str(wheel)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    where = subprocess.run(
        [python, "-c", "import graph_service, cypher; print(graph_service.__file__, cypher.__file__)"],
        cwd=tmp_path, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert where.stdout.count(str(site)) == 2
    demo = subprocess.run(
        [tmp_path / "venv" / "bin" / "coauthor-graph", "demo"],
        cwd=tmp_path, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "122 ties" in demo.stdout
    assert "Yinpeng Chen → Zuxuan Wu: at most 2 hops" in demo.stdout
