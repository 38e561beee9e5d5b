"""Laws of the pass: sums add up whatever the cut, and are those of whole numbers."""

from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wh_uncertainty.cli.accounting.faults import redacted, secrets_of
from wh_uncertainty.cli.accounting.meaning import LARGEST_TOK
from wh_uncertainty.cli.accounting.one_pass import LogSums
from wh_uncertainty.cli.accounting.request_log import open_log
from wh_uncertainty.cli.accounting.request_map import RequestMap, read_request_map
from wh_uncertainty.model.accounts.usage_sums import UsageSums, added

arrow: Any = import_module("pyarrow")
parquet: Any = import_module("pyarrow.parquet")

MAP = """
cached_within_input = true
[columns]
input_tokens = "i"
output_tokens = "o"
cached_tokens = "c"
model = "model"
"""
Row = tuple[int | None, int | None, int | None]

whole = st.integers(0, LARGEST_TOK)
anything = st.none() | st.integers(-(2**63), 2**63 - 1) | whole
rows_of = st.lists(st.tuples(anything, anything, st.none() | whole), min_size=1, max_size=30)
widths = st.sampled_from(["int64", "double", "string", "decimal"])


@pytest.fixture(scope="module")
def meaning(tmp_path_factory: pytest.TempPathFactory) -> RequestMap:
    path = tmp_path_factory.mktemp("map") / "map.toml"
    path.write_text(MAP, encoding="utf-8")
    return read_request_map(str(path))


def by_hand(rows: list[Row]) -> UsageSums:
    """Add up what can be counted, in Python's whole numbers."""
    sums = UsageSums()
    for i, o, c in rows:
        if i is None or o is None or not (0 <= i <= LARGEST_TOK and 0 <= o <= LARGEST_TOK):
            continue
        if (c or 0) <= i and i + o > 0:
            sums += UsageSums(1, i, i - (c or 0), o, o * i, o * o)
    return sums


def read(meaning: RequestMap, parts: list[list[Row]], kind: str) -> LogSums:
    with TemporaryDirectory() as folder:
        for k, rows in enumerate(parts):
            columns = {
                name: arrow.array([_as(kind, row[at]) for row in rows], _type(kind))
                for at, name in enumerate("ioc")
            }
            table = arrow.table({"model": ["glm-5"] * len(rows), **columns})
            parquet.write_table(table, Path(folder) / f"{k}.parquet")
        log = open_log([f"{folder}/*.parquet"], meaning, table=None, spark=None)
        try:
            return log.read()
        finally:
            log.close()


def _as(kind: str, value: int | None) -> Any:
    if value is None:
        return None
    return {"string": str, "double": float}.get(kind, int)(value)


def _type(kind: str) -> Any:
    return arrow.decimal128(38, 0) if kind == "decimal" else arrow.type_for_alias(kind)


@settings(max_examples=20)
@given(rows=rows_of, kind=widths)
def test_sums_are_those_of_whole_numbers(meaning: RequestMap, rows: list[Row], kind: str) -> None:
    found, wanted = read(meaning, [rows], kind), by_hand(rows)
    assert added(group.sums for group in found.groups) == wanted
    assert found.rows == len(rows)
    assert sum(found.rejected.values()) == len(rows) - wanted.requests


@settings(max_examples=8)
@given(rows=rows_of, cut=st.integers(0, 30))
def test_a_log_may_be_cut_and_reversed(meaning: RequestMap, rows: list[Row], cut: int) -> None:
    parts = [part for part in (rows[cut:][::-1], rows[:cut]) if part]
    one, other = read(meaning, [rows], "int64"), read(meaning, parts, "int64")
    assert (one.groups, one.rejected) == (other.groups, other.rejected)


@given(
    user=st.from_regex(r"[a-z]{1,8}", fullmatch=True),
    password=st.from_regex(r"[A-Z]{9,20}", fullmatch=True),
)
def test_no_password_survives(user: str, password: str) -> None:
    url = f"postgres://{user}:{password}@host:5432/logs?options={password}"
    assert redacted(url) == "postgres://host:5432/logs"
    said = f"could not connect to {url} as {user}:{password}"
    for secret in secrets_of(url):
        said = said.replace(secret, "***")
    assert password not in said
