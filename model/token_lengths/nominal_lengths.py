"""Nominal lengths: exactly as asked, or spread as the benchmark harness spreads them."""

import re

import numpy as np

from wh_uncertainty.model.token_lengths.lengths import (
    LARGEST_LENGTH_TOK,
    Lengths,
    Moments,
    Workload,
    WorkloadError,
)

__all__ = [
    "BENCHES",
    "BENCH_RANGE_RATIO",
    "MEAN_LENGTH_FRACTION",
    "THOUSANDS",
    "bench_workload",
    "fixed_workload",
    "parse_lengths",
]

#: The InferenceX harness draws lengths evenly from this share of the nominal one up to all of it
#: (its option random-range-ratio, SemiAnalysisAI/InferenceX utils/bench_serving).
BENCH_RANGE_RATIO = 0.8
#: Mean over nominal length of a row that does not report its own.
MEAN_LENGTH_FRACTION = (1 + BENCH_RANGE_RATIO) / 2
BENCHES = {"bench-1k1k": (1024, 1024), "bench-1k8k": (1024, 8192), "bench-8k1k": (8192, 1024)}

#: What is 2 to one reader and 2,000 to another: ``2.000``.
THOUSANDS = re.compile(r"\d{1,3}(\.\d{3})+")
_LENGTH = re.compile(r"(\S+?)\s*([km]?)", re.IGNORECASE)
_MULTIPLE = {"": 1, "k": 1024, "m": 1024**2}


def fixed_workload(isl_tok: int, osl_tok: int) -> Workload:
    """Every query has the same lengths.

    At least one token each way: a request has a prompt and is answered, and the per-token figures
    and the inter-token time are undefined otherwise.

    Parameters
    ----------
    isl_tok, osl_tok : int
        From 1 to 10^7.

    Returns
    -------
    Workload

    Raises
    ------
    WorkloadError
        Out of range.
    """
    name = f"{isl_tok}/{osl_tok}"
    for role, length in (("input", isl_tok), ("output", osl_tok)):
        if not 1 <= length <= LARGEST_LENGTH_TOK:
            raise WorkloadError(
                f"workload {name!r}: {role} of {length} tokens; a query has from 1 to "
                f"{LARGEST_LENGTH_TOK} each way, write it like 8k/1k"
            )
    i, o = float(isl_tok), float(osl_tok)

    def draw(n: int, rng: np.random.Generator) -> Lengths:
        return Lengths(np.full(n, i), None, np.full(n, o))

    title = f"{isl_tok} tokens in, {osl_tok} out"
    return Workload(name, title, "fixed", Moments(i, None, o, i * o, o * o), draw)


def bench_workload(name: str) -> Workload:
    """Lengths as the harness draws them: independent, even over whole numbers in [0.8 L, L].

    Parameters
    ----------
    name : str
        A key of `BENCHES`.

    Returns
    -------
    Workload
        With ``E[L'] = (floor(0.8 L) + L) / 2`` each way.
    """
    (isl_low, isl_high), (osl_low, osl_high) = (
        (int(BENCH_RANGE_RATIO * nominal), nominal) for nominal in BENCHES[name]
    )

    def draw(n: int, rng: np.random.Generator) -> Lengths:
        isl = rng.integers(isl_low, isl_high, n, endpoint=True).astype(np.float64)
        osl = rng.integers(osl_low, osl_high, n, endpoint=True).astype(np.float64)
        return Lengths(isl, None, osl)

    i, o = (isl_low + isl_high) / 2, (osl_low + osl_high) / 2
    o_variance = ((osl_high - osl_low + 1) ** 2 - 1) / 12  # of a discrete uniform
    title = f"the benchmark's own draw around {isl_high} tokens in, {osl_high} out"
    return Workload(name, title, "bench", Moments(i, None, o, i * o, o * o + o_variance), draw)


def parse_lengths(text: str) -> tuple[int, int]:
    """Read ``I/O`` in tokens; ``k`` is 1024 and ``m`` its square.

    Parameters
    ----------
    text : str
        With exactly one ``/``: ``8k/1k``, ``8192/1024``.

    Returns
    -------
    tuple of int
        Input and output tokens, of any size.

    Raises
    ------
    WorkloadError
        A side is not a whole number.
    """
    isl, osl = text.split("/")
    return _tokens(text, "input", isl.strip()), _tokens(text, "output", osl.strip())


def _tokens(text: str, role: str, part: str) -> int:
    match = _LENGTH.fullmatch(part)
    if THOUSANDS.fullmatch(part):
        raise WorkloadError(
            f"workload {text!r}: {role} {part!r} is thousands to one reader and a fraction to "
            "another; write tokens without a point"
        )
    try:
        value = float(match[1]) * _MULTIPLE[match[2].lower()] if match else float("nan")
    except ValueError:
        value = float("nan")
    if not value.is_integer():  # nor are NaN and infinity
        raise WorkloadError(
            f"workload {text!r}: {role} {part!r} is not a whole number of tokens; write it like "
            "8k/1k or 8192/1024, or give a known name or an existing file"
        )
    return int(value)
