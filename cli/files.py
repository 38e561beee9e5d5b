"""Where text and pictures go: standard output, or a file that is either whole or untouched."""

import errno
import os
import stat
import sys
from pathlib import Path

__all__ = [
    "OutputError",
    "check_distinct",
    "check_folder",
    "check_targets",
    "emit",
    "write_whole",
]

# A full disk, a user's share of it used up, and a file larger than this process may write.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class OutputError(ValueError):
    """Something asked for cannot be written; names the target, the reason and the remedy."""


def emit(text: str, output: Path | None = None) -> None:
    """Write a text to standard output, or to a file in its place.

    Parameters
    ----------
    text : str
        Written as UTF-8 whatever the terminal's encoding, so that both targets get equal bytes.
    output : Path, optional

    Raises
    ------
    OutputError
        The target cannot be written.
    """
    data = text.encode()
    if output is not None:
        write_whole(output, data)
        return
    if sys.stdout is None:  # the shell closed it: `>&-`
        raise OutputError("standard output: is closed; leave it open, or name a file with --output")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise  # whoever reads has seen enough; Typer ends the program quietly
    except OSError as error:
        raise _error("standard output", error) from error


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under a temporary name beside it, then rename: no reader sees half of it.

    Parameters
    ----------
    path : Path
        A symbolic link keeps pointing to the file that is written. What is no regular file, such
        as a pipe or a device, is written directly: it has no name to swap.
    data : bytes

    Raises
    ------
    OutputError
        The file cannot be written; it is as it was.
    """
    try:
        target = Path(os.path.realpath(path))
        if _is_swapped(target):
            _replace(target, data)
        else:
            target.write_bytes(data)
    except OSError as error:
        raise _error(str(path), error) from error


def check_folder(path: Path) -> None:
    """Refuse a file whose folder is missing or closed, before anything is computed for it.

    Parameters
    ----------
    path : Path
        Where something is to be written.

    Raises
    ------
    OutputError
        The folder does not exist, is a file, cannot be reached, or takes no new file.
    """
    try:
        mode = path.parent.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        mode = 0
    except OSError as error:
        raise _error(str(path), error) from error
    if not stat.S_ISDIR(mode):
        raise OutputError(f"{path}: cannot be written ({path.parent} is no directory); make one")
    try:
        _check_access(Path(os.path.realpath(path)))
    except OSError as error:
        raise _error(str(path), error) from error


def check_distinct(*paths: Path | None) -> None:
    """Refuse two results that would go to one file: the second would replace the first.

    Parameters
    ----------
    *paths : Path, optional

    Raises
    ------
    OutputError
    """
    seen = set[Path]()
    for path in paths:
        if path is not None:
            if path.resolve() in seen:
                raise OutputError(f"{path}: named for two files; give each its own name")
            seen.add(path.resolve())


def check_targets(output: Path | None, plot: Path | None = None) -> None:
    """Refuse a result or a picture that has nowhere to go, before anything is computed for it.

    Parameters
    ----------
    output, plot : Path, optional

    Raises
    ------
    OutputError
        See `check_folder`, `check_picture` of pictures, and `check_distinct`.
    """
    check_distinct(output, plot)
    if output is not None:
        check_folder(output)
    if plot is not None:
        from wh_uncertainty.cli.canvas import check_picture  # most results have no picture

        check_picture(plot)


def _check_access(target: Path) -> None:
    """Raise what writing would: the folder of a file that is to be swapped takes no new one."""
    if _is_swapped(target) and not os.access(target.parent, os.W_OK | os.X_OK):
        read_only = os.statvfs(target.parent).f_flag & os.ST_RDONLY
        reason = errno.EROFS if read_only else errno.EACCES
        raise OSError(reason, os.strerror(reason))


def _is_swapped(target: Path) -> bool:
    return not target.exists() or stat.S_ISREG(target.stat().st_mode)


def _replace(target: Path, data: bytes) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        if target.exists():
            part.chmod(stat.S_IMODE(target.stat().st_mode))  # who may read it has been decided
        os.replace(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _error(target: str, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    remedy = "name a file in a directory you may write to"
    if error.errno in _NO_ROOM:
        remedy = "make room there, or write to another disk"
    return OutputError(f"{target}: cannot be written ({reason}); {remedy}")
