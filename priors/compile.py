"""Write the compiled form of a release: ``python -m wh_uncertainty.priors.compile [RELEASE]``.

Parsing TOML and solving quantiles needs scipy and a noticeable fraction of a second; the compiled
JSON needs neither. It carries the digest of the files it was made from, so a stale one is never
used. Run this after every change to a release.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from wh_uncertainty.priors.current import DEFAULT_RELEASE
from wh_uncertainty.priors.files import COMPILED, digest, read_release, release_directory
from wh_uncertainty.priors.release import parse_release, plain_release

__all__ = ["compile_release", "compiled_text"]


def compiled_text(release: str = DEFAULT_RELEASE) -> str:
    """Return the content of the compiled file of a release."""
    contents = read_release(release_directory(release))
    plain = plain_release(parse_release(contents), digest(contents))
    return json.dumps(plain, indent=0, ensure_ascii=False, allow_nan=False) + "\n"


def compile_release(release: str = DEFAULT_RELEASE) -> Path:
    """Write the compiled file of a release and return its path."""
    path = release_directory(release) / COMPILED
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(compiled_text(release), encoding="utf-8")
    return unfinished.replace(path)


if __name__ == "__main__":
    print(compile_release(*sys.argv[1:2]))
