"""Make every generated block of README.md anew: ``python scripts/refresh_readme.py [--check]``.

A block lies between ``<!-- name -->`` and ``<!-- /name -->``: the examples' output, the Python
session, the table of priors, the held-out scores, and the commands' help. Run it after a change of
the posterior, the priors, the stored scores or the command line; a test fails until then. With
``--check`` nothing is written, and exit code 1 says which blocks are out of date.
"""

import argparse
import contextlib
import doctest
import io
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from wh_uncertainty.cli.files import write_whole
from wh_uncertainty.cli.reference import with_reference
from wh_uncertainty.cli.render import Format
from wh_uncertainty.cli.simulation_report import render_simulation
from wh_uncertainty.model import simulate
from wh_uncertainty.model.scoring.left_out import stored_left_out
from wh_uncertainty.model.validate import stored_scores, stored_scores_path
from wh_uncertainty.priors import Catalogue, PriorSpec, load_catalogue

README = Path(__file__).parents[1] / "README.md"
RELEASES = Path(__file__).parents[1] / "priors" / "data"
BASELINES = Path(__file__).parents[1] / "docs" / "validation" / "baselines.json"

QUESTION = {"model": "gpt-oss-120b", "workload": "1k/8k"}

# Files of a release that state priors of their own, in the order of the argument.
_GROUPS = {
    "provider": "Provider: how production differs from the benchmark",
    "workload": "Workload: caching and reasoning effort",
    "benchmark": "Benchmark: how its rows differ from service",
    "hardware": "Accelerators: host power, board power where none was measured, installed base",
    "facility": "Facility",
    "metering": "Meters, and what one measured model says of another",
    "consequences": "Consequences",
    "cost_law": "Fit of the cost law",
    "board_power": "Fit of board power",
}

_SCORES = {
    "ln_mae": ("mean absolute error, ln", "at most 0.15"),
    "coverage_50": ("50 % interval covers", "-"),
    "coverage_90": ("90 % interval covers", "0.86 to 0.94"),
    "ln_width_90": ("width of the 90 % interval, ln", "-"),
    "interval_score_90": ("interval score, 90 %, ln", "at most 1.0"),
}
# Of what scripts/score_baselines.py stores, the predictors that do not know the cost law.
_BASELINES = ("gradient boosting", "nearest deployment")


def main() -> int:
    """Rewrite README.md, or say which blocks differ."""
    parser = argparse.ArgumentParser(description="Make the generated blocks of README.md anew.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if out of date")
    check = parser.parse_args().check
    present = README.read_text("utf-8")
    fresh = refreshed(present)
    if check and fresh != present:
        differing = [name for name in BLOCKS if block(fresh, name) != block(present, name)]
        print(
            f"README.md: {', '.join(differing) or 'commands'} out of date; "
            "run python scripts/refresh_readme.py",
            file=sys.stderr,
        )
        return 1
    if not check:
        write_whole(README, fresh.encode())
    return 0


def refreshed(readme: str) -> str:
    """Return the text with all blocks made anew."""
    for name, make in BLOCKS.items():
        present, mark = block(readme, name), f"<!-- {name} -->\n"
        before, _, rest = readme.partition(mark)
        readme = f"{before}{mark}\n{make(present).strip()}\n\n{rest[len(present) :]}"
    return with_reference(readme)


def block(readme: str, name: str) -> str:
    """Return what stands between the two marks of a block."""
    found = re.search(rf"^<!-- {name} -->\n(.*?)^<!-- /{name} -->$", readme, re.M | re.S)
    if found is None:
        raise SystemExit(f"README.md: has no block {name!r}; put back its two marks")
    return found[1]


def answer(_: str) -> str:
    """Return the first example as a terminal shows it."""
    words = " ".join(f"--{key} {value}" for key, value in QUESTION.items())
    text = render_simulation(simulate(QUESTION).to_dict(), Format.TABLE)
    return f"```console\n$ wh-uncertainty simulate {words}\n{text.rstrip()}\n```"


def worth(_: str) -> str:
    """Return what `disclosure` prints for the first example."""
    words = ["disclosure", *(w for key, value in QUESTION.items() for w in (f"--{key}", value))]
    return _console(words, ".")


def without_rows(_: str) -> str:
    """Return what `simulate` says of the two files that the README shows."""
    readme = README.read_text("utf-8")
    words = ["simulate", "--model-spec", "my-moe.toml", "--hardware-spec", "my-gpu.toml"]
    words += ["--workload", "1k/8k", "--interactivity", "35"]
    with tempfile.TemporaryDirectory() as directory:
        for name in ("my-moe.toml", "my-gpu.toml"):
            shown = re.search(rf"^<!-- {name} -->\n```toml\n(.*?)^```$", readme, re.M | re.S)
            if shown is None:
                raise SystemExit(f"README.md: shows no {name}; put the file back")
            (Path(directory) / name).write_text(shown[1], "utf-8")
        return _console(words, directory)


def _console(words: list[str], directory: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "wh_uncertainty.cli.main", *words],
        capture_output=True,
        check=True,
        cwd=directory,
        encoding="utf-8",
    )
    return f"```console\n$ wh-uncertainty {' '.join(words)}\n{done.stdout.rstrip()}\n```"


def left_out(_: str) -> str:
    """Return the scores of models and accelerators that were left out."""
    return "\n\n".join("\n".join(_left_out_table(kind)) for kind in ("model", "hardware"))


def _left_out_table(kind: str) -> Iterator[str]:
    scores = stored_left_out()[kind]
    yield f"| {kind} left out | rows | error, ln | 50 % covers | 90 % covers | width of it, ln |"
    yield "|---|--:|--:|--:|--:|--:|"
    shown = ("ln_mae", "coverage_50", "coverage_90", "ln_width_90")
    for name, row in {**scores["by"], "all": scores["overall"]}.items():
        yield f"| {name} | {row['n']:,} | {' | '.join(_score(row, key) for key in shown)} |"


def session(present: str) -> str:
    """Return the Python session, its statements as they stand and their output as it is now."""
    names: dict[str, Any] = {}
    lines: list[str] = []
    for example in doctest.DocTestParser().get_examples(present.replace("```", "")):
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown):
            exec(compile(example.source, "README.md", "single"), names)
        first, *more = example.source.rstrip().splitlines()
        lines += [f">>> {first}", *(f"... {line}".rstrip() for line in more)]
        lines += shown.getvalue().splitlines()
    return "\n".join(["```pycon", *lines, "```"])


def prior_tables(_: str) -> str:
    """Return all priors, one table per file of the release, regions as a count."""
    catalogue = load_catalogue()
    regional = [name for name in catalogue.priors if name.startswith("region.")]
    quantities = Counter(name.rpartition(".")[2] for name in regional)
    parts = "\n\n".join(
        "\n".join([f"**{title}** (`{file}.toml`)\n", *_prior_table(catalogue, file)])
        for file, title in _GROUPS.items()
    )
    counts = ", ".join(f"{count} `{name}`" for name, count in quantities.items())
    return (
        f"{parts}\n\n**Regions.** {len(regional)} priors describe {len(catalogue.regions)} "
        f"regions: {counts}. `wh-uncertainty priors list --regions` shows them."
    )


def _prior_table(catalogue: Catalogue, file: str) -> Iterator[str]:
    tables = tomllib.loads((RELEASES / catalogue.release / f"{file}.toml").read_text("utf-8"))
    yield "| prior | unit | 5 % | median | 95 % | kind |"
    yield "|---|---|--:|--:|--:|---|"
    for prior in (catalogue.priors[name] for name in tables if name in catalogue.priors):
        numbers = " | ".join(_stated(prior))
        yield f"| `{prior.name}` | {prior.unit} | {numbers} | {prior.kind} |"


def _stated(prior: PriorSpec) -> list[str]:
    """Write the stated quantiles; a fixed value stands as the median, shares have none."""
    if prior.family == "fixed":
        return ["", f"{prior.parameters['value']:g}", ""]
    return [f"{prior.quantiles[key]:g}" if prior.quantiles else "" for key in ("p05", "p50", "p95")]


def validation(_: str) -> str:
    """Return the scores of the held-out split, if they are stored, beside what is asked of them."""
    if not stored_scores_path().is_file():
        return "The scores of the held-out deployments are not stored yet."
    scores = stored_scores()
    return "\n".join([*_overall_table(scores["overall"]), "", *_detail_table(scores)])


def _overall_table(overall: Mapping[str, float]) -> Iterator[str]:
    stored: dict[str, Any] = json.loads(BASELINES.read_text("utf-8"))["predictors"]
    yield f"GPU-seconds per query of {overall['n']:,.0f} held-out rows:\n"
    yield f"| | required | cost law | {' | '.join(_BASELINES)} |"
    yield f"|---|--:|--:|{'--:|' * len(_BASELINES)}"
    for key, (words, required) in _SCORES.items():
        others = " | ".join(_score(stored[name], key) for name in _BASELINES)
        yield f"| {words} | {required} | {_score(overall, key)} | {others} |"


def _detail_table(scores: Mapping[str, Any]) -> Iterator[str]:
    yield "| held-out rows of | rows | error, ln | 50 % covers | 90 % covers | interval score |"
    yield "|---|--:|--:|--:|--:|--:|"
    shown = ("ln_mae", "coverage_50", "coverage_90", "interval_score_90")
    wider = {"interactivity, all": "interactivity", "board power, all": "board_power"}
    rows = dict(scores["by_model"]) | {
        words: scores[key]["overall"] for words, key in wider.items()
    }
    for name, row in rows.items():
        yield f"| {name} | {row['n']:,} | {' | '.join(_score(row, key) for key in shown)} |"


def _score(scores: Mapping[str, float], key: str) -> str:
    if key not in scores:  # no row was measured
        return ""
    return (
        f"{scores[key]:.2f}"
        if key in ("ln_width_90", "interval_score_90")
        else (f"{scores[key]:.3f}")
    )


BLOCKS: Mapping[str, Callable[[str], str]] = {
    "answer": answer,
    "worth": worth,
    "without-rows": without_rows,
    "left-out": left_out,
    "python": session,
    "priors": prior_tables,
    "validation": validation,
}


if __name__ == "__main__":
    sys.exit(main())
