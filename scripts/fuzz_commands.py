"""Run drawn command lines: ``python scripts/fuzz_commands.py [--runs N] [--seed N]``.

Hypothesis draws commands with good, odd and hostile values and files, of every command that answers
offline. Each has to end with 0, 1 or 2; to say in one line why there is no answer; to give finite
numbers, quantiles in order and no negative energy; and to leave whole files or none. The samples
within `sensitivity`, `disclosure` and `report` are made smaller, since it is their code that is
tried and not their accuracy. Prints a summary by command and exit code, and each kind of failure
once; exit code 1 if there is any.
"""

import argparse
import resource
import shutil
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

sys.path.append(str(Path(__file__).parents[1] / "tests" / "support"))

from command_cases import WEIGHTS, Case, cases
from command_runs import Outcome, run_case

from wh_uncertainty.model.analyses import disclosure, tornado
from wh_uncertainty.model.documents import briefing

# Of Ibis, which calls DuckDB and pandas by names of old; the tests let them pass too.
_OTHERS_WARNINGS = ("fetch_arrow_table", "The 'future.infer_string' option")
_SMALL = (
    (briefing, {"_COMPARED_DRAWS": 1_000, "_TOTALLED_DRAWS": 1_000, "_LOG2_POINTS": (8, 8)}),
    (tornado, {"_INNER": 100}),
    (disclosure, {"INNER_DRAWS": 100}),
)
_INTERRUPTED = 130
_ROUND, _MOST_ROUNDS = 1_000, 10_000  # every command is run in each round, which is told
_SHOWN_WORDS, _SHOWN_BYTES = 60, 600


def main() -> int:
    """Run the commands and print what came of them."""
    parser = argparse.ArgumentParser(description="Run drawn command lines.")
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so long")
    parser.add_argument("--commands", nargs="*", default=list(WEIGHTS), help="only these")
    arguments = parser.parse_args()
    warnings.simplefilter("error")
    for message in _OTHERS_WARNINGS:
        warnings.filterwarnings("ignore", message)
    make_samples_small()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
    record = Record(time.monotonic() + 60 * arguments.minutes)
    weights = {name: WEIGHTS[name] for name in arguments.commands}
    with suppress(KeyboardInterrupt):  # what was done until then is shown
        for number in range(rounds := -(-arguments.runs // _ROUND)):
            for name, weight in weights.items():
                runs = max(1, round(arguments.runs * weight / sum(weights.values()) / rounds))
                fuzz(name, runs, arguments.seed * _MOST_ROUNDS + number, record)
            record.say(f"round {number + 1} of {rounds}")
    record.show()
    return 1 if record.failures else 0


def make_samples_small() -> None:
    """Let nested samples hold fewer draws than any answer may have."""
    for module, samples in _SMALL:
        for name, value in samples.items():
            assert hasattr(module, name), f"{module.__name__} has no {name} any more"
            setattr(module, name, value)


class Record:
    """What happened how often, and what must not happen.

    Parameters
    ----------
    deadline_s : float
        Of the monotonic clock.
    """

    def __init__(self, deadline_s: float) -> None:
        self.deadline_s = deadline_s
        self.counts: Counter[tuple[str, str]] = Counter()
        self.failures: dict[str, tuple[int, Case, str]] = {}
        self.took_s: defaultdict[str, float] = defaultdict(float)
        self.longest: tuple[float, Case | None] = (0.0, None)
        self.began = time.monotonic()

    def keep(self, case: Case, outcome: Outcome, took_s: float) -> None:
        """Count a run; of each kind of failure the shortest command is kept."""
        ending = "FAILED" if outcome.faults else f"exit {outcome.code}"
        self.counts[case.words[0], ending] += 1
        self.took_s[case.words[0]] += took_s
        self.longest = max(self.longest, (took_s, case), key=lambda pair: pair[0])
        for fault in outcome.faults:
            kind = _kind(fault)
            times, shortest, told = self.failures.get(kind, (0, case, fault))
            if not times:
                print(f"{case.words[0]}: {kind}", file=sys.stderr, flush=True)
            if _size(case) < _size(shortest):
                shortest, told = case, fault
            self.failures[kind] = (times + 1, shortest, told)

    def say(self, what: str) -> None:
        """Tell how far it is."""
        kinds, took_s = len(self.failures), time.monotonic() - self.began
        print(
            f"{what}: {self.counts.total():,} runs, {kinds} kinds of failure, {took_s:.0f} s, "
            f"{time.process_time():.0f} s of CPU",
            file=sys.stderr,
            flush=True,
        )

    def show(self) -> None:
        """Print it."""
        endings = sorted({ending for _, ending in self.counts})
        print(
            f"{'command':14}",
            *(f"{ending:>9}" for ending in endings),
            f"{'runs':>9} {'s in all':>9}",
        )
        for command in sorted({command for command, _ in self.counts}):
            of_command = [self.counts[command, ending] for ending in endings]
            of_command += [sum(of_command), round(self.took_s[command])]
            print(f"{command:14}", *(f"{count:9,}" for count in of_command))
        totals = [sum(n for (_, e), n in self.counts.items() if e == ending) for ending in endings]
        print(f"{'all':14}", *(f"{count:9,}" for count in (*totals, sum(totals))))
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        took_s, slowest = self.longest
        print(f"{time.monotonic() - self.began:.0f} s in all, {peak_mb:,.0f} MB at most")
        print(f"longest {took_s:.1f} s: {_words(slowest)}" if slowest else "nothing was run")
        for times, case, fault in self.failures.values():
            print(f"\n{times} times, as by: {_words(case)}")
            for name, content in case.files.items():
                print(f"  {name}: {content[:_SHOWN_BYTES]!r}")
            print(fault)


def fuzz(command: str, runs: int, seed_: int, record: Record) -> None:
    """Draw command lines of a command and run each in a folder of its own."""

    @seed(seed_)
    @settings(
        max_examples=runs,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(cases(command))
    def run_one(case: Case) -> None:
        if time.monotonic() > record.deadline_s:
            return
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
            began = time.monotonic()
            outcome = run_case(case, Path(name))
            if outcome.code == _INTERRUPTED:
                raise KeyboardInterrupt
            record.keep(case, outcome, time.monotonic() - began)
            shutil.rmtree(name, ignore_errors=True)

    run_all: Callable[[], None] = run_one
    run_all()


def _kind(fault: str) -> str:
    """Tell failures apart by what was raised where, or by what is said in letters."""
    if "Traceback" in fault:
        lines = fault.strip().splitlines()
        places = [line.strip() for line in lines if line.startswith("  File ")]
        return f"{lines[-1].partition(':')[0]} {places[-1]}"
    return "".join(c for c in fault[:60] if c.isalpha() or c in " _.")


def _size(case: Case) -> int:
    return sum(map(len, case.words)) + sum(map(len, case.files.values()))


def _words(case: Case) -> str:
    return " ".join(
        repr(word if len(word) <= _SHOWN_WORDS else word[:_SHOWN_WORDS] + "...")
        for word in case.words
    )


if __name__ == "__main__":
    sys.exit(main())
