"""Signals wait while a block holds them back, and come after it."""

import signal
import threading

import pytest

from wh_uncertainty.cli.accounting.faults import reported
from wh_uncertainty.cli.ending import ENDING, Ender, ended_by, held_back


@pytest.mark.parametrize("number", [signal.SIGINT, *ENDING])
def test_a_signal_comes_after_the_block(number: signal.Signals) -> None:
    said: list[str] = []

    def say(_: int, __: object) -> None:
        said.append("came")

    before = signal.signal(number, say)
    try:
        with held_back():
            signal.raise_signal(number)
            said.append("inside")
        assert said == ["inside", "came"]
        signal.raise_signal(number)
        assert said == ["inside", "came", "came"]
    finally:
        signal.signal(number, before)


def test_a_signal_comes_after_a_block_that_fails() -> None:
    def fail() -> None:
        with held_back():
            signal.raise_signal(signal.SIGINT)
            raise ZeroDivisionError

    with pytest.raises(KeyboardInterrupt):
        fail()


def test_other_threads_have_no_signals_to_hold() -> None:
    done: list[bool] = []

    def run() -> None:
        with held_back():
            done.append(True)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert done == [True]


def test_an_engine_that_tells_an_end_as_its_error_is_not_believed() -> None:
    """As DuckDB does, whichever exception its query was left by."""
    before = signal.signal(signal.SIGTERM, Ender())

    def query() -> None:
        with reported("log.csv", "mend it"):
            try:
                signal.raise_signal(signal.SIGTERM)
            except SystemExit:
                raise RuntimeError("Query interrupted") from None

    try:
        assert ended_by() is None
        with pytest.raises(SystemExit) as ended:
            query()
        assert (ended.value.code, ended_by()) == (143, signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
