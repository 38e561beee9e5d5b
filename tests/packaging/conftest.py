from importlib import import_module
from pathlib import Path

import pytest

PARTS = ("model", "priors", "cli")


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Top of the source tree; what is imported may well come from somewhere else."""
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def sources() -> dict[str, Path]:
    """Every module of the packages as they are imported, installed or not, by its place in them."""
    roots = (
        Path(place) for part in PARTS for place in import_module(f"wh_uncertainty.{part}").__path__
    )
    return {
        path.relative_to(root.parent).as_posix(): path
        for root in roots
        for path in sorted(root.rglob("*.py"))
    }
