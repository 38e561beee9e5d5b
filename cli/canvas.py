"""What pictures have in common: their files, their style and text that keeps to its place."""

import io
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from wh_uncertainty.cli.files import OutputError, check_folder, write_whole
from wh_uncertainty.cli.fonts import FONT, choose_fonts, drawable
from wh_uncertainty.cli.layout import printable

__all__ = [
    "BLUE",
    "FAINT",
    "INK",
    "MARGIN",
    "Axes",
    "Figure",
    "Line",
    "check_picture",
    "line_inches",
    "lines_inches",
    "new_axes",
    "new_page",
    "new_picture",
    "picture_format",
    "shortened",
    "text_inches",
    "wrapped_lines",
    "write_lines",
]

Axes = Any  # matplotlib says of most keyword arguments nothing that a type checker accepts
Figure = Any

# Of Okabe and Ito: told from grey by every kind of colour vision, and dark in grey.
BLUE = "#0072B2"
INK, FAINT = "#222222", "#666666"
MARGIN = 0.3  # inches

_FORMATS = ("svg", "png")
_DPI = 200
_RC: Mapping[str, Any] = {
    "font.family": FONT,
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.parse_math": False,  # the name of a trace may hold dollar signs
    "svg.hashsalt": "wh-uncertainty",  # same result, same bytes
    "svg.fonttype": "path",
}
_POINTS_PER_INCH = 72
_LINE_SPACING = 1.4
_LONGEST_WORDS = 80  # names of deployments stay whole


def picture_format(path: Path) -> str:
    """Return the format that a file name asks for.

    Parameters
    ----------
    path : Path

    Returns
    -------
    {"svg", "png"}

    Raises
    ------
    OutputError
        The name ends otherwise.
    """
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in _FORMATS:
        raise OutputError(f"{path}: a picture is .svg or .png; change the end of its name")
    return suffix


def check_picture(path: Path) -> None:
    """Refuse a picture that cannot be made, before anything is written.

    Parameters
    ----------
    path : Path

    Raises
    ------
    OutputError
        Its name ends otherwise, or its directory does not exist.
    """
    picture_format(path)
    check_folder(path)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text.

    Parameters
    ----------
    text : str
    size : float
        [points]
    colour : str
    weight : {"normal", "bold"}
    """

    text: str
    size: float
    colour: str = INK
    weight: str = "normal"


@contextmanager
def new_picture(path: Path, width: float, height: float) -> Generator[Figure]:
    """Give a figure to draw on, and write it when that is done.

    Parameters
    ----------
    path : Path
        Ends in .svg or .png.
    width, height : float
        [inches]

    Yields
    ------
    matplotlib.figure.Figure

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    form = picture_format(path)
    with import_module("matplotlib").rc_context(_RC):
        figure: Figure = import_module("matplotlib.figure").Figure(figsize=(width, height))
        yield figure
        choose_fonts(figure)
        buffer = io.BytesIO()
        metadata = {"Date": None} if form == "svg" else {"Software": None}
        figure.savefig(buffer, format=form, dpi=_DPI, metadata=metadata)
    write_whole(path, buffer.getvalue())


@contextmanager
def new_page(
    path: Path, width: float, height: float, header: Sequence[Line], footer: Sequence[Line]
) -> Generator[tuple[Figure, float]]:
    """Give a figure with text above and below the room that is asked for.

    Parameters
    ----------
    path : Path
        Ends in .svg or .png.
    width, height : float
        Of all, and of the room between header and footer [inches].
    header, footer : sequence of Line

    Yields
    ------
    matplotlib.figure.Figure
    float
        Where the room begins [inches from the upper edge].

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    top = MARGIN + lines_inches(header)
    with new_picture(path, width, top + height + lines_inches(footer) + MARGIN) as figure:
        write_lines(figure, MARGIN, MARGIN, header)
        write_lines(figure, MARGIN, top + height, footer)
        yield figure, top


def new_axes(figure: Figure, x: float, top: float, width: float, height: float) -> Axes:
    """Add axes of a size, whose upper left corner is at (x, top); all in inches."""
    whole_width, whole_height = figure.get_size_inches()
    corner = x / whole_width, 1 - (top + height) / whole_height
    axes = figure.add_axes((*corner, width / whole_width, height / whole_height))
    axes.spines[["right", "top"]].set_visible(False)
    return axes


def text_inches(text: str, size: float, weight: str = "normal") -> float:
    """Measure how wide a text will be.

    Parameters
    ----------
    text : str
    size : float
        [points]
    weight : {"normal", "bold"}

    Returns
    -------
    float
        [inches]
    """
    measure = import_module("matplotlib.textpath").text_to_path
    properties = import_module("matplotlib.font_manager").FontProperties
    legible, families = drawable(text)
    font = properties(family=families, size=size, weight=weight)
    width: float = measure.get_text_width_height_descent(legible, font, ismath=False)[0]
    return width / _POINTS_PER_INCH


def wrapped_lines(
    text: str, width: float, size: float, colour: str = INK, weight: str = "normal"
) -> list[Line]:
    """Break a text at its blanks into lines that are no wider than asked.

    Parameters
    ----------
    text : str
    width : float
        [inches]; a single word may be wider.
    size : float
        [points]
    colour, weight : str

    Returns
    -------
    list of Line
    """
    lines: list[str] = []
    for word in printable(text).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_inches(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [Line(line, size, colour, weight) for line in lines]


def shortened(text: str) -> str:
    """Leave out the middle of a name that would take a picture's width."""
    text = printable(text)
    if len(text) <= _LONGEST_WORDS:
        return text
    half = (_LONGEST_WORDS - 3) // 2
    return f"{text[:half]}...{text[-half:]}"


def lines_inches(lines: Sequence[Line]) -> float:
    """Return the height of lines of text [inches]."""
    return sum(line.size for line in lines) * _LINE_SPACING / _POINTS_PER_INCH


def line_inches(lines: Sequence[Line]) -> float:
    """Return the width of the longest of lines of text [inches]."""
    return max(text_inches(line.text, line.size, line.weight) for line in lines)


def write_lines(figure: Figure, x: float, top: float, lines: Sequence[Line]) -> None:
    """Write lines of text downwards.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    x, top : float
        Where the first begins [inches from the left and from the upper edge].
    lines : sequence of Line
    """
    width, height = figure.get_size_inches()
    for i, line in enumerate(lines):
        y = 1 - (top + lines_inches(lines[:i])) / height
        style = {"fontsize": line.size, "color": line.colour, "fontweight": line.weight}
        figure.text(x / width, y, line.text, va="top", **style)
