"""A union of tables: nothing counts twice, and the order of rows is no information."""

from dataclasses import fields, replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wh_uncertainty.model.fitting.union import united
from wh_uncertainty.model.observations import Observations, load_observations

TABLE = load_observations().rows(np.arange(0, 9000, 100))
COLUMNS = [f.name for f in fields(Observations) if f.name not in ("name", "sha256", "sources")]

positions = st.lists(st.integers(0, len(TABLE) - 1), min_size=1, max_size=30, unique=True)


def part(chosen: list[int], name: str) -> Observations:
    return replace(TABLE.rows(np.array(chosen)), name=name, sha256=name)


def same(one: Observations, other: Observations) -> bool:
    """Every column, as text: NaN differs from itself, its name does not."""
    return all(
        getattr(one, name).astype(str).tolist() == getattr(other, name).astype(str).tolist()
        for name in COLUMNS
    )


@given(chosen=positions)
def test_with_itself(chosen: list[int]) -> None:
    table = part(chosen, "a")
    assert united(table, table) is table


@given(one=positions, other=positions)
def test_twice_is_once(one: list[int], other: list[int]) -> None:
    both = united(part(one, "a"), part(other, "b"))
    assert united(both, part(other, "b")) is both


@given(one=positions, other=positions, data=st.data())
def test_order_of_a_users_rows(one: list[int], other: list[int], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(other))
    base = part(one, "a")
    assert same(united(base, part(other, "b")), united(base, part(shuffled, "b")))


@given(one=positions, other=positions)
def test_either_way_round_the_same_rows(one: list[int], other: list[int]) -> None:
    a, b = part(one, "a"), part(other, "b")
    there, back = united(a, b), united(b, a)
    assert sorted(there.observation_id) == sorted(back.observation_id)
    assert len(there) == len(set(one) | set(other))
