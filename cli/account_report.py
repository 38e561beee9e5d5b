"""What `account` says: a total in a sentence, a table of groups, and what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wh_uncertainty.cli.accounting.answer import tidy_rows
from wh_uncertainty.cli.hashes import hashes_of, shown_hash
from wh_uncertainty.cli.layout import aligned, labelled, wrapped
from wh_uncertainty.cli.numbers import interval, quantity
from wh_uncertainty.cli.render import Format, to_csv, to_json
from wh_uncertainty.cli.simulation_report import BOUNDARY_WORDS, percent

__all__ = ["render_account", "rows_words"]

Result = Mapping[str, Any]

_GROUPS_SHOWN = 20
_FLAGS_SHOWN = 4

_CONSEQUENCES = (
    ("location_based_lifecycle_tco2e", "tCO2e, life cycle"),
    ("location_based_direct_tco2", "tCO2, direct"),
    ("market_based_tco2e", "tCO2e, market-based"),
    ("water_m3", "m3 of water"),
    ("electricity_usd", "USD of electricity"),
)


def render_account(result: Result, form: Format) -> str:
    """Write an account.

    Parameters
    ----------
    result : mapping
        As `answer` gives it.
    form : Format

    Returns
    -------
    str
        Ends with a newline.
    """
    if form is Format.JSON:
        return to_json(result)
    if form is Format.CSV:
        rows = tidy_rows(result)
        return to_csv(list(rows[0]), [list(row.values()) for row in rows])
    return "\n".join((_headline(result), _totals(result), *_groups(result), _background(result)))


def _headline(result: Result) -> str:
    total = result["total"]
    energy = total["energy_kwh"]
    return wrapped(
        f"{total['requests']:,} requests: about {quantity(energy)} kWh, 90 % interval "
        f"{interval(energy, 'p05', 'p95')} kWh; expected value {quantity(energy, 'mean')} kWh."
    )


def _totals(result: Result) -> str:
    total = result["total"]
    rows = [["", "median", "90 % interval", "expected"]]
    for key, title in (("energy_kwh", "kWh"), *_CONSEQUENCES):
        if (found := total[key]) is not None:
            cells = [quantity(found), interval(found, "p05", "p95"), quantity(found, "mean")]
            rows.append([title, *cells])
    return aligned(rows, right=(False, True, True, True))


def _groups(result: Result) -> Iterator[str]:
    keys: Sequence[str] = result["group_by"]
    if not keys:
        return
    ranked = sorted(result["by_group"], key=lambda row: -row["energy_kwh"]["p50"])
    rows = [[*keys, "requests", "kWh, median", "90 % interval", "% of energy", "90 % interval"]]
    for row in ranked[:_GROUPS_SHOWN]:
        energy, share = row["energy_kwh"], row["share"]
        rows.append(
            [
                *("-" if row[key] is None else str(row[key]) for key in keys),
                f"{row['requests']:,}",
                *(quantity(energy), interval(energy, "p05", "p95")),
                *(quantity(share, scale=100), interval(share, "p05", "p95", 100)),
            ]
        )
    table = aligned(rows, right=(*(False for _ in keys), *(5 * [True])))
    hidden = len(ranked) - _GROUPS_SHOWN
    yield table + (f"and {hidden} more, in --format csv\n" if hidden > 0 else "")


def _background(result: Result) -> str:
    boundaries = dict.fromkeys(s["scenario"]["boundary"] for s in result["services"])
    lines = [
        *(("Boundary", f"{name}: {BOUNDARY_WORDS[name]}") for name in boundaries),
        ("Tokens", _tokens(result["total"])),
        ("Rows", rows_words(result["requests"])),
        *_flags(result["flags"]),
        ("Provenance", _provenance(result["provenance"])),
    ]
    return "".join(labelled(label, text) for label, text in lines)


def _tokens(total: Result) -> str:
    cached = total["input_tok"] - total["uncached_tok"]
    of_cache = f" ({cached:,} of them cached)" if cached else ""
    return f"{total['input_tok']:,} in{of_cache}, {total['output_tok']:,} out"


def rows_words(requests: Result) -> str:
    """Say how many rows were read, and what became of those that are not accounted."""
    parts = [f"{requests['rows']:,} read"]
    if requests["skipped"]:
        parts.append(f"{requests['skipped']:,} skipped")
    parts += [f"{n:,} rejected ({reason})" for reason, n in requests["rejected"].items()]
    for entry in requests["excluded"]:
        parts.append(f"{entry['requests']:,} of {entry['model']} excluded")
    return ", ".join(parts)


def _flags(flags: Sequence[Result]) -> list[tuple[str, str]]:
    lines = [
        ("" if index else "Flags", _flag_words(flag))
        for index, flag in enumerate(flags[:_FLAGS_SHOWN])
    ]
    if len(flags) > _FLAGS_SHOWN:
        lines.append(("", f"and {len(flags) - _FLAGS_SHOWN} more, in --format json"))
    return lines


def _flag_words(flag: Result) -> str:
    share: float = flag["share"]
    message: str = flag["message"]
    return message + ("" if share >= 1 else f" ({percent(share)} of {flag['of']})")


def _provenance(provenance: Result) -> str:
    hashes = hashes_of(provenance, ("observations", "priors", "map"))
    source = provenance["requests"]
    files = "file" if source.get("files") == 1 else "files"
    read = (
        f"{source['database']} table {source['table']}"
        if "database" in source
        else f"{source['files']} {files} of {source['bytes']:,} B, listing "
        f"{shown_hash(source['listing_sha256'])}"
    )
    measured = "".join(f", {site['file']}" for site in provenance.get("measured_sites", ()))
    return (
        f"wh-uncertainty {provenance['version']}, seed {provenance['seed']}, "
        f"{provenance['draws']:,} draws, map {provenance['map']}{measured}; {read}; "
        f"sha256 of {hashes}"
    )
