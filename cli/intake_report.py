"""What an import or a check says: counts, a summary by rule, and every finding."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wh_uncertainty.cli.layout import Column, labelled, printable, wrapped
from wh_uncertainty.cli.render import Format, render_records, to_json
from wh_uncertainty.model.intake.findings import RULES, Outcome, tallies
from wh_uncertainty.model.intake.intake import Intake

__all__ = ["render_check", "render_import"]

_SHOWN_FINDINGS, _SHOWN_NOTES = 20, 5

_SUMMARY = (
    Column("count", "findings", right=True),
    Column("outcome", "outcome"),
    Column("rule", "rule"),
    Column("asks", "what it asks"),
)
_FINDINGS = (
    Column("row", "row"),
    Column("rule", "rule"),
    Column("column", "column"),
    Column("value", "value"),
    Column("expected", "expected"),
    Column("outcome", "outcome"),
)


def render_import(taken: Intake, out: Path, rejected: Path, form: Format) -> str:
    """Write what was imported.

    Parameters
    ----------
    taken : Intake
    out, rejected : Path
        Where the rows went.
    form : Format

    Returns
    -------
    str
        Ends with a newline.
    """
    lost = not taken.kept.all()
    written = {
        "file": printable(str(out)),
        "rejected_file": printable(str(rejected)) if lost else None,
    }
    if form is Format.JSON:
        return to_json({**_counts(taken), **written, **_said(taken)})
    if form is Format.CSV:
        return render_records(_records(taken), _FINDINGS, form)
    files = labelled("Written", str(out)) + (labelled("Rejected", str(rejected)) if lost else "")
    return f"{_head(taken)}\n{_summary(taken)}{files}{_notes(taken)}"


def render_check(taken: Intake, form: Format) -> str:
    """Write what a check found.

    Parameters
    ----------
    taken : Intake
    form : Format

    Returns
    -------
    str
        Ends with a newline.
    """
    if form is Format.JSON:
        return to_json({**_counts(taken), **_said(taken)})
    records = _records(taken)
    if form is Format.CSV:
        return render_records(records, _FINDINGS, form)
    shown = render_records(records[:_SHOWN_FINDINGS], _FINDINGS, form, "no finding")
    total = sum(tallies(taken.groups).values())
    more = total - min(total, _SHOWN_FINDINGS)
    rest = wrapped(f"and {more:,} more, in --format json or csv") if more else ""
    return f"{_head(taken)}\n{_summary(taken)}{shown}{rest}{_notes(taken)}"


def _counts(taken: Intake) -> dict[str, Any]:
    counts = tallies(taken.groups)
    return {
        "rows_read": len(taken.kept),
        "rows_kept": int(taken.kept.sum()),
        "rows_rejected": int((~taken.kept).sum()),
        "duplicates": counts.get(("no_duplicate", Outcome.DROPPED), 0),
    }


def _said(taken: Intake) -> dict[str, Any]:
    records = _records(taken)
    return {
        "notes": list(taken.notes),
        "summary": _tally_records(taken),
        "findings": records,
        "findings_not_listed": sum(tallies(taken.groups).values()) - len(records),
    }


def _tally_records(taken: Intake) -> list[dict[str, Any]]:
    return [
        {"count": count, "outcome": outcome.value, "rule": rule, "asks": RULES[rule]}
        for (rule, outcome), count in tallies(taken.groups).items()
    ]


def _records(taken: Intake) -> list[dict[str, Any]]:
    return [
        {
            "row": taken.where(finding.index),
            "rule": finding.rule,
            "column": finding.column,
            "value": finding.value,
            "expected": finding.expected,
            "outcome": finding.outcome.value,
        }
        for finding in taken.findings()
    ]


def _head(taken: Intake) -> str:
    counts = _counts(taken)
    doubles = counts["duplicates"]
    of_which = f", {doubles:,} of them as duplicates" if doubles else ""
    return wrapped(
        f"{counts['rows_read']:,} rows read, {counts['rows_kept']:,} kept, "
        f"{counts['rows_rejected']:,} rejected{of_which}."
    )


def _summary(taken: Intake) -> str:
    records = _tally_records(taken)
    return f"{render_records(records, _SUMMARY, Format.TABLE)}\n" if records else ""


def _notes(taken: Intake) -> str:
    return "".join(_note_lines(taken))


def _note_lines(taken: Intake) -> Iterator[str]:
    for number, note in enumerate(taken.notes[:_SHOWN_NOTES]):
        yield labelled("" if number else "Notes", note)
    if len(taken.notes) > _SHOWN_NOTES:
        yield labelled("", f"and {len(taken.notes) - _SHOWN_NOTES:,} more, in --format json")
