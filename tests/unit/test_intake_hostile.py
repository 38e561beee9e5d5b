"""Files made to do harm: refused in one line, or read with the harm as a finding."""

import io
import json
import re
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.model.intake import archive, inputs, raw_rows
from wh_uncertainty.model.intake.findings import Outcome
from wh_uncertainty.model.intake.intake import take_in
from wh_uncertainty.model.observations import ObservationError
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()


def _refused(path: Path, problem: str) -> None:
    with pytest.raises(ObservationError, match=problem) as caught:
        take_in([path], CATALOGUE)
    assert "\n" not in str(caught.value)


@pytest.fixture
def row(vintages: Any) -> str:
    return json.dumps(vintages.result_v2(vintages.points(1, disaggregated=False)[0]))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty file"),
        (b"   \n", "no benchmark row"),
        (b"[", r"row 1: is no JSON"),
        (b"[1", "has no ',' or ']'"),
        (b"[{}] more", "goes on after its end"),
        (b"[{}{}]", "has no ',' or ']'"),
        (b'{"a": 1', "row 1: is no JSON"),
        (b"[" * 200_000, "nested too deep"),
        (b'[{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]", "nested too deep"),
        (b'[{"a": ' + b"9" * 5000 + b"}]", "Exceeds the limit"),
        (b'[{"hw": "\xff"}]', "not UTF-8"),
        ("[{}]".encode("utf-16"), "not UTF-8"),
        (b"{}", "no benchmark rows; leave it out"),
        (b"[[]]", "no benchmark rows"),
        (b"a,a\n1,2\n", "column named twice"),
        (b'a,"b\n1,2\n', "no CSV"),
        (b"a,b\n" + b"x" * 2**21, "line 2: longer than 1 MiB"),
        (b'[{"a": "' + b"x" * 2**21 + b'"}]', "longer than 1 MiB|no JSON within 1 MiB"),
        (b"[" + b" " * 2**21 + b'{"hw": 1', "is no JSON"),
        (b"PGDMP\x01\x0e\x00\x04\x08" + bytes(range(256)), "not UTF-8|no benchmark rows"),
        (b'[{"total_token_throughput": 1, "max_concurrency": 4}]', "import agg_"),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else None,
)
def test_files(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "rows.json"
    path.write_bytes(content)
    _refused(path, problem)


def test_no_file_and_no_regular_file(tmp_path: Path) -> None:
    _refused(tmp_path / "gone.json", "cannot be read")
    _refused(Path("/dev/null"), "not a file")
    _refused(tmp_path, "no benchmark row")


@pytest.mark.parametrize(
    "hostile", ["NaN", "Infinity", "-Infinity", "1e999", '"64"', "true", "9" * 400, "[]", "{}"]
)
def test_what_is_no_number_drops_the_row(tmp_path: Path, row: str, hostile: str) -> None:
    path = tmp_path / "rows.json"
    damaged = re.sub(r'"conc": \d+', f'"conc": {hostile}', row)
    path.write_text(f"[{row}, {damaged}]")
    taken = take_in([path], CATALOGUE)
    assert taken.kept.tolist() == [True, False]
    (finding,) = taken.findings()
    assert (finding.rule, finding.outcome) == ("a_number", Outcome.DROPPED)


def test_names_are_no_formulas_and_no_escape_codes(tmp_path: Path, row: str) -> None:
    path = tmp_path / "=1+1.json"
    content = json.loads(row)
    rows = [content | {"framework": name} for name in ("=1+1", "@x", "\x1b[2J", "\ud800", "a,b")]
    path.write_text(json.dumps([content, *rows]))
    taken = take_in([path], CATALOGUE)
    assert taken.kept.tolist() == [True] + [False] * 5
    for text in (taken.kept_csv(), taken.rejected_csv()):
        for line in text.decode().splitlines()[1:]:
            assert not re.search(r"(^|,)[=@+]", line)
    assert all(finding.value.isprintable() for finding in taken.findings())


def test_too_many_rows(tmp_path: Path, row: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wh_uncertainty.model.intake.intake.MAX_ROWS", 3)
    (tmp_path / "rows.json").write_text(f"[{row}, {row}, {row}, {row}]")
    _refused(tmp_path / "rows.json", "rows in all; import in parts")


def _zip(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in members.items():
            packed.writestr(name, text)
    return path


def test_an_archive_and_a_folder_of_archives(tmp_path: Path, row: str) -> None:
    other = row.replace('"tput_per_gpu": ', '"tput_per_gpu": 1', 1)
    members = {"bmk_a/agg_a.json": row, "results_bmk/agg_bmk.json": f"[{row}]", "logs/x.log": "x"}
    _zip(tmp_path / "run.zip", **members)
    taken = take_in([tmp_path / "run.zip"], CATALOGUE)
    assert taken.kept.tolist() == [True, False]
    assert taken.where(0) == "run.zip/bmk_a/agg_a.json row 1"
    assert taken.notes[0].startswith("run.zip/logs/x.log")
    (tmp_path / "agg.json").write_text(other)
    assert len(take_in([tmp_path], CATALOGUE).kept) == 3


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("../agg.json", "points outside"),
        ("a/../../agg.json", "points outside"),
        ("/agg.json", "points outside"),
        ("..\\agg.json", "points outside"),
        ("C:\\agg.json", "points outside"),
        ("inner.zip", "archive in an archive"),
        ("rows.json.xz", "archive in an archive"),
    ],
)
def test_members_that_are_refused(tmp_path: Path, name: str, problem: str) -> None:
    _refused(_zip(tmp_path / "run.zip", **{name: "[]"}), problem)


def test_a_bomb(tmp_path: Path) -> None:
    _refused(_zip(tmp_path / "run.zip", **{"a.json": " " * 2**25}), "over 250 times its size")


def test_a_member_larger_than_it_says(tmp_path: Path, row: str) -> None:
    path = _zip(tmp_path / "run.zip", **{"a.json": f"[{','.join([row] * 100)}]"})
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (5000).to_bytes(4, "little")
    path.write_bytes(data)
    _refused(path, "run.zip/a.json")


def test_a_symbolic_link_and_a_password(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("agg.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as packed:
        packed.writestr(link, "/etc/passwd")
    _refused(tmp_path / "link.zip", "symbolic link")
    data = bytearray(_zip(tmp_path / "locked.zip", **{"agg.json": "[]"}).read_bytes())
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(data)
    _refused(tmp_path / "locked.zip", "encrypted")


def test_damaged_archives(tmp_path: Path, row: str) -> None:
    good = _zip(tmp_path / "run.zip", **{"agg.json": row}).read_bytes()
    for damaged in (good[:-30], good[:40], good[:60] + b"\xff" * 40 + good[100:]):
        (tmp_path / "run.zip").write_bytes(damaged)
        _refused(tmp_path / "run.zip", "run.zip")


def test_limits_of_archives(tmp_path: Path, row: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _zip(tmp_path / "run.zip", **{f"agg_{i}.json": row for i in range(5)})
    for module, limit, value in (
        (archive, "MAX_FILES", 4),
        (archive, "MAX_DIRECTORY_BYTES", 100),
        (archive, "MAX_ARCHIVE_BYTES", 100),
        (archive, "MAX_FILE_BYTES", 100),
        (inputs, "MAX_FILES", 4),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, limit, value)
            _refused(path, "run.zip: ")
    assert take_in([path], CATALOGUE).kept.sum() == 1


def test_a_file_that_is_too_large(
    tmp_path: Path, row: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rows.json").write_text(row)
    monkeypatch.setattr(inputs, "MAX_FILE_BYTES", 100)
    _refused(tmp_path / "rows.json", "split it")


def test_batches_do_not_show(tmp_path: Path, row: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row, "5", row.replace('"isl": ', '"isl": -'), row]
    (tmp_path / "rows.json").write_text(f"[{','.join(rows)}]")
    whole = take_in([tmp_path / "rows.json"], CATALOGUE)
    monkeypatch.setattr(raw_rows, "BATCH_ROWS", 1)
    single = take_in([tmp_path / "rows.json"], CATALOGUE)
    assert list(whole.findings()) != []
    assert sorted(map(str, whole.findings())) == sorted(map(str, single.findings()))


def test_chunks_do_not_show(tmp_path: Path, row: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from wh_uncertainty.model.intake import json_rows

    text = f"[ {row} ,\n{row}]  "
    expected = list(json_rows.json_rows("x", io.StringIO(text)))
    for size in (1, 7, 100):
        monkeypatch.setattr(json_rows, "_CHUNK_CHARS", size)
        assert list(json_rows.json_rows("x", io.StringIO(text))) == expected
