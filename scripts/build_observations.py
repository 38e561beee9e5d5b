"""Make the embedded table of benchmark rows from the collected observations.

Usage: ``python scripts/build_observations.py OBSERVATIONS.csv``. Writes
``model/data/inferencemax.csv``; refuses rows that break the schema and sources that
``model/data/sources.csv`` does not name.
"""

import argparse
import csv
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from wh_uncertainty.model.observation_schema import COLUMNS
from wh_uncertainty.model.observations import Observations, embedded_path, load_observations


def main() -> None:
    """Read the collected table, write ours."""
    parser = argparse.ArgumentParser(description="Make the embedded table of benchmark rows.")
    parser.add_argument("observations", type=Path, help="collected rows, one CSV file")
    parser.add_argument("--out", type=Path, default=embedded_path())
    arguments = parser.parse_args()
    observations = load_observations(arguments.observations)
    partial = arguments.out.with_suffix(".partial")
    with partial.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            _table(arguments.observations, observations)
        )
    os.replace(partial, arguments.out)
    print(
        f"{len(observations)} rows, {len(np.unique(observations.configuration))} deployments, "
        f"{int(observations.fit.sum())} for the fit, {int(observations.power_fit.sum())} with power"
    )


def _table(path: Path, observations: Observations) -> Iterator[list[str]]:
    keys = _source_keys()
    names = [column.name for column in COLUMNS]
    yield [names[0], "configuration", *names[1:], "fit"]
    with path.open(encoding="utf-8", newline="") as file:
        for row, configuration, fit in zip(
            csv.DictReader(file), observations.configuration, observations.fit, strict=True
        ):
            row["source"] = keys.get(row["source"], row["source"])
            if row["source"] not in keys.values():
                rule = "is not in model/data/sources.csv; add it there"
                raise SystemExit(f"{path} [source]: {row['source']!r} {rule}")
            cells = [row[name].removesuffix(".0") for name in names]
            yield [cells[0], str(configuration), *cells[1:], str(int(fit))]


def _source_keys() -> dict[str, str]:
    """Short key of each source, by its full title."""
    with embedded_path().with_name("sources.csv").open(encoding="utf-8", newline="") as file:
        return {row["title"]: row["source"] for row in csv.DictReader(file)}


if __name__ == "__main__":
    main()
