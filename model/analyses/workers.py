"""Who does the work of many tasks: this process, others on this machine, or a Dask cluster."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from wh_uncertainty.model.version import VERSION

__all__ = ["PATIENCE_S", "SweepError", "compute"]

type Arrived[R] = Callable[[int, R], None]

#: Longest that a cluster may be out of reach, or without any worker [s].
PATIENCE_S = 15
_KEPT_NOTHING = "no result is kept"


class SweepError(RuntimeError):
    """A sweep could not be finished, and no row of it is kept; names the reason and remedy."""


def compute[T, R](
    work: Callable[[T], R],
    tasks: Mapping[int, T],
    arrived: Arrived[R],
    *,
    jobs: int,
    scheduler: str | None,
) -> None:
    """Do some work for every task, in whatever order.

    Parameters
    ----------
    work : callable
        A function of a module, which workers import.
    tasks : mapping of int to task
    arrived : callable
        Called with the key and the result of each task that is done; what it raises ends the work.
    jobs : int
        Processes on this machine; one is this process itself.
    scheduler : str or None
        Address of a Dask scheduler whose workers work instead.

    Raises
    ------
    SweepError
        A worker or a cluster was lost.
    """
    if scheduler is not None:
        _compute_on_dask(work, tasks, arrived, scheduler)
    elif min(jobs, len(tasks)) > 1:
        _compute_in_processes(work, tasks, arrived, min(jobs, len(tasks)))
    else:
        for position, task in tasks.items():
            arrived(position, work(task))


def _compute_in_processes[T, R](
    work: Callable[[T], R], tasks: Mapping[int, T], arrived: Arrived[R], processes: int
) -> None:
    # Spawned processes are the same on every system; forked ones would inherit the locks of
    # threads that they do not have.
    context = get_context("spawn")
    lifeline, held = context.Pipe(duplex=False)
    executor = ProcessPoolExecutor(processes, context, _end_with_parent, (lifeline,))
    try:
        with _interrupts_held():  # processes that are started inherit it for good
            positions = {executor.submit(work, task): i for i, task in tasks.items()}
        for future in as_completed(positions):
            arrived(positions[future], future.result())
    except BrokenProcessPool as error:
        raise SweepError(
            f"a worker process ended before its work was done, killed or out of memory; "
            f"{_KEPT_NOTHING}; start again, with fewer jobs if memory is short"
        ) from error
    except BaseException:
        held.close()  # ends the workers at once, in the middle of their work
        raise
    finally:
        executor.shutdown(cancel_futures=True)
        held.close()
        lifeline.close()


@contextmanager
def _interrupts_held() -> Generator[None]:
    """Let Ctrl-C wait: a process that begins has not yet said that its parent decides on it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent(lifeline: Connection) -> None:
    """End a worker as soon as nobody holds the other end of its lifeline, however that came."""

    def wait() -> None:
        try:
            lifeline.poll(None)
        finally:
            os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt ends
    threading.Thread(target=wait, daemon=True).start()


def _compute_on_dask[T, R](
    work: Callable[[T], R], tasks: Mapping[int, T], arrived: Arrived[R], address: str
) -> None:
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise SweepError(
            "a Dask scheduler needs the package distributed, which is not installed; "
            "install it with `pip install 'wh-uncertainty[dask]'`"
        ) from error
    try:
        with ThreadPoolExecutor(1) as thread:  # the caller's may run a loop, as notebooks do
            thread.submit(asyncio.run, _knock(distributed, address)).result()
        with distributed.Client(address, timeout=PATIENCE_S, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=PATIENCE_S)
            futures = client.map(work, list(tasks.values()), pure=False)
            positions = dict(zip(futures, tasks, strict=True))
            for future in _as_completed(distributed, client, futures):
                arrived(positions[future], future.result())
    except SweepError:
        raise
    except Exception as error:  # whatever may go wrong on other machines
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise SweepError(
            f"scheduler {address}: {reason}; {_KEPT_NOTHING}; check that it runs and has workers "
            f"with wh-uncertainty {VERSION} that see the same files"
        ) from error


async def _knock(distributed: Any, address: str) -> None:
    """Try the address: a client waits without end for what does not answer, and to be closed."""
    security = distributed.Security().get_connection_args("client")
    reached = distributed.core.connect(address, timeout=PATIENCE_S, **security)
    try:
        comm = await asyncio.wait_for(reached, PATIENCE_S)
    except TimeoutError:
        raise TimeoutError(f"no answer within {PATIENCE_S} s") from None
    await comm.close()


def _as_completed(distributed: Any, client: Any, futures: list[Any]) -> Iterator[Any]:
    """Yield futures as they are done; what a lost worker had goes to others if there are any."""
    waiting = set(futures)
    while waiting:
        try:
            for future in distributed.as_completed(waiting, loop=client.loop, timeout=PATIENCE_S):
                waiting.remove(future)
                yield future
        except TimeoutError:
            client.wait_for_workers(1, timeout=PATIENCE_S)
