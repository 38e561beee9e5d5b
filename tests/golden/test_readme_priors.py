"""The table of priors is the release: nothing missing, nothing twice, no number changed."""

import re
from collections import Counter
from pathlib import Path

import pytest

from wh_uncertainty.priors import Catalogue, load_catalogue

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("<!-- priors -->")[2].partition("<!-- /priors -->")[0]
CELLS = ([cell.strip() for cell in line.split("|")[1:-1]] for line in SECTION.splitlines())
ROWS = [row for row in CELLS if len(row) == 6 and row[0].startswith("`")]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_every_prior_but_those_of_regions_once(catalogue: Catalogue) -> None:
    expected = Counter(name for name in catalogue.priors if not name.startswith("region."))
    assert Counter(row[0].strip("`") for row in ROWS) == expected


def test_rows_state_the_release(catalogue: Catalogue) -> None:
    for name, unit, low, median, high, kind in ROWS:
        prior = catalogue.priors[name.strip("`")]
        assert (unit, kind) == (prior.unit, prior.kind), name
        stated = {key: prior.quantiles.get(key) for key in ("p05", "p50", "p95")}
        if prior.family == "fixed":
            stated["p50"] = prior.parameters["value"]
        shown = [float(cell) if cell else None for cell in (low, median, high)]
        for value, expected in zip(shown, stated.values(), strict=True):
            assert value == (None if expected is None else pytest.approx(expected, rel=1e-5)), name


def test_priors_of_regions_are_counted(catalogue: Catalogue) -> None:
    counted = re.search(r"(\d+) priors describe (\d+) regions", SECTION)
    assert counted is not None
    regional = sum(name.startswith("region.") for name in catalogue.priors)
    assert tuple(map(int, counted.groups())) == (regional, len(catalogue.regions))
