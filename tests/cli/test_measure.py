"""The command `measure`, end to end, and `--site` wherever it is taken."""

import csv
import io
import json
import subprocess
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.cli.schema import schema_text

Run = Callable[..., subprocess.CompletedProcess[bytes]]

START = 1_780_000_000
SERVICE = ("--model", "gpt-oss-120b", "--hardware", "h200")
FEW = ("--draws", "5000")
STATED = (*SERVICE, "--boundary", "it", "--energy-kwh", 1, "--requests", 5, "--workload", "chat")
QUESTION = 'hardware = "h200"\nworkload = "chat"\nqueries_per_year = 1e6\n'
PLAN = 'organisation = "We"\nperiod = "2026"\n[common]\nregion = "france"\n' + "".join(
    f'[[scenario]]\nname = "{model}"\nmodel = "{model}"\n{QUESTION}'
    for model in ("gpt-oss-120b", "glm-5")
)
TRACED = ("power.csv", *SERVICE, "--workload", "requests.csv")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return record(tmp_path)


def record(folder: Path) -> Path:
    """Ten minutes of two GPUs, five of them busy, and the requests that kept them so."""
    busy = range(120, 420)
    power = ["timestamp, index, power.draw [W]"]
    for second in range(600):
        watts = 500.0 if second in busy else 90.0
        power += [f"{START + second}, {gpu}, {watts:.2f} W" for gpu in (0, 1)]
    (folder / "power.csv").write_text("\n".join(power) + "\n")
    requests = ["start,end,input_tokens,output_tokens"]
    requests += [f"{START + 120 + k / 2},{START + 150 + k / 2},1000,500" for k in range(541)]
    (folder / "requests.csv").write_text("\n".join(requests) + "\n")
    (folder / "agg.json").write_text("{}")
    return folder


def answer(run: Run, *arguments: object, cwd: Path) -> dict[str, Any]:
    done = run(*arguments, "--format", "json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    content: dict[str, Any] = json.loads(done.stdout)
    return content


@pytest.fixture(scope="module")
def site_of_the_log(run: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The site file that the log and its requests make."""
    folder = record(tmp_path_factory.mktemp("site"))
    measured(run, folder, "--save", "site.toml")
    return (folder / "site.toml").read_text("utf-8")


@pytest.fixture
def site(folder: Path, site_of_the_log: str) -> Path:
    (folder / "site.toml").write_text(site_of_the_log, "utf-8")
    return folder / "site.toml"


def measured(run: Run, folder: Path, *more: object) -> dict[str, Any]:
    arguments = ("power.csv", *SERVICE, "--workload", "requests.csv", *FEW, *more)
    return answer(run, "measure", *arguments, cwd=folder)


def test_a_log_over_the_requests_of_a_trace(run: Run, folder: Path) -> None:
    result = measured(run, folder)
    # 2 x 500 W over the 300 s of the requests, but for the last step down.
    assert result["measured"]["energy_wh"] == pytest.approx(1000 * 300 / 3600, rel=0.01)
    assert result["measured"]["requests"] == 541
    wh = result["measured"]["wh_per_query"]
    assert wh["p50"] == pytest.approx(result["measured"]["energy_wh"] / 541, rel=0.01)
    assert wh["p05"] < wh["p50"] < wh["p95"]
    assert result["boundary"] == "board"
    codes = {finding["code"] for finding in result["findings"]}
    assert {"idle_before", "idle_after"} <= codes
    split = result["j_per_input_token"]["mean"] * 1000 + result["j_per_output_token"]["mean"] * 500
    assert split == pytest.approx(3600 * result["wh_per_query"]["posterior"]["mean"], rel=1e-6)
    assert set(result["files"]) == {"power_log", "power_log_sha256", "trace", "trace_sha256"}


def test_a_trace_is_told_by_what_it_is_and_not_by_its_name(run: Run, folder: Path) -> None:
    """As `simulate` takes it."""
    (folder / "requests.txt").write_bytes((folder / "requests.csv").read_bytes())
    named = answer(
        run, "measure", "power.csv", *SERVICE, "--workload", "requests.txt", *FEW, cwd=folder
    )
    assert named["measured"] == measured(run, folder)["measured"]


def test_a_window_takes_idle_time_in_and_requests_out(run: Run, folder: Path) -> None:
    result = measured(run, folder, "--window", f"{START}/{START + 300}")
    assert result["measured"]["energy_wh"] == pytest.approx(
        (180 * 120 + 1000 * 180) / 3600, rel=0.01
    )
    assert result["measured"]["requests"] == 360
    assert {"requests_outside", "requests_cut"} <= {f["code"] for f in result["findings"]}


def test_figures_in_place_of_a_log_and_a_table(run: Run, folder: Path) -> None:
    arguments = (*SERVICE, "--requests", 1000, "--input-tokens", 1e6, "--output-tokens", 5e5, *FEW)
    stated = ("--boundary", "it", "--accuracy", "1%", "--pue", 1.2)
    by_energy = run("measure", *arguments, *stated, "--energy-kwh", 0.4, cwd=folder)
    by_power = run(
        "measure", *arguments, *stated, "--mean-power-w", 800, "--duration-h", 0.5, cwd=folder
    )
    assert by_energy.returncode == 0, by_energy.stderr
    assert by_energy.stdout == by_power.stdout
    text = " ".join(by_energy.stdout.decode().split())
    assert "measured 0.400 Wh per query (it)" in text
    assert "all requests are taken to be equally long" in text
    done = run("measure", *arguments, *stated, "--energy-kwh", 0.4, "--format", "csv", cwd=folder)
    rows = {row["quantity"]: row for row in csv.DictReader(io.StringIO(done.stdout.decode()))}
    it, facility = (
        float(rows[f"wh_per_query.{key}"]["p50"]) for key in ("posterior", "by_boundary.facility")
    )
    assert facility == pytest.approx(1.2 * it, rel=1e-9)


def test_a_benchmark_result_says_everything_itself(run: Run, folder: Path) -> None:
    result = {"power_metric_schema_version": 2, "power_valid": 1, "total_gpu_energy_j": 3.6e5}
    result |= {"joules_per_successful_query": 360.0, "joules_per_input_token": 0.36}
    result |= {"joules_per_output_token": 0.72}
    (folder / "agg.json").write_text(json.dumps(result))
    found = answer(run, "measure", "agg.json", *SERVICE, *FEW, cwd=folder)
    assert found["measured"]["requests"] == 1000
    assert found["measured"]["wh_per_query"]["p50"] == pytest.approx(0.1, rel=0.01)


def test_a_site_is_taken_by_simulate_compare_and_sweep(run: Run, folder: Path) -> None:
    wh = measured(run, folder, "--save", "site.toml")["wh_per_query"]["posterior"]
    site = ("--site", "site.toml")
    question = (*SERVICE, "--workload", "requests.csv", "--boundary", "board")
    again = answer(run, "simulate", *question, *FEW, *site, cwd=folder)
    for key in ("p05", "p50", "p95"):
        assert again["wh_per_query"]["mean"][key] == pytest.approx(wh[key], rel=0.01)
    assert again["provenance"]["site"]["file"] == "site.toml"
    schema = json.loads(schema_text("simulation"))
    import_module("jsonschema").validate(again, schema)
    free = answer(run, "simulate", *SERVICE, "--workload", "chat", *FEW, cwd=folder)
    other = answer(run, "simulate", *SERVICE, "--workload", "chat", *FEW, *site, cwd=folder)
    ratio = [
        r["wh_per_query"]["mean"]["p95"] / r["wh_per_query"]["mean"]["p05"] for r in (other, free)
    ]
    assert ratio[0] < 0.8 * ratio[1]
    assert "site_other_queries" in {flag["code"] for flag in other["flags"]}
    compared = answer(
        run, "compare", "workload=chat", "workload=1k/8k", *SERVICE, *FEW, *site, cwd=folder
    )
    assert compared["scenarios"][0]["provenance"]["site"] == again["provenance"]["site"]
    (folder / "grid.toml").write_text('model = "gpt-oss-120b"\nworkload = ["chat", "1k/1k"]\n')
    swept = run("sweep", "grid.toml", *FEW, *site, "--jobs", 1, "--output", "grid.csv", cwd=folder)
    assert swept.returncode == 0, swept.stderr
    rows = list(csv.DictReader(io.StringIO((folder / "grid.csv").read_text())))
    assert {row["site_sha256"] for row in rows} == {again["provenance"]["site"]["sha256"]}


@pytest.mark.usefixtures("site")
def test_a_site_is_taken_by_account(run: Run, folder: Path) -> None:
    (folder / "log.csv").write_text(
        "model,in,out,at\n" + "gpt-oss-120b,1000,500,here\nglm-5,1000,500,there\n" * 50
    )
    head = '[columns]\nmodel = "model"\ninput_tokens = "in"\noutput_tokens = "out"\nsite = "at"\n'
    head += '[defaults]\nboundary = "board"\n'
    own = head + '[sites.here]\nhardware = "h200"\nmeasured = "site.toml"\n[sites.there]\n'
    (folder / "own.toml").write_text(own)
    (folder / "shared.toml").write_text(head + 'operator = "us"\n')
    (folder / "apart.toml").write_text(head)
    log = ("account", "--requests", "log.csv", "--map")
    found = answer(run, *log, "own.toml", *FEW, cwd=folder)
    (listed,) = found["provenance"]["measured_sites"]
    assert listed["file"] == "site.toml"
    here, there = (
        next(s for s in found["services"] if s["site"] == at) for at in ("here", "there")
    )
    assert here["energy_kwh"]["p95"] < 1.2 * here["energy_kwh"]["p05"]
    assert there["energy_kwh"]["p95"] > 3 * there["energy_kwh"]["p05"]
    both = answer(run, *log, "shared.toml", "--site", "site.toml", *FEW, cwd=folder)
    assert "site_other_model" in {flag["code"] for flag in both["flags"]}
    refused = run(*log, "apart.toml", "--site", "site.toml", *FEW, cwd=folder)
    assert refused.returncode == 1
    assert b"one operator's" in refused.stderr
    assert b"site.toml" in run(*log, "own.toml", *FEW, cwd=folder).stdout


@pytest.mark.usefixtures("site")
def test_a_site_is_taken_by_report(run: Run, folder: Path) -> None:
    (folder / "plan.toml").write_text(PLAN)
    names = ("--output", "page.html", "--json", "page.json", "--site", "site.toml", *FEW)
    done = run("report", "plan.toml", *names, cwd=folder)
    assert done.returncode == 0, done.stderr
    page = json.loads((folder / "page.json").read_text("utf-8"))
    question_words = (*SERVICE, "--workload", "chat", "--region", "france", "--site", "site.toml")
    alone = answer(run, "simulate", *question_words, *FEW, cwd=folder)
    first = page["scenarios"][0]
    assert first["wh_per_query"] == alone["wh_per_query"]
    assert first["provenance"]["site"] == alone["provenance"]["site"]
    assert (first["sensitivity"], first["disclosure"]) == ([], None)
    text = (folder / "page.html").read_text("utf-8")
    assert "Every draw agrees with the measurement in site.toml" in text
    assert "--site site.toml" in text


@pytest.mark.usefixtures("site")
def test_a_site_narrows_what_a_year_needs(run: Run, folder: Path) -> None:
    (folder / "plan.toml").write_text(PLAN)

    def annex(*more: object) -> dict[str, Any]:
        words = ("--template", "sustainability", "--json", "annex.json", *more, *FEW)
        done = run("report", "plan.toml", *words, cwd=folder)
        assert done.returncode == 0, done.stderr
        content: dict[str, Any] = json.loads((folder / "annex.json").read_text("utf-8"))
        return content

    metered = annex("--site", "site.toml")
    total, wide = (found["totals"]["energy"] for found in (metered, annex()))
    assert total["p95"] / total["p05"] < wide["p95"] / wide["p05"]
    rules = [
        {
            reason["rule"]
            for shown in activity["data_quality"]["indicators"]
            for reason in shown["reasons"]
        }
        for activity in metered["activities"]
    ]
    assert ["not_metered" in of_activity for of_activity in rules] == [False, True]


@pytest.mark.usefixtures("site")
def test_where_a_site_cannot_be_taken_says_why(run: Run, folder: Path) -> None:
    question = (*SERVICE, "--workload", "chat", "--site", "site.toml")
    for arguments in (
        ("sensitivity", *question),
        ("disclosure", *question),
        ("simulate", *question, "--efficiency", 0.5),
        ("compare", "workload=chat", "workload=1k/1k", *question, "--shared", "site"),
    ):
        done = run(*arguments, cwd=folder)
        assert done.returncode == 1, arguments
        assert len(done.stderr.splitlines()) == 1
        assert b"site" in done.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('boundary = "board"', 'boundary = "roof"'), "measurement.boundary"),
        (("requests = 541", "requests = 0"), "measurement.requests"),
        (("requests = 541", "request = 541"), "measurement.request]: unknown key"),
        (("osl_tok =", "#"), "tokens.osl_tok]: is missing"),
        (("ln_sd =", "ln_sd = nan #"), "measurement.ln_sd"),
        (('model = "gpt-oss-120b"', 'model = "gpt-9"'), "gpt-9"),
        (("[made_from]", "[made_of]"), "made_of]: unknown key"),
    ],
)
def test_a_site_file_that_was_tampered_with(
    run: Run, folder: Path, change: tuple[str, str], message: str
) -> None:
    site = folder / "site.toml"
    site.write_text(SITE.replace(*change))
    done = run("simulate", *SERVICE, "--workload", "chat", "--site", "site.toml", cwd=folder)
    assert done.returncode == 1
    assert message in done.stderr.decode()


SITE = """
[measurement]
wh_per_query = 0.2
ln_sd = 0.03
boundary = "board"
requests = 541
energy_wh = 100.0
[tokens]
isl_tok = 1000.0
osl_tok = 500.0
osl_isl_tok2 = 500000.0
osl2_tok2 = 250000.0
[question]
model = "gpt-oss-120b"
[made_from]
version = "0.1.0"
"""


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "--model is missing"),
        (("--model", "gpt-oss-120b"), 2, "give one of: a LOG"),
        (("power.csv", "--model", "gpt-oss-120b"), 2, "--requests is missing"),
        ((*SERVICE, "--energy-kwh", 1, "--requests", 5, "--workload", "1k/1k"), 2, "--boundary"),
        ((*SERVICE, "--mean-power-w", 1, "--requests", 5), 2, "go together"),
        (("power.csv", *SERVICE, "--efficiency", 1), 2, "it is what the measurement tells"),
        (("power.csv", *SERVICE, "--workload", "requests.csv", "--boundary", "it"), 2, "`board`"),
        (("power.csv", *SERVICE, "--workload", "requests.csv", "--window", "9"), 2, "FROM/TO"),
        (("power.csv", *SERVICE, "--workload", "requests.csv", "--shift", 9000), 1, "overlap"),
        (("absent.csv", *SERVICE, "--workload", "requests.csv"), 1, "cannot be read"),
        (("requests.csv", *SERVICE, "--workload", "requests.csv"), 1, "no column"),
        (("power.csv", *SERVICE, "--workload", "requests.csv", "--accuracy", "3"), 2, "accuracy"),
        ((*SERVICE, "--boundary", "rack"), 2, "known are board, it, facility"),
        ((*SERVICE, "--boundary", "facilty"), 2, "did you mean facility?"),
        ((*SERVICE, "--boundary", "provisioned-2025-12"), 2, "known are board, it, facility"),
        ((*STATED, "--accuracy", "good"), 2, "write 10% or 0.1"),
        ((*STATED, "--pue", 9), 2, "PUE 9.0"),
        ((*STATED, "--save", "x.toml", "--output", "x.toml"), 1, "named for two files"),
        ((*SERVICE, "--energy-kwh", 0, "--requests", 5), 2, "--energy-kwh 0: must be above 0"),
        ((*STATED, "--window", "1/2"), 2, "--window: is about a log"),
        ((*STATED, "--shift", 3), 2, "--shift: is about a log"),
        ((*STATED, "--step", 3), 2, "--step: is about a log"),
        ((*TRACED, "--input-tokens", 9), 2, "--input-tokens: the trace counts them"),
        ((*TRACED, "--output-tokens", 9), 2, "--output-tokens: the trace counts them"),
        ((*TRACED, "--cached-tokens", 9), 2, "--cached-tokens: the trace counts them"),
        (("agg.json", *SERVICE, "--shift", 3), 2, "--shift: the result says so itself"),
        (("agg.json", *SERVICE, "--step", 3), 2, "--step: the result says so itself"),
        (("agg.json", *SERVICE, "--workload", "chat"), 2, "--workload: the result says so"),
    ],
)
def test_what_is_refused(
    run: Run, folder: Path, arguments: tuple[object, ...], code: int, message: str
) -> None:
    done = run("measure", *arguments, cwd=folder)
    assert done.returncode == code, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert message in done.stderr.decode()


def test_an_impossible_measurement_is_refused_with_what_it_implies(run: Run, folder: Path) -> None:
    stated = ("--requests", 1_000_000, "--workload", "1k/8k", "--boundary", "facility")
    done = run("measure", *SERVICE, *stated, "--energy-kwh", 0.001, *FEW, cwd=folder)
    assert done.returncode == 1
    assert "would take an efficiency of" in done.stderr.decode()


def test_a_site_that_is_saved_against_expectation_says_so(run: Run, folder: Path) -> None:
    stated = ("--requests", 1000, "--workload", "1k/8k", "--boundary", "facility")
    done = run(
        "measure", *SERVICE, *stated, "--energy-kwh", 60, *FEW, "--save", "s.toml", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    assert "s.toml: the measurement lies far out of what was expected" in done.stderr.decode()


def test_output_and_picture_are_files(run: Run, folder: Path) -> None:
    arguments = ("power.csv", *SERVICE, "--workload", "requests.csv", *FEW)
    shown = run("measure", *arguments, cwd=folder)
    written = run("measure", *arguments, "--output", "out.txt", "--plot", "picture.svg", cwd=folder)
    assert written.stdout == b""
    assert (folder / "out.txt").read_bytes() == shown.stdout
    assert (folder / "picture.svg").read_bytes().startswith(b"<?xml")
