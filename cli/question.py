"""The options that state a question, alone or over a scenario file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from wh_uncertainty.cli.options import UsageError

__all__ = [
    "AsOf",
    "Boundary",
    "CachedShare",
    "Concurrency",
    "Deployment",
    "Efficiency",
    "Effort",
    "Hardware",
    "Interactivity",
    "Model",
    "Precision",
    "Provider",
    "Region",
    "ScenarioFile",
    "Workload",
    "read_question",
]


def _option(flag: str, metavar: str, words: str) -> Any:
    return typer.Option(flag, metavar=metavar, help=words, show_default=False)


Model = Annotated[str | None, _option("--model", "NAME", "Which model; see `list models`.")]
Workload = Annotated[
    str | None,
    _option(
        "--workload",
        "NAME|IN/OUT|FILE",
        "Tokens in and out (1k/8k, 1000/500), a name of `list workloads`, or a trace of requests "
        "(CSV, Parquet).",
    ),
]
Hardware = Annotated[
    str | None, _option("--hardware", "NAME", "GPU; see `list hardware`. [default: the mix]")
]
Precision = Annotated[
    str | None, _option("--precision", "NAME", "fp4, fp8, bf16 or int4. [default: the native one]")
]
Interactivity = Annotated[
    float | None,
    _option("--interactivity", "TOK_S", "Tokens per second that a user gets. [default: a prior]"),
]
Deployment = Annotated[
    str | None,
    _option("--deployment", "ID", "See `list deployments`. [default: the cheapest within reach]"),
]
Concurrency = Annotated[
    float | None,
    _option("--concurrency", "N", "Requests in flight on the deployment, instead of a pace."),
]
Efficiency = Annotated[
    float | None,
    _option(
        "--efficiency", "SHARE", "Provider's throughput over the benchmark's. [default: a prior]"
    ),
]
Provider = Annotated[
    str | None,
    _option("--provider", "CLASS", "any, first-party, third-party, low-traffic. [default: any]"),
]
Region = Annotated[
    str | None,
    _option("--region", "NAME", "Where it runs: adds emissions, water and cost; `list regions`."),
]
Boundary = Annotated[
    str | None,
    _option(
        "--boundary",
        "NAME",
        "Power counted: board, it, facility, provisioned-2025-12 or provisioned-2026-07. "
        "[default: facility]",
    ),
]
CachedShare = Annotated[
    float | None,
    _option(
        "--cached-share", "SHARE", "Share of the prompt found in a cache. [default: the workload's]"
    ),
]
Effort = Annotated[
    str | None,
    _option("--effort", "LEVEL", "Reasoning: low, medium, high, or a factor."),
]
AsOf = Annotated[
    str | None,
    _option("--as-of", "DATE", "Let software improve until then. [default: as benchmarked]"),
]
ScenarioFile = Annotated[
    Path | None,
    _option("--scenario", "FILE", "The question as a TOML file; options override its keys."),
]

_KEYS = (
    *("model", "workload", "hardware", "precision", "interactivity_tok_s", "deployment"),
    *("concurrency", "efficiency", "provider", "region", "boundary", "cached_share"),
    *("effort", "as_of"),
)
_REQUIRED = {"model": "list models", "workload": "list workloads"}


def read_question(options: Mapping[str, Any], scenario: Path | None) -> dict[str, Any]:
    """Return what a scenario file answers, with what the options answer in its place.

    Parameters
    ----------
    options : mapping
        Every option of the command by name; those not given are None.
    scenario : Path, optional

    Returns
    -------
    dict
        Arguments of `create_scenario`.

    Raises
    ------
    UsageError
        Neither says which model or workload.
    ScenarioError
        The file breaks a rule.
    """
    answers: dict[str, Any] = {}
    if scenario is not None:
        from wh_uncertainty.model.scenario import read_scenario

        answers |= read_scenario(scenario)
    answers |= {key: options[key] for key in _KEYS if options[key] is not None}
    for key, listing in _REQUIRED.items():
        if key not in answers:
            raise UsageError(f"--{key} is missing; `wh-uncertainty {listing}` shows what there is")
    return answers
