"""A whole release from its files, and its compiled form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wh_uncertainty.priors.catalogue import load_catalogue
from wh_uncertainty.priors.current import DEFAULT_RELEASE
from wh_uncertainty.priors.files import (
    COMPILED,
    REFERENCES,
    digest,
    parse_toml,
    read_overrides,
    read_release,
    release_directory,
    shared_tables,
)
from wh_uncertainty.priors.overrides import collect_overrides
from wh_uncertainty.priors.parse import Release, add_table, check_references, parse_source
from wh_uncertainty.priors.plain import to_plain
from wh_uncertainty.priors.spec import PriorError

__all__ = ["check_release", "parse_release", "plain_release"]


def parse_release(contents: Mapping[str, bytes]) -> Release:
    """Return a release parsed and solved from its TOML files.

    Parameters
    ----------
    contents
        Bytes by file name; only the TOML files are looked at.

    Raises
    ------
    PriorError
        At the first broken rule.
    """

    def stop(finding: str) -> None:
        raise PriorError(finding)

    return _parse(contents, stop)


def plain_release(release: Release, made_from: str) -> dict[str, Any]:
    """Return a release as JSON values, with the digest of the files it was made from."""
    return {
        "made_from": made_from,
        "references": {key: to_plain(value) for key, value in release.references.items()},
        "priors": {key: to_plain(value) for key, value in release.priors.items()},
        "hardware": {key: to_plain(value) for key, value in release.hardware.items()},
        "models": {key: to_plain(value) for key, value in release.models.items()},
        "regions": release.regions,
    }


def check_release(directory: Path | None = None, release: str = DEFAULT_RELEASE) -> list[str]:
    """Return every finding in a release, or in a user's directory laid over it.

    Parameters
    ----------
    directory
        A user's directory; None checks the shipped release itself and its compiled file.
    release
        The release to check, or to lay the directory over.

    Returns
    -------
    list of str
        One line per finding, empty if all is well.

    Raises
    ------
    PriorError
        If there is nothing to check: no such release or directory, or no TOML file in it.
    """
    findings: list[str] = []
    if directory is None:
        place = release_directory(release)
        contents = read_release(place)
        _parse(contents, findings.append)
        compiled = place / COMPILED
        if not compiled.is_file() or digest(contents) not in compiled.read_text("utf-8"):
            findings.append(f"{COMPILED}: is stale; run python -m wh_uncertainty.priors.compile")
        return findings
    base = load_catalogue(release)
    shared = shared_tables(read_release(release_directory(release)))
    files = read_overrides(directory)
    collect_overrides(files, base.priors, shared, base.references, findings.append)
    return findings


def _parse(contents: Mapping[str, bytes], report: Callable[[str], None]) -> Release:
    release = Release()
    for name in sorted(file for file in contents if file.endswith(".toml")):
        try:
            tables = parse_toml(name, contents[name])
        except PriorError as error:
            report(str(error))
            continue
        for key, table in tables.items():
            try:
                if name == REFERENCES:
                    release.references[key] = parse_source(key, table)
                else:
                    add_table(release, key, table)
            except PriorError as error:
                report(f"{name} {error}")
    for finding in check_references(release):
        report(finding)
    return release
