"""The application behind the page: its files, its questions and its downloads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib.resources import files

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from wh_uncertainty.cli.charts.vega import script
from wh_uncertainty.cli.explorer.answers import Answering, answer_body, answering, picture
from wh_uncertainty.cli.explorer.choices import choices
from wh_uncertainty.cli.explorer.drivers import drivers_body
from wh_uncertainty.cli.explorer.guard import Guard
from wh_uncertainty.cli.explorer.question import Knowledge, QueryError, read_query
from wh_uncertainty.cli.render import Format
from wh_uncertainty.cli.simulation_report import render_simulation
from wh_uncertainty.model.posterior import PosteriorError
from wh_uncertainty.model.scenario import ScenarioError
from wh_uncertainty.model.token_lengths.lengths import WorkloadError
from wh_uncertainty.priors import PriorError

__all__ = ["create_app"]

_JAVASCRIPT = "text/javascript"
_PAGE: Mapping[str, tuple[str, str]] = {
    "/": ("index.html", "text/html"),
    "/style.css": ("style.css", "text/css"),
    **{f"/{name}": (name, _JAVASCRIPT) for name in ("explore.js", "controls.js", "results.js")},
}
_MEDIA_TYPES = {"json": "application/json", "csv": "text/csv", "svg": "image/svg+xml"}
_ERROR_CODES: Mapping[type[Exception], int] = {
    QueryError: 400,
    **dict.fromkeys((ScenarioError, WorkloadError, PriorError, PosteriorError), 422),
}


def create_app(
    knowledge: Knowledge, hosts: frozenset[str], chart_script: Callable[[], str] = script
) -> ASGIApp:
    """Make the application.

    Parameters
    ----------
    knowledge : Knowledge
    hosts : frozenset of str
        Names under which it is asked, with the port: ``127.0.0.1:8000``.
    chart_script : callable
        Returns the JavaScript that draws charts; may take its time.

    Returns
    -------
    ASGI application

    Raises
    ------
    PosteriorError
        There is nothing to ask about.
    """
    listed = choices(knowledge)
    answer = answering(knowledge)

    def choices_of(request: Request) -> Response:
        return JSONResponse(listed)

    def charts(request: Request) -> Response:
        return Response(chart_script(), media_type=_JAVASCRIPT)

    app = Starlette(
        routes=[
            *(Route(path, partial(_file, *part)) for path, part in _PAGE.items()),
            Route("/charts.js", charts),
            Route("/api/choices", choices_of),
            Route("/api/answer", partial(_answer, knowledge, answer)),
            Route("/api/drivers", partial(_drivers, knowledge, answer)),
            Route("/download/answer.{form}", partial(_download, knowledge, answer)),
        ],
        exception_handlers={
            error: partial(_refused, status) for error, status in _ERROR_CODES.items()
        },
    )
    return Guard(app, hosts)


def _file(name: str, media_type: str, request: Request) -> Response:
    content = files(__package__).joinpath("page", name).read_bytes()
    return Response(content, media_type=media_type)


def _answer(knowledge: Knowledge, answer: Answering, request: Request) -> Response:
    question = read_query(request.query_params.multi_items(), knowledge)
    return JSONResponse(answer_body(question, answer(question), knowledge))


def _drivers(knowledge: Knowledge, answer: Answering, request: Request) -> Response:
    question = read_query(request.query_params.multi_items(), knowledge)
    return JSONResponse(drivers_body(question, answer(question), knowledge))


def _download(knowledge: Knowledge, answer: Answering, request: Request) -> Response:
    form: str = request.path_params["form"]
    if form not in _MEDIA_TYPES:
        return Response("not found\n", 404)
    drawn = answer(read_query(request.query_params.multi_items(), knowledge))
    if form == "svg":
        content = picture(drawn)
    else:
        content = render_simulation(drawn.to_dict(), Format(form)).encode()
    saved = {"Content-Disposition": f'attachment; filename="wh-per-query.{form}"'}
    return Response(content, media_type=_MEDIA_TYPES[form], headers=saved)


def _refused(status: int, request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status)
