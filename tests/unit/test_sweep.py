"""Sweeps: the same rows from any number of workers, or none at all."""

import io
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.model.analyses import sweep as module
from wh_uncertainty.model.analyses import workers
from wh_uncertainty.model.analyses.sweep import SweepError, run_sweep, scenario_seeds
from wh_uncertainty.model.analyses.sweep_table import (
    COLUMNS,
    METADATA_KEY,
    check_evidence,
    to_parquet,
)
from wh_uncertainty.model.scenario import Scenario, create_scenario
from wh_uncertainty.model.simulation import simulate
from wh_uncertainty.priors import load_catalogue

DRAWS = 1000
OWN_PRIOR = """
[provider_efficiency_any]
unit = "1"
support = [0.0, 1.0]
family = "beta"
quantiles = {{ p05 = {0}, p50 = {1}, p95 = {2} }}
kind = "judgement"
rationale = "our own fleet"
"""


def questions() -> list[Scenario]:
    """Eight, of which nothing was benchmarked for the second."""
    catalogue = load_catalogue()
    asked = [("kimi-k2.5", "b200"), ("kimi-k2.5", "h100"), ("gpt-oss-120b", "h100")]
    asked += [("gpt-oss-120b", "b200"), ("llama-3.3-70b", "b200"), ("glm-5", "b200")]
    asked += [("dsr1", "b200"), ("dsr1", "h200")]
    return [
        create_scenario(catalogue, model=m, workload="chat", hardware=h, region="japan")
        for m, h in asked
    ]


@pytest.fixture(scope="module")
def alone() -> module.Sweep:
    return run_sweep(questions(), draws=DRAWS, seed=7)


def test_seeds_belong_to_positions() -> None:
    seeds = scenario_seeds(7, 1000)
    assert len(set(seeds)) == 1000
    assert scenario_seeds(7, 10) == seeds[:10]
    assert scenario_seeds(8, 10) != seeds[:10]
    assert 2**40 < max(seeds) < 2**48


def test_a_row_holds_what_simulate_says_with_its_seed(alone: module.Sweep) -> None:
    row = alone.rows[3]
    again = simulate(questions()[3], draws=row["draws"], seed=row["seed"]).to_dict()
    for column, summary in (
        ("wh_mean", again["wh_per_query"]["mean"]),
        ("wh_one_query", again["wh_per_query"]["one_query"]),
        ("j_per_output_token", again["j_per_output_token"]),
        ("j_per_input_token", again["j_per_input_token"]),
        ("lifecycle_gco2e", again["emissions"]["lifecycle_gco2e"]),
    ):
        assert {key: row[f"{column}_{key}"] for key in summary} == summary
    assert row["flags"].split("|") == [flag["code"] for flag in again["flags"]]
    assert {k: v for k, v in again["provenance"].items() if k in row}.items() <= row.items()


def test_rows_have_all_columns_and_only_those(alone: module.Sweep) -> None:
    assert all(list(row) == list(COLUMNS) for row in alone.rows)
    assert [row["hardware"] for row in alone.rows] == [s.hardware for s in questions()]
    assert alone.provenance["seed"] == 7


def test_a_hole_in_the_benchmark_is_a_row(alone: module.Sweep) -> None:
    hole = alone.rows[1]
    assert hole["error"].startswith("no benchmark of kimi-k2.5 on h100")
    assert (hole["model"], hole["hardware"], hole["draws"]) == ("kimi-k2.5", "h100", DRAWS)
    assert hole["wh_mean_p50"] is hole["flags"] is None
    assert [i for i, row in enumerate(alone.rows) if row["error"] is not None] == [1]


def test_nothing_but_holes_is_an_error() -> None:
    with pytest.raises(SweepError, match="none of 2 scenarios can be answered; no benchmark"):
        run_sweep([questions()[1]] * 2, draws=DRAWS)


def test_processes_give_the_same_rows(alone: module.Sweep) -> None:
    seen: list[tuple[int, int]] = []
    done = run_sweep(
        questions(),
        draws=DRAWS,
        seed=7,
        jobs=2,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert done.rows == alone.rows
    assert seen == [(n, 7) for n in range(1, 8)]


def test_a_killed_worker_is_an_error_and_ends_the_others() -> None:
    def kill_one(done: int, total: int) -> None:
        for child in multiprocessing.active_children()[:1]:
            assert child.pid is not None
            os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(SweepError, match=r"killed or out of memory.*no result is kept"):
        run_sweep(questions(), draws=300_000, jobs=2, progress=kill_one)
    assert multiprocessing.active_children() == []


def test_what_fails_here_ends_the_workers() -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_sweep(questions(), draws=300_000, jobs=2, progress=interrupt)
    assert multiprocessing.active_children() == []


def test_a_question_that_simulate_refuses_is_refused() -> None:
    for jobs in (1, 2):
        with pytest.raises(ValueError, match="draws 10: must lie between"):
            run_sweep(questions(), draws=10, jobs=jobs)


def test_edited_priors_are_read_anew(tmp_path: Path) -> None:
    medians: list[float] = []
    for quantiles in ((0.6, 0.7, 0.79), (0.1, 0.15, 0.21)):
        (tmp_path / "own.toml").write_text(OWN_PRIOR.format(*quantiles))
        done = run_sweep(questions()[:1], draws=DRAWS, priors=tmp_path)
        medians.append(done.rows[0]["wh_mean_p50"])
        assert done.provenance["priors_overridden"] == ["provider_efficiency_any"]
    assert medians[1] > 2 * medians[0]


@pytest.mark.parametrize("key", ["version", "posterior_sha256", "priors_sha256"])
def test_workers_that_disagree_are_found_out(alone: module.Sweep, key: str) -> None:
    first, later = alone.rows[6], alone.rows[7]
    check_evidence(later, first, first["priors_sha256"])
    with pytest.raises(SweepError, match=f"deepseek-r1-0528 with {key} stale, not "):
        check_evidence({**later, key: "stale"}, first, first["priors_sha256"])


def test_parquet_keeps_types_and_provenance(alone: module.Sweep) -> None:
    parquet: Any = import_module("pyarrow.parquet")
    table = parquet.read_table(io.BytesIO(to_parquet(alone.rows, alone.provenance)))
    types = {field.name: str(field.type) for field in table.schema}
    assert types == COLUMNS
    assert types["efficiency"] == types["wh_mean_mean"] == "double"
    assert (types["seed"], types["as_of"]) == ("int64", "string")
    assert table.to_pylist() == list(alone.rows)
    assert json.loads(table.schema.metadata[METADATA_KEY.encode()]) == alone.provenance


# What follows needs the package distributed: a scheduler and workers as a user would start them.


class Cluster:
    """A scheduler on localhost with workers that nobody restarts."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        path = os.pathsep.join(filter(None, sys.path))
        self.environment = os.environ | {"PYTHONPATH": path}
        self.log = (folder / "log").open("wb")
        self.processes: list[subprocess.Popen[bytes]] = []
        local = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.start("scheduler", *local, "--scheduler-file", str(self.file))
        self.address = self.wait_for_address()

    def wait_for_address(self) -> str:
        for _ in range(1200):
            try:
                address: str = json.loads(self.file.read_text())["address"]
            except (OSError, ValueError):  # not there, or not yet whole
                time.sleep(0.05)
            else:
                return address
        raise TimeoutError("the scheduler has not started")

    def start(self, role: str, *options: str) -> int:
        words = [sys.executable, "-m", f"distributed.cli.dask_{role}", *options]
        process = subprocess.Popen(
            words, env=self.environment, stdout=self.log, stderr=self.log, cwd=self.file.parent
        )
        self.processes.append(process)
        return process.pid

    def add_worker(self) -> int:
        return self.start("worker", self.address, "--nthreads", "1", "--no-nanny")

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        self.log.close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    started = Cluster(tmp_path)
    yield started
    started.stop()


def test_a_cluster_gives_the_same_rows(alone: module.Sweep, cluster: Cluster) -> None:
    for _ in range(2):
        cluster.add_worker()
    seen: list[tuple[int, int]] = []
    done = run_sweep(
        questions(),
        draws=DRAWS,
        seed=7,
        scheduler=cluster.address,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert done.rows == alone.rows
    assert seen == [(n, 7) for n in range(1, 8)]


def test_a_lost_worker_of_a_cluster_leaves_no_hole(cluster: Cluster) -> None:
    lost, _ = cluster.add_worker(), cluster.add_worker()

    def kill_one(done: int, total: int) -> None:
        if done == 2:
            os.kill(lost, signal.SIGKILL)

    asked = questions()
    done = run_sweep(asked, draws=200_000, scheduler=cluster.address, progress=kill_one)
    assert done.rows == run_sweep(asked, draws=200_000).rows


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PATIENCE_S", 1)


@pytest.mark.usefixtures("impatient")
def test_a_cluster_without_workers_is_not_waited_for(cluster: Cluster) -> None:
    with pytest.raises(SweepError, match=r"0/1 workers.*no result is kept; check that it runs"):
        run_sweep(questions(), draws=DRAWS, scheduler=cluster.address)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("address", ["nonsense", "tcp://", "foo://host:1", "tcp://127.0.0.1:1"])
def test_addresses_where_no_scheduler_is(address: str) -> None:
    with pytest.raises(SweepError, match=f"^scheduler {address}: .*no result is kept"):
        run_sweep(questions(), draws=DRAWS, scheduler=address)


@pytest.mark.usefixtures("impatient")
def test_a_listener_that_is_no_scheduler_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(SweepError, match="no answer within 1 s"):
            run_sweep(questions(), draws=DRAWS, scheduler=address)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SweepError, match=r"pip install 'wh-uncertainty\[dask\]'"):
        run_sweep(questions(), draws=DRAWS, scheduler="tcp://127.0.0.1:8786")
