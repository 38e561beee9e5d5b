"""Published figures, read once."""

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wh_uncertainty.model.observations import Observations, load_observations


@pytest.fixture(scope="session")
def published() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("published.toml").read_text("utf-8"))


@pytest.fixture(scope="session")
def anchors(published: dict[str, Any]) -> Observations:
    """Return the rows that describe the article's deployments, in the order of its tables."""
    table = load_observations()
    position = {name: i for i, name in enumerate(table.observation_id.tolist())}
    chosen = [position[row["anchor"]] for row in published["article"]["row"]]
    return table.rows(np.array(chosen))
