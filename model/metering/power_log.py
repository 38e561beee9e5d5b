"""A power log, of whatever kind it is."""

from __future__ import annotations

import hashlib
from itertools import islice
from pathlib import Path

from wh_uncertainty.model.files.bounded import LongLineError, lines_within
from wh_uncertainty.model.metering.dcgm_log import is_dcgm, read_dcgm
from wh_uncertainty.model.metering.series import MeterError, PowerLog
from wh_uncertainty.model.metering.table_log import read_table

__all__ = ["file_sha256", "read_power_log"]

_MAX_BYTES = 2**29  # of text; its samples are limited too
_LOOKED_AT = 20  # lines that say what it is


def read_power_log(path: Path, *, step_s: float | None = None) -> PowerLog:
    """Read a power log, told by its content.

    Parameters
    ----------
    path : Path
        Text of `table_log` or `dcgm_log`.
    step_s : float, optional
        Time between two samples, of a log without a clock [s].

    Returns
    -------
    PowerLog

    Raises
    ------
    MeterError
        Unreadable, too large, not UTF-8, or of no known kind.
    """
    name = path.name
    try:
        if path.stat().st_size == 0:
            raise MeterError(f"{name}: is empty; give a log with samples")
        if path.stat().st_size > _MAX_BYTES:
            raise MeterError(f"{name}: larger than {_MAX_BYTES // 2**20} MiB; give a part of it")
        with path.open(encoding="utf-8-sig", newline="") as text:
            dcgm = is_dcgm(islice(lines_within(text), _LOOKED_AT))
            text.seek(0)
            return read_dcgm(name, text, step_s) if dcgm else read_table(name, text)
    except OSError as error:
        raise MeterError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except LongLineError as error:
        raise MeterError(f"{name}: no log of power ({error}); save it anew") from error
    except UnicodeDecodeError as error:
        raise MeterError(
            f"{name}: not UTF-8 text at byte {error.start}; save it as UTF-8"
        ) from error


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
