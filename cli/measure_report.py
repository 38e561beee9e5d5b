"""What `measure` says: energy per query with its error, and efficiency before and after."""

from collections.abc import Iterator, Mapping
from typing import Any

from wh_uncertainty.cli.layout import aligned, labelled, wrapped
from wh_uncertainty.cli.numbers import interval, quantity, significant
from wh_uncertainty.cli.quantities import QUANTILES
from wh_uncertainty.cli.render import Format, to_csv, to_json
from wh_uncertainty.cli.simulation_report import BOUNDARY_WORDS, provenance_words
from wh_uncertainty.model.power import J_PER_WH, SECONDS_PER_HOUR
from wh_uncertainty.model.units import WH_PER_KWH

__all__ = ["render_measurement"]

Result = Mapping[str, Any]
Quantiles = Mapping[str, float]


def render_measurement(result: Result, form: Format) -> str:
    """Write a measurement.

    Parameters
    ----------
    result : mapping
        As `SiteUpdate.to_dict` gives it, with ``reading``, ``findings`` and ``files``.
    form : Format

    Returns
    -------
    str
        Ends with a newline.
    """
    if form is Format.JSON:
        return to_json(result)
    if form is Format.CSV:
        rows = [[key, unit, *(q[k] for k in QUANTILES)] for key, unit, _, q, _ in _rows(result)]
        return to_csv(["quantity", "unit", *QUANTILES], rows)
    return "\n".join((_headline(result), _table(result), _background(result)))


def _headline(result: Result) -> str:
    measured, efficiency = result["measured"]["wh_per_query"], result["efficiency"]
    posterior = efficiency["posterior"]
    return wrapped(
        f"{result['scenario']['model']}, {result['measured']['requests']:,} requests: measured "
        f"{quantity(measured)} Wh per query ({result['boundary']}), 90 % interval "
        f"{interval(measured, 'p05', 'p95')} Wh. The site reaches {quantity(posterior)} of the "
        f"benchmark's throughput, 90 % interval {interval(posterior, 'p05', 'p95')}; expected was "
        f"{interval(efficiency['prior'], 'p05', 'p95')}."
    )


def _rows(result: Result) -> Iterator[tuple[str, str, str, Quantiles, float]]:
    """Yield every quantity: key in JSON, unit, words, quantiles, scale to the unit of the words."""
    measured, wh, efficiency = result["measured"], result["wh_per_query"], result["efficiency"]
    per_1k = 1000 / J_PER_WH
    yield "measured.wh_per_query", "Wh", "Wh per query, measured", measured["wh_per_query"], 1
    yield "wh_per_query.prior", "Wh", "  as expected without it", wh["prior"], 1
    yield "wh_per_query.posterior", "Wh", "  after the update", wh["posterior"], 1
    for name, quantiles in wh["by_boundary"].items():
        if name != result["boundary"]:
            yield f"wh_per_query.by_boundary.{name}", "Wh", f"  after, at {name}", quantiles, 1
    words = "Wh per 1k tokens, measured"
    yield "measured.j_per_token", "J/tok", words, measured["j_per_token"], per_1k
    for way, words in (("input", "prefill"), ("output", "decode")):
        key = f"j_per_{way}_token"
        yield key, "J/tok", f"Wh per 1k {way} tokens ({words}), split", result[key], per_1k
    for key, words in (
        ("prior", "expected without it"),
        ("implied", "by the measurement alone"),
        ("posterior", "after the update"),
    ):
        yield f"efficiency.{key}", "1", f"efficiency, {words}", efficiency[key], 1


def _table(result: Result) -> str:
    rows = [["", "median", "50 % interval", "90 % interval"]]
    for _, _, words, quantiles, scale in _rows(result):
        ends = (("p25", "p75"), ("p05", "p95"))
        spread = (interval(quantiles, low, high, scale) for low, high in ends)
        rows.append([words, quantity(quantiles, "p50", scale), *spread])
    return aligned(rows, right=(False, True, True, True))


def _background(result: Result) -> str:
    measured, boundary = result["measured"], result["boundary"]
    lines = [
        ("Boundary", f"{boundary}: {BOUNDARY_WORDS[boundary]}"),
        ("Read", _read(result)),
        ("Tokens", _tokens(measured)),
        ("Error", f"{measured['ln_sd']:.2%} (one standard deviation): meter, samples, gaps"),
        ("Split", "between prefill and decode by the model: one total does not tell it"),
        ("Surprise", f"p = {significant(result['surprise'], 2)} of what was expected"),
        *_listed("Findings", [f["message"] for f in result["findings"]]),
        *_listed("Flags", [f["message"] for f in result["flags"]]),
        ("Provenance", provenance_words(result["provenance"])),
    ]
    return "".join(labelled(label, text) for label, text in lines)


def _read(result: Result) -> str:
    reading, energy_wh = result["reading"], result["measured"]["energy_wh"]
    words = f"{significant(energy_wh / WH_PER_KWH)} kWh, {reading['source']}"
    if reading["devices"] is None:
        return words
    hours = (reading["to_s"] - reading["from_s"]) / SECONDS_PER_HOUR
    return (
        f"{words} of {reading['devices']} devices over {significant(hours)} h, "
        f"{significant(reading['mean_w'])} W in all"
    )


def _tokens(measured: Result) -> str:
    uncached = measured["mean_uncached_tok"]
    cached = "" if uncached is None else f" ({uncached:,.0f} not cached)"
    lengths = f"{measured['mean_isl_tok']:,.0f} in{cached}, {measured['mean_osl_tok']:,.0f} out"
    return f"{lengths}, on average"


def _listed(label: str, messages: list[str]) -> Iterator[tuple[str, str]]:
    for k, message in enumerate(messages):
        yield (label if k == 0 else "", message)
