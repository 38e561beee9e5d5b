"""A few hundred command lines of the many that scripts/fuzz_commands.py draws, always the same."""

import tempfile
from pathlib import Path

import pytest
from command_cases import Case, cases
from command_output import text_faults
from command_runs import run_case
from hypothesis import HealthCheck, given, settings

RUNS = {
    **{"simulate": 110, "compare": 40, "measure": 40, "priors": 25, "sweep": 20},
    **{"observations": 12, "schema": 10, "account": 6},
}


@pytest.mark.parametrize("command", RUNS)
def test_command_lines_are_answered_or_refused(command: str) -> None:
    @settings(
        max_examples=RUNS[command],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(cases(command))
    def answered_or_refused(case: Case) -> None:
        with tempfile.TemporaryDirectory() as name:
            assert run_case(case, Path(name)).faults == (), case

    answered_or_refused()


@pytest.mark.parametrize(
    ("text", "form", "part"),
    [
        ('{"wh_per_query": {"p05": 2.0, "p50": 1.0}}', "json", "out of order"),
        ('{"wh_per_query": {"p05": -1.0, "p50": 1.0}}', "json", "negative"),
        ('{"wh_per_query": NaN}', "json", "NaN"),
        ('{"wh_per_query": 1e999}', "json", "inf"),
        ('{"wh_per_query": 1', "json", "no JSON"),
        ("quantity,p05,p50\nwh_per_query,2,1\n", "csv", "out of order"),
        ("model,wh_mean_p05,wh_mean_p50\nx,-1,1\n", "csv", "negative"),
        ("quantity,p50\nwh_per_query,nan\n", "csv", "nan"),
        ("quantity,p50\nwh_per_query\n", "csv", "cells"),
        ("about nan Wh per query", "table", "nan"),
        ("90 % interval 0.1 to inf Wh", "table", "inf"),
    ],
)
def test_what_is_wrong_with_an_answer_is_seen(text: str, form: str, part: str) -> None:
    assert any(part in fault for fault in text_faults(text, form))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('{"wh_per_query": {"p05": 0.1, "p50": 0.1, "p95": 0.3}}', "json"),
        ('{"difference_wh": {"p05": -1.0, "p50": 1.0}}', "json"),
        ("quantity,p05,p50\ndifference_to_first_wh,-2,1\n", "csv"),
        ("quantity,p05,p50\nwh_per_query,,\n", "csv"),
        ("InferenceX information, finance", "table"),
    ],
)
def test_what_is_right_is_not(text: str, form: str) -> None:
    assert list(text_faults(text, form)) == []
