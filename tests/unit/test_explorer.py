"""The application behind `explore`, without a network: what it answers and what it refuses."""

import asyncio
import json
import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

import numpy as np
import pytest
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message

from wh_uncertainty.cli.explorer.guard import HEADERS
from wh_uncertainty.cli.explorer.question import Knowledge
from wh_uncertainty.cli.explorer.server import create_app
from wh_uncertainty.cli.plot import draw_simulation
from wh_uncertainty.cli.render import Format
from wh_uncertainty.cli.simulation_report import headline, render_simulation
from wh_uncertainty.model import create_scenario, prepare, sensitivity_indices, simulate
from wh_uncertainty.priors import load_catalogue

HOST = "127.0.0.1:8000"
ASKED = {"model": "gpt-oss-120b", "workload": "1k/8k"}
FULL = {
    **ASKED,
    "hardware": "h200",
    "precision": "fp4",
    "interactivity_tok_s": "35.5",
    "provider": "third-party",
    "region": "japan",
    "boundary": "it",
    "efficiency": "0.4",
    "cached_share": "0.25",
    "effort": "high",
}
DRAWS, SEED = 2000, 7
SAMPLE = {"draws": str(DRAWS), "seed": str(SEED)}
FILES = ("/", "/style.css", "/explore.js", "/controls.js", "/results.js")


@dataclass(frozen=True)
class Response:
    status: int
    headers: Headers
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


Query = Mapping[str, str] | list[tuple[str, str]]


@dataclass(frozen=True)
class Client:
    """Hands requests to the application as they are: a real client would tidy them first."""

    app: ASGIApp

    def get(
        self, path: str, query: Query | None = None, method: str = "GET", **headers: str
    ) -> Response:
        named = {"host": HOST} | {key.replace("_", "-"): value for key, value in headers.items()}
        pairs = query if isinstance(query, list) else list((query or {}).items())
        scope = {
            "type": "http",
            "method": method,
            "path": unquote(path),
            "query_string": urlencode(pairs).encode(),
            "headers": [(key.encode(), value.encode()) for key, value in named.items()],
        }
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            messages.append(dict(message))

        with suppress(RuntimeError):  # which the server would log
            asyncio.run(self.app(scope, receive, send))  # type: ignore[arg-type]
        start, *bodies = messages
        return Response(
            start["status"],
            Headers(raw=start["headers"]),
            b"".join(part["body"] for part in bodies),
        )


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(create_app(Knowledge(load_catalogue()), frozenset({HOST, "localhost:8000"})))


def _refused(client: Client, status: int, query: Any, path: str = "/api/answer") -> str:
    """The one line of an orderly refusal."""
    response = client.get(path, query)
    assert response.status == status, response.content
    said: str = response.json()["error"]
    assert list(response.json()) == ["error"]
    assert "\n" not in said
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize("asked", [ASKED, FULL], ids=["open", "pinned"])
def test_answer_is_that_of_simulate(client: Client, asked: Mapping[str, str]) -> None:
    body = client.get("/api/answer", {**asked, **SAMPLE}).json()
    result = simulate(asked, draws=DRAWS, seed=SEED).to_dict()
    assert body["answer"] == json.loads(json.dumps(result))
    assert body["words"]["headline"] == headline(result)


def test_density_integrates_to_one(client: Client) -> None:
    density = client.get("/api/answer", {**ASKED, **SAMPLE}).json()["density"]
    assert set(density) == {"mean", "one_query"}
    for curve in density.values():
        assert np.trapezoid(curve["per_decade"], np.log10(curve["wh"])) == pytest.approx(
            1, abs=0.01
        )


def test_command_asks_the_same_question(client: Client) -> None:
    body = client.get("/api/answer", {**FULL, **SAMPLE}).json()
    words = shlex.split(body["command"])
    assert words[:2] == ["wh-uncertainty", "simulate"]
    stated = dict(zip(words[2::2], words[3::2], strict=True))
    keys = {key: f"--{key.replace('_', '-')}" for key in FULL} | {
        "interactivity_tok_s": "--interactivity"
    }
    assert stated == {keys[key]: value for key, value in FULL.items()} | {
        "--draws": str(DRAWS),
        "--seed": str(SEED),
    }


def test_command_leaves_out_what_is_not_known(client: Client) -> None:
    asked = {**ASKED, "hardware": "", "provider": "any"}
    command = client.get("/api/answer", asked).json()["command"]
    assert command == (
        "wh-uncertainty simulate --model gpt-oss-120b --workload 1k/8k --draws 20000 --seed 0"
    )


def test_drivers_are_those_of_sensitivity(client: Client) -> None:
    body = client.get("/api/drivers", {**ASKED, **SAMPLE}).json()
    catalogue = load_catalogue()
    context = prepare(create_scenario(catalogue, **ASKED), catalogue)
    expected = sensitivity_indices(context, log2_n=12, seed=SEED).to_records()
    assert body["sobol"] == expected
    assert expected[0]["meaning"] in body["words"]["headline"]
    assert body["command"].endswith(f"--log2-points 12 --seed {SEED}")


@pytest.mark.parametrize("form", ["json", "csv"])
def test_download_is_what_simulate_prints(client: Client, form: str) -> None:
    response = client.get(f"/download/answer.{form}", {**FULL, **SAMPLE})
    result = simulate(FULL, draws=DRAWS, seed=SEED).to_dict()
    assert response.content == render_simulation(result, Format(form)).encode()
    assert "attachment" in response.headers["content-disposition"]


def test_downloaded_picture_is_that_of_plot(client: Client, tmp_path: Path) -> None:
    response = client.get("/download/answer.svg", {**ASKED, **SAMPLE})
    drawn = simulate(ASKED, draws=DRAWS, seed=SEED)
    draw_simulation(tmp_path / "x.svg", drawn.to_dict(), drawn.wh_mean, drawn.wh_one_query)
    assert response.headers["content-type"].startswith("image/svg+xml")
    assert response.content == (tmp_path / "x.svg").read_bytes()


def test_choices_can_be_asked(client: Client) -> None:
    listed = client.get("/api/choices").json()
    for key in ("workload", "region", "provider", "boundary"):
        for choice in listed[key]:
            asked = {**ASKED, key: choice["value"], "draws": "1000"}
            assert client.get("/api/answer", asked).status == 200, choice
    for model in listed["model"]:
        hardware, precision = model["deployments"][0]
        asked = {"model": model["value"], "hardware": hardware, "precision": precision}
        asked |= {"workload": "chat", "draws": "1000"}
        assert client.get("/api/answer", asked).status == 200, model
    assert client.get("/api/answer", listed["defaults"]).status == 200


def test_seed_of_the_command_is_the_usual_one() -> None:
    app = create_app(Knowledge(load_catalogue(), seed=5), frozenset({HOST}))
    client = Client(app)
    assert client.get("/api/choices").json()["defaults"]["seed"] == 5
    assert client.get("/api/answer", ASKED).json()["answer"]["provenance"]["seed"] == 5


@pytest.mark.parametrize(
    "workload",
    [
        *("/etc/passwd", "../../etc/passwd", "trace.csv", "./trace.csv", "a/b.parquet", "1/2.csv"),
        *("~/x", "file:///etc/passwd", "http://127.0.0.1/x", "1/2/3", "nan/1", "inf/1", "0/5"),
        *("-1/5", "1e99/1", "/", "//", "resoning", "<script>alert(1)</script>", "x\x00y", "\u202e"),
    ],
)
def test_a_workload_is_no_file(client: Client, workload: str) -> None:
    assert "workload" in _refused(client, 422, {**ASKED, "workload": workload})


@pytest.mark.parametrize("name", ["trace.csv", "trace"])
def test_a_workload_that_exists_is_not_read(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    trace = "input_tokens,output_tokens\n10,10\n"
    (tmp_path / "1k").mkdir()
    for path in (tmp_path / name, tmp_path / "1k" / "8k"):
        path.write_text(trace, encoding="utf-8")
    for workload in (name, f"./{name}", str(tmp_path / name), "1k/8k"):
        _refused(client, 422, {**ASKED, "workload": workload})


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        *((key, value, 422) for key in ("model", "region", "hardware") for value in ("x", "../x")),
        *(("interactivity_tok_s", value, 422) for value in ("nan", "inf", "-1", "0", "1e400", "x")),
        *(("efficiency", value, 422) for value in ("nan", "0", "11", "[]")),
        *(("cached_share", value, 422) for value in ("-0.1", "1.1", "NaN")),
        *(("effort", value, 422) for value in ("huge", "0", "-1", "nan")),
        *(("draws", value, 400) for value in ("999", "200001", "1e4", "-5", "nan", "1_000", "x")),
        *(("seed", value, 400) for value in ("-1", "1.5", "9" * 40, "\u0661")),
        *((key, "9" * 101, 400) for key in ("model", "workload", "seed", "interactivity_tok_s")),
    ],
)
def test_values_that_are_none(client: Client, key: str, value: str, status: int) -> None:
    assert key in _refused(client, status, {**ASKED, key: value})


@pytest.mark.parametrize(
    "key",
    [
        *("model_spec", "hardware_spec", "scenario", "priors", "posterior", "output", "plot"),
        *("deployment", "concurrency", "as_of", "Model", "", "__class__", "x" * 5000),
    ],
)
def test_unknown_parameters_are_refused(client: Client, key: str) -> None:
    for path in ("/api/answer", "/api/drivers", "/download/answer.json"):
        assert "cannot be asked" in _refused(client, 400, {**ASKED, key: "x"}, path)


def test_repeated_parameters_are_refused(client: Client) -> None:
    twice = [*ASKED.items(), ("workload", "chat")]
    assert _refused(client, 400, twice) == "workload is given twice; give it once"


@pytest.mark.parametrize("missing", ASKED)
def test_a_question_needs_model_and_workload(client: Client, missing: str) -> None:
    rest = {key: value for key, value in ASKED.items() if key != missing}
    assert missing in _refused(client, 422, rest)
    assert missing in _refused(client, 422, {**ASKED, missing: "  "})


def test_what_was_not_benchmarked_is_said(client: Client) -> None:
    assert "b300" in _refused(client, 422, {**ASKED, "hardware": "b300"})


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1:8001", "127.0.0.1", "[::1]:8000", ""]
)
def test_another_name_is_refused(client: Client, host: str) -> None:
    assert client.get("/", host=host).status == 421


def test_both_names_are_ours(client: Client) -> None:
    for host in (HOST, "localhost:8000", "LOCALHOST:8000"):
        assert client.get("/", host=host).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_only_reading(client: Client, method: str) -> None:
    response = client.get("/api/answer", ASKED, method)
    assert (response.status, response.headers["allow"]) == (405, "GET, HEAD")


def test_pages_of_others_cannot_ask(client: Client) -> None:
    for site in ("cross-site", "same-site"):
        asking = {"sec_fetch_site": site, "sec_fetch_mode": "no-cors"}
        assert client.get("/api/answer", ASKED, **asking).status == 403
        following = {"sec_fetch_site": site, "sec_fetch_mode": "navigate"}
        assert client.get("/", ASKED, **following).status == 200


@pytest.mark.parametrize(
    "path",
    [
        *FILES,
        *("/api/choices", "/api/answer", "/nothing", "/../pyproject.toml", "/%2e%2e/question.py"),
        *("/page/index.html", "/download/answer.exe", "/download/../answer.json"),
    ],
)
def test_every_response_has_the_headers(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status in (200, 404, 422)
    assert {key: response.headers[key] for key in HEADERS} == HEADERS
    assert "access-control-allow-origin" not in response.headers
    assert (response.status == 200) == (path in FILES or path == "/api/choices")


def test_a_defect_is_no_traceback(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("wh_uncertainty.cli.explorer.server.read_query", fail)
    response = client.get("/api/answer", ASKED)
    assert response.status == 500
    assert b"secret" not in response.content
    assert response.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_the_page_names_no_other_address(client: Client) -> None:
    for path in FILES:
        assert b"http" not in client.get(path).content
