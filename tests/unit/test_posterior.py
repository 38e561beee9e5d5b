"""Posteriors on disk: whole and unaltered, or refused."""

import hashlib
import json
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.posterior import (
    Posterior,
    PosteriorError,
    load_posterior,
    mean_and_deviation,
    posterior_names,
    write_posterior,
)
from wh_uncertainty.model.posterior_file import FORMAT

ARRAYS: dict[str, NDArray[Any]] = {
    "base": np.arange(12, dtype=np.float32).reshape(3, 4),
    "run_mean": np.array([[1.5], [-2.5]], dtype=np.float32),
    "run_deviation": np.array([[[0.5], [0.25]]], dtype=np.float16),
}
RECORD = {"deployments": [{"name": "a", "load_min": 0.5}], "levels": {"hardware": ["b200"]}}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    where = tmp_path / "deep" / "posterior"
    write_posterior(where, "m", ARRAYS, RECORD)
    return where


def test_what_is_written_is_read(directory: Path) -> None:
    posterior = load_posterior("m", directory)
    assert posterior.name == "m"
    assert posterior.record["deployments"] == RECORD["deployments"]
    assert posterior.record["format"] == FORMAT
    assert set(posterior.arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert posterior.arrays[name].dtype == array.dtype
        assert np.array_equal(posterior.arrays[name], array)
    assert posterior.draws_of("run").tolist() == [[[2.0], [-2.25]]]
    assert posterior_names(directory) == ("m",)


def test_draws_that_were_split_are_put_together_again() -> None:
    draws = np.random.default_rng(0).normal(3.0, 0.5, size=(50, 2, 3))
    arrays = mean_and_deviation("x", draws)
    assert {name: array.dtype for name, array in arrays.items()} == {
        "x_mean": np.float32,
        "x_deviation": np.float16,
    }
    assert Posterior("m", arrays, {}, "").draws_of("x") == pytest.approx(draws, abs=1e-3)


def test_the_hash_covers_both_files(directory: Path) -> None:
    written = (directory / "m.json").read_bytes() + (directory / "m.npz").read_bytes()
    assert load_posterior("m", directory).sha256 == hashlib.sha256(written).hexdigest()


def test_writing_again_replaces(directory: Path) -> None:
    write_posterior(directory, "m", {"base": np.zeros(2)}, RECORD)
    assert load_posterior("m", directory).arrays["base"].tolist() == [0.0, 0.0]
    assert sorted(p.name for p in directory.iterdir()) == ["m.json", "m.npz"]


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def alter(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [truncate, alter, empty])
def test_a_damaged_archive_is_refused(directory: Path, damage: Any) -> None:
    damage(directory / "m.npz")
    with pytest.raises(PosteriorError, match=r"m\.npz: contents do not match the hash.*fit"):
        load_posterior("m", directory)


@pytest.mark.parametrize("damage", [truncate, empty])
def test_a_damaged_record_is_refused(directory: Path, damage: Any) -> None:
    damage(directory / "m.json")
    with pytest.raises(PosteriorError, match=r"m\.json: not JSON"):
        load_posterior("m", directory)


@pytest.mark.parametrize("suffix", ["npz", "json"])
def test_a_missing_file_is_refused(directory: Path, suffix: str) -> None:
    (directory / f"m.{suffix}").unlink()
    with pytest.raises(PosteriorError, match=rf"m\.{suffix}: No such file"):
        load_posterior("m", directory)


@pytest.mark.parametrize("record", [[], {}, {"format": "wh-uncertainty-posterior/0"}, 3, None])
def test_another_format_is_refused(directory: Path, record: object) -> None:
    (directory / "m.json").write_text(json.dumps(record))
    with pytest.raises(PosteriorError, match="format is not"):
        load_posterior("m", directory)


def test_a_record_without_the_hash_is_refused(directory: Path) -> None:
    (directory / "m.json").write_text(json.dumps({"format": FORMAT, "name": "m"}))
    with pytest.raises(PosteriorError):
        load_posterior("m", directory)


def test_a_record_says_what_it_has_not(directory: Path) -> None:
    """As with a posterior that another version wrote."""
    record = load_posterior("m", directory).record
    with pytest.raises(PosteriorError, match=r"m\.json: the record has no 'leading'"):
        record["leading"]
    assert record.get("leading") is None


def plant(directory: Path, archive: bytes) -> None:
    """Replace the archive by another, with a record that vouches for it."""
    (directory / "m.npz").write_bytes(archive)
    record = json.loads((directory / "m.json").read_text())
    record["npz_sha256"] = hashlib.sha256(archive).hexdigest()
    (directory / "m.json").write_text(json.dumps(record))


class Tripwire:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str, int]]:
        return os.mkdir, (str(self.path), 0o700)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 but no more"])
def test_what_is_no_archive_is_refused(directory: Path, content: bytes) -> None:
    plant(directory, content)
    with pytest.raises(PosteriorError, match="not a NumPy archive"):
        load_posterior("m", directory)


def test_a_pickle_is_refused_unread(directory: Path, tmp_path: Path) -> None:
    plant(directory, pickle.dumps(Tripwire(tmp_path / "sprung")))
    with pytest.raises(PosteriorError, match="not a NumPy archive"):
        load_posterior("m", directory)
    assert not (tmp_path / "sprung").exists()


def test_objects_inside_an_archive_are_refused_unread(directory: Path, tmp_path: Path) -> None:
    path = tmp_path / "objects.npz"
    np.savez(path, base=np.array([Tripwire(tmp_path / "sprung")], dtype=object))
    plant(directory, path.read_bytes())
    arrays = load_posterior("m", directory).arrays
    with pytest.raises(PosteriorError, match="not a NumPy archive"):
        arrays["base"]
    assert not (tmp_path / "sprung").exists()


def test_objects_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        write_posterior(tmp_path, "m", {"base": np.array([object()])}, RECORD)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_what_was_there(directory: Path) -> None:
    before = {path.name: path.read_bytes() for path in directory.iterdir()}
    with pytest.raises(ValueError, match="JSON"):
        write_posterior(directory, "m", {"base": np.ones(3)}, {"ess": float("nan")})
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == before


def test_a_half_written_posterior_is_never_visible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    replace = os.replace

    def spy(source: Any, target: Any) -> None:
        seen.append(sorted(p.name for p in tmp_path.iterdir() if not p.name.startswith(".")))
        replace(source, target)

    monkeypatch.setattr(os, "replace", spy)
    write_posterior(tmp_path, "m", ARRAYS, RECORD)
    assert seen == [[], ["m.npz"]]  # an archive without its record cannot be loaded


@pytest.mark.parametrize("has_links", [True, False])
def test_a_replacement_that_fails_half_way_leaves_what_was_there(
    directory: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    before = {path.name: path.read_bytes() for path in directory.iterdir()}
    replace = os.replace

    def full_disk(source: Any, target: Any) -> None:
        if str(target).endswith(".json"):
            raise OSError(28, "No space left on device")
        replace(source, target)

    def no_links(source: Any, target: Any) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "replace", full_disk)
    if not has_links:
        monkeypatch.setattr(os, "link", no_links)
    with pytest.raises(PosteriorError, match=r"No space left.*--out"):
        write_posterior(directory, "m", {"base": np.ones(3)}, RECORD)
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == before
    with pytest.raises(PosteriorError, match=r"No space left.*--out"):
        write_posterior(directory, "new", {"base": np.ones(3)}, RECORD)
    assert {path.name for path in directory.iterdir()} == set(before)


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PosteriorError, match="cannot write the posterior of m"):
        write_posterior(tmp_path / "file" / "x", "m", ARRAYS, RECORD)
    with pytest.raises(PosteriorError, match="posterior directory"):
        posterior_names(tmp_path / "file" / "x")


def test_a_model_without_posterior_says_which_there_are() -> None:
    with pytest.raises(PosteriorError, match=r"no posterior of unheard-of, only of .*gpt-oss-120b"):
        load_posterior("unheard-of")
