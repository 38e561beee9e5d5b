from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Top of the source tree; what is imported may well come from somewhere else."""
    return Path(__file__).parents[2]
