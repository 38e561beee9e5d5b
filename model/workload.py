"""What is asked: lengths, a name or a trace, understood from what a user writes."""

import os
from pathlib import Path

from wh_uncertainty.model.token_lengths.lengths import (
    LARGEST_LENGTH_TOK,
    Lengths,
    Moments,
    Workload,
    WorkloadError,
    scaled_output,
    uncached_tok,
)
from wh_uncertainty.model.token_lengths.nominal_lengths import (
    BENCHES,
    bench_workload,
    fixed_workload,
    parse_lengths,
)
from wh_uncertainty.priors import DEFAULT_RELEASE, workload_names
from wh_uncertainty.priors.names import close_names

__all__ = [
    "LARGEST_LENGTH_TOK",
    "Lengths",
    "Moments",
    "Workload",
    "WorkloadError",
    "bench_workload",
    "fixed_workload",
    "is_trace",
    "parse_workload",
    "scaled_output",
    "uncached_tok",
    "workload_choices",
]

_TRACE_SUFFIXES = (".csv", ".parquet", ".pq")


def parse_workload(text: str, release: str = DEFAULT_RELEASE) -> Workload:
    """Understand what a user calls a workload.

    Parameters
    ----------
    text : str
        ``8k/1k`` or ``8192/1024`` (k = 1024; input/output tokens, each from 1 to 10^7),
        ``bench-8k1k``, a name of the release, or the path of a trace.
    release : str
        Release of priors that holds the named workloads.

    Returns
    -------
    Workload

    Raises
    ------
    WorkloadError
        None of these; the message says what it is closest to.
    """
    wanted, name = text.strip(), _plain_name(text)
    if name in BENCHES:
        return bench_workload(name)
    if name in workload_names(release):
        from wh_uncertainty.model.token_lengths.named_workload import named_workload

        return named_workload(name, release)
    if _names_file(wanted):
        from wh_uncertainty.model.token_lengths.trace import (
            trace_workload,  # most runs read no trace
        )

        return trace_workload(Path(wanted))
    if wanted.count("/") == 1:
        return fixed_workload(*parse_lengths(wanted))
    raise WorkloadError(_unknown(wanted, name, release))


def workload_choices(release: str = DEFAULT_RELEASE) -> tuple[str, ...]:
    """Every name that `parse_workload` knows, benchmark ones first.

    Parameters
    ----------
    release : str

    Returns
    -------
    tuple of str
    """
    return (*BENCHES, *workload_names(release))


def is_trace(text: str, release: str = DEFAULT_RELEASE) -> bool:
    """Whether `parse_workload` takes a text to be the path of a trace.

    Parameters
    ----------
    text, release : str

    Returns
    -------
    bool
    """
    return _plain_name(text) not in workload_choices(release) and _names_file(text.strip())


def _plain_name(text: str) -> str:
    return text.strip().lower().replace("_", "-").replace(" ", "-")


def _names_file(wanted: str) -> bool:
    return wanted.lower().endswith(_TRACE_SUFFIXES) or os.path.isfile(wanted)


def _unknown(text: str, name: str, release: str) -> str:
    choices = workload_choices(release)
    close = close_names(name, choices)
    hint = f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(choices)};"
    return (
        f"workload {text!r}: neither lengths like 8k/1k, nor a known name, nor a file; {hint} "
        "`wh-uncertainty list workloads` shows all"
    )
