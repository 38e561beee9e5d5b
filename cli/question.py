"""The options that state a question, alone or over a scenario file."""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wh_uncertainty.cli.described import SPEC_OF, laid_over, with_described
from wh_uncertainty.cli.options import ReleaseOption, UsageError, read_share, said_by_options
from wh_uncertainty.priors import DEFAULT_RELEASE

if TYPE_CHECKING:
    from wh_uncertainty.model.context import Context
    from wh_uncertainty.model.measured_site import MeasuredSite
    from wh_uncertainty.model.scenario import Scenario
    from wh_uncertainty.priors import Catalogue

__all__ = [
    "answers_given",
    "asked",
    "asks",
    "measured_site",
    "prepared",
    "read_question",
    "stated",
]


def _option(flag: str, metavar: str, words: str) -> Any:
    return typer.Option(flag, metavar=metavar, help=words, show_default=False)


def _share(flag: str, words: str) -> Any:
    return typer.Option(flag, metavar="SHARE", help=words, show_default=False, parser=read_share)


Model = Annotated[str | None, _option("--model", "NAME", "Which model; see `list models`.")]
ModelSpec = Annotated[
    Path | None,
    _option("--model-spec", "FILE", "A model without benchmark rows, described in TOML."),
]
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
HardwareSpec = Annotated[
    Path | None,
    _option("--hardware-spec", "FILE", "A GPU without benchmark rows, described in TOML."),
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
    _share(
        "--efficiency",
        "Provider's throughput over the benchmark's: 0.4 or 40%. [default: a prior]",
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
    _share(
        "--cached-share",
        "Share of the prompt found in a cache: 0.4 or 40%. [default: the workload's]",
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

_OPTIONS: Mapping[str, Any] = {
    "model": Model,
    "model_spec": ModelSpec,
    "workload": Workload,
    "hardware": Hardware,
    "hardware_spec": HardwareSpec,
    "precision": Precision,
    "interactivity_tok_s": Interactivity,
    "deployment": Deployment,
    "concurrency": Concurrency,
    "efficiency": Efficiency,
    "provider": Provider,
    "region": Region,
    "boundary": Boundary,
    "cached_share": CachedShare,
    "effort": Effort,
    "as_of": AsOf,
}
_REQUIRED = {"model": "list models", "workload": "list workloads"}


def asks(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that state a question and of which release, ahead of its own.

    Parameters
    ----------
    command : callable
        Its first parameter is the Typer context, in whose ``params`` it finds the answers
        (`read_question`) and the ``release``. An option of its own goes before one of that name.

    Returns
    -------
    callable
    """
    context, *own = signature(command).parameters.values()
    stated = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=option)
        for name, option, default in (
            *((name, option, None) for name, option in _OPTIONS.items()),
            ("scenario", ScenarioFile, None),
            ("release", ReleaseOption, DEFAULT_RELEASE),
        )
        if name not in {parameter.name for parameter in own}
    ]

    @wraps(command)
    def with_question(**given: Any) -> None:
        command(**{name: given[name] for name in (context.name, *(p.name for p in own))})

    own_by_name = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in own]
    first = context.replace(kind=Parameter.KEYWORD_ONLY)
    with_question.__signature__ = Signature([first, *stated, *own_by_name])  # type: ignore[attr-defined]
    with_question.__annotations__ = {p.name: p.annotation for p in (first, *stated, *own_by_name)}
    return with_question


def read_question(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is asked, and insist on a model and a workload.

    Parameters
    ----------
    options : mapping
        As in `answers_given`.

    Returns
    -------
    dict
        Arguments of `create_scenario`, and files that describe what they name (`asked`).

    Raises
    ------
    UsageError
        Neither file nor option says which model or workload, or an option breaks a rule.
    ScenarioError
        The file breaks a rule.
    """
    answers = answers_given(options)
    for key, listing in _REQUIRED.items():
        if not answers.keys() & {key, SPEC_OF.get(key)}:
            raise UsageError(f"--{key} is missing; `wh-uncertainty {listing}` shows what there is")
    return answers


def answers_given(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a scenario file answers, with what the options answer in its place.

    Parameters
    ----------
    options : mapping
        Every option of the command by name, as the Typer context has them; None if not given.

    Returns
    -------
    dict

    Raises
    ------
    UsageError
        An option breaks a rule that needs no catalogue.
    ScenarioError
        The file breaks a rule.
    """
    answers: dict[str, Any] = {}
    if options["scenario"] is not None:
        from wh_uncertainty.model.scenario import read_scenario

        answers |= read_scenario(Path(options["scenario"]))
    given = {key: options[key] for key in _OPTIONS if options[key] is not None}
    return laid_over(answers, stated(given))


def stated(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Check answers of the command line that are wrong whatever the catalogue holds.

    Parameters
    ----------
    answers : mapping
        By the keys of a scenario file.

    Returns
    -------
    dict
        In canonical form.

    Raises
    ------
    UsageError
        One is unknown, not among its choices, or out of its range.
    """
    from wh_uncertainty.model.scenario import ScenarioError, plain_answers

    unknown = [key for key in answers if key not in _OPTIONS]
    if unknown:
        keys = ", ".join(_OPTIONS)
        raise UsageError(f"scenario key {unknown[0]!r} is unknown; keys are {keys}")
    with said_by_options(ScenarioError):
        return plain_answers(answers)


def asked(answers: Mapping[str, Any], catalogue: "Catalogue") -> tuple["Scenario", "Catalogue"]:
    """Make a scenario of answers, and a catalogue that knows what their files describe.

    Parameters
    ----------
    answers : mapping
    catalogue : Catalogue

    Returns
    -------
    scenario : Scenario
    catalogue : Catalogue

    Raises
    ------
    ScenarioError, PriorError
        An answer or a file breaks a rule.
    """
    from wh_uncertainty.model.scenario import create_scenario

    named, extended = with_described(answers, catalogue)
    return create_scenario(extended, **named), extended


def measured_site(
    file: Path | None, catalogue: "Catalogue", posterior: Path | None
) -> "MeasuredSite | None":
    """Read a site file, if one is given."""
    if file is None:
        return None
    from wh_uncertainty.model.site_file import load_site

    return load_site(file, catalogue, posterior)


def prepared(
    options: Mapping[str, Any],
    priors: Path | None,
    posterior: Path | None,
    site: Path | None = None,
) -> "Context":
    """Read a question and all that its answer is made from.

    Parameters
    ----------
    options : mapping
        As in `answers_given`.
    priors, posterior : Path, optional
        The user's own.
    site : Path, optional

    Returns
    -------
    Context
    """
    answers = read_question(options)
    from wh_uncertainty.model.context import prepare
    from wh_uncertainty.priors import load_catalogue

    scenario, catalogue = asked(answers, load_catalogue(options["release"], priors))
    measured = measured_site(site, catalogue, posterior)
    return prepare(scenario, catalogue, posterior, site=measured)
