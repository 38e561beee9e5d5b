"""The installed script: what it prints where, and its exit code."""

import csv
import io
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.model.posterior import embedded_directory

Run = Callable[..., subprocess.CompletedProcess[bytes]]

ASKED = ("--model", "gpt-oss-120b", "--workload", "1k/8k", "--draws", 2000)
LISTS = ("models", "workloads", "hardware", "regions", "deployments")


def _json(done: subprocess.CompletedProcess[bytes]) -> Any:
    assert (done.returncode, done.stderr) == (0, b"")
    return json.loads(done.stdout)


def _rows(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, str]]:
    assert (done.returncode, done.stderr) == (0, b"")
    return list(csv.DictReader(io.StringIO(done.stdout.decode())))


def test_version(run: Run) -> None:
    done = run("--version")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.split()[0] == b"wh-uncertainty"


def test_no_command_shows_help_as_an_error(run: Run) -> None:
    done = run()
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"simulate" in done.stderr


def test_json_stands_alone_on_stdout(run: Run) -> None:
    result = _json(run("simulate", *ASKED, "--format", "json"))
    assert set(result) == {
        *("scenario", "boundary", "wh_per_query", "j_per_output_token", "j_per_input_token"),
        *("equivalents", "emissions", "flags", "provenance"),
    }
    for estimand in ("mean", "one_query"):
        quantiles = result["wh_per_query"][estimand]
        assert list(quantiles) == ["p05", "p25", "p50", "p75", "p95", "mean"]
        values = [quantiles[key] for key in ("p05", "p25", "p50", "p75", "p95")]
        assert 0 < values[0] <= values[1] <= values[2] <= values[3] <= values[4]


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_output_file_holds_what_the_terminal_would(run: Run, tmp_path: Path, form: str) -> None:
    shown = run("simulate", *ASKED, "--format", form)
    written = run("simulate", *ASKED, "--format", form, "--output", tmp_path / "answer")
    assert (written.returncode, written.stdout, written.stderr) == (0, b"", b"")
    assert (tmp_path / "answer").read_bytes() == shown.stdout != b""
    assert os.listdir(tmp_path) == ["answer"]


def test_same_seed_same_bytes(run: Run) -> None:
    first, again, other = (
        run("simulate", *ASKED, "--format", "json", "--seed", seed).stdout for seed in (1, 1, 2)
    )
    assert first == again != other


def test_table_is_for_people(run: Run) -> None:
    done = run("simulate", *ASKED, "--region", "Sweden")
    assert (done.returncode, done.stderr) == (0, b"")
    for said in ("90 % interval", "PlayStation 5", "gCO2e", "Boundary", "Hardware", "Provenance"):
        assert said in done.stdout.decode()


def test_csv_is_tidy(run: Run) -> None:
    rows = list(
        csv.DictReader(io.StringIO(run("simulate", *ASKED, "--format", "csv").stdout.decode()))
    )
    assert rows[0]["quantity"] == "wh_per_query.mean"
    assert all(float(row["p05"]) <= float(row["p95"]) for row in rows)


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_plot_is_drawn_beside_the_answer(run: Run, tmp_path: Path, suffix: str) -> None:
    picture = tmp_path / f"density.{suffix}"
    done = run("simulate", *ASKED, "--plot", picture)
    assert done.returncode == 0, done.stderr
    assert b"90 % interval" in done.stdout
    assert picture.stat().st_size > 10_000
    assert os.listdir(tmp_path) == [picture.name]


def test_scenario_file_and_options_over_it(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "question.toml"
    file.write_text('model = "gpt-oss-120b"\nworkload = "chat"\nboundary = "it"\n')
    asked = ("simulate", "--scenario", file, "--draws", 2000, "--format", "json")
    assert _json(run(*asked))["boundary"] == "it"
    over = _json(run(*asked, "--boundary", "board", "--workload", "1k/1k"))
    assert over["boundary"] == "board"
    assert over["scenario"]["resolved"]["mean_osl_tok"] == 1024


@pytest.mark.parametrize(
    ("model", "workload", "hardware"),
    [
        ("gptoss120b", "1K/8K", "B200"),
        ("openai/gpt-oss-120b", "1024/8192", "b200"),
        ("GPT-OSS", "1k/8k", "nvidia-b200"),
    ],
)
def test_names_are_forgiving(run: Run, model: str, workload: str, hardware: str) -> None:
    asked = ("--model", model, "--workload", workload, "--hardware", hardware, "--draws", 1000)
    scenario = _json(run("simulate", *asked, "--format", "json"))["scenario"]
    assert scenario["model"] == "gpt-oss-120b"
    assert [item["hardware"] for item in scenario["resolved"]["hardware_mix"]] == ["b200"]


def test_own_priors_are_reported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        '[provider_efficiency_any]\nunit = "1"\nsupport = [0.0, 1.0]\nfamily = "beta"\n'
        "quantiles = { p05 = 0.6, p50 = 0.7, p95 = 0.79 }\n"
        'kind = "judgement"\nrationale = "our own fleet"\n'
    )
    asked = ("simulate", *ASKED, "--format", "json")
    own, release = _json(run(*asked, "--priors", tmp_path)), _json(run(*asked))
    assert own["provenance"]["priors_overridden"] == ["provider_efficiency_any"]
    assert own["provenance"]["priors_sha256"] != release["provenance"]["priors_sha256"]
    assert own["wh_per_query"]["mean"]["p50"] < release["wh_per_query"]["mean"]["p50"]


def test_huge_lengths_are_wide_and_flagged(run: Run) -> None:
    asked = ("--model", "gpt-oss-120b", "--workload", "10000000/10000000", "--draws", 2000)
    result = _json(run("simulate", *asked, "--format", "json"))
    mean = result["wh_per_query"]["mean"]
    assert mean["p95"] > 4 * mean["p05"]
    assert any("extrapolat" in flag["code"] for flag in result["flags"])


@pytest.mark.parametrize("name", ["2020.1", "..", ".", "", "2026.11/", "2026.11/../2026.11"])
def test_an_unknown_release_is_told_the_known_ones(run: Run, name: str) -> None:
    done = run("simulate", *ASKED, "--release", name)
    assert (done.returncode, done.stdout) == (1, b"")
    said = f"wh-uncertainty: error: release {name!r}: does not exist; use one of 2026.11\n"
    assert done.stderr.decode() == said


def test_an_answer_says_of_which_release_it_is(run: Run) -> None:
    made = _json(run("simulate", *ASKED, "--format", "json"))["provenance"]
    assert (made["release"], made["posterior_overridden"]) == ("2026.11", False)
    asked = (*ASKED, "--posterior", embedded_directory(), "--format", "json")
    assert _json(run("simulate", *asked))["provenance"] == {**made, "posterior_overridden": True}
    (release,) = _json(run("list", "releases", "--format", "json"))
    assert (release["release"], release["default"], release["findings"]) == ("2026.11", True, [])


@pytest.mark.parametrize("what", LISTS)
def test_lists_in_every_format(run: Run, what: str) -> None:
    records = _json(run("list", what, "--format", "json"))
    table = run("list", what).stdout.decode().splitlines()
    rows = _rows(run("list", what, "--format", "csv"))
    assert len(records) == len(rows) == len(table) - 1 > 5
    assert list(records[0]) == list(rows[0])


def test_lists_count_rows(run: Run) -> None:
    models = {row["model"]: row for row in _json(run("list", "models", "--format", "json"))}
    assert len(models) == 10
    assert all(row["rows"] >= row["rows_in_fit"] > 0 for row in models.values())
    hardware = _json(run("list", "hardware", "--format", "json"))
    assert len(hardware) == 9
    assert sum(row["rows"] for row in hardware) >= sum(row["rows"] for row in models.values())


def test_deployments_are_filtered_by_forgiving_names(run: Run) -> None:
    asked = ("--model", "gptoss120b", "--hardware", "B200", "--format", "json")
    names = [row["deployment"] for row in _json(run("list", "deployments", *asked))]
    assert names
    assert all(name.startswith("gpt-oss-120b|b200|") for name in names)


def test_listed_deployment_can_be_asked_for(run: Run) -> None:
    asked = ("--model", "gpt-oss-120b", "--hardware", "h100", "--format", "json")
    name = _json(run("list", "deployments", *asked))[0]["deployment"]
    result = _json(run("simulate", *ASKED, "--deployment", name, "--format", "json"))
    shares = result["scenario"]["resolved"]["deployments"]
    assert shares == [{"deployment": name, "share": 1.0}]


def test_priors_list_hides_regions_until_asked(run: Run) -> None:
    few = _json(run("priors", "list", "--format", "json"))
    many = _json(run("priors", "list", "--regions", "--format", "json"))
    assert not any(prior["name"].startswith("region.") for prior in few)
    assert len(many) > len(few) > 30


def test_priors_show_evidence(run: Run) -> None:
    prior = _json(run("priors", "show", "provider_efficiency_any", "--format", "json"))
    assert prior["quantiles_stated"] == {"p05": 0.19, "p50": 0.5, "p95": 0.81}
    assert prior["quantiles_fitted"]["p50"] == pytest.approx(0.5, abs=1e-6)
    assert all(source["title"] and source["where"] for source in prior["sources"])
    words = run("priors", "show", "provider_efficiency_any").stdout.decode()
    for said in ("Unit", "Support", "Family", "Kind", "Source", "Rationale", "Applies"):
        assert said in words


def test_shipped_priors_are_well(run: Run) -> None:
    done = run("priors", "check")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"all is well\n", b"")


def test_findings_in_own_priors_all_of_them(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("[pue_ai_cloud]\nunit = 'percent'\n[nonsense]\na = 1\n")
    done = run("priors", "check", tmp_path)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.count(b"own.toml") >= 2


def test_stored_scores(run: Run) -> None:
    scores = _json(run("validate", "--format", "json"))
    ours = scores["calibration"]["studies"]["gpu_seconds.deployments"]["this model"]
    assert ours["overall"]["n"] == 9294
    keys = {"n", "ln_mae", "coverage_50", "coverage_90", "ln_width_90", "interval_score_90"}
    assert set(scores["overall"]) >= keys
    assert len(scores["by_model"]) == 10
    assert b"GPU-seconds" in run("validate").stdout


def test_reader_of_a_pipe_may_leave(command: list[str]) -> None:
    with subprocess.Popen(
        [*command, "list", "deployments", "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
