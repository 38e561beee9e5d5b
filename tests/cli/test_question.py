"""The options of `simulate` and the fields of a scenario are the same set of questions."""

import inspect
import subprocess
from collections.abc import Callable
from dataclasses import fields

import pytest

from wh_uncertainty.cli.options import Estimand
from wh_uncertainty.cli.reference import command_helps
from wh_uncertainty.cli.simulate import simulate
from wh_uncertainty.cli.simulation_report import BOUNDARY_WORDS
from wh_uncertainty.model.analyses import comparison
from wh_uncertainty.model.analyses.groups import ESTIMANDS
from wh_uncertainty.model.power import BOUNDARIES
from wh_uncertainty.model.scenario import EFFORTS, PROVIDERS, Scenario
from wh_uncertainty.model.simulation import CHUNK_DRAWS, MAX_DRAWS
from wh_uncertainty.model.sites import site_update

Run = Callable[..., subprocess.CompletedProcess[bytes]]


def test_every_field_of_a_scenario_is_an_option() -> None:
    assert {field.name for field in fields(Scenario)} <= set(inspect.signature(simulate).parameters)


@pytest.mark.parametrize("choice", [*PROVIDERS, *BOUNDARIES, *EFFORTS])
def test_every_choice_is_in_the_help(choice: str) -> None:
    assert choice in command_helps()["wh-uncertainty simulate"]


def test_every_boundary_has_words() -> None:
    assert set(BOUNDARY_WORDS) == set(BOUNDARIES)


def test_every_estimand_of_the_model_is_a_choice() -> None:
    assert tuple(Estimand) == ESTIMANDS


@pytest.mark.parametrize(
    ("command", "most"),
    [
        *((command, MAX_DRAWS) for command in ("simulate", "sweep", "report")),
        ("compare", comparison.LARGEST_DRAWS),
        ("measure", site_update.LARGEST_DRAWS),
        ("account", CHUNK_DRAWS),
    ],
)
def test_the_help_says_how_many_draws_the_model_takes(command: str, most: int) -> None:
    text = command_helps()[f"wh-uncertainty {command}"]
    assert f"1000<=x<={most}]" in "".join(text.partition("--draws N")[2].split())


@pytest.mark.parametrize(
    ("verb", "option", "both"),
    [
        ("simulate", "--efficiency", ("40%", "0.4")),
        ("simulate", "--cached-share", ("10%", "0.1")),
        ("disclosure", "--error", ("10%", "0.1")),
        ("measure", "--accuracy", ("1%", "0.01")),
    ],
)
def test_a_share_is_a_percentage_or_a_number(
    run: Run, verb: str, option: str, both: tuple[str, str]
) -> None:
    asked: tuple[str, ...] = ("--model", "gpt-oss-120b", "--workload", "1k/8k")
    if verb == "measure":
        asked += ("--boundary=it", "--energy-kwh=1", "--requests=4000")
    asked += ("--log2-points=4",) if verb == "disclosure" else ("--draws=1000",)
    one, other = (run(verb, *asked, option, share) for share in both)
    assert one.returncode == 0, one.stderr
    assert one.stdout == other.stdout


def test_who_takes_priors_takes_a_release_of_them() -> None:
    """Only `fit` does not: it makes the posterior of the next release."""
    helps = command_helps().items()
    mine, released = (
        {name for name, text in helps if f"\n  {option} " in text}
        for option in ("--priors DIR", "--release NAME")
    )
    assert mine - released == {"wh-uncertainty fit"}
    assert released - mine == {"wh-uncertainty validate"}
