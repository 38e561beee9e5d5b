"""From the options of `measure` to a measured site."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wh_uncertainty.cli.measured_inputs import Inputs
from wh_uncertainty.cli.options import UsageError, said_by_options
from wh_uncertainty.cli.question import answers_given, asked

if TYPE_CHECKING:
    from wh_uncertainty.model.sites.measured_site import MeasuredSite
    from wh_uncertainty.model.sites.reading import Reading
    from wh_uncertainty.priors import Catalogue

__all__ = ["made_from", "measured_answers", "site_of"]

Options = Mapping[str, Any]
Answers = dict[str, Any]

_POSITIVE = ("energy_kwh", "mean_power_w", "duration_h", "step")
_METERS = "board, it or facility"
# What is counted, or found out, cannot be asked for.
_NOT_ASKED = {
    "efficiency": "it is what the measurement tells",
    "effort": "tokens are counted, and effort is in them",
}


def measured_answers(options: Options) -> Answers:
    """Return what is known of the measured service.

    Raises
    ------
    UsageError
        No meter is there, no model, something that a measurement tells, not one source of energy,
        or a number that cannot be.
    """
    answers = answers_given({**options, "boundary": _meter_named(options["boundary"])})
    if not answers.keys() & {"model", "model_spec"}:
        raise UsageError("--model is missing; `wh-uncertainty list models` shows what there is")
    for key, reason in _NOT_ASKED.items():
        if key in answers:
            raise UsageError(f"--{key} cannot be given: {reason}")
    if options["save"] is not None and answers.keys() & {"model_spec", "hardware_spec"}:
        raise UsageError("--save: a site file holds no described model or GPU; leave --save out")
    sources = ("log", "energy_kwh", "mean_power_w")
    if sum(options[key] is not None for key in sources) != 1:
        raise UsageError("give one of: a LOG, --energy-kwh, or --mean-power-w with --duration-h")
    if (options["mean_power_w"] is None) != (options["duration_h"] is None):
        raise UsageError("--mean-power-w and --duration-h go together")
    _check_numbers(options)
    return answers


def _meter_named(boundary: str | None) -> str | None:
    """Return the place of a meter that a user means."""
    from wh_uncertainty.model.names import ScenarioError, canonical_name
    from wh_uncertainty.model.power import MEASURED_BOUNDARIES

    if boundary is None:
        return None
    places: dict[str, tuple[str, ...]] = {name: () for name in MEASURED_BOUNDARIES}
    with said_by_options(ScenarioError):
        return canonical_name("boundary", boundary, places, "wh-uncertainty measure --help")


def _check_numbers(options: Options) -> None:
    for key in _POSITIVE:
        if options[key] is not None and not 0 < options[key] < math.inf:
            flag = key.replace("_", "-")
            raise UsageError(f"--{flag} {options[key]:g}: must be above 0 and finite")
    if options["shift"] is not None and not math.isfinite(options["shift"]):
        raise UsageError(f"--shift {options['shift']:g}: must be finite")


def site_of(
    options: Options,
    answers: Answers,
    catalogue: "Catalogue",
    inputs: Inputs,
    posterior: Path | None,
) -> "MeasuredSite":
    """Put reading, requests and scenario together.

    Parameters
    ----------
    options : mapping
    answers : dict
    catalogue : Catalogue
    inputs : Inputs
    posterior : Path or None

    Returns
    -------
    MeasuredSite

    Raises
    ------
    UsageError
        Where the meter is, is not said, or contradicts the log; accuracy or PUE out of range.
    """
    from wh_uncertainty.model.context import prepare
    from wh_uncertainty.model.metering.series import MeterError
    from wh_uncertainty.model.sites.measured_site import MeasuredSite
    from wh_uncertainty.model.sites.measurement import check_pue, measurement_of
    from wh_uncertainty.model.sites.reading import meter_ln_sd

    requests, boundary = inputs.requests, _boundary(answers, inputs.reading)
    named = {**answers, "workload": requests.workload.name, "boundary": boundary}
    scenario, extended = asked(named, catalogue)
    with said_by_options(MeterError):
        meter_sd = meter_ln_sd(extended, boundary, options["accuracy"])
        check_pue(options["pue"])
    measurement = measurement_of(inputs.reading, requests.count, boundary, meter_sd, options["pue"])
    return MeasuredSite(measurement, prepare(scenario, extended, posterior, requests.workload))


def _boundary(answers: Answers, reading: "Reading") -> str:
    stated = answers.get("boundary", "board" if reading.at_boards else None)
    if stated is None:
        raise UsageError(f"--boundary is missing: say where the meter is, {_METERS}")
    stated = _meter_named(stated)
    if reading.at_boards and stated != "board":
        raise UsageError(f"--boundary {stated}: what is read there comes from the boards, `board`")
    return str(stated)


def made_from(result: Mapping[str, Any]) -> dict[str, str]:
    """Return what a site file says of its making.

    Parameters
    ----------
    result : mapping
        Of the command, as JSON.

    Returns
    -------
    dict of str
    """
    kept = ("version", "priors_release", "priors_sha256", "posterior_sha256")
    return {**{key: result["provenance"][key] for key in kept}, **result["files"]}
