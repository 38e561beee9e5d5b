"""From the options of `measure` to a measured site."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wh_uncertainty.cli.measured_inputs import Inputs
from wh_uncertainty.cli.options import UsageError
from wh_uncertainty.cli.question import answers_given, asked

if TYPE_CHECKING:
    from wh_uncertainty.model.measured_site import MeasuredSite
    from wh_uncertainty.model.reading import Reading
    from wh_uncertainty.priors import Catalogue

__all__ = ["made_from", "measured_answers", "site_of"]

Options = Mapping[str, Any]
Answers = dict[str, Any]

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
        No model, something that a measurement tells, or not one source of energy.
    """
    answers = answers_given(options)
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
    return answers


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
        Where the meter is, is not said, or contradicts the log.
    """
    from wh_uncertainty.model.context import prepare
    from wh_uncertainty.model.measured_site import MeasuredSite
    from wh_uncertainty.model.measurement import measurement_of
    from wh_uncertainty.model.reading import meter_ln_sd

    requests, boundary = inputs.requests, _boundary(answers, inputs.reading)
    named = {**answers, "workload": requests.workload.name, "boundary": boundary}
    scenario, extended = asked(named, catalogue)
    meter_sd = meter_ln_sd(extended, boundary, _accuracy(options["accuracy"]))
    measurement = measurement_of(inputs.reading, requests.count, boundary, meter_sd, options["pue"])
    return MeasuredSite(measurement, prepare(scenario, extended, posterior, requests.workload))


def _boundary(answers: Answers, reading: "Reading") -> str:
    from wh_uncertainty.model.power import MEASURED_BOUNDARIES

    stated = answers.get("boundary", "board" if reading.at_boards else None)
    if stated is None:
        raise UsageError(f"--boundary is missing: say where the meter is, {_METERS}")
    if stated not in MEASURED_BOUNDARIES:
        raise UsageError(f"--boundary {stated}: no meter is there; use {_METERS}")
    if reading.at_boards and stated != "board":
        raise UsageError(f"--boundary {stated}: what is read there comes from the boards, `board`")
    return str(stated)


def _accuracy(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise UsageError(f"--accuracy {text!r}: not a share; write 1% or 0.01") from None


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
