import os
from pathlib import Path

import pytest

from wh_uncertainty.cli.files import OutputError, check_distinct, emit, write_whole


def test_writes_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "answer.txt"
    target.write_text("before")
    emit("after é\n", target)
    assert target.read_bytes() == "after é\n".encode()
    assert os.listdir(tmp_path) == ["answer.txt"]


def test_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "answer.txt"
    target.write_text("before")

    def full_disk(self: Path, data: bytes) -> int:
        with self.open("wb") as part:
            part.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OutputError, match=r"answer\.txt: cannot be written \(No space left"):
        write_whole(target, b"after")
    assert target.read_text() == "before"
    assert os.listdir(tmp_path) == ["answer.txt"]


def test_who_may_read_a_file_is_left_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "answer.txt"
    target.write_text("before")
    target.chmod(0o600)
    write_whole(target, b"after")
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b"after", 0o600)


def test_two_results_in_one_file_are_refused_whatever_they_call_it(tmp_path: Path) -> None:
    one = tmp_path / "a.json"
    (tmp_path / "link.json").symlink_to(one)
    check_distinct(one, None, tmp_path / "b.json", None)
    for same in (tmp_path / "." / "a.json", tmp_path / "link.json"):
        with pytest.raises(OutputError, match=r"json: named for two files; give each its own"):
            check_distinct(one, None, same)


@pytest.mark.parametrize("name", ["", "missing/answer.txt", "file/answer.txt"])
def test_impossible_targets(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write_whole(tmp_path / name, b"x")
    assert os.listdir(tmp_path) == ["file"]


def test_link_keeps_pointing_to_what_is_written(tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "target"
    link.symlink_to(target)
    write_whole(link, b"x")
    assert link.is_symlink()
    assert target.read_bytes() == b"x"


def test_device_is_not_replaced_by_a_file() -> None:
    before = os.stat(os.devnull)
    write_whole(Path(os.devnull), b"x")
    after = os.stat(os.devnull)
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
