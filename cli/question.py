"""The options that state a question, alone or over a scenario file."""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wh_uncertainty.cli.described import SPEC_OF, laid_over, with_described
from wh_uncertainty.cli.options import ReleaseOption, UsageError, said_by_options
from wh_uncertainty.cli.question_options import QUESTION_OPTIONS, ScenarioFile
from wh_uncertainty.priors import DEFAULT_RELEASE

if TYPE_CHECKING:
    from wh_uncertainty.model.context import Context
    from wh_uncertainty.model.scenario import Scenario
    from wh_uncertainty.model.sites.measured_site import MeasuredSite
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
            *((name, option, None) for name, option in QUESTION_OPTIONS.items()),
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
    given = {key: options[key] for key in QUESTION_OPTIONS if options[key] is not None}
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

    unknown = [key for key in answers if key not in QUESTION_OPTIONS]
    if unknown:
        keys = ", ".join(QUESTION_OPTIONS)
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
    from wh_uncertainty.model.sites.site_file import load_site

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
