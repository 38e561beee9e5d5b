"""`account` end to end: what it reads, what it refuses, and that sums are the same everywhere."""

import json
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wh_uncertainty.model.posterior import embedded_directory

arrow: Any = import_module("pyarrow")
parquet: Any = import_module("pyarrow.parquet")

Run = Callable[..., subprocess.CompletedProcess[bytes]]
Table = dict[str, list[Any]]
Account = Callable[..., dict[str, Any]]
Refused = Callable[..., str]

MAP = """
cached_within_input = true
group_by = ["model", "day"]

[columns]
input_tokens = "input_tokens"
output_tokens = "output_tokens"
cached_tokens = "cached_tokens"
model = "model"
time = "time"

[defaults]
hardware = "h200"
region = "japan"
"""
N = 3_000


@pytest.fixture(scope="module")
def log() -> Table:
    rng = np.random.default_rng(5)
    prompt = rng.lognormal(6, 1, N).astype(int) + 1
    return {
        "model": rng.choice(["openai/gpt-oss-120b", "zai-org/GLM-5"], N).tolist(),
        "time": (
            np.datetime64("2026-10-01", "us") + 1_000_000 * rng.integers(0, 2 * 86_400, N)
        ).tolist(),
        "input_tokens": prompt.tolist(),
        "output_tokens": (rng.lognormal(5, 1, N).astype(int) + 1).tolist(),
        "cached_tokens": (prompt * rng.random(N) * 0.5).astype(int).tolist(),
    }


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Account files in the test's directory, in this process; the answer's JSON."""
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def accounted(*requests: str, map_: str = "map.toml", **options: Any) -> dict[str, Any]:
        from wh_uncertainty.cli.account import account

        answer = tmp_path / "answer.json"
        account([*requests], map_, draws=1000, output=answer, **options)
        result: dict[str, Any] = json.loads(answer.read_text("utf-8"))
        return result

    return accounted


@pytest.fixture
def refused(account: Account, tmp_path: Path) -> Callable[..., str]:
    """The one line with which a question is refused; no answer is left."""

    def said(*requests: str, **options: Any) -> str:
        with pytest.raises(ValueError) as error:  # noqa: PT011  the error boundary's types are told below
            account(*requests, **options)
        assert type(error.value).__name__ in ("RequestLogError", "ScenarioError", "PosteriorError")
        assert not (tmp_path / "answer.json").exists()
        line = str(error.value)
        assert "\n" not in line
        return line

    return said


def asked(run: Run, cwd: Path, *words: object) -> subprocess.CompletedProcess[bytes]:
    """The command itself."""
    return run("account", *words, "--map", "map.toml", "--draws", 1000, cwd=cwd)


def write(path: Path, table: Table, rows: slice = slice(None)) -> None:
    columns = {name: values[rows] for name, values in table.items()}
    if path.suffix == ".parquet":
        parquet.write_table(arrow.table(columns), path)
    elif path.suffix == ".csv":
        lines = [
            ",".join(columns),
            *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True)),
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        records = [
            dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
        ]
        path.write_text("".join(json.dumps(r, default=str) + "\n" for r in records), "utf-8")


def counts(result: dict[str, Any]) -> list[tuple[Any, ...]]:
    """All sums of an account, which do not depend on any draw."""
    keys = (*result["group_by"], "requests", "input_tok", "uncached_tok", "output_tok")
    return sorted(tuple(row[key] for key in keys) for row in result["by_group"])


def test_total_groups_and_provenance(account: Account, tmp_path: Path, log: Table) -> None:
    write(tmp_path / "log.parquet", log)
    result = account("log.parquet")
    total, groups = result["total"], result["by_group"]
    assert total["requests"] == N == sum(row["requests"] for row in groups)
    assert total["input_tok"] == sum(log["input_tokens"])
    assert total["uncached_tok"] == sum(log["input_tokens"]) - sum(log["cached_tokens"])
    assert {(g["model"], g["day"]) for g in groups} == {
        (model, day) for model in ("gpt-oss-120b", "glm-5") for day in ("2026-10-01", "2026-10-02")
    }
    assert sum(row["share"]["mean"] for row in groups) == pytest.approx(1)
    means = [row["energy_kwh"]["mean"] for row in groups]
    assert sum(means) == pytest.approx(total["energy_kwh"]["mean"])
    assert total["location_based_lifecycle_tco2e"]["p05"] > 0
    assert total["market_based_tco2e"] is None
    source = result["provenance"]["requests"]
    assert (source["files"], source["rows"]) == (1, N)
    assert source["bytes"] == (tmp_path / "log.parquet").stat().st_size


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_every_kind_of_file_has_the_same_sums(
    account: Account, tmp_path: Path, log: Table, kind: str
) -> None:
    write(tmp_path / "log.parquet", log)
    write(tmp_path / f"log.{kind}", log)
    one, other = account("log.parquet"), account(f"log.{kind}")
    assert counts(one) == counts(other)
    assert one["total"] == other["total"]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_spreadsheets_of_any_country_are_read(
    account: Account, tmp_path: Path, log: Table, delimiter: str
) -> None:
    write(tmp_path / "log.csv", log)
    wanted = account("log.csv")["total"]
    text = (tmp_path / "log.csv").read_text("utf-8").replace(",", delimiter)
    (tmp_path / "other.csv").write_text(text.replace("model", '"model"', 1), "utf-8")
    assert account("other.csv")["total"] == wanted


@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl"])
def test_folders_hold_columns(account: Account, tmp_path: Path, log: Table, kind: str) -> None:
    write(tmp_path / f"log.{kind}", log)
    wanted = account(f"log.{kind}")
    for model in set(log["model"]):
        folder = tmp_path / "parts" / f"served={model.replace('/', '-')}"
        folder.mkdir(parents=True)
        chosen = [k for k in range(N) if log["model"][k] == model]
        part = {name: [values[k] for k in chosen] for name, values in log.items()}
        del part["model"]
        write(folder / f"part.{kind}", part)
    named = '[models]\n"openai-gpt-oss-120b" = "gpt-oss-120b"\n"zai-org-GLM-5" = "glm-5"\n'
    own = MAP.replace('model = "model"', 'model = "served"') + named
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    assert account(f"parts/*/part.{kind}", map_="own.toml")["total"] == wanted["total"]


def test_neither_order_nor_cuts_nor_names_change_anything(
    account: Account, tmp_path: Path, log: Table
) -> None:
    write(tmp_path / "log.parquet", log)
    whole = account("log.parquet")
    (tmp_path / "parts").mkdir()
    write(tmp_path / "parts" / 'it\'s "a"; drop [1]*.parquet', log, slice(1700, None))
    write(tmp_path / "parts" / "b.csv", log, slice(0, 700))
    backwards = {name: values[::-1] for name, values in log.items()}
    write(tmp_path / "parts" / "c.jsonl", backwards, slice(N - 1700, N - 700))
    (tmp_path / "parts" / "link.csv").symlink_to("b.csv")
    cut = account("parts/*.parquet", "parts/*", "parts/b.csv")
    assert counts(cut) == counts(whole)
    assert cut["total"] == whole["total"]
    assert cut["provenance"]["requests"]["files"] == 3


def test_rows_that_cannot_be_counted_are_counted_and_listed(
    account: Account, tmp_path: Path
) -> None:
    rows = [
        *("glm-5,2026-10-01,10,20,0", "glm-5,2026-10-01,,20,0", "glm-5,2026-10-01,1.5,20,0"),
        *("glm-5,2026-10-01,-1,20,0", "glm-5,2026-10-01,10,3000000000,0", ",2026-10-01,10,20,0"),
        *("glm-5,2026-10-01,10,20,11", "glm-5,2026-10-01,0,0,0", "glm-5,yesterday,10,20,0"),
        *("glm-5,2026-10-01,nan,20,0", "glm-5,2026-10-01,10,1e300,0", "glm-5,2026-10-01,7,8,"),
    ]
    text = "model,time,input_tokens,output_tokens,cached_tokens\n" + "\n".join(rows) + "\n"
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    result = account("log.csv", rejected=Path("rejected.csv"))
    requests = result["requests"]
    assert requests["rejected"] == {
        **{"cached_exceeds_input": 1, "missing": 1, "negative": 1, "no_model": 1, "no_time": 1},
        **{"no_tokens": 1, "not_whole": 2, "too_large": 2},
    }
    assert (requests["rows"], requests["accounted"], requests["cache_unknown"]) == (12, 2, 1)
    assert len(requests["rejected_examples"]) == 10
    assert result["flags"][0]["code"] == "rows_rejected"
    listed = (tmp_path / "rejected.csv").read_text("utf-8").splitlines()
    assert len(listed) == 11
    assert any("log.csv" in line and "3000000000" in line for line in listed)


def test_integers_of_any_width_are_read(account: Account, tmp_path: Path) -> None:
    widths = {"int32": [5, -5], "uint64": [5, 2**64 - 1], "int64": [5, 2**62], "double": [5.0, 0.5]}
    for k, (kind, values) in enumerate(widths.items()):
        columns: dict[str, Any] = {
            "model": arrow.array(["glm-5", "glm-5"]),
            "time": arrow.array(["2026-10-01"] * 2),
            "input_tokens": arrow.array(values, arrow.type_for_alias(kind)),
            "output_tokens": arrow.array([7, 7], arrow.int16()),
            "cached_tokens": arrow.array([0, None], arrow.int64()),
        }
        parquet.write_table(arrow.table(columns), tmp_path / f"log{k}.parquet")
        result = account(f"log{k}.parquet")
        assert result["total"]["input_tok"] == 5
        assert sum(result["requests"]["rejected"].values()) == 1


def test_sums_beyond_64_bits_are_exact(account: Account, tmp_path: Path) -> None:
    n, large = 20_000, 10**9
    table: Table = {
        "model": ["glm-5"] * n,
        "time": ["2026-10-01"] * n,
        "input_tokens": [large] * n,
        "output_tokens": [large] * n,
        "cached_tokens": [0] * n,
    }
    write(tmp_path / "log.parquet", table)
    total = account("log.parquet")["total"]
    assert total["input_tok"] == n * large  # of O I, 2 * 10^22, beyond any 64 bits
    half = {name: values[: n // 2] for name, values in table.items()}
    write(tmp_path / "half.parquet", half)
    ratio = total["energy_kwh"]["p50"] / account("half.parquet")["total"]["energy_kwh"]["p50"]
    assert ratio == pytest.approx(2, rel=1e-12)


def test_files_that_are_cut_off_are_named(refused: Refused, tmp_path: Path, log: Table) -> None:
    write(tmp_path / "whole.parquet", log)
    data = (tmp_path / "whole.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(data[: len(data) // 2])
    message = refused("whole.parquet", "cut.parquet")
    assert "cut.parquet: is cut off" in message
    (tmp_path / "bad.parquet").write_bytes(data[:4] + b"\0" * 500 + data[504:])
    assert "bad.parquet" in refused("bad.parquet")
    write(tmp_path / "log.csv", log)
    text = (tmp_path / "log.csv").read_text("utf-8")
    (tmp_path / "cut.csv").write_text(text[: text.rindex(",") - 5], "utf-8")
    assert "cut.csv" in refused("cut.csv")
    write(tmp_path / "log.jsonl", log)
    text = (tmp_path / "log.jsonl").read_text("utf-8")
    (tmp_path / "cut.jsonl").write_text(text[:-30], "utf-8")
    assert "cut.jsonl" in refused("cut.jsonl")


def test_files_that_contradict_are_named(refused: Refused, tmp_path: Path, log: Table) -> None:
    write(tmp_path / "a.parquet", log)
    write(tmp_path / "b.parquet", {**log, "input_tokens": list(map(str, log["input_tokens"]))})
    message = refused("a.parquet", "b.parquet")
    assert "b.parquet: column 'input_tokens' is text, and a number in a.parquet" in message
    missing = {name: values for name, values in log.items() if name != "output_tokens"}
    write(tmp_path / "c.csv", missing)
    assert "no column 'output_tokens' for output_tokens" in refused("c.csv")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("none.parquet",), "no such file"),
        ((".",), "is a directory"),
        (("log.txt",), "of no known kind"),
        (("empty.csv",), "is empty"),
        (("nothere://x/y",), "a database is read alone, with --table NAME"),
    ],
)
def test_what_is_no_log_is_refused(
    refused: Refused, tmp_path: Path, names: tuple[str, ...], words: str
) -> None:
    (tmp_path / "log.txt").write_text("x", encoding="utf-8")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    assert words in refused(*names)


def test_a_file_that_grows_while_it_is_read_is_refused(
    tmp_path: Path, log: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wh_uncertainty.cli.accounting.faults import RequestLogError
    from wh_uncertainty.cli.accounting.request_log import RequestLog, open_log
    from wh_uncertainty.cli.accounting.request_map import read_request_map

    write(tmp_path / "log.csv", log)
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    meaning = read_request_map(str(tmp_path / "map.toml"))
    opened = open_log([str(tmp_path / "log.csv")], meaning, table=None, spark=None)
    fetch = RequestLog._fetched  # pyright: ignore[reportPrivateUsage]

    def fetch_and_grow(self: RequestLog, expression: Any) -> Any:
        found = fetch(self, expression)
        with (tmp_path / "log.csv").open("a") as file:
            file.write("glm-5,2026-10-01,1,1,0\n")
        return found

    monkeypatch.setattr(RequestLog, "_fetched", fetch_and_grow)
    with pytest.raises(RequestLogError, match=r"log\.csv: was written while it was read"):
        opened.read()
    opened.close()


def test_killed_and_asked_again_it_counts_nothing_twice(
    command: list[str], account: Account, tmp_path: Path, log: Table
) -> None:
    write(tmp_path / "log.csv", log)
    whole = account("log.csv")
    (tmp_path / "out.json").write_text("as it was", encoding="utf-8")
    words = [*command, "account", "--requests", "log.csv", "--map", "map.toml"]
    words += ["--draws", "100000", "--output", "out.json"]
    for seconds in (0.3, 1.0):
        with subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.DEVNULL) as process:
            time.sleep(seconds)
            process.send_signal(signal.SIGKILL)
        assert (tmp_path / "out.json").read_text("utf-8") == "as it was"
    assert account("log.csv")["total"] == whole["total"]


def test_unknown_models(refused: Refused, account: Account, tmp_path: Path) -> None:
    rows = "glm-5,2026-10-01,100,50,0\ngpt-99,2026-10-01,100,50,0\n"
    text = "model,time,input_tokens,output_tokens,cached_tokens\n" + rows
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    assert "models unknown: 'gpt-99'; say in [models]" in refused("log.csv")
    without = account("log.csv", unknown="exclude")
    assert without["requests"]["excluded"] == [{"model": "gpt-99", "requests": 1, "output_tok": 50}]
    assert without["total"]["requests"] == 1
    (tmp_path / "map.toml").write_text(MAP.replace('hardware = "h200"', ""), "utf-8")
    widest = account("log.csv", unknown="widest")
    glm, gpt = widest["services"]
    assert (glm["stand_ins"], len(gpt["stand_ins"])) == ([], 10)
    assert widest["total"]["requests"] == 2
    own = MAP.replace('hardware = "h200"', "") + '[models]\n"gpt-99" = "gpt-oss-120b"\n'
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    assert {g["model"] for g in account("log.csv", map_="own.toml")["by_group"]} == {
        *("glm-5", "gpt-oss-120b")
    }


@pytest.mark.parametrize("unknown", ["error", "exclude", "widest"])
def test_a_directory_without_a_model_is_refused(
    refused: Refused, tmp_path: Path, log: Table, unknown: str
) -> None:
    """Board power is fitted apart from the models; alone it answers for none."""
    directory = tmp_path / "fits"
    directory.mkdir()
    for kind in ("npz", "json"):
        shutil.copy(embedded_directory() / f"board-power.{kind}", directory)
    write(tmp_path / "log.csv", log, slice(5))
    said = refused("log.csv", unknown=unknown, posterior=directory)
    assert said.startswith(f"{directory}: holds no posterior of a model that the priors name; make")


def test_sites_have_answers_and_operators(
    refused: Refused, account: Account, tmp_path: Path
) -> None:
    own = """
group_by = ["site", "tenant"]
[columns]
input_tokens = "prompt"
output_tokens = "answer"
model = "model"
site = "cluster"
[labels]
tenant = "who"
[defaults]
operator = "us"
[sites.tokyo]
region = "japan"
efficiency = 0.4
[sites.paris]
region = "france"
market_based_g_per_kwh = 0
"""
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    rows = "glm-5,tokyo,x,100,50\nglm-5,paris,x,100,50\nglm-5,paris,,100,50\n"
    (tmp_path / "log.csv").write_text(f"model,cluster,who,prompt,answer\n{rows}", encoding="utf-8")
    result = account("log.csv", map_="own.toml")
    assert {s["operator"] for s in result["services"]} == {"us"}
    tokyo = next(s for s in result["services"] if s["site"] == "tokyo")
    assert tokyo["scenario"]["efficiency"] == 0.4
    assert len(result["by_group"]) == 3
    assert result["total"]["market_based_tco2e"] is None
    paris = [g for g in result["by_group"] if g["site"] == "paris"]
    assert all(g["market_based_tco2e"]["p95"] == 0 for g in paris)
    (tmp_path / "log.csv").write_text("model,cluster,who,prompt,answer\nglm-5,a,x,1,1\n", "utf-8")
    (tmp_path / "answer.json").unlink()
    assert "requests of sites that have no table: 'a'" in refused("log.csv", map_="own.toml")


def test_a_preset_that_is_mistyped_is_proposed(
    refused: Refused, tmp_path: Path, log: Table
) -> None:
    write(tmp_path / "log.parquet", log)
    found = refused("log.parquet", map_="opnai")
    assert "map 'opnai': no such file, and no preset; did you mean openai?" in found


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ('group_by = ["model", "day"]|group_by = ["hour"]', "[group_by]: 'hour' must be one of"),
        ('model = "model"|modle = "model"', "[columns.modle]: unknown key; keys are"),
        ('output_tokens = "output_tokens"|', "[columns.output_tokens]: is missing"),
        ("cached_within_input = true|", "[cached_within_input]: must be true where"),
        ('hardware = "h200"|effort = "high"', "[defaults.effort]: unknown key"),
        ('hardware = "h200"|hardware = "abacus"', "unknown hardware 'abacus'"),
        ("cached_within_input = true|extends = 5", "[extends]: 5 is no preset"),
        ('time = "time"|time = []', "[columns.time]: is empty"),
        ("cached_within_input = true|cached_within_input = true\nskip = 1", "[skip]: 1 must be a"),
        (f"group_by|rows = {['a'] * 9}\ngroup_by", "[rows]: 9 lists inside of lists, at most 8"),
        ('group_by|rows = ["a", "a"]\ngroup_by', "[rows]: names a list twice"),
    ],
)
def test_maps_are_checked(
    refused: Refused, tmp_path: Path, log: Table, change: str, words: str
) -> None:
    write(tmp_path / "log.parquet", log)
    old, new = change.split("|")
    (tmp_path / "map.toml").write_text(MAP.replace(old, new), encoding="utf-8")
    assert words in refused("log.parquet")


PRESETS = {
    "otel": {
        "start_time_unix_nano": "1790812800000000000",
        "attributes": {
            "gen_ai.request.model": "gpt-oss-120b",
            "gen_ai.usage.input_tokens": 100,
            "gen_ai.usage.output_tokens": 50,
            "gen_ai.usage.cache_read.input_tokens": 40,
        },
    },
    "openai": {
        "created_at": 1790812800,
        "model": "openai/gpt-oss-120b",
        "usage": {
            "input_tokens": 100,
            "output_tokens": 50,
            "input_tokens_details": {"cached_tokens": 40},
        },
    },
    "vllm": {
        "created": 1790812800,
        "model": "openai/gpt-oss-120b",
        "usage": {
            "prompt_tokens": 100,
            "completion_tokens": 50,
            "prompt_tokens_details": {"cached_tokens": 40},
        },
    },
}


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_read_what_they_are_named_after(
    account: Account, tmp_path: Path, preset: str
) -> None:
    line = json.dumps(PRESETS[preset])
    (tmp_path / "log.jsonl").write_text(f"{line}\n{line}\n", encoding="utf-8")
    total = account("log.jsonl", map_=preset)["total"]
    assert (total["requests"], total["input_tok"], total["uncached_tok"]) == (2, 200, 120)
    (tmp_path / "own.toml").write_text(f'extends = "{preset}"\ngroup_by = ["day"]', "utf-8")
    assert account("log.jsonl", map_="own.toml")["by_group"][0]["day"] == "2026-10-01"


@pytest.mark.parametrize("cell", ["NULL", "abc", "N/A"])
def test_one_cell_that_is_no_number_rejects_its_row_and_no_other(
    account: Account, tmp_path: Path, log: Table, cell: str
) -> None:
    spoilt = {**log, "output_tokens": [*log["output_tokens"][:-1], cell]}
    write(tmp_path / "log.csv", spoilt)
    result = account("log.csv")
    assert result["requests"]["rejected"] == {"not_whole": 1}
    assert result["total"]["requests"] == N - 1


@pytest.mark.parametrize("kind", ["csv", "jsonl", "sqlite"])
def test_days_are_of_utc(account: Account, tmp_path: Path, kind: str) -> None:
    times = ["2026-10-02T03:00:00+09:00", "2026-10-02 03:00:00", "2026-10-02T03:00:00Z"]
    row = {"model": "glm-5", "input_tokens": 10, "output_tokens": 5, "cached_tokens": 0}
    rows = [{**row, "time": time} for time in times]
    source, table = f"log.{kind}", None
    if kind == "sqlite":
        with closing(sqlite3.connect(tmp_path / source)) as database, database:
            database.execute("CREATE TABLE t (model, time TEXT, input_tokens INTEGER, "
                             "output_tokens INTEGER, cached_tokens INTEGER)")  # fmt: skip
            values = ":model, :time, :input_tokens, :output_tokens, :cached_tokens"
            database.executemany(f"INSERT INTO t VALUES ({values})", rows)
        source, table = f"sqlite://{tmp_path / source}", "t"
    else:
        write(tmp_path / source, {name: [row[name] for row in rows] for name in rows[0]})
    by_day = {g["day"]: g["requests"] for g in account(source, table=table)["by_group"]}
    assert by_day == {"2026-10-01": 1, "2026-10-02": 2}


def test_a_column_of_any_type_is_judged_as_a_file_is(account: Account, tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE t (model TEXT, i INTEGER, o INTEGER)")
        counts_in = [10, 12.5, "abc", None, -5, 2**40]
        database.executemany("INSERT INTO t VALUES ('glm-5', ?, 5)", [(i,) for i in counts_in])
    (tmp_path / "own.toml").write_text(
        '[columns]\nmodel = "model"\ninput_tokens = "i"\noutput_tokens = "o"\n', "utf-8"
    )
    result = account(f"sqlite://{path}", table="t", map_="own.toml")
    assert result["requests"]["accounted"] == 1
    assert result["requests"]["rejected"] == {
        **{"missing": 1, "negative": 1, "not_whole": 2, "too_large": 1}
    }


def test_requests_of_no_site_are_rejected_and_strange_sites_named_at_once(
    run: Run, refused: Refused, account: Account, tmp_path: Path
) -> None:
    own = (
        'group_by = ["site"]\n[columns]\nmodel = "model"\ninput_tokens = "i"\n'
        'output_tokens = "o"\nsite = "at"\n[sites.tokyo]\n'
    )
    (tmp_path / "map.toml").write_text(own, encoding="utf-8")
    rows = "glm-5,10,-5,tokyo\nglm-5,10,5,tokyo\nglm-5,10,5,\n"
    (tmp_path / "log.csv").write_text(f"model,i,o,at\n{rows}", encoding="utf-8")
    done = asked(
        *(run, tmp_path, "--requests", "log.csv", "--rejected", "rejected.csv"),
        *("--output", "out.csv"),
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.decode() == "out.csv: 3 read, 1 rejected (negative), 1 rejected (no_site)\n"
    listed = (tmp_path / "rejected.csv").read_text("utf-8").splitlines()[1:]
    assert sorted(line.split(",")[0] for line in listed) == ["negative", "no_site"]
    assert next(line for line in listed if "negative" in line).split(",")[5] == "-5"
    (tmp_path / "log.csv").write_text("model,i,o,at\nglm-5,1,5,a\nglm-5,1,5,b\n", "utf-8")
    assert "have no table: 'a', 'b'" in refused("log.csv")


def test_a_driver_that_is_missing_is_named(refused: Refused) -> None:
    words = refused("mysql://u:secret@127.0.0.1:1/x", table="t")
    assert "pip install 'ibis-framework[mysql]'" in words
    assert "secret" not in words


def otlp_line(service: str, *spans: dict[str, Any]) -> str:
    """One export request, as a collector writes it."""
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    scope = {"scope": {"name": "any"}, "spans": list(spans)}
    return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}) + "\n"


def otlp_span(**attributes: Any) -> dict[str, Any]:
    def pair(key: str, value: Any) -> dict[str, Any]:
        kind = "stringValue" if isinstance(value, str) else "intValue"
        # The mapping to JSON writes 64-bit numbers as text; readers take both.
        return {"key": f"gen_ai.{key.replace('__', '.')}", "value": {kind: value}}

    pairs = [pair(key, value) for key, value in attributes.items()]
    return {"name": "chat", "startTimeUnixNano": "1790812800000000000", "attributes": pairs}


def test_spans_of_a_collector_are_read(account: Account, tmp_path: Path) -> None:
    used = {"usage__input_tokens": "100", "usage__output_tokens": 50}
    served = otlp_span(request__model="gpt-oss-120b", **used)
    cached = otlp_span(response__model="glm-5", usage__cache_read__input_tokens=40, **used)
    tool = otlp_span(tool__name="search")
    lines = otlp_line("shop", served, tool, cached) + otlp_line("help", served) + otlp_line("idle")
    (tmp_path / "log.jsonl").write_text(lines, encoding="utf-8")
    (tmp_path / "own.toml").write_text('extends = "otlp"\ngroup_by = ["service", "day"]', "utf-8")
    result = account("log.jsonl", map_="own.toml")
    rows = {(g["service"], g["day"]): g for g in result["by_group"]}
    assert {key: (g["requests"], g["uncached_tok"]) for key, g in rows.items()} == {
        ("shop", "2026-10-01"): (2, 160),
        ("help", "2026-10-01"): (1, 100),
    }
    assert result["requests"]["rejected"] == {"missing": 1}


def test_rows_that_are_no_lists_are_refused(refused: Refused, tmp_path: Path, log: Table) -> None:
    write(tmp_path / "log.parquet", log)
    for levels in ('["spans"]', '["model"]', '["model", "spans"]'):
        own = MAP.replace("cached_within_input", f"rows = {levels}\ncached_within_input")
        (tmp_path / "own.toml").write_text(own, encoding="utf-8")
        assert "is no list of rows" in refused("log.parquet", map_="own.toml")


def test_cached_tokens_counted_apart_belong_to_the_prompt(account: Account, tmp_path: Path) -> None:
    own = MAP.replace("cached_within_input = true", "cached_within_input = false")
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    text = "model,time,input_tokens,output_tokens,cached_tokens\nglm-5,2026-10-01,60,50,40\n"
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    total = account("log.csv", map_="own.toml")["total"]
    assert (total["input_tok"], total["uncached_tok"]) == (100, 60)


SPEND = (
    'CREATE TABLE "LiteLLM_SpendLogs" (request_id TEXT, model TEXT, "startTime" TIMESTAMP, '
    "prompt_tokens INTEGER, completion_tokens INTEGER, cache_hit TEXT, team_id TEXT, "
    '"user" TEXT, api_key TEXT)'
)


def spend_rows() -> list[tuple[Any, ...]]:
    day = "2026-10-01 12:00:00"
    return [
        (str(k), "gpt-oss-120b", day, 100 + k, 50, "False", "red", "u", "k") for k in range(9)
    ] + [("cached", "gpt-oss-120b", day, 100, 50, "True", "red", "u", "k")]


def test_a_table_of_a_database_adds_itself_up(
    refused: Refused, account: Account, tmp_path: Path
) -> None:
    path = tmp_path / "spend.sqlite"
    with sqlite3.connect(path) as database:
        database.execute(SPEND)
        places = ",".join("?" * 9)
        database.executemany(f'INSERT INTO "LiteLLM_SpendLogs" VALUES ({places})', spend_rows())
    database.close()
    url = f"sqlite://{path}"
    result = account(url, table="LiteLLM_SpendLogs", map_="litellm")
    assert result["requests"]["skipped"] == 1
    assert (result["total"]["requests"], result["total"]["input_tok"]) == (9, 936)
    assert "uncached_tok" in result["total"]
    assert result["provenance"]["requests"]["table"] == "LiteLLM_SpendLogs"
    (tmp_path / "answer.json").unlink()
    refused(url, table='x"; DROP TABLE "LiteLLM_SpendLogs', map_="litellm")
    assert account(url, table="LiteLLM_SpendLogs", map_="litellm")["total"] == result["total"]


@pytest.mark.parametrize(
    "url",
    [
        "postgres://meter:s3cr%40t@127.0.0.1:9/logs?sslmode=disable&password=hunter22",
        "duckdb:///nowhere/meter:s3cr%40t@x.duckdb",
        "nosuchengine://meter:s3cr%40t@host/db",
    ],
)
def test_who_may_enter_is_never_shown(run: Run, tmp_path: Path, url: str) -> None:
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    done = asked(run, tmp_path, "--requests", url, "--table", "t")
    assert done.returncode == 1
    said = done.stderr + done.stdout
    assert b"s3cr" not in said.replace(b"/nowhere/meter:s3cr%40t@x.duckdb", b"")
    assert b"hunter22" not in said


def test_files_go_out_whole(run: Run, account: Account, tmp_path: Path, log: Table) -> None:
    write(tmp_path / "log.parquet", log)
    result = account("log.parquet")
    for name in ("out.json", "out.csv", "out.parquet"):
        done = asked(run, tmp_path, "--requests", "log.parquet", "--output", name)
        assert done.returncode == 0
        assert done.stdout == b""
    assert json.loads((tmp_path / "out.json").read_text("utf-8")) == result
    table = parquet.read_table(tmp_path / "out.parquet")
    assert table.column("scope").to_pylist() == ["total", *["group"] * 4]
    assert table.column("energy_kwh_p50")[0].as_py() == result["total"]["energy_kwh"]["p50"]
    kept = json.loads(table.schema.metadata[b"wh_uncertainty"])
    assert kept["provenance"] == result["provenance"]
    header = (tmp_path / "out.csv").read_text("utf-8").splitlines()[0]
    assert header.split(",") == table.column_names
    shown = asked(run, tmp_path, "--requests", "log.parquet").stdout.decode()
    assert shown.startswith("3,000 requests: about ")


def test_options_that_do_not_go_together(
    run: Run, refused: Refused, tmp_path: Path, log: Table
) -> None:
    write(tmp_path / "log.parquet", log)
    done = asked(run, tmp_path, "--requests", "log.parquet", "--unknown", "guess")
    assert (done.returncode, b"--unknown guess" in done.stderr) == (2, True)
    done = asked(run, tmp_path, "--requests", "log.parquet", "--output", "out.xlsx")
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert b"ends with .parquet or .csv" in done.stderr
    assert "files have no tables" in refused("log.parquet", table="t")
    assert "environment has no address" in refused("env:NO_SUCH_URL")
