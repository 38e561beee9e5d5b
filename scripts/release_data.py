"""Make releases of the data: what an answer is made from, under a name that later versions keep.

    python scripts/release_data.py write 2026.11
    python scripts/release_data.py keep 2026.11

``write`` states the hashes of all files and the answers to some questions in a manifest,
``model/data/releases/NAME.json``; one that is there is never written over, because somebody may
have cited it. ``keep`` copies the files of the newest release to a directory of their own, which
has to be done before they change. docs/releases.md has the whole procedure.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from wh_uncertainty.cli.files import write_whole
from wh_uncertainty.model.data_release import (
    SINGLE_FILES,
    data_release,
    data_root,
    release_files,
    release_findings,
    releases_directory,
)
from wh_uncertainty.model.simulation import simulate
from wh_uncertainty.priors import PriorError, load_catalogue

DRAWS, SEED = 20_000, 0
# Each asks for something that no other does: a mixture, lengths of requests, emissions, speculation
# and effort, a class of providers, software to come, another boundary.
QUESTIONS: tuple[Mapping[str, Any], ...] = (
    {"model": "gpt-oss-120b", "workload": "1k/8k"},
    {"model": "deepseek-r1-0528", "workload": "chat", "region": "france"},
    {"model": "llama-3.3-70b", "workload": "8k/1k", "hardware": "h200", "boundary": "board"},
    {"model": "kimi-k2.5", "workload": "agent-turn", "provider": "first-party"},
    {"model": "glm-5.1", "workload": "1k/1k", "effort": "high", "interactivity_tok_s": 40.0},
    {"model": "qwen3.5-397b-a17b", "workload": "500/250", "as_of": "2027-06-01"},
)
_PERCENTILES = ("p05", "p50", "p95")
_IN_PLACE = "."


def write(name: str) -> None:
    """Write the manifest of a release whose files lie in ``model/data``."""
    path = releases_directory() / f"{name}.json"
    if path.exists():
        raise SystemExit(
            f"{path.name}: is there already, and somebody may have cited it; choose a new name, or "
            "delete the file if it was never published"
        )
    files = release_files(name, data_root())
    hashes = {file: hashlib.sha256(at.read_bytes()).hexdigest() for file, at in files.items()}
    manifest: dict[str, Any] = {"directory": _IN_PLACE, "sha256": hashes, "answers": []}
    _write(path, manifest)  # answers need to know where the posteriors lie
    try:
        _write(path, {**manifest, "answers": list(_answers(name))})
    except BaseException:
        path.unlink()
        raise


def keep(name: str) -> None:
    """Copy the files of the newest release, and point every manifest that had them there."""
    release = data_release(name)
    if release.directory != data_root() / _IN_PLACE:
        raise SystemExit(f"{name}: has its own files already")
    if findings := release_findings(release):
        raise SystemExit(f"{name}: too late, files have changed: {findings[0]}; restore them first")
    target = releases_directory() / name
    shutil.copytree(release.posterior, target / release.posterior.name)
    for file in SINGLE_FILES:
        shutil.copy2(release.directory / file, target / file)
    for path in releases_directory().glob("*.json"):
        manifest = json.loads(path.read_bytes())
        if manifest["directory"] == _IN_PLACE:
            there = target.relative_to(data_root()).as_posix()
            _write(path, {**manifest, "directory": there})


def _answers(name: str) -> Iterator[Mapping[str, Any]]:
    catalogue = load_catalogue(name)
    for question in QUESTIONS:
        print(*question.values(), file=sys.stderr)
        drawn = simulate(question, draws=DRAWS, seed=SEED, catalogue=catalogue)
        wh = {
            estimand: {key: summary[key] for key in _PERCENTILES}
            for estimand, summary in drawn.quantiles().items()
        }
        yield {"scenario": question, "draws": DRAWS, "seed": SEED, "wh_per_query": wh}


def _write(path: Path, manifest: Mapping[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    write_whole(path, (json.dumps(manifest, indent=1, allow_nan=False) + "\n").encode())


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", choices=("write", "keep"))
    parser.add_argument("name")
    asked = parser.parse_args()
    try:
        (write if asked.what == "write" else keep)(asked.name)
    except PriorError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
