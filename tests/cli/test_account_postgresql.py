"""A real PostgreSQL, started for the test as a process of its own, adds up LiteLLM's table."""

import os
import shutil
import subprocess
from collections.abc import Generator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.cli.accounting.faults import RequestLogError
from wh_uncertainty.cli.accounting.request_log import open_log
from wh_uncertainty.cli.accounting.request_map import read_request_map

# With the other tests that need requirements/debian.txt; Ibis and pandas warn of what is theirs.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

PASSWORD = "corr3ct-horse"
SPEND = (
    'CREATE TABLE "LiteLLM_SpendLogs" (request_id TEXT, model TEXT, "startTime" TIMESTAMP(3), '
    "prompt_tokens INTEGER, completion_tokens INTEGER, cache_hit TEXT, team_id TEXT, "
    '"user" TEXT, api_key TEXT)'
)
ROWS = (
    "INSERT INTO \"LiteLLM_SpendLogs\" SELECT k::TEXT, 'gpt-oss-120b', '2026-10-01 12:00', "
    "1000 + k, CASE k WHEN 7 THEN -1 ELSE 500000000 END, CASE WHEN k < 5 THEN 'True' ELSE '' END, "
    "'red', 'u', 'k' FROM generate_series(0, 999) AS k"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """Address of a server that lets nobody in without the password."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    folder = tmp_path_factory.mktemp("postgresql")
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    as_user: dict[str, Any] = {}
    if os.getuid() == 0:  # PostgreSQL refuses to be root
        as_user = {"user": "postgres", "group": "postgres"}
        for path in (folder, *folder.parents):
            if not path.stat().st_mode & 0o001:
                path.chmod(0o755)
        shutil.chown(folder, "postgres", "postgres")
        shutil.chown(folder / "password", "postgres")
    make: list[Any] = [
        programs / "initdb",
        "-D",
        folder / "data",
        "-U",
        "meter",
        "-A",
        "scram-sha-256",
    ]
    subprocess.run(
        [*make, f"--pwfile={folder / 'password'}"],
        check=True,
        capture_output=True,
        cwd=folder,
        **as_user,
    )
    run: list[Any] = [programs / "pg_ctl", "-D", folder / "data", "-w"]
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([*run, "-o", options, "start"], check=True, cwd=folder, **quiet, **as_user)
    try:
        yield f"postgres://meter:{PASSWORD}@/postgres?host={folder}"
    finally:
        stop: list[Any] = [*run, "-m", "immediate", "stop"]
        subprocess.run(stop, check=True, cwd=folder, **quiet, **as_user)


@pytest.fixture(scope="module")
def filled(server: str) -> str:
    psycopg: Any = import_module("psycopg")
    with psycopg.connect(server.replace("postgres:", "postgresql:")) as connection:
        connection.execute(SPEND)
        connection.execute(ROWS)
    return server


def test_the_database_adds_up(filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPEND_URL", filled)
    meaning = read_request_map("litellm")
    log = open_log(["env:SPEND_URL"], meaning, table="LiteLLM_SpendLogs", spark=None)
    found = log.read()
    listed = log.rejected(5)
    log.close()
    assert found.rejected == {"negative": 1, "skipped": 5}
    assert listed[0]["reason"] == "negative"
    sums = found.groups[0].sums
    assert sums.requests == 994
    assert sums.output2_tok2 == 994 * 500_000_000**2  # beyond 64 bits
    assert PASSWORD not in f"{log!r} {log.source()} {log.name}"


def test_a_wrong_password_is_not_repeated(filled: str) -> None:
    wrong = filled.replace(PASSWORD, "wr0ng-horse")
    with pytest.raises(RequestLogError) as error:
        open_log([wrong], read_request_map("litellm"), table="LiteLLM_SpendLogs", spark=None)
    assert "wr0ng" not in str(error.value)
    assert error.value.__cause__ is None
    with pytest.raises(RequestLogError, match="check address, table"):
        open_log([filled], read_request_map("litellm"), table="no such", spark=None)
