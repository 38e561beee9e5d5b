"""Bad input: one line on standard error, exit code 1 or 2, no traceback, no half-written file."""

import os
import shutil
import subprocess
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[bytes]]

MODEL, WORKLOAD = ("--model", "gpt-oss-120b"), ("--workload", "1k/8k")
BOTH = (*MODEL, *WORKLOAD)


def _said(done: subprocess.CompletedProcess[bytes], code: int) -> str:
    """The one line of an orderly refusal."""
    said = done.stderr.decode()
    assert done.returncode == code, said
    assert done.stdout == b""
    assert said.startswith("wh-uncertainty: error: ")
    assert said.count("\n") == 1
    assert "Traceback" not in said
    assert "pydantic" not in said
    return said


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ((*WORKLOAD, "--model", "gpt-oss-12b"), "gpt-oss-120b"),
        ((*MODEL, "--workload", "resoning"), "reasoning"),
        ((*BOTH, "--hardware", "b20"), "b200"),
        ((*BOTH, "--region", "sweeden"), "did you mean sweden?"),
        ((*BOTH, "--region", "foo"), "known are japan, "),
        ((*BOTH, "--deployment", "b200"), "list deployments"),
    ],
    ids=str,
)
def test_unknown_name_gets_close_ones(run: Run, arguments: tuple[str, ...], part: str) -> None:
    assert part in _said(run("simulate", *arguments), 1)


@pytest.mark.parametrize(
    ("option", "value", "part"),
    [
        ("--boundary", "facilty", "facility"),
        ("--provider", "firstparty-x", "first-party"),
        ("--precision", "fp3", "fp4"),
        ("--effort", "huge", "high"),
        ("--as-of", "yesterday", "as_of"),
    ],
)
def test_a_choice_that_there_is_not(run: Run, option: str, value: str, part: str) -> None:
    """Of an option it is a wrong command line, of a file a question without an answer."""
    assert part in _said(run("simulate", *BOTH, option, value), 2)
    answer = f"{option[2:].replace('-', '_')}={value}"
    assert part in _said(run("compare", *BOTH, "provider=any", answer), 2)


def test_the_same_choice_in_a_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "question.toml"
    for answer in ("provider = 'firstparty-x'", "efficiency = 0", "as_of = 'yesterday'"):
        file.write_text(answer)
        _said(run("simulate", *BOTH, "--scenario", file), 1)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("simulat",), "'simulate'"),
        (("comparison",), "'compare'"),
        (("list", "model"), "'models'"),
        (("prior", "list"), "'priors'"),
        (("unheard-of",), "unheard-of"),
    ],
    ids=str,
)
def test_unknown_command_gets_close_ones(run: Run, words: tuple[str, ...], part: str) -> None:
    said = _said(run(*words), 2)
    assert part in said
    assert "--help" in said


@pytest.mark.parametrize(
    "workload", ["0/0", "0/100", "100/0", "-1/100", "1k/-8k", "nan/nan", "inf/1", "1/2/3", "", "/"]
)
def test_lengths_that_are_none(run: Run, workload: str) -> None:
    _said(run("simulate", *MODEL, f"--workload={workload}"), 1)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--interactivity", value) for value in ("nan", "inf", "-5", "0")),
        *(("--efficiency", value) for value in ("nan", "0", "-0.5", "1e9")),
        *(("--cached-share", value) for value in ("nan", "-0.1", "1.5")),
        *(("--draws", value) for value in ("0", "-1", "999", "10000000000000")),
        *(("--concurrency", value) for value in ("nan", "0", "-4")),
    ],
)
def test_numbers_outside_their_range(run: Run, option: str, value: str) -> None:
    _said(run("simulate", *BOTH, f"{option}={value}"), 2)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("simulate",),
        ("simulate", *MODEL),
        ("simulate", *BOTH, "--nonsense"),
        ("simulate", *BOTH, "--draws", "many"),
        ("simulate", *BOTH, "--seed", "-1"),
        ("simulate", *BOTH, "--interactivity", "fast"),
        ("simulate", *BOTH, "--format", "xml"),
        ("simulate", *BOTH, "--output"),
        ("simulate", *BOTH, "stray"),
        ("list",),
        ("list", "planets"),
        ("priors", "show"),
        ("priors", "show", "pue_ai_cloud", "--format", "csv"),
        ("fit",),
        ("fit", *MODEL, "--all"),
    ],
    ids=" ".join,
)
def test_wrong_command_line(run: Run, arguments: tuple[str, ...]) -> None:
    _said(run(*arguments), 2)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"model = ",
        b"model = 'gpt-oss-120b'\nmodel = 'glm-5'\n",
        b"model = 'gpt-oss-120b'\nworkload = '1k/8k'\nmodle = 'x'\n",
        b"model = 3\nworkload = '1k/8k'\n",
        b"model = 'gpt-oss-120b'\nworkload = '1k/8k'\nefficiency = nan\n",
        b"\xff\xfe",
        b"\x00" * 64,
    ],
    ids=["empty", "malformed", "twice", "unknown key", "type", "nan", "not UTF-8", "zeros"],
)
def test_scenario_files(run: Run, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "question.toml"
    file.write_bytes(content)
    code = 2 if content == b"" else 1  # an empty file answers nothing, so --model is missing
    _said(run("simulate", "--scenario", file), code)


def test_scenario_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    assert "gone.toml" in _said(run("simulate", "--scenario", tmp_path / "gone.toml"), 1)
    _said(run("simulate", "--scenario", tmp_path), 1)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "empty"),
        (b"isl,osl\n", ""),
        (b"isl,words\n10,20\n", "output"),
        (b"isl,osl\n10,nan\n", "osl"),
        (b"isl,osl\n0,0\n", ""),
        (b"isl,osl\n10,-2\n", "osl"),
        (b"\xff\xfe\x00", "trace.csv"),
        (b"PAR1 and no more", "trace.csv"),
    ],
)
def test_traces(run: Run, tmp_path: Path, content: bytes, part: str) -> None:
    file = tmp_path / "trace.csv"
    file.write_bytes(content)
    assert part in _said(run("simulate", *MODEL, "--workload", file), 1)


def test_trace_that_is_not_there(run: Run, tmp_path: Path) -> None:
    assert "gone.csv" in _said(run("simulate", *MODEL, "--workload", tmp_path / "gone.csv"), 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("own.toml", b"[pue_ai_cloud"),
        ("own.toml", b"[pue_ai_cloudy]\nunit = '1'\n"),
        ("own.toml", b"\xff\xfe"),
        ("own.txt", b"not TOML"),
    ],
)
def test_own_priors(run: Run, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    _said(run("simulate", *BOTH, "--priors", tmp_path), 1)


@pytest.fixture
def posterior(tmp_path: Path) -> Path:
    shipped = Path(str(files("wh_uncertainty.model"))) / "data" / "posterior"
    return Path(shutil.copytree(shipped, tmp_path / "posterior"))


@pytest.mark.parametrize("suffix", ["npz", "json"])
@pytest.mark.parametrize("keep", [0, 100, -2])
def test_truncated_posterior(run: Run, posterior: Path, suffix: str, keep: int) -> None:
    file = posterior / f"gpt-oss-120b.{suffix}"
    file.write_bytes(file.read_bytes()[:keep])
    assert file.name in _said(run("simulate", *BOTH, "--posterior", posterior), 1)


def test_posterior_that_is_not_there(run: Run, tmp_path: Path) -> None:
    _said(run("simulate", *BOTH, "--posterior", tmp_path / "gone"), 1)
    _said(run("simulate", *BOTH, "--posterior", tmp_path), 1)


@pytest.mark.parametrize("verb", ["fit", "validate"])
@pytest.mark.parametrize("content", [b"", b"model,hardware\n", b"\x00", b"model\ngpt-oss-120b\n"])
def test_observations(run: Run, tmp_path: Path, verb: str, content: bytes) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes(content)
    which = MODEL if verb == "fit" else ()
    said = _said(run(verb, *which, "--observations", file, cwd=tmp_path), 1)
    assert "rows.csv" in said
    assert os.listdir(tmp_path) == ["rows.csv"]


def test_fit_of_an_unknown_model(run: Run, tmp_path: Path) -> None:
    assert "gpt-oss-120b" in _said(run("fit", "--model", "gpt-oss-12b", cwd=tmp_path), 1)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("option", ["--output", "--plot"])
@pytest.mark.parametrize("target", ["missing/x", "file/x", "folder"])
def test_output_that_cannot_be_written(run: Run, tmp_path: Path, option: str, target: str) -> None:
    suffix = ".svg" if option == "--plot" else ".csv"
    (tmp_path / "file").write_text("")
    (tmp_path / f"folder{suffix}").mkdir()
    done = run("simulate", *BOTH, "--draws", 1000, option, tmp_path / f"{target}{suffix}")
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert b"cannot be written" in done.stderr
    assert sorted(os.listdir(tmp_path)) == ["file", f"folder{suffix}"]
    assert os.listdir(tmp_path / f"folder{suffix}") == []


@pytest.mark.parametrize(
    "words",
    [
        ("simulate", *BOTH),
        ("compare", *BOTH, "hardware=b200", "hardware=h200"),
        ("sensitivity", *BOTH),
        ("disclosure", *BOTH),
        ("measure", *BOTH, "--boundary=it", "--energy-kwh=1", "--requests=5"),
        ("schema",),
    ],
    ids=" ".join,
)
def test_no_question_is_read_for_a_folder_that_is_not_there(
    run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """The question cannot be answered either, but that is not what is said."""
    gone = () if words == ("schema",) else ("--priors", tmp_path / "gone")
    for option in ("--output", "--save") if words[0] == "measure" else ("--output",):
        said = _said(run(*words, *gone, option, "nowhere/x", cwd=tmp_path), 1)
        assert "nowhere/x: cannot be written (nowhere is no directory); make one" in said


def test_no_rows_are_imported_into_a_folder_that_is_not_there(run: Run, tmp_path: Path) -> None:
    said = _said(run("observations", "import", "gone", "--out", "no/x.csv", cwd=tmp_path), 1)
    assert "no/x.csv: cannot be written (no is no directory); make one" in said


@pytest.mark.parametrize("more", [(), ("--format", "json")])
def test_no_scores_are_shown_for_a_posterior_that_is_not_scored(
    run: Run, tmp_path: Path, more: tuple[str, ...]
) -> None:
    said = _said(run("validate", "--posterior", tmp_path / "gone", *more), 2)
    assert "add --observations FILE" in said


def test_picture_of_another_kind(run: Run, tmp_path: Path) -> None:
    said = _said(run("simulate", *BOTH, "--plot", tmp_path / "x.pdf"), 1)
    assert ".svg or .png" in said


def test_unknown_prior(run: Run) -> None:
    assert "pue_ai_cloud" in _said(run("priors", "show", "pue_ai_clud"), 1)


def test_unknown_filter(run: Run) -> None:
    assert "gpt-oss-120b" in _said(run("list", "deployments", "--model", "gpt-oss-12b"), 1)
    assert "b200" in _said(run("list", "deployments", "--hardware", "b20"), 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device on this system")
def test_full_standard_output(command: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*command, "list", "regions"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1
    assert b"standard output: cannot be written" in done.stderr


def test_a_closed_standard_output(command: list[str]) -> None:
    words = " ".join([*command, "list", "regions", ">&-"])
    done = subprocess.run(["bash", "-c", words], stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1
    assert b"standard output: is closed" in done.stderr


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("simulate", *BOTH, "--output", "LONG/x"), "cannot be written"),
        (("simulate", *BOTH, "--plot", "LONG/x.svg"), "cannot be written"),
        (("simulate", *BOTH, "--priors", "LONG"), "not a directory"),
        (("simulate", *BOTH, "--posterior", "LONG"), "too long"),
        (("simulate", *BOTH, "--site", "LONG"), "too long"),
        (("simulate", "--scenario", "LONG"), "too long"),
        (("sweep", "LONG"), "too long"),
        (("sweep", "grid.toml", "--output", "LONG/x.csv"), "cannot be written"),
        (("report", "LONG", "--output", "x.html"), "too long"),
        (("report", "grid.toml", "--output", "LONG/x.html"), "cannot be written"),
        (("account", "--requests", "LONG", "--map", "openai"), "no such file"),
        (("account", "--requests", "x.csv", "--map", "openai", "--output", "LONG/x.csv"), "writ"),
        (("account", "--requests", "sqlite:///LONG", "--table", "t", "--map", "openai"), "no such"),
        (("validate", "--observations", "LONG"), "too long"),
        (("validate", "--references", "--plot", "LONG/x.svg"), "cannot be written"),
        (("priors", "check", "LONG"), "not a directory"),
        (("observations", "check", "LONG"), "too long"),
        (("observations", "import", "LONG"), "too long"),
        (("observations", "import", "rows.csv", "--out", "LONG"), "cannot be written"),
        (("measure", "LONG", *BOTH), "too long"),
    ],
    ids=str,
)
def test_a_name_longer_than_any_file_has(
    run: Run, tmp_path: Path, words: tuple[str, ...], part: str
) -> None:
    """Asking whether such a file exists is an error of its own, and no answer."""
    shipped = files("wh_uncertainty.model") / "data" / "inferencemax.csv"
    (tmp_path / "rows.csv").write_bytes(
        b"".join(shipped.read_bytes().splitlines(keepends=True)[:9])
    )
    (tmp_path / "grid.toml").write_text("")
    before = sorted(os.listdir(tmp_path))
    long = [word.replace("LONG", "n" * 300) for word in words]
    assert part in _said(run(*long, cwd=tmp_path), 1)
    assert sorted(os.listdir(tmp_path)) == before
