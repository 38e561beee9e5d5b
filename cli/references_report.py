"""What `validate --references` says: figures of others beside our intervals."""

from collections.abc import Mapping, Sequence
from typing import Any

from wh_uncertainty.cli.layout import aligned, labelled, wrapped
from wh_uncertainty.cli.numbers import interval, quantity, significant
from wh_uncertainty.cli.render import Format, to_csv, to_json
from wh_uncertainty.cli.simulation_report import provenance_words

__all__ = ["by_expectation", "ours_words", "render_references", "theirs_words"]

Result = Mapping[str, Any]
Record = Mapping[str, Any]
Groups = Mapping[str, Sequence[tuple[int, Record]]]

_PERCENTILES = ("p05", "p25", "p50", "p75", "p95")
_RANGE = ("theirs_low_wh", "theirs_high_wh")


def render_references(result: Result, form: Format) -> str:
    """Write published figures and our intervals.

    Parameters
    ----------
    result : mapping
        ``figures``, records of `Beside.to_dict`, and ``provenance``.
    form : Format

    Returns
    -------
    str
        Ends with a newline.
    """
    if form is Format.JSON:
        return to_json(result)
    if form is Format.CSV:
        flat = [_flat(record) for record in result["figures"]]
        return to_csv(list(flat[0]), [list(record.values()) for record in flat])
    groups = by_expectation(result["figures"])
    last = labelled("Provenance", provenance_words(result["provenance"]))
    return "\n".join((_headline(groups), _table(groups), _differences(groups) + last))


def by_expectation(records: Sequence[Record]) -> dict[str, list[tuple[int, Record]]]:
    """Group records by what is to be expected of them, each with its number from 1 on."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(record["expectation"], []).append(record)
    number = iter(range(1, len(records) + 1))
    return {key: [(next(number), record) for record in group] for key, group in groups.items()}


def theirs_words(record: Record) -> str:
    """Write a published figure with its range, if one was published."""
    words = f"{record['theirs_wh']:.3g}"
    if record["theirs_low_wh"] is None:
        return words
    low, high = (f"{record[key]:.3g}" for key in _RANGE)
    return f"{words} ({low} to {high})"


def ours_words(record: Record) -> str:
    """Write our median and 90 % interval."""
    ours = {key: record[f"ours_{key}_wh"] for key in _PERCENTILES}
    return f"{quantity(ours)} ({interval(ours, 'p05', 'p95')})"


def _headline(groups: Groups) -> str:
    counts = [
        f"{key}: {sum(record['verdict'] == 'inside' for _, record in group)} of {len(group)}"
        for key, group in groups.items()
    ]
    return wrapped(f"Published figures inside our 90 % interval, {', '.join(counts)}.")


def _table(groups: Groups) -> str:
    rows = [["", "published by", "figure", "theirs, Wh", "ours, Wh: median (90 %)", "theirs is"]]
    for key, group in groups.items():
        rows.append(["", key.upper(), "", "", "", ""])
        for number, record in group:
            said = theirs_words(record), ours_words(record)
            verdict = record["verdict"]
            if verdict != "inside":
                verdict += f" (ratio {significant(record['ratio'], 2)})"
            rows.append([str(number), record["who"], record["what"], *said, verdict])
    return aligned(rows, right=(True, False, False, True, True, False))


def _differences(groups: Groups) -> str:
    """Say what is not the same, once for all figures of which the same is to be said."""
    about: dict[str, list[int]] = {}
    for group in groups.values():
        for number, record in group:
            about.setdefault(record["differs"], []).append(number)
    lines = (labelled(_numbers(numbers), text) for text, numbers in about.items())
    return "Ratio: theirs over our median. What differs:\n" + "".join(lines)


def _numbers(numbers: Sequence[int]) -> str:
    """Write a list of numbers, those that follow each other as a range."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}" if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def _flat(record: Record) -> dict[str, Any]:
    """Bring a record into cells: keys of sources, and one column per answer of the question."""
    question = {f"question_{key}": value for key, value in record["question"].items()}
    plain = {key: value for key, value in record.items() if key != "question"}
    return {**plain, "source": [source["key"] for source in record["source"]], **question}
