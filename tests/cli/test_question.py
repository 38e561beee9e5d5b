"""The options of `simulate` and the fields of a scenario are the same set of questions."""

import inspect
from dataclasses import fields

import pytest

from wh_uncertainty.cli.reference import command_helps
from wh_uncertainty.cli.simulate import simulate
from wh_uncertainty.cli.simulation_report import BOUNDARY_WORDS
from wh_uncertainty.model.power import BOUNDARIES
from wh_uncertainty.model.scenario import EFFORTS, PROVIDERS, Scenario


def test_every_field_of_a_scenario_is_an_option() -> None:
    assert {field.name for field in fields(Scenario)} <= set(inspect.signature(simulate).parameters)


@pytest.mark.parametrize("choice", [*PROVIDERS, *BOUNDARIES, *EFFORTS])
def test_every_choice_is_in_the_help(choice: str) -> None:
    assert choice in command_helps()["wh-uncertainty simulate"]


def test_every_boundary_has_words() -> None:
    assert set(BOUNDARY_WORDS) == set(BOUNDARIES)


def test_who_takes_priors_takes_a_release_of_them() -> None:
    """Only `fit` does not: it makes the posterior of the next release."""
    helps = command_helps().items()
    mine, released = (
        {name for name, text in helps if f"\n  {option} " in text}
        for option in ("--priors DIR", "--release NAME")
    )
    assert mine - released == {"wh-uncertainty fit"}
    assert released - mine == {"wh-uncertainty validate"}
