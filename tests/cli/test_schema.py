"""Published schemas: they hold what is written, refuse what is not, and need nothing else."""

import copy
import json
import subprocess
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.cli.briefing.annex_twin import annex_twin
from wh_uncertainty.cli.briefing.sections.provenance import Request
from wh_uncertainty.cli.schema import SCHEMAS, schema_text

Validator: Any = import_module("jsonschema").Draft202012Validator  # publishes no types
Run = Callable[..., subprocess.CompletedProcess[bytes]]
Validators = dict[str, Any]


@pytest.fixture(scope="module")
def validators() -> Validators:
    return {name: Validator(json.loads(schema_text(name))) for name in SCHEMAS}


@pytest.fixture(scope="module")
def written(briefed: tuple[Any, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What each schema describes, as a program reads it."""
    briefing, result = briefed
    twin = annex_twin(briefing, result, Request("wh-uncertainty report x", "x", "0" * 64))
    simulation = briefing.entries[0].simulation.to_dict()
    made = {"simulation": simulation, "briefing": result, "sustainability": twin}
    return {name: json.loads(json.dumps(content)) for name, content in made.items()}


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema of an object within a schema."""
    match schema:
        case {"type": "object"}:
            yield schema
            yield from _objects(list(schema.values()))
        case dict():
            yield from _objects(list(schema.values()))  # pyright: ignore
        case list():
            for part in schema:  # pyright: ignore
                yield from _objects(part)
        case _:
            return


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one_and_complete_in_itself(name: str) -> None:
    schema = json.loads(schema_text(name))
    Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:wh-uncertainty:schema:{name}:1"
    assert schema_text(name).count('"$ref"') == schema_text(name).count('"$ref": "#/$defs/')


@pytest.mark.parametrize("name", SCHEMAS)
def test_objects_are_closed(name: str) -> None:
    found = list(_objects(json.loads(schema_text(name))))
    assert len(found) > 10
    open_ones = [one for one in found if one["additionalProperties"] is not False]
    # Models by name: any name, but a count and nothing else.
    assert [one["additionalProperties"] for one in open_ones] == (
        [{"type": ["integer", "null"]}] if name == "sustainability" else []
    )


def test_parts_of_one_name_are_equal() -> None:
    seen: dict[str, Any] = {}
    for name in SCHEMAS:
        for part, definition in json.loads(schema_text(name))["$defs"].items():
            assert seen.setdefault(part, definition) == definition


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_written_is_as_described(
    name: str, validators: Validators, written: dict[str, dict[str, Any]]
) -> None:
    validators[name].validate(written[name])


MUTATIONS: dict[str, tuple[str, tuple[str | int, ...], Any]] = {
    "key too many": ("simulation", ("surprise",), 1),
    "number as text": ("simulation", ("wh_per_query", "mean", "p50"), "1.0"),
    "negative energy": ("simulation", ("wh_per_query", "mean", "p05"), -1.0),
    "unknown boundary": ("simulation", ("boundary",), "rack"),
    "short hash": ("simulation", ("provenance", "priors_sha256"), "abc"),
    "share above one": ("simulation", ("flags", 0, "share"), 1.5),
    "key too many within": ("briefing", ("scenarios", 0, "emissions", "unit"), "g"),
    "no scenario": ("briefing", ("scenarios",), []),
    "other unit": ("sustainability", ("activities", 0, "energy", "unit"), "MWh/year"),
    "no queries": ("sustainability", ("activities", 0, "activity", "value"), 0),
    "rating by hand": (
        "sustainability",
        ("activities", 0, "data_quality", "indicators", 0, "rating"),
        "excellent",
    ),
    "score without embodied": ("sustainability", ("activities", 0, "sci", "score"), 1.0),
    "other version": ("sustainability", ("schema", "version"), 2),
}


@pytest.mark.parametrize(("name", "place", "value"), MUTATIONS.values(), ids=MUTATIONS)
def test_what_is_wrong_is_refused(
    name: str,
    place: tuple[str | int, ...],
    value: Any,
    validators: Validators,
    written: dict[str, dict[str, Any]],
) -> None:
    content: Any = copy.deepcopy(written[name])
    within = content
    for step in place[:-1]:
        within = within[step]
    within[place[-1]] = value
    assert not validators[name].is_valid(content)


def test_a_missing_unit_is_refused(
    validators: Validators, written: dict[str, dict[str, Any]]
) -> None:
    content = copy.deepcopy(written["sustainability"])
    del content["activities"][0]["energy_factor"]["unit"]
    assert not validators["sustainability"].is_valid(content)


def test_what_simulate_prints_is_as_described(run: Run, validators: Validators) -> None:
    asked = ("--model", "gpt-oss-120b", "--workload", "chat", "--region", "sweden")
    done = run("simulate", *asked, "--draws", 1000, "--format", "json")
    validators["simulation"].validate(json.loads(done.stdout))


def test_the_command_prints_what_ships(run: Run, tmp_path: Path) -> None:
    done = run("schema", "briefing")
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, schema_text("briefing"), b"")
    assert run("schema", "--output", tmp_path / "s.json").stdout == b""
    assert (tmp_path / "s.json").read_text("utf-8") == schema_text("sustainability")


def test_another_name_gets_those_that_there_are(run: Run) -> None:
    done = run("schema", "simulations")
    assert (done.returncode, done.stdout) == (2, b"")
    assert "simulation, briefing, sustainability" in done.stderr.decode()
