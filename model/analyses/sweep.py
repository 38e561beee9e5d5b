"""Many scenarios at once, on the cores of this machine or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wh_uncertainty.model.analyses.grid import find_gaps
from wh_uncertainty.model.analyses.sweep_table import (
    Row,
    answered_row,
    check_evidence,
    sweep_provenance,
    unanswered_row,
)
from wh_uncertainty.model.analyses.workers import SweepError, compute
from wh_uncertainty.model.scenario import Scenario
from wh_uncertainty.model.simulation import simulate
from wh_uncertainty.priors import DEFAULT_RELEASE, Catalogue, load_catalogue

if TYPE_CHECKING:
    from wh_uncertainty.model.sites.measured_site import MeasuredSite

__all__ = ["Sweep", "SweepError", "Task", "run_sweep", "run_task", "scenario_seeds"]

#: Called with scenarios done and scenarios in all.
Progress = Callable[[int, int], None]

# 48 bits are left: spreadsheets keep all their digits, and 100,000 of them are all different.
_SEED_DROPPED_BITS = 16


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker has to know to answer one scenario.

    Parameters
    ----------
    scenario : Scenario
    seed, draws : int
    priors, posterior_dir : Path or None
        Absolute; every machine that works must see them there.
    priors_sha256 : str
        Of the catalogue that is meant.
    site : Path or None
        A site file, absolute too.
    release : str
    """

    scenario: Scenario
    seed: int
    draws: int
    priors: Path | None
    posterior_dir: Path | None
    priors_sha256: str
    site: Path | None = None
    release: str = DEFAULT_RELEASE


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """Rows in the order of their scenarios, whoever computed them.

    Parameters
    ----------
    rows : tuple of dict
        Columns as in `sweep_table.COLUMNS`.
    provenance : dict
        What all rows have in common, JSON-ready; each row has its own seed and hashes.
    """

    rows: tuple[Row, ...]
    provenance: dict[str, Any]


def run_sweep(
    scenarios: Sequence[Scenario],
    *,
    draws: int = 100_000,
    seed: int = 0,
    priors: Path | None = None,
    posterior_dir: Path | None = None,
    site: Path | None = None,
    release: str = DEFAULT_RELEASE,
    jobs: int = 1,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Simulate scenarios; neither their order nor their numbers depend on who computes them.

    A script that asks for more than one job has to do so under ``if __name__ == "__main__":``,
    because the processes it starts import it.

    Parameters
    ----------
    scenarios : sequence of Scenario
    draws : int
        Of each scenario.
    seed : int
        See `scenario_seeds`.
    priors, posterior_dir : Path, optional
        The user's own, as for `load_catalogue` and `simulate`; the workers of a cluster must see
        them, and any trace, at the same path.
    site : Path, optional
        A site file with whose measurement every answer agrees.
    release : str
        Of the data that the user's own are laid over.
    jobs : int
        Processes on this machine; one is this process itself.
    scheduler : str, optional
        Address of a Dask scheduler, ``tcp://host:8786``, whose workers compute instead.
    progress : callable, optional

    Returns
    -------
    Sweep
        A scenario that nothing was benchmarked for has a row that says so.

    Raises
    ------
    SweepError
        A worker or a cluster was lost, workers disagree, or no scenario can be answered.
    ScenarioError, WorkloadError, PriorError, PosteriorError
        As in `simulate`.
    """
    catalogue = load_catalogue(release, priors)
    gaps = find_gaps(scenarios, catalogue, posterior_dir)
    if len(gaps) == len(scenarios):
        raise SweepError(f"none of {len(scenarios)} scenarios can be answered; {gaps.get(0, '')}")
    own, fitted, measured = (
        None if d is None else d.resolve() for d in (priors, posterior_dir, site)
    )
    tasks = [
        Task(scenario, own_seed, draws, own, fitted, catalogue.sha256, measured, release)
        for scenario, own_seed in zip(scenarios, scenario_seeds(seed, len(scenarios)), strict=True)
    ]
    rows = {
        i: unanswered_row(tasks[i].scenario, message, tasks[i].seed, draws, catalogue.sha256)
        for i, message in gaps.items()
    }
    first_of_model: dict[str, Row] = {}

    def arrived(position: int, row: Row) -> None:
        check_evidence(row, first_of_model.setdefault(row["model"], row), catalogue.sha256)
        rows[position] = row
        if progress is not None:
            progress(len(rows) - len(gaps), len(tasks) - len(gaps))

    open_tasks = {i: task for i, task in enumerate(tasks) if i not in gaps}
    compute(run_task, open_tasks, arrived, jobs=jobs, scheduler=scheduler)
    ordered = tuple(rows[i] for i in range(len(tasks)))
    return Sweep(ordered, sweep_provenance(catalogue, seed, draws))


def run_task(task: Task) -> Row:
    """Answer one scenario; a pure function of the task and of the files it names.

    Parameters
    ----------
    task : Task

    Returns
    -------
    dict
        A row of the table.
    """
    catalogue = _catalogue(task.release, task.priors, task.priors_sha256)
    drawn = simulate(
        task.scenario,
        draws=task.draws,
        seed=task.seed,
        catalogue=catalogue,
        posterior_dir=task.posterior_dir,
        site=_site(task),
    )
    return answered_row(drawn)


def scenario_seeds(seed: int, n: int) -> list[int]:
    """Derive a seed for each scenario, with which `simulate` gives the numbers of its row.

    Parameters
    ----------
    seed, n : int

    Returns
    -------
    list of int
        Below 2^48, of the children that ``SeedSequence(seed)`` spawns.
    """
    children = np.random.SeedSequence(seed).spawn(n)
    states = (int(child.generate_state(1, np.uint64)[0]) for child in children)
    return [state >> _SEED_DROPPED_BITS for state in states]


def _site(task: Task) -> MeasuredSite | None:
    if task.site is None:
        return None
    from wh_uncertainty.model.sites.site_file import load_site  # few sweeps know a site

    catalogue = _catalogue(task.release, task.priors, task.priors_sha256)
    return load_site(task.site, catalogue, task.posterior_dir)


@lru_cache(maxsize=1)
def _catalogue(release: str, priors: Path | None, sha256: str) -> Catalogue:
    """Read a catalogue once per worker; the hash has one that lives on read edited files anew."""
    return load_catalogue(release, priors)
