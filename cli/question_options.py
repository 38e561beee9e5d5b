"""The options that state a question: what a scenario can be asked, flag by flag."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from wh_uncertainty.cli.options import read_share

__all__ = ["QUESTION_OPTIONS", "ScenarioFile"]


def _option(flag: str, metavar: str, words: str) -> Any:
    return typer.Option(flag, metavar=metavar, help=words, show_default=False)


def _share(flag: str, words: str) -> Any:
    return typer.Option(flag, metavar="SHARE", help=words, show_default=False, parser=read_share)


#: By name of the answer in a scenario.
QUESTION_OPTIONS: Mapping[str, Any] = {
    "model": Annotated[str | None, _option("--model", "NAME", "Which model; see `list models`.")],
    "model_spec": Annotated[
        Path | None,
        _option("--model-spec", "FILE", "A model without benchmark rows, described in TOML."),
    ],
    "workload": Annotated[
        str | None,
        _option(
            "--workload",
            "NAME|IN/OUT|FILE",
            "Tokens in and out (1k/8k, 1000/500), a name of `list workloads`, or a trace of "
            "requests (CSV, Parquet).",
        ),
    ],
    "hardware": Annotated[
        str | None, _option("--hardware", "NAME", "GPU; see `list hardware`. [default: the mix]")
    ],
    "hardware_spec": Annotated[
        Path | None,
        _option("--hardware-spec", "FILE", "A GPU without benchmark rows, described in TOML."),
    ],
    "precision": Annotated[
        str | None,
        _option("--precision", "NAME", "fp4, fp8, bf16 or int4. [default: the native one]"),
    ],
    "interactivity_tok_s": Annotated[
        float | None,
        _option(
            "--interactivity", "TOK_S", "Tokens per second that a user gets. [default: a prior]"
        ),
    ],
    "deployment": Annotated[
        str | None,
        _option(
            "--deployment", "ID", "See `list deployments`. [default: the cheapest within reach]"
        ),
    ],
    "concurrency": Annotated[
        float | None,
        _option("--concurrency", "N", "Requests in flight on the deployment, instead of a pace."),
    ],
    "efficiency": Annotated[
        float | None,
        _share(
            "--efficiency",
            "Provider's throughput over the benchmark's: 0.4 or 40%. [default: a prior]",
        ),
    ],
    "provider": Annotated[
        str | None,
        _option(
            "--provider", "CLASS", "any, first-party, third-party, low-traffic. [default: any]"
        ),
    ],
    "region": Annotated[
        str | None,
        _option(
            "--region", "NAME", "Where it runs: adds emissions, water and cost; `list regions`."
        ),
    ],
    "boundary": Annotated[
        str | None,
        _option(
            "--boundary",
            "NAME",
            "Power counted: board, it, facility, provisioned-2025-12 or provisioned-2026-07. "
            "[default: facility]",
        ),
    ],
    "cached_share": Annotated[
        float | None,
        _share(
            "--cached-share",
            "Share of the prompt found in a cache: 0.4 or 40%. [default: the workload's]",
        ),
    ],
    "effort": Annotated[
        str | None,
        _option("--effort", "LEVEL", "Reasoning: low, medium, high, or a factor."),
    ],
    "as_of": Annotated[
        str | None,
        _option("--as-of", "DATE", "Let software improve until then. [default: as benchmarked]"),
    ],
}

ScenarioFile = Annotated[
    Path | None,
    _option("--scenario", "FILE", "The question as a TOML file; options override its keys."),
]
