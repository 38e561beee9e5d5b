"""What `fit --check` says, as tables or JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from wh_uncertainty.cli.hashes import shown_hash
from wh_uncertainty.cli.layout import aligned, labelled, wrapped
from wh_uncertainty.cli.render import Format, to_json

__all__ = ["LIKELIHOODS", "render_check"]

Report = Mapping[str, Any]
Rows = Sequence[Sequence[str]]

#: What each likelihood is of.
LIKELIHOODS = {"cost": "GPU-seconds", "tpot": "inter-token time", "board_power": "board power"}

_SHOWN_ROWS = 10  # of those with a high Pareto k; JSON has all
_LOW_ENERGY_FRACTION = 0.3  # Betancourt 2016


def render_check(report: Report, form: Format) -> str:
    """Write a check.

    Parameters
    ----------
    report : mapping
        As `FitCheck.report`.
    form : Format
        Table or JSON.

    Returns
    -------
    str
        Ends with a newline.
    """
    if form is Format.JSON:
        return to_json(report)
    parts = (_head, _variables, _leave_one_out, _coverage, _p_values, _hyperparameters)
    return "\n".join(part(report) for part in parts)


def _head(report: Report) -> str:
    settings, observations = report["settings"], report["observations"]
    draws = settings["chains"] * settings["draws"]
    energy = ", ".join(_fixed(fraction, 2) for fraction in report["energy"])
    low = sum(e is None or e < _LOW_ENERGY_FRACTION for e in report["energy"])
    missed = "; ".join(report["gates_missed"])
    return "".join(
        (
            wrapped(
                f"{report['model']}: {observations['rows_fitted']:,} rows of "
                f"{observations['name']}, {settings['chains']} chains of {settings['draws']:,} "
                f"draws, seed {settings['seed']}"
            ),
            labelled("Gates", f"missed: {missed}" if missed else "all passed"),
            labelled("Divergences", f"{report['divergences']:,} of {draws:,} draws"),
            labelled("E-BFMI", f"{energy} by chain; {low or 'none'} below {_LOW_ENERGY_FRACTION}"),
            labelled(
                "Provenance",
                f"sha256 of observations {shown_hash(observations['sha256'])}, priors "
                f"{shown_hash(report['priors']['sha256'])}",
            ),
        )
    )


def _variables(report: Report) -> str:
    heading = ["variable", "elements", "worst R-hat", "least bulk ESS", "least tail ESS"]
    body = [
        [
            row["variable"],
            f"{row['elements']:,}",
            _fixed(row["r_hat_max"], 4),
            _fixed(row["ess_bulk_min"], 0),
            _fixed(row["ess_tail_min"], 0),
        ]
        for row in report["variables"]
    ]
    return _table(heading, body, left=1)


def _leave_one_out(report: Report) -> str:
    high = f"k > {report['k_limit']:g}"
    heading = ["leave one out", "rows", "elpd", "+/-", "p_loo", high]
    body = [
        [
            LIKELIHOODS[one["likelihood"]],
            f"{one['rows']:,}",
            *(_fixed(one[key], 1) for key in ("elpd", "elpd_se", "p_loo")),
            f"{len(one['k_high']):,}",
        ]
        for one in report["loo"]
    ]
    return _table(heading, body, left=1) + "".join(
        part(one) for one in report["loo"] for part in (_high_k, _surprising)
    )


def _high_k(one: Report) -> str:
    """Name the rows whose absence would change the fit the most."""
    rows, of = one["k_high"], LIKELIHOODS[one["likelihood"]]
    if not rows:
        return ""
    shown = [
        [row["observation_id"], _fixed(row["k"], 2), row["configuration"]]
        for row in rows[:_SHOWN_ROWS]
    ]
    rest = len(rows) - len(shown)
    more = f"and {rest:,} more, see --format json\n" if rest else ""
    return "\n" + _table([f"row of {of}", "k", "configuration"], shown, right=(1,)) + more


def _surprising(one: Report) -> str:
    """Name the rows that a fit to all others would expect least."""
    shown = [
        [row["observation_id"], _fixed(row["residual"], 2), row["configuration"]]
        for row in one["surprising"]
    ]
    heading = [f"least expected {LIKELIHOODS[one['likelihood']]}", "residual", "configuration"]
    return "\n" + _table(heading, shown, right=(1,))


def _coverage(report: Report) -> str:
    heading = ["predictive check", "rows", "n", "50 % covers", "90 % covers", "ln width", "ln-MAE"]
    body = [
        [
            LIKELIHOODS[row["likelihood"]],
            _label(row),
            f"{row['n']:,}",
            *(_fixed(row[key], 3) for key in ("coverage_50", "coverage_90")),
            *(_fixed(row[key], 3) for key in ("ln_width_90", "ln_mae")),
        ]
        for row in report["coverage"]
    ]
    return _table(heading, body, left=2)


def _label(row: Report) -> str:
    label = row["label"].replace("_", " ")
    return f"{label} requests per GPU" if row["group"] == "load" else label


def _p_values(report: Report) -> str:
    heading = ["residuals, ln", "statistic", "measured", "replicated", "p-value"]
    body = [
        [
            LIKELIHOODS[row["likelihood"]],
            row["statistic"],
            *(_fixed(row[key], 3) for key in ("measured", "replicated", "p_value")),
        ]
        for row in report["p_values"]
    ]
    return _table(heading, body, left=2)


def _hyperparameters(report: Report) -> str:
    heading = ["hyperparameter", "prior (90 %)", "posterior (90 %)", "contraction"]
    body = [
        [
            row["hyperparameter"],
            *(_spread(row, of) for of in ("prior", "posterior")),
            _fixed(row["contraction"], 2),
        ]
        for row in report["hyperparameters"]
    ]
    return _table(heading, body, left=1)


def _spread(row: Report, of: str) -> str:
    low, median, high = (_fixed(row[f"{of}_{key}"], 3) for key in ("p05", "p50", "p95"))
    return f"{median} ({low} to {high})"


def _table(heading: list[str], body: Rows, left: int = 0, right: Sequence[int] = ()) -> str:
    """Align the first columns to the left and the others right, or the named ones only."""
    numbers = right or range(left, len(heading))
    return aligned([heading, *body], [i in numbers for i in range(len(heading))])


def _fixed(value: float | None, digits: int) -> str:
    if value is None:
        return "-"
    return f"{round(value, digits) + 0.0:,.{digits}f}"  # + 0.0: no "-0.000"
