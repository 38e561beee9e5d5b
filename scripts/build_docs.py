"""Make the generated pages of docs/, and the site: ``python scripts/build_docs.py``.

    python scripts/build_docs.py [--check] [--html DIRECTORY]

Writes docs/priors.md from the catalogue of priors and docs/commands.md from the command line; with
``--check`` nothing is written, and exit code 1 says which page is out of date. ``--html`` also
builds the site, with requirements/docs.txt installed; any warning, such as a broken link, is an
error.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from wh_uncertainty.cli.files import write_whole
from wh_uncertainty.cli.reference import command_helps
from wh_uncertainty.model.workload import parse_workload
from wh_uncertainty.priors import (
    Catalogue,
    PriorSpec,
    Source,
    load_catalogue,
    read_workload,
    workload_names,
)
from wh_uncertainty.priors.files import release_directory
from wh_uncertainty.priors.records import REGION_QUANTITIES

DOCS = Path(__file__).parents[1] / "docs"
MADE = "<!-- Made by scripts/build_docs.py: do not edit. -->"

_READ = {"primary": "read", "secondary": "quoted elsewhere", "recalled": "recalled, not read"}
_MARKUP = re.compile(r"([\\`*_<>\[\]|$])")

Row = Sequence[object]


def priors_page(catalogue: Catalogue) -> str:
    """Return the catalogue as a page: every number with its source."""
    parts = [
        MADE,
        "# Priors",
        f"All that release {catalogue.release} states. Quantiles are as the source gives them; a "
        "number without a spread stands as the median. `derived` means computed from sources, "
        "`judgement` that nobody measured it. `wh-uncertainty priors show NAME` prints one, and "
        "`--priors DIR` takes your own in its place.",
        *_prior_sections(catalogue),
        "## Accelerators",
        _hardware(catalogue),
        "## Models",
        _models(catalogue),
        "## Regions",
        *_regions(catalogue),
        "## Workloads",
        _workloads(catalogue),
        "## Sources",
        *(_reference(source) for source in catalogue.references.values()),
    ]
    return "\n\n".join(parts) + "\n"


def commands_page() -> str:
    """Return the help of every command as a page."""
    blocks = (f"## `{name}`\n\n```text\n{text}\n```" for name, text in command_helps().items())
    return "\n\n".join((MADE, "# Commands", *blocks)) + "\n"


PAGES = {
    "priors.md": lambda: priors_page(load_catalogue()),
    "commands.md": commands_page,
}


def _prior_sections(catalogue: Catalogue) -> Iterator[str]:
    for path in sorted(release_directory(catalogue.release).glob("*.toml")):
        text = path.read_text("utf-8")
        named = [name for name in tomllib.loads(text) if name in catalogue.priors]
        if not named:
            continue
        yield f"## {path.stem.replace('_', ' ').capitalize()}"
        comment = re.match(r"(?:# .*\n)+", text)
        if comment is not None:
            yield _plain(comment[0].replace("# ", "").replace("\n", " ").strip())
        for name in named:
            yield from _prior(catalogue.priors[name])


def _prior(prior: PriorSpec) -> Iterator[str]:
    yield f"### `{prior.name}`"
    low, median, high = _quantiles(prior)
    low_end, high_end = (f"{end:g}".replace("inf", "∞") for end in prior.support)
    yield _table(
        ("5 %", "median", "95 %", "unit", "family", "support", "kind"),
        [
            (
                *(low, median, high, _unit(prior.unit), prior.family.replace("_", " ")),
                *(f"{low_end} to {high_end}", prior.kind),
            )
        ],
        right=3,
    )
    if not prior.quantiles and "value" not in prior.parameters:
        shares = (f"{key} {value:g}" for key, value in prior.parameters.items())
        yield f"Parameters: {_plain(', '.join(shares))}."
    sentence = f"Source: {_cited(prior.source)}"
    yield f"{sentence}; {_plain(prior.locator)}" if prior.locator else sentence
    yield _plain(prior.rationale)
    if prior.applies:
        yield f"Applies: {_plain(prior.applies)}."


def _hardware(catalogue: Catalogue) -> str:
    names = (
        *("tdp_w", "bf16_dense_tflops", "fp8_dense_tflops", "fp4_dense_tflops", "hbm_gb"),
        *("hbm_tbps", "provisioned_2025_12_kw", "provisioned_2026_07_kw"),
    )
    return _table(
        (
            *("accelerator", "TDP W", "bf16 TFLOP/s", "fp8", "fp4", "HBM GB", "TB/s"),
            *("all-in kW, 2025-12", "2026-07", "source"),
        ),
        [
            (gpu.name, *(_number(getattr(gpu, name)) for name in names), _evidence(gpu))
            for gpu in catalogue.hardware.values()
        ],
    )


def _models(catalogue: Catalogue) -> str:
    return _table(
        (
            *("model", "10⁹ parameters", "active", "native", "attention", "status", "source"),
            *("USD per 10⁶ tokens in", "out", "source of prices"),
        ),
        [
            (
                *(card.name, _number(card.total_params_b), _number(card.active_params_b)),
                *(card.native_precision, _plain(card.attention), _plain(card.status)),
                *(_cited(card.source), _number(card.price_usd_per_mtok_input)),
                *(_number(card.price_usd_per_mtok_output), _cited(card.price_source)),
            )
            for card in catalogue.models.values()
        ],
    )


def _regions(catalogue: Catalogue) -> Iterator[str]:
    for quantity in REGION_QUANTITIES:
        priors = {key: getattr(region, quantity) for key, region in catalogue.regions.items()}
        yield f"### `{quantity}`"
        yield _table(
            ("region", "5 %", "median", "95 %", "unit", "kind", "source", "argument"),
            [
                (
                    *(catalogue.regions[key].name, *_quantiles(prior), _unit(prior.unit)),
                    *(prior.kind, _evidence(prior), _plain(prior.rationale)),
                )
                for key, prior in priors.items()
                if prior is not None
            ],
        )
    yield "### Direct emissions"
    yield _table(
        ("region", "g/kWh", "source"),
        [
            (
                region.name,
                _number(region.carbon_direct_g_per_kwh),
                _cited(region.carbon_direct_source),
            )
            for region in catalogue.regions.values()
            if region.carbon_direct_g_per_kwh is not None
        ],
    )


def _workloads(catalogue: Catalogue) -> str:
    rows: list[Row] = []
    for name in workload_names(catalogue.release):
        table = read_workload(name, catalogue.release)
        moments = parse_workload(name, catalogue.release).moments
        sources: list[str] = table["source"]
        lengths = (f"{moments.isl_tok:,.0f}", f"{moments.osl_tok:,.0f}", f"{table['n']:,}")
        words = (str(table["date"]), "; ".join(sources))
        rows.append((f"`{name}`", _plain(table["title"]), *lengths, *map(_plain, words)))
    return _table(("name", "what it is", "tokens in", "out", "requests", "date", "source"), rows)


def _reference(source: Source) -> str:
    where = source.where
    place = f"<{where}>" if re.fullmatch(r"https?://\S+", where) else _plain(where)
    words = f"{source.author}, {source.title}, {source.date}"
    return f"({_target(source.key)})=\n**{_plain(source.key)}**: {_plain(words)}; {place} " + (
        f"({_READ[source.access]})"
    )


def _evidence(stated: Any) -> str:
    locator = getattr(stated, "locator", "")
    return _cited(stated.source) + (f"; {_plain(locator)}" if locator else "")


def _cited(keys: Iterable[str]) -> str:
    return ", ".join(f"[{_plain(key)}](#{_target(key)})" for key in keys)


def _target(key: str) -> str:
    return f"source-{key.replace('_', '-')}"


def _quantiles(prior: PriorSpec) -> tuple[str, str, str]:
    q: Mapping[str, float | None] = prior.quantiles
    middle = q.get("p50", prior.parameters.get("value"))
    return _number(q.get("p05")), _number(middle), _number(q.get("p95"))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _unit(unit: str) -> str:
    return "" if unit == "1" else _plain(unit)


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


def _table(head: Row, rows: Iterable[Row], *, right: int = 0) -> str:
    rule = ["--:" if column < right else "---" for column in range(len(head))]
    lines = [head, rule, *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def build_site(target: Path, docs: Path = DOCS) -> None:
    """Build the site; a warning is an error.

    Raises
    ------
    subprocess.CalledProcessError
        Sphinx has found something, and said what.
    """
    strict = ("--fail-on-warning", "--keep-going", "--nitpicky", "--fresh-env", "--quiet")
    command = [sys.executable, "-m", "sphinx", "--builder", "html", *strict]
    subprocess.run([*command, str(docs), str(target)], check=True)


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, say what is stale")
    parser.add_argument("--html", type=Path, metavar="DIRECTORY", help="also build the site there")
    asked = parser.parse_args()
    stale = 0
    for name, made in PAGES.items():
        page, path = made(), DOCS / name
        if path.is_file() and path.read_text("utf-8") == page:
            continue
        stale += 1
        if asked.check:
            print(f"docs/{name} is out of date: python scripts/build_docs.py", file=sys.stderr)
        else:
            write_whole(path, page.encode())
    if asked.html is not None:
        build_site(asked.html)
    return 1 if asked.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
