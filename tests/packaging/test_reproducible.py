"""Who builds the package from the same files gets the same bytes, wherever and whenever.

The bytes also depend on the compressor: Pythons that bring another zlib may differ.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from zipfile import ZipFile

import pytest

PARTS = ("model", "priors", "cli", "tests", "scripts", "docs", "notebooks", "requirements", ".ci")
FILES = (
    *("CHANGELOG.md", "CITATION.cff", "LICENSE", "NOTICE", "README.md", "SECURITY.md"),
    "pyproject.toml",
)
EPOCH = 1_767_225_600  # 2026-01-01
YEARS_S = 3 * 365 * 86_400


def _copied(checkout: Path, target: Path, *, reverse: bool) -> Path:
    """Copy what is built from; the order of creation is one of the things that must not matter."""
    target.mkdir(parents=True)
    found = [path for part in PARTS for path in (checkout / part).rglob("*") if path.is_file()]
    found = [path for path in found if "__pycache__" not in path.parts]
    for path in sorted([*found, *(checkout / name for name in FILES)], reverse=reverse):
        place = target / path.relative_to(checkout)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    shutil.copy(checkout / ".gitignore", target)
    return target


def _built(source: Path, target: Path, umask: int = 0o022, **environment: str) -> Path:
    kept = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(target)],
        cwd=source,
        env=kept | environment,
        umask=umask,
        check=True,
        capture_output=True,
    )
    return target


def _sha256(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def source(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _copied(checkout, tmp_path_factory.mktemp("here") / "source", reverse=False)


@pytest.fixture(scope="module")
def built(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _built(source, tmp_path_factory.mktemp("built"), TZ="UTC", PYTHONHASHSEED="1")


def test_place_time_rights_and_order_do_not_matter(
    checkout: Path, built: Path, tmp_path: Path
) -> None:
    other = _copied(checkout, tmp_path / "a" / "longer name" / "copy", reverse=True)
    long_ago = time.time() - YEARS_S
    for path in other.rglob("*"):
        os.utime(path, (long_ago, long_ago))
        path.chmod(0o700 if path.is_dir() else 0o600)
    again = _built(other, tmp_path / "again", 0o077, TZ="Asia/Tokyo", PYTHONHASHSEED="2")
    hashes = _sha256(built)
    assert len(hashes) == 2
    assert _sha256(again) == hashes


def test_the_wheel_of_the_sdist_is_the_wheel(built: Path, tmp_path: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    again = _built(unpacked, tmp_path / "again")
    assert _sha256(again)[next(built.glob("*.whl")).name] in _sha256(built).values()


def test_the_date_is_the_one_asked_for(source: Path, built: Path, tmp_path: Path) -> None:
    """Dates are in the archives: one taken from the clock or a file would have been seen."""
    dated = _built(source, tmp_path / "dated", SOURCE_DATE_EPOCH=str(EPOCH))
    with ZipFile(next(dated.glob("*.whl"))) as wheel:
        assert {entry.date_time for entry in wheel.infolist()} == {(2026, 1, 1, 0, 0, 0)}
    with tarfile.open(next(dated.glob("*.tar.gz"))) as archive:
        assert {entry.mtime for entry in archive if entry.isfile()} == {EPOCH}
    assert set(_sha256(dated).values()).isdisjoint(_sha256(built).values())


def test_the_unpacked_sdist_finds_all_that_its_tests_import(built: Path, tmp_path: Path) -> None:
    """Read where nothing else is: the packages come from it too, by a link that it cannot hold."""
    pytest.importorskip("playwright", reason="tests import all of requirements/dev.txt")
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    overlay = unpacked / ".editable" / "wh_uncertainty"
    overlay.mkdir(parents=True)
    for package in ("model", "priors", "cli"):
        (overlay / package).symlink_to(unpacked / package)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"],
        cwd=unpacked,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout


def test_the_sdist_has_what_a_stranger_needs(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {entry.name.partition("/")[2] for entry in archive}
    assert {*FILES, "PKG-INFO", "model/version.py", "tests/conftest.py"} <= names
    assert {"requirements/runtime.txt", "docs/index.md", "scripts/refresh_readme.py"} <= names
    assert {f"{part}/py.typed" for part in ("model", "priors", "cli")} <= names
    assert "model/data/releases/2026.11.json" in names
    assert not any("__pycache__" in name or name.startswith(".venv") for name in names)
