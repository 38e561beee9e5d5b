"""Every test carries the marker of the folder it lies in, so that none can be forgotten."""

from pathlib import Path

import pytest
from hypothesis import settings

_TESTS = Path(__file__).parent

# Tests do not time anything: a machine that is busy elsewhere is no failure.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.relative_to(_TESTS).parts[0]
        item.add_marker(getattr(pytest.mark, folder))
