"""Every reader refuses, in one line and soon, a file that could fill the memory or never ends."""

import csv
import gzip
import hashlib
import io
import json
import resource
import signal
import zipfile
from collections.abc import Callable, Generator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wh_uncertainty.cli.accounting.faults import RequestLogError
from wh_uncertainty.cli.accounting.log_files import csv_header, find_files
from wh_uncertainty.cli.accounting.request_map import read_request_map
from wh_uncertainty.model.analyses.grid import read_grid
from wh_uncertainty.model.documents.briefing_file import read_briefing
from wh_uncertainty.model.files.bounded import (
    MAX_LINE_CHARS,
    LongLineError,
    lines_within,
    read_within,
)
from wh_uncertainty.model.metering.benchmark_result import read_benchmark_result
from wh_uncertainty.model.metering.power_log import read_power_log
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.posterior import PosteriorError, load_posterior, write_posterior
from wh_uncertainty.model.scenario import read_scenario
from wh_uncertainty.model.sites.site_file import load_site
from wh_uncertainty.model.token_lengths import trace
from wh_uncertainty.model.token_lengths.trace import trace_lengths
from wh_uncertainty.priors import PriorError, load_catalogue, with_specs
from wh_uncertainty.priors.toml_text import MOST_KEY_PARTS, parse_toml_text

CATALOGUE = load_catalogue()
ENDLESS = Path("/dev/zero")
SOON_S = 60
MOST_MB = 1_500  # of memory that these tests may take beside what is taken

TOML: dict[str, Callable[[Path], object]] = {
    "scenario": read_scenario,
    "grid": lambda path: read_grid(path, CATALOGUE),
    "briefing": read_briefing,
    "site": lambda path: load_site(path, CATALOGUE),
    "map": lambda path: read_request_map(str(path)),
    "model": lambda path: with_specs(CATALOGUE, model_spec=path),
    "hardware": lambda path: with_specs(CATALOGUE, hardware_spec=path),
    "priors": lambda path: load_catalogue(overrides=path.parent),
}
TABLES: dict[str, Callable[[Path], object]] = {
    "trace": trace_lengths,
    "observations": load_observations,
    "power log": read_power_log,
    "request log": lambda path: csv_header(find_files([str(path)], ())[0]),
}
RESULTS: dict[str, Callable[[Path], object]] = {"benchmark": read_benchmark_result}


@pytest.fixture(autouse=True)
def soon_and_small() -> Generator[None]:
    """End a test that reads without end, or takes gigabytes."""

    def late(*_: object) -> None:
        raise TimeoutError(f"still reading after {SOON_S} s")

    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    kept, handler = resource.getrlimit(resource.RLIMIT_AS), signal.signal(signal.SIGALRM, late)
    resource.setrlimit(resource.RLIMIT_AS, (taken + MOST_MB * 2**20, kept[1]))
    signal.alarm(SOON_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, handler)
        resource.setrlimit(resource.RLIMIT_AS, kept)


def refused(read: Callable[[Path], object], path: Path) -> str:
    """The one line with which a file is refused."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the error boundary's types are told below
        read(path)
    assert type(caught.value).__module__.startswith("wh_uncertainty.")
    said = str(caught.value)
    assert "\n" not in said
    assert len(said) < 1_000
    return said


@pytest.mark.parametrize("kind", [*TOML, *TABLES, *RESULTS])
def test_what_never_ends(tmp_path: Path, kind: str) -> None:
    read = (TOML | TABLES | RESULTS)[kind]
    path = tmp_path / ("endless.toml" if kind in TOML else "endless.csv")
    path.symlink_to(ENDLESS)
    refused(read, path)


@pytest.mark.parametrize("kind", TOML)
@pytest.mark.parametrize(
    "content",
    [
        b"#" * 1_100_000,
        b"a = " + b"[" * 50_000 + b"]" * 50_000,
        b"a = " + b"9" * 50_000,
        b"a.b = 1\n" + b"".join(b"a.c%d = 1\n" % k for k in range(50_000)),
        b"a = '" + b"x" * 90_000 + b"'",
        b"a." * 49_000 + b"a = 1",
        b"a = {" + b"'a' . " * 15_000 + b"a = 1}",
    ],
    ids=["large", "deep", "a long number", "many keys", "a long text", "a long key", "within"],
)
def test_toml(tmp_path: Path, kind: str, content: bytes) -> None:
    (path := tmp_path / "hostile.toml").write_bytes(content)
    refused(TOML[kind], path)


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("content", [b"," * 100_000_000, b"isl,osl\n" + b"1" * 100_000_000])
def test_a_line_without_end(tmp_path: Path, kind: str, content: bytes) -> None:
    (path := tmp_path / "hostile.csv").write_bytes(content)
    if kind == "request log" and content[:1] != b",":
        return  # of a request log only the header is read here, the rest is the database's to bound
    refused(TABLES[kind], path)


def test_a_packed_line_without_end(tmp_path: Path) -> None:
    path = tmp_path / "hostile.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(200):
            file.write(b"x" * 2**20)
    assert "more than 1,048,576 characters" in refused(TABLES["request log"], path)
    assert issubclass(RequestLogError, ValueError)


def test_a_trace_of_too_many_requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "_MOST_ROWS", 3)
    (path := tmp_path / "trace.csv").write_text("isl,osl\n" + "1,1\n" * 3)
    assert len(trace_lengths(path).isl_tok) == 3
    path.write_text("isl,osl\n" + "1,1\n" * 4)
    assert "more than 3 requests; give a sample" in refused(trace_lengths, path)


def test_a_trace_that_unpacks_to_too_many_requests(tmp_path: Path) -> None:
    arrow: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    path, ones = tmp_path / "trace.parquet", np.ones(1_000_000, np.int64)
    block = arrow.table({"isl": ones, "osl": ones})
    with parquet.ParquetWriter(path, block.schema) as writer:
        for _ in range(21):
            writer.write_table(block)
    assert path.stat().st_size < 2**20
    assert "more than 20,000,000 requests" in refused(trace_lengths, path)


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"a": ' * 100_000, b" " * 2**24 + b"{}"])
def test_json_of_a_benchmark(tmp_path: Path, content: bytes) -> None:
    (path := tmp_path / "result.json").write_bytes(content)
    refused(read_benchmark_result, path)


def test_too_many_files_of_priors(tmp_path: Path) -> None:
    for number in range(1_001):
        (tmp_path / f"{number}.toml").touch()
    with pytest.raises(PriorError, match=r"more than 1000 .*join them"):
        load_catalogue(overrides=tmp_path)


def stored(folder: Path, archive: bytes, record: bytes | None = None) -> None:
    """Write a posterior as anybody may: with the hash of what is in it."""
    written = {"format": "wh-uncertainty-posterior/2", "name": "mine"}
    written["npz_sha256"] = hashlib.sha256(archive).hexdigest()
    (folder / "mine.npz").write_bytes(archive)
    (folder / "mine.json").write_bytes(record or json.dumps(written).encode())


def packed(member: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("x.npy", member)
    return buffer.getvalue()


def header(shape: str, kind: str = "<f8") -> bytes:
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize(
    ("member", "problem"),
    [
        (bytes(2**27), "unpacks to more than"),
        (header("(10000000000000,)"), "not a NumPy archive"),
        (header("(-1,)") + bytes(64), "not a NumPy archive"),
        (header("(1,)", "|O") + b"cos\nsystem\n(S'true'\ntR.", "allow_pickle=False"),
        (b"no array", "not a NumPy archive"),
    ],
    ids=["bomb", "more than memory", "negative", "objects", "no array"],
)
def test_arrays_of_a_posterior(tmp_path: Path, member: bytes, problem: str) -> None:
    stored(tmp_path, packed(member))
    with pytest.raises(PosteriorError, match=problem):
        load_posterior("mine", tmp_path).arrays["x"]


@pytest.mark.parametrize("record", [b"[" * 100_000, b"[]", b"9" * 5_000, b"\xff"])
def test_record_of_a_posterior(tmp_path: Path, record: bytes) -> None:
    stored(tmp_path, packed(header("(1,)") + bytes(8)), record)
    with pytest.raises(PosteriorError):
        load_posterior("mine", tmp_path)


@pytest.mark.parametrize("kind", ["json", "npz"])
def test_a_posterior_that_never_ends(tmp_path: Path, kind: str) -> None:
    write_posterior(tmp_path, "mine", {"x": np.zeros(3)}, {})
    (tmp_path / f"mine.{kind}").unlink()
    (tmp_path / f"mine.{kind}").symlink_to(ENDLESS)
    with pytest.raises(PosteriorError, match="larger than"):
        load_posterior("mine", tmp_path)


def test_keys_up_to_the_limit() -> None:
    longest = ".".join("a" * MOST_KEY_PARTS)
    assert parse_toml_text(f"{longest} = 1")["a"]
    assert parse_toml_text(f"a = '{'x. ' * 5} {'x' * 1_000_000}'")["a"]
    with pytest.raises(ValueError, match=r"more than 32 parts \(at line 2\)"):
        parse_toml_text(f"b = 1\n[{longest}.a]")


def test_lines_and_bytes_up_to_the_limit(tmp_path: Path) -> None:
    whole = "x" * (MAX_LINE_CHARS - 1) + "\n"
    assert list(lines_within(io.StringIO(whole + "y"))) == [whole, "y"]
    with pytest.raises(LongLineError, match="a line of more than 3 characters"):
        list(lines_within(io.StringIO("abcd"), 3))
    assert issubclass(LongLineError, csv.Error)
    (path := tmp_path / "x").write_bytes(b"abc")
    assert read_within(path, 3) == b"abc"
    assert read_within(path, 2) is None
