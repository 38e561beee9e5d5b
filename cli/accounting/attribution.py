"""Whose requests they are: groups of a log as parts of services that energy is known of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wh_uncertainty.cli.accounting.faults import RequestLogError
from wh_uncertainty.cli.accounting.one_pass import LogSums
from wh_uncertainty.cli.accounting.request_map import RequestMap
from wh_uncertainty.model.accounts.request_account import Parts
from wh_uncertainty.model.accounts.services import Site, known_model
from wh_uncertainty.model.accounts.usage_sums import UsageSums
from wh_uncertainty.priors import Catalogue

__all__ = ["Attributed", "Unknown", "attributed"]

_NAMES_SHOWN = 5

Key = tuple[str, str]
Labels = tuple[str | None, ...]


class Unknown(StrEnum):
    """What becomes of requests to a model that nothing is known of."""

    ERROR = "error"
    EXCLUDE = "exclude"
    WIDEST = "widest"


@dataclass(frozen=True, slots=True, eq=False)
class Attributed:
    """The sums of a log by service, and by row of the answer.

    Parameters
    ----------
    totals : mapping of (str, str) to UsageSums
        By model and site.
    rows : mapping of tuple to mapping
        Values of ``group_by`` to what they hold of each model and site.
    sites : mapping of str to Site
    excluded : mapping of str to UsageSums
        By the name of the unknown model.
    """

    totals: Mapping[Key, UsageSums]
    rows: Mapping[Labels, Mapping[Key, UsageSums]]
    sites: Mapping[str, Site]
    excluded: Mapping[str, UsageSums]

    @property
    def requests(self) -> int:
        """How many are accounted."""
        return sum(sums.requests for sums in self.totals.values())

    def parts(self, row: Mapping[Key, UsageSums]) -> Parts:
        """Return a row's sums by the position of the service, in the order of `services_of`."""
        position = {key: k for k, key in enumerate(sorted(self.totals))}
        return {position[key]: sums for key, sums in row.items()}


def attributed(
    read: LogSums,
    meaning: RequestMap,
    catalogue: Catalogue,
    unknown: Unknown,
    served: Sequence[str],
) -> Attributed:
    """Find the service of every group.

    Parameters
    ----------
    read : LogSums
    meaning : RequestMap
    catalogue : Catalogue
    unknown : Unknown
    served : sequence of str
        Models that energy can be computed for.

    Returns
    -------
    Attributed

    Raises
    ------
    RequestLogError
        A model is unknown and that is an error, or nothing is left to account.
    ScenarioError
        A site has no table, or a model is mapped to none.
    """
    names = _models(read, meaning, catalogue, unknown, served)
    totals: dict[Key, UsageSums] = {}
    rows: dict[Labels, dict[Key, UsageSums]] = {}
    excluded: dict[str, UsageSums] = {}
    sites: dict[str, Site] = {}
    known = meaning.sites_of(group.site for group in read.groups)
    for group in read.groups:
        model = names[group.model]
        if model is None:
            excluded[group.model] = excluded.get(group.model, UsageSums()) + group.sums
            continue
        key = (model, group.site)
        sites[group.site] = known[group.site]
        keys = {**group.keys, **({"model": model} if "model" in group.keys else {})}
        row = rows.setdefault(tuple(keys.values()), {})
        for sums in (totals, row):
            sums[key] = sums.get(key, UsageSums()) + group.sums
    if not read.rows:
        raise RequestLogError("no rows in the log; name files that have some")
    if not totals:
        others = ", and models of the others are not known" if excluded else ""
        raise RequestLogError(
            f"nothing to account: of {read.rows} rows {sum(read.rejected.values())} are rejected"
            f"{_listed(read.rejected)}{others}; check columns and time_unit of the map"
        )
    return Attributed(totals, rows, sites, excluded)


def _models(
    read: LogSums,
    meaning: RequestMap,
    catalogue: Catalogue,
    unknown: Unknown,
    served: Sequence[str],
) -> dict[str, str | None]:
    """Find the model of every name; None for one that is excluded."""
    found = {
        name: known_model(name, meaning.models, catalogue)
        for name in dict.fromkeys(group.model for group in read.groups)
    }
    strange = [name for name, model in found.items() if model not in served]
    if strange and unknown is Unknown.ERROR:
        shown = ", ".join(map(repr, strange[:_NAMES_SHOWN]))
        more = f" and {len(strange) - _NAMES_SHOWN} more" if len(strange) > _NAMES_SHOWN else ""
        raise RequestLogError(
            f"models unknown: {shown}{more}; say in [models] which known one each is like, or "
            "choose --unknown exclude or widest; `wh-uncertainty list models` shows those known"
        )
    fallback: dict[str, str | None] = {
        name: name if unknown is Unknown.WIDEST else None for name in strange
    }
    return {**found, **fallback}


def _listed(rejected: Mapping[str, int]) -> str:
    counts = ", ".join(f"{reason} {count}" for reason, count in rejected.items())
    return f" ({counts})" if counts else ""
