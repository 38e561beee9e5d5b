"""Addresses, against a server on this machine; nothing else is asked."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from wh_uncertainty.model.intake.download import download, is_address
from wh_uncertainty.model.observations import ObservationError

Answer = Callable[[BaseHTTPRequestHandler], None]
Serve = Callable[[Answer], AbstractContextManager[str]]


def _body(content: bytes) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        request.wfile.write(content)

    return answer


def _redirect(to: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", to)
        request.end_headers()

    return answer


def test_what_is_an_address() -> None:
    assert is_address("https://example.com/x")
    assert is_address("FTP://example.com")
    assert not is_address("folder/rows.json")
    assert not is_address("C:\\rows.json")


def test_a_file_is_fetched_and_named_after_its_address(serve: Serve, tmp_path: Path) -> None:
    with serve(_body(b"[]")) as address:
        path = download(f"{address}/api/v1/benchmarks?model=a/../b", tmp_path)
    assert path.parent == tmp_path
    assert path.name == "127.0.0.1_api_v1_benchmarks"
    assert path.read_bytes() == b"[]"


@pytest.mark.parametrize(
    "address",
    [
        *("http://example.com/x", "ftp://example.com/x", "file:///etc/passwd"),
        *("http://localhost/x", "http://127.0.0.1.example.com/x", "http://10.0.0.1/x"),
        "data://text/plain,x",
    ],
)
def test_only_https_and_this_machine(tmp_path: Path, address: str) -> None:
    with pytest.raises(ObservationError, match="only https is fetched"):
        download(address, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("to", ["http://example.com/x", "file:///etc/passwd", "ftp://a/b"])
def test_a_redirect_does_not_leave_https(serve: Serve, tmp_path: Path, to: str) -> None:
    with (
        serve(_redirect(to)) as address,
        pytest.raises(ObservationError, match=r"only https is fetched|is not allowed"),
    ):
        download(address, tmp_path)


def test_a_redirect_within_what_is_allowed(serve: Serve, tmp_path: Path) -> None:
    with serve(_body(b"x")) as target, serve(_redirect(target)) as address:
        assert download(address, tmp_path).read_bytes() == b"x"


def test_size_time_and_failure(serve: Serve, tmp_path: Path) -> None:
    with serve(_body(b"x" * 2000)) as address:
        with pytest.raises(ObservationError, match="over 0 MiB; ask for less"):
            download(address, tmp_path, most_bytes=1000)
        with pytest.raises(ObservationError, match="too slow"):
            download(address, tmp_path, total_s=-1.0)

    def missing(request: BaseHTTPRequestHandler) -> None:
        request.send_error(404)

    with serve(missing) as address, pytest.raises(ObservationError, match="404"):
        download(address, tmp_path)
    with pytest.raises(ObservationError, match="try later"):
        download("http://127.0.0.1:1/x", tmp_path)


def test_a_certificate_that_nobody_vouches_for(serve: Serve, tmp_path: Path) -> None:
    """A server without TLS under https: the handshake fails, and nothing is read."""
    with (
        serve(_body(b"x")) as address,
        pytest.raises(ObservationError, match=r"https://127\.0\.0\.1"),
    ):
        download(address.replace("http://", "https://"), tmp_path)
