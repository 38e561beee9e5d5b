"""Whatever a file holds, it is refused in one line or read, and the order of rows is nothing."""

import csv
import io
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wh_uncertainty.model.intake.intake import Intake, take_in
from wh_uncertainty.model.intake.json_rows import json_rows
from wh_uncertainty.model.observations import ObservationError, load_observations
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
# The fixture is a module of functions: nothing in it changes from example to example.
lenient = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _taken(content: bytes, name: str = "rows.json") -> Intake | None:
    """Import a file; what is kept must load. None if it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        try:
            taken = take_in([path], CATALOGUE)
        except ObservationError:
            return None
        assert taken.rejected_csv().count(b"\n") == 1 + int((~taken.kept).sum())
        if taken.kept.any():
            table = Path(folder, "own.csv")
            table.write_bytes(taken.kept_csv())
            assert len(load_observations(table)) == taken.kept.sum()
        return taken


@lenient
@given(content=st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    _taken(content)


@lenient
@given(value=json_values)
def test_any_json(value: object) -> None:
    _taken(json.dumps(value).encode())


@lenient
@given(data=st.data())
def test_any_value_in_any_place(vintages: Any, data: st.DataObject) -> None:
    point = vintages.points(1, seed=data.draw(st.integers(0, 20)))[0]
    row = data.draw(st.sampled_from([vintages.api_row, vintages.result_v2]))(point, 2)
    part = row["metrics"] if "metrics" in row and data.draw(st.booleans()) else row
    for key in data.draw(st.lists(st.sampled_from(sorted(part)), min_size=1, max_size=4)):
        part[key] = data.draw(json_values)
    taken = _taken(json.dumps([row]).encode())
    if taken is not None and not taken.kept[0]:
        assert list(taken.findings()) != []


@lenient
@given(cells=st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=4), max_size=4))
def test_any_table(vintages: Any, cells: list[list[str]]) -> None:
    header = list(vintages.dashboard_row(vintages.points(1)[0]))
    buffer = io.StringIO()
    csv.writer(buffer).writerows([header, *(row * 20 for row in cells)])
    _taken(buffer.getvalue().encode("utf-8", "replace"), "rows.csv")


@lenient
@given(order=st.permutations(range(12)), seed=st.integers(0, 50))
def test_order_does_not_matter(vintages: Any, order: list[int], seed: int) -> None:
    rows = [vintages.api_row(point, 2) for point in vintages.points(12, seed)]
    one, other = (
        _taken(json.dumps(some).encode()) for some in (rows, [rows[index] for index in order])
    )
    assert one is not None
    assert other is not None
    assert sorted(one.kept_csv().splitlines()) == sorted(other.kept_csv().splitlines())


@lenient
@given(values=st.lists(json_values, max_size=5), indent=st.sampled_from([None, 0, 3]))
def test_streaming_reads_what_json_reads(values: list[object], indent: int | None) -> None:
    text = json.dumps(values, indent=indent)
    streamed = [value for _, value, _ in json_rows("x", io.StringIO(text))]
    whole: list[object] = json.loads(text, parse_constant=lambda _: float("nan"))
    assert repr(streamed) == repr(whole)
