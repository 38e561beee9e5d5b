"""What may reach the server, and what every response says about itself.

The server is on this machine, but every page that is open in its browser can send to it. So a
request has to name the server as the browser sees it, which a rebound name does not (DNS
rebinding), may only read, and may only come from our own page or be the opening of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADERS", "Guard"]

_POLICY = (
    *("default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:"),
    *("connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"),
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "; ".join(_POLICY),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_METHODS = ("GET", "HEAD")


class Guard:
    """Stands before an application.

    Parameters
    ----------
    app : ASGI application
    hosts : frozenset of str
        Names of the server as a browser writes them, with the port.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request or pass it on; either way the response gets our headers."""
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refusal = self._refusal(scope["method"], Headers(scope=scope))
        await (refusal or self._app)(scope, receive, with_headers)

    def _refusal(self, method: str, headers: Headers) -> Response | None:
        names = [name.lower() for name in headers.getlist("host")]
        if len(names) != 1 or names[0] not in self._hosts:
            return PlainTextResponse("this server has another name\n", 421)
        if method not in _METHODS:
            allow = {"Allow": ", ".join(_METHODS)}
            return PlainTextResponse("this server is only read\n", 405, allow)
        if _is_foreign(headers):
            return PlainTextResponse("this server answers its own page\n", 403)
        return None


def _is_foreign(headers: Headers) -> bool:
    """Whether another site's page asks; following a link to us is not asking."""
    site, mode = headers.get("sec-fetch-site", "none"), headers.get("sec-fetch-mode")
    return site not in ("none", "same-origin") and mode != "navigate"
