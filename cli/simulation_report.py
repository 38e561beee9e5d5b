"""What `simulate` says: an answer in a sentence, a table, and what stands behind it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from wh_uncertainty.cli.hashes import hashes_of, shown_hash
from wh_uncertainty.cli.layout import aligned, labelled, wrapped
from wh_uncertainty.cli.numbers import interval, quantity, significant
from wh_uncertainty.cli.quantities import QUANTILES, quantities, quantity_rows
from wh_uncertainty.cli.render import Format, to_csv, to_json

__all__ = [
    "BOUNDARY_WORDS",
    "ESTIMAND_WORDS",
    "EXTRAPOLATED",
    "background_lines",
    "extrapolated_words",
    "flag_words",
    "headline",
    "percent",
    "provenance_words",
    "render_simulation",
]

Result = Mapping[str, Any]

BOUNDARY_WORDS: Mapping[str, str] = {
    "board": "the GPU boards alone",
    "it": "the IT load: boards with their share of host, network and fans",
    "facility": "the facility's meter: IT load times PUE",
    "provisioned-2025-12": "all-in provisioned power per GPU as of 2025-12; no host, no PUE on top",
    "provisioned-2026-07": "all-in provisioned power per GPU as of 2026-07; no host, no PUE on top",
}

ESTIMAND_WORDS: Mapping[str, str] = {
    "mean": "the mean over the workload's queries",
    "one-query": "one random query",
}

#: Code of the flag that stands above the table.
EXTRAPOLATED = "extrapolated"

_FLAGS_SHOWN = 3
_DEPLOYMENTS_SHOWN = 3


def render_simulation(result: Result, form: Format) -> str:
    """Write the result of a simulation.

    Parameters
    ----------
    result : mapping
        As `Simulation.to_dict` gives it.
    form : Format

    Returns
    -------
    str
        Ends with a newline.
    """
    if form is Format.JSON:
        return to_json(result)
    if form is Format.CSV:
        rows = [
            [row.key, row.unit, *(row.quantiles[key] for key in QUANTILES)]
            for row in quantities(result)
        ]
        return to_csv(["quantity", "unit", *QUANTILES], rows)
    parts = (wrapped(headline(result)), *_extrapolated(result), _table(result), _background(result))
    return "\n".join(parts)


def headline(result: Result) -> str:
    """Say the answer in a sentence, on one line.

    Parameters
    ----------
    result : mapping
        As `Simulation.to_dict` gives it; so below.

    Returns
    -------
    str
    """
    scenario, mean = result["scenario"], result["wh_per_query"]["mean"]
    subject = f"{scenario['model']}, {_workload(scenario)}"
    where = "at the measured site" if "site" in result["provenance"] else "at a typical provider"
    return (
        f"{subject}: about {quantity(mean)} Wh per query {where}, 90 % interval "
        f"{interval(mean, 'p05', 'p95')} Wh; expected value {quantity(mean, 'mean')} Wh."
    )


def _extrapolated(result: Result) -> Iterator[str]:
    for flag in result["flags"]:
        if flag["code"] == EXTRAPOLATED:
            yield from extrapolated_words([flag["message"]])


def extrapolated_words(reasons: Iterable[str]) -> Iterator[str]:
    """Yield a paragraph for each reason why nothing was measured of what is asked about."""
    for reason in dict.fromkeys(filter(None, reasons)):
        yield wrapped(f"Extrapolated, not measured: {reason}.")


def _workload(scenario: Result) -> str:
    asked, title = str(scenario["workload"]), str(scenario["resolved"]["workload_title"])
    return asked if title in ("", asked) else f"{asked} ({title})"


def _table(result: Result) -> str:
    return aligned(quantity_rows(result), right=(False, True, True, True, True))


def _background(result: Result) -> str:
    lines = [
        *background_lines(result),
        *_flags([flag for flag in result["flags"] if flag["code"] != EXTRAPOLATED]),
        ("Provenance", provenance_words(result["provenance"])),
    ]
    return "".join(labelled(label, text) for label, text in lines)


def background_lines(result: Result) -> list[tuple[str, str]]:
    """Say what the open answers of a question came to.

    Parameters
    ----------
    result : mapping

    Returns
    -------
    list of tuple
        Label and words.
    """
    resolved = result["scenario"]["resolved"]
    return [
        ("Boundary", f"{result['boundary']}: {BOUNDARY_WORDS[result['boundary']]}"),
        ("Tokens", _tokens(resolved)),
        ("Hardware", _hardware(result)),
        ("Deployments", _shares(resolved["deployments"][:_DEPLOYMENTS_SHOWN], "deployment")),
        ("Load", _load(resolved)),
        *_price_check(result["equivalents"]),
    ]


def _tokens(resolved: Result) -> str:
    mean_isl, uncached = resolved["mean_isl_tok"], resolved["mean_uncached_tok"]
    cached = "" if uncached == mean_isl else f" ({uncached:,.0f} not cached)"
    return f"{mean_isl:,.0f} in{cached}, {resolved['mean_osl_tok']:,.0f} out, on average"


def _hardware(result: Result) -> str:
    resolved = result["scenario"]["resolved"]
    measured_matters = not result["boundary"].startswith("provisioned")
    mix = [
        {
            "hardware": item["hardware"].upper()
            + ("*" if measured_matters and not item["measured_power"] else ""),
            "share": item["share"],
        }
        for item in sorted(resolved["hardware_mix"], key=lambda item: -item["share"])
    ]
    words = f"{_shares(mix, 'hardware')}, in {' or '.join(resolved['precision'])}"
    return f"{words}; * board power never measured" if "*" in words else words


def _shares(items: Sequence[Result], key: str) -> str:
    return ", ".join(f"{item[key]} {percent(item['share'])}" for item in items)


def _load(resolved: Result) -> str:
    requests, pace = resolved["load_requests_per_gpu"], resolved["interactivity_tok_s"]
    return (
        f"typically {significant(requests, 2)} requests per GPU, "
        f"{significant(pace, 2)} tok/s for each user"
    )


def _price_check(equivalents: Result) -> list[tuple[str, str]]:
    bound = equivalents["price_implied_maximum_wh"]
    if bound is None:
        return []
    words = f"the tokens' list price would buy {significant(bound, 2)} Wh of electricity"
    return [("Price check", words)]


def _flags(flags: Sequence[Result]) -> list[tuple[str, str]]:
    lines = [
        ("Flags" if index == 0 else "", flag_words(flag))
        for index, flag in enumerate(flags[:_FLAGS_SHOWN])
    ]
    hidden = len(flags) - _FLAGS_SHOWN
    if hidden > 0:
        lines.append(("", f"and {hidden} more, in --format json"))
    return lines


def flag_words(flag: Result) -> str:
    """Say what to distrust, and in how many draws unless in all."""
    share = flag["share"]
    of_draws = "" if share is None or share >= 1 else f" ({percent(share)} of draws)"
    return f"{flag['message']}{of_draws}"


def percent(share: float) -> str:
    """Write a share as a whole per cent; what is neither none nor all is not rounded to it."""
    if 0 < share < 0.005:
        return "< 1 %"
    if 0.995 < share < 1:
        return "> 99 %"
    return f"{100 * share:.0f} %"


def provenance_words(provenance: Result) -> str:
    """Say in a line what a result was computed from.

    Parameters
    ----------
    provenance : mapping
        As `Simulation.to_dict` gives it.

    Returns
    -------
    str
    """
    own = ", ".join(provenance["priors_overridden"])
    hashes = hashes_of(provenance, ("observations", "posterior", "priors"))
    return (
        f"wh-uncertainty {provenance['version']}, seed {provenance['seed']}, "
        f"{provenance['draws']:,} draws, priors {provenance['priors_release']}"
        + (f" with your own {own}" if own else "")
        + "".join(f"; {s['key']} of {s['file']}, never benchmarked" for s in _specs(provenance))
        + _site_words(provenance)
        + f"; sha256 of {hashes}"
    )


def _site_words(provenance: Result) -> str:
    site = provenance.get("site")
    return "" if site is None else f"; site {site['file']}, sha256 {shown_hash(site['sha256'])}"


def _specs(provenance: Result) -> Sequence[Result]:
    """Return the files that describe what was never benchmarked; some commands take none."""
    specs: Sequence[Result] = provenance.get("specs", ())
    return specs
