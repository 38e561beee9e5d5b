import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

PARTS = ("model", "priors", "cli")
LEFT_OUT = {"__pycache__"}


@pytest.fixture(scope="module")
def wheel_names(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=checkout, check=True, capture_output=True)
    with ZipFile(next(folder.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


def test_every_file_of_the_three_packages_is_shipped(checkout: Path, wheel_names: set[str]) -> None:
    files = (path for part in PARTS for path in (checkout / part).rglob("*") if path.is_file())
    expected = {
        f"wh_uncertainty/{path.relative_to(checkout).as_posix()}"
        for path in files
        if not LEFT_OUT.intersection(path.parts)
    }
    shipped = {name for name in wheel_names if name.startswith("wh_uncertainty/")}
    assert shipped == expected


def test_data_and_types_are_shipped(wheel_names: set[str]) -> None:
    assert "wh_uncertainty/model/data/inferencemax.csv" in wheel_names
    assert "wh_uncertainty/model/data/sources.csv" in wheel_names
    assert "wh_uncertainty/model/data/left_out.json" in wheel_names
    assert "wh_uncertainty/model/data/posterior/all-models.npz" in wheel_names
    assert "wh_uncertainty/model/data/releases/2026.11.json" in wheel_names
    assert any(n.startswith("wh_uncertainty/priors/data/2026.11/workloads/") for n in wheel_names)
    assert {f"wh_uncertainty/{part}/py.typed" for part in PARTS} <= wheel_names


def test_namespace_has_no_init(wheel_names: set[str]) -> None:
    assert "wh_uncertainty/__init__.py" not in wheel_names
    tops = {name.split("/")[0] for name in wheel_names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"wh_uncertainty"}


def test_licence_and_attribution_are_shipped(wheel_names: set[str]) -> None:
    licences = {name.rsplit("/", 1)[1] for name in wheel_names if ".dist-info/licenses/" in name}
    assert licences == {"LICENSE", "NOTICE"}
