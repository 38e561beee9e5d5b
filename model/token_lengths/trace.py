"""A user's own trace of requests: CSV or Parquet with input and output tokens."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from itertools import batched
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.files.bounded import lines_within
from wh_uncertainty.model.files.delimiters import delimiter_of, is_number
from wh_uncertainty.model.token_lengths.lengths import (
    LARGEST_LENGTH_TOK,
    Lengths,
    Moments,
    Workload,
    WorkloadError,
)
from wh_uncertainty.model.token_lengths.nominal_lengths import THOUSANDS

__all__ = ["lengths_workload", "trace_lengths", "trace_workload"]

Floats = NDArray[np.float64]

# Names as published traces spell them, without case and punctuation.
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "input": (
        *("isl", "inputtokens", "inputlength", "inputlen", "ninputtokens", "numinputtokens"),
        *("prompttokens", "promptlen", "promptlength", "numprompttokens", "nprompttokens"),
        *("contexttokens", "requesttokens", "prefilltokens", "numprefilltokens", "tokensin"),
    ),
    "output": (
        *("osl", "outputtokens", "outputlength", "outputlen", "noutputtokens", "numoutputtokens"),
        *("completiontokens", "generatedtokens", "numgeneratedtokens", "responsetokens"),
        *("decodetokens", "numdecodetokens", "tokensout"),
    ),
    "cached": ("cachedtokens", "cachedinputtokens", "cachedprompttokens", "cachedprefixtokens"),
}
_RULE = f"is not a whole number of tokens from 0 to {LARGEST_LENGTH_TOK}; correct or drop the row"
_LARGEST_FILE_BYTES = 2**30
_MOST_ROWS = 20_000_000  # half a gigabyte of numbers
_ROWS_AT_ONCE = 100_000  # bounds the Python objects alive while reading
_PARQUET_MAGIC = b"PAR1"


def trace_workload(path: Path) -> Workload:
    """Make a workload of recorded requests; each is equally likely.

    Parameters
    ----------
    path : Path
        As `trace_lengths` reads it.

    Returns
    -------
    Workload
        Its moments are those of the rows.

    Raises
    ------
    WorkloadError
        As `trace_lengths`.
    """
    return lengths_workload(path, trace_lengths(path))


def trace_lengths(path: Path) -> Lengths:
    """Read the lengths of recorded requests.

    Parameters
    ----------
    path : Path
        CSV or Parquet, told apart by content. Columns for input and output tokens under any
        common name (``isl``/``osl``, ``prompt_tokens``/``completion_tokens``,
        ``ContextTokens``/``GeneratedTokens`` ...); optionally ``cached_tokens``, the part of the
        input that a prefix cache served.

    Returns
    -------
    Lengths
        In the order of the rows.

    Raises
    ------
    WorkloadError
        Unreadable, empty, without the columns, or a cell that is no length.
    """
    columns = _parquet(path) if _begins(path) == _PARQUET_MAGIC else _csv(path)
    isl, osl = _checked(path, columns["input"]), _checked(path, columns["output"])
    uncached = None
    if "cached" in columns:
        uncached = isl - _checked(path, columns["cached"])
        if (uncached < 0).any():
            row = int(np.argmax(uncached < 0))
            raise _error(path, f"request {row + 1}", "more cached than input tokens; correct it")
    nothing = (isl if uncached is None else uncached) + osl == 0
    if nothing.any():
        row = int(np.argmax(nothing))
        raise _error(path, f"request {row + 1}", "no token to compute, in or out; drop the row")
    if not isl.any() or not osl.any():
        raise _error(path, "", "no input or no output tokens in any row; a query needs both")
    return Lengths(isl, uncached, osl)


def lengths_workload(path: Path, lengths: Lengths) -> Workload:
    """Make a workload of some requests of a trace.

    Parameters
    ----------
    path : Path
        Its name.
    lengths : Lengths

    Returns
    -------
    Workload
    """
    isl, uncached, osl = lengths.isl_tok, lengths.uncached_tok, lengths.osl_tok

    def draw(n: int, rng: np.random.Generator) -> Lengths:
        row = rng.integers(len(isl), size=n)
        return Lengths(isl[row], None if uncached is None else uncached[row], osl[row])

    moments = Moments(
        isl_tok=float(isl.mean()),
        uncached_tok=None if uncached is None else float(uncached.mean()),
        osl_tok=float(osl.mean()),
        osl_isl_tok2=float((osl * isl).mean()),
        osl2_tok2=float((osl * osl).mean()),
    )
    return Workload(str(path), f"trace of {len(isl)} requests", "trace", moments, draw)


def _error(path: Path, where: str, problem: str) -> WorkloadError:
    return WorkloadError(f"trace {path}{' ' if where else ''}{where}: {problem}")


def _begins(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            magic = file.read(len(_PARQUET_MAGIC))
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error}); check the path"
        raise _error(path, "", problem) from error
    if size > _LARGEST_FILE_BYTES:
        raise _error(path, "", f"{size} bytes, at most 1 GiB is read; give a sample of its rows")
    if not magic:
        raise _error(path, "", "empty file; it must hold a header and at least one request")
    return magic


def _csv(path: Path) -> dict[str, tuple[str, Floats]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            delimiter = delimiter_of(next(lines_within(file), ""))
            file.seek(0)
            reader = csv.reader(lines_within(file), delimiter=delimiter, strict=True)
            header = next(reader, list[str]())
            chosen = _roles(path, header)
            parts = [
                [
                    _numbers(path, header[i], start, [_cell(line, i) for line in lines])
                    for i in chosen.values()
                ]
                for start, lines in _blocks(path, reader)
            ]
        except UnicodeDecodeError as error:
            raise _error(path, "", "not UTF-8 text; save it as UTF-8 CSV or Parquet") from error
        except csv.Error as error:
            raise _error(path, "", f"not a CSV table ({error}); save it as CSV") from error
    if not parts:
        raise _error(path, "", "no requests below the column names; add at least one")
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return {role: (header[i], x) for (role, i), x in zip(chosen.items(), joined, strict=True)}


def _blocks(path: Path, reader: Iterator[list[str]]) -> Iterator[tuple[int, Sequence[list[str]]]]:
    lines = (line for line in reader if line)
    for number, block in enumerate(batched(lines, _ROWS_AT_ONCE)):
        _check_rows(path, number * _ROWS_AT_ONCE + len(block))
        yield number * _ROWS_AT_ONCE, block


def _check_rows(path: Path, rows: int) -> None:
    if rows > _MOST_ROWS:
        raise _error(path, "", f"more than {_MOST_ROWS:,} requests; give a sample of its rows")


def _cell(line: list[str], index: int) -> str:
    return line[index] if index < len(line) else ""


def _numbers(path: Path, column: str, start: int, cells: list[str]) -> Floats:
    for row, cell in enumerate(cells):
        if "." in cell and THOUSANDS.fullmatch(cell.strip()):
            where = f"request {start + row + 1} [{column}]"
            raise _error(path, where, f"{cell!r} may be thousands; write it without a point")
    try:
        return np.array([float(cell) for cell in cells], dtype=np.float64)
    except ValueError:
        row = next(i for i, cell in enumerate(cells) if not is_number(cell))
        where = f"request {start + row + 1} [{column}]"
        raise _error(path, where, f"{cells[row]!r} {_RULE}") from None


def _parquet(path: Path) -> dict[str, tuple[str, Floats]]:
    # Half a second, and only for Parquet traces; pyarrow publishes no types, hence Any.
    arrow: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    try:
        with parquet.ParquetFile(path) as file:
            _check_rows(path, file.metadata.num_rows)  # few bytes can unpack to many rows
            names: list[str] = list(file.schema_arrow.names)
            chosen = _roles(path, names)
            table = file.read(columns=[names[i] for i in chosen.values()])
    except (arrow.ArrowException, OSError) as error:
        problem = f"not a readable Parquet file ({str(error).splitlines()[0]}); write it again"
        raise _error(path, "", problem) from error
    if table.num_rows == 0:
        raise _error(path, "", "no requests; add at least one row")
    columns: dict[str, tuple[str, Floats]] = {}
    for role, index in chosen.items():
        values = table.column(names[index]).to_numpy()
        if values.dtype.kind not in "iuf":
            problem = f"column of type {values.dtype}; store the tokens as numbers"
            raise _error(path, f"[{names[index]}]", problem)
        columns[role] = (names[index], values.astype(np.float64))
    return columns


def _roles(path: Path, header: Sequence[str]) -> dict[str, int]:
    """Position of the column of each role that the header names."""
    plain = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in header]
    chosen: dict[str, int] = {}
    for role, aliases in _ALIASES.items():
        found = [i for i, name in enumerate(plain) if name in aliases]
        if len(found) > 1:
            named = " and ".join(repr(header[i]) for i in found)
            raise _error(path, "", f"{named} both name the {role} tokens; keep one")
        if found:
            chosen[role] = found[0]
        elif role == "cached":
            _check_no_other_cache(path, header, plain)
        else:
            problem = f"no column of {role} tokens among {_listed(header)}; name one {role}_tokens"
            raise _error(path, "", problem)
    return chosen


def _check_no_other_cache(path: Path, header: Sequence[str], plain: Sequence[str]) -> None:
    """Refuse a cache column under a name we do not know: ignored, it would make queries dearer."""
    for name, letters in zip(header, plain, strict=True):
        if "cache" in letters:
            problem = "is not known; name cached input tokens cached_tokens, or drop the column"
            raise _error(path, f"[{name}]", problem)


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(header[:8])
    return f"{shown} ..." if len(header) > 8 else shown


def _checked(path: Path, column: tuple[str, Floats]) -> Floats:
    name, values = column
    whole = (values >= 0) & (values <= LARGEST_LENGTH_TOK) & (values == np.floor(values))
    if not whole.all():
        row = int(np.argmin(whole))
        raise _error(path, f"request {row + 1} [{name}]", f"{values[row]:g} {_RULE}")
    return values
