"""The catalogue: one release of priors and facts, with the user's own priors laid over it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wh_uncertainty.priors.current import DEFAULT_RELEASE
from wh_uncertainty.priors.files import (
    COMPILED,
    digest,
    read_overrides,
    read_release,
    release_directory,
    shared_tables,
)
from wh_uncertainty.priors.plain import prior_from_plain, records_from_plain
from wh_uncertainty.priors.records import REGION_QUANTITIES, Hardware, ModelCard, Region, SpecFile
from wh_uncertainty.priors.spec import PriorError, PriorSpec, Source

__all__ = ["Catalogue", "load_catalogue", "read_workload", "workload_names"]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a release states.

    Attributes
    ----------
    release
        Name of the release.
    priors
        All priors by name, in file order; those of a region are ``region.<key>.<quantity>``.
    hardware, models, regions
        Facts by key.
    references
        Sources by citation key.
    sha256
        Digest of the release's files, and of the user's where there are any.
    overridden
        Names of the priors that came from the user's directory, in order of the names.
    specs
        The user's files that describe what the release does not know (`with_specs`).
    """

    release: str
    priors: Mapping[str, PriorSpec]
    hardware: Mapping[str, Hardware]
    models: Mapping[str, ModelCard]
    regions: Mapping[str, Region]
    references: Mapping[str, Source]
    sha256: str
    overridden: tuple[str, ...]
    specs: tuple[SpecFile, ...] = ()

    def describes(self, kind: str, key: str) -> bool:
        """Whether a model or an accelerator is the user's own description, without rows."""
        return any(spec.kind == kind and spec.key == key for spec in self.specs)


def load_catalogue(release: str = DEFAULT_RELEASE, overrides: Path | None = None) -> Catalogue:
    """Return a release, with the priors of ``overrides`` in place of its own.

    The compiled file is used when it was made from exactly the files at hand; otherwise the TOML
    is parsed and solved, which gives the same catalogue later.

    Parameters
    ----------
    release
        Name of a directory under ``priors/data``.
    overrides
        Directory whose ``*.toml`` files hold priors of the same name and unit as in the release;
        they may cite sources in a ``references.toml`` beside them.

    Raises
    ------
    PriorError
        If the release does not exist, or a file breaks a rule: one line with file, table, key,
        value and remedy.
    """
    directory = release_directory(release)
    contents = read_release(directory)
    sha256 = digest(contents)
    plain = _plain(directory, contents, sha256)
    priors = {name: prior_from_plain(prior) for name, prior in plain["priors"].items()}
    references = {key: Source(**source) for key, source in plain["references"].items()}
    own: dict[str, PriorSpec] = {}
    if overrides is not None:
        from wh_uncertainty.priors.overrides import parse_overrides

        files = read_overrides(Path(overrides))
        own, cited = parse_overrides(files, priors, shared_tables(contents), references)
        priors, references = {**priors, **own}, {**references, **cited}
        sha256 = digest(files, base=sha256)
    facts = {group: _records(plain[group]) for group in ("hardware", "models", "regions")}
    return Catalogue(
        release=release,
        priors=priors,
        hardware={key: Hardware(**fields) for key, fields in facts["hardware"].items()},
        models={key: ModelCard(**fields) for key, fields in facts["models"].items()},
        regions={key: _region(key, fields, priors) for key, fields in facts["regions"].items()},
        references=references,
        sha256=sha256,
        overridden=tuple(sorted(own)),
    )


def workload_names(release: str = DEFAULT_RELEASE) -> tuple[str, ...]:
    """Return the names of the workloads that a release ships."""
    files = (release_directory(release) / "workloads").glob("*.json")
    return tuple(sorted(path.stem for path in files))


def read_workload(name: str, release: str = DEFAULT_RELEASE) -> dict[str, Any]:
    """Return one workload: a joint histogram of prompt and response lengths with its evidence.

    Raises
    ------
    PriorError
        If the release has no such workload.
    """
    known = workload_names(release)
    if name not in known:
        from wh_uncertainty.priors.tables import did_you_mean

        raise PriorError(f"workload {name!r}: is not in {release}; {did_you_mean(name, known)}")
    path = release_directory(release) / "workloads" / f"{name}.json"
    workload: dict[str, Any] = json.loads(path.read_bytes())
    return workload


def _plain(directory: Path, contents: Mapping[str, bytes], sha256: str) -> dict[str, Any]:
    """Return the compiled release, or parse the TOML where it is absent or stale."""
    plain = _compiled(directory, sha256)
    if plain is not None:
        return plain
    from wh_uncertainty.priors.release import parse_release, plain_release

    return plain_release(parse_release(contents), sha256)


def _records(group: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {key: records_from_plain(fields) for key, fields in group.items()}


def _compiled(directory: Path, sha256: str) -> dict[str, Any] | None:
    """Return the compiled release, or None where it is absent or made from other files."""
    path = directory / COMPILED
    if not path.is_file():
        return None
    try:
        plain: dict[str, Any] = json.loads(path.read_bytes())
        return plain if plain["made_from"] == sha256 else None
    except (ValueError, KeyError) as error:
        raise PriorError(
            f"{COMPILED}: is damaged; write it anew with python -m wh_uncertainty.priors.compile"
        ) from error


def _region(key: str, facts: dict[str, Any], priors: Mapping[str, PriorSpec]) -> Region:
    quantities = {name: priors.get(f"region.{key}.{name}") for name in REGION_QUANTITIES}
    fields: dict[str, Any] = {
        "carbon_direct_g_per_kwh": None,
        "carbon_direct_source": (),
        **facts,
        **quantities,
    }
    return Region(key=key, **fields)
