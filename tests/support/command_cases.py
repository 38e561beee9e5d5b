"""Whole commands, as hypothesis draws them: words and the files that they read.

What is written goes to ``out/``, so that it can be told from what was there.
"""

from dataclasses import dataclass
from typing import Any

import command_files as files
from command_words import (
    FEWEST_DRAWS,
    HARDWARE,
    MODELS,
    Pen,
    odd_numbers,
    options,
    texts,
)
from hypothesis import strategies as st

from wh_uncertainty.priors import load_catalogue

#: Times of a thousand. What takes seconds is rare, so that the quick ones are run often.
WEIGHTS = {
    "simulate": 400,
    "compare": 130,
    "measure": 150,
    "sweep": 90,
    "account": 70,
    "priors": 60,
    "observations": 40,
    "schema": 10,
    "list": 14,
    "sensitivity": 14,
    "disclosure": 10,
    "report": 10,
    "validate": 2,
}
_ODDNESS = (0, 0, 0, 1, 1, 2, 5)  # tenths; half of the commands are wholly good
_FORMATS = ("table", "json", "csv")
_ODD_TARGETS = (
    "gone/x",
    "out",
    "",
    "/dev/full",
    "/dev/null",
    "out/x.xyz",
    "out/\udcff",
    "out/" + "x" * 300,
)


@dataclass(frozen=True, slots=True)
class Case:
    """A command line, and the files that it may read.

    Parameters
    ----------
    words : tuple of str
    files : mapping of str to bytes
        By name, from where it is run.
    """

    words: tuple[str, ...]
    files: dict[str, bytes]


@st.composite
def cases(draw: Any, command: str) -> Case:
    """Draw a command line.

    Parameters
    ----------
    draw : callable
        Given by hypothesis.
    command : str
        One of `WEIGHTS`.
    """
    pen = Pen(draw, draw(st.sampled_from(_ODDNESS)))
    words = _COMMANDS[command](pen)
    if pen.oddness > 1 and pen.chance(1):
        words.insert(pen.draw(st.integers(1, len(words))), pen.draw(texts()))
    return Case((command, *words), pen.files)


def _file(pen: Pen, name: str, content: bytes) -> str:
    pen.files[name] = content
    return name


def _question(pen: Pen) -> list[str]:
    """State a question by options, by a file, or by a file with options over it."""
    words: list[str] = []
    if pen.chance(2):
        words += ["--scenario", _file(pen, "question.toml", files.scenario_file(pen))]
    if not words or pen.chance(2):
        answers = pen.answers()
        for kind, make in (("model", files.model_spec), ("hardware", files.hardware_spec)):
            # What nobody has benchmarked takes seconds to predict; what is refused takes none.
            if pen.chance(1) if pen.oddness > 1 else pen.rarely():
                answers.pop(kind, None)
                answers[f"{kind}-spec"] = _file(pen, f"{kind}.toml", make(pen))
        if pen.chance(1):
            answers["workload"] = _file(pen, "trace.csv", files.trace_file(pen))
        words += options(answers)
    return words


def _common(pen: Pen, *, site: bool = True, seed: bool = True) -> list[str]:
    words: list[str] = []
    if pen.chance(1):
        pen.files["own/own.toml"] = files.priors_file(pen)
        words += ["--priors", pen.value(st.just("own"), texts())]
    if site and pen.chance(1):
        words += ["--site", _file(pen, "site.toml", files.site_file(pen))]
    if pen.oddness and pen.chance(1):
        words.append(f"--posterior={pen.draw(texts())}")
    if seed and pen.chance(5):
        words.append(f"--seed={pen.value(st.integers(0, 2**64).map(str), odd_numbers())}")
    return words


def _draws(pen: Pen) -> list[str]:
    odd = st.sampled_from(["0", "-1", "999", "1e3", "nan", "9" * 30, "x", "", "10000000000"])
    return [f"--draws={pen.value(st.just(FEWEST_DRAWS), odd)}"]


def _target(pen: Pen, option: str, *ends: str, often: int = 2) -> list[str]:
    if not pen.chance(often):
        return []
    good = st.sampled_from([f"out/{option}{end}" for end in ends])
    return [f"--{option}={pen.value(good, st.sampled_from(_ODD_TARGETS))}"]


def _output(pen: Pen, words: list[str]) -> list[str]:
    """Name the file as its form is: the check of it goes by that."""
    form = words[-1].rpartition("=")[2]
    return _target(pen, "output", f".{form}" if form in ("json", "csv") else ".txt")


def _form(pen: Pen) -> list[str]:
    return [f"--format={pen.value(st.sampled_from(_FORMATS), texts())}"]


def _plot(pen: Pen) -> list[str]:
    return _target(pen, "plot", ".svg", ".png") if pen.chance(1) else []


def _simulate(pen: Pen) -> list[str]:
    return [
        *(*_question(pen), *_common(pen), *_draws(pen), *(form := _form(pen))),
        *(*_output(pen, form), *_plot(pen)),
    ]


def _compare(pen: Pen) -> list[str]:
    scenarios: list[str] = []
    for number in range(pen.draw(st.integers(2, 3))):
        if pen.chance(1):
            scenarios.append(_file(pen, f"{number}.toml", files.scenario_file(pen)))
        else:
            key = pen.one_of(["model", "hardware", "efficiency"])
            good = {"model": MODELS, "hardware": HARDWARE, "efficiency": ("0.2", "0.5", "0.9")}[key]
            scenarios.append(f"{key}={pen.value(st.sampled_from(good), texts())}")
    if pen.chance(2):
        shared = st.sampled_from(["all", "none", "provider", "benchmark", "site", "hardware"])
        scenarios.append(f"--shared={pen.value(shared, texts())}")
    if pen.chance(2):
        scenarios.append(f"--estimand={pen.value(st.sampled_from(['mean', 'one-query']), texts())}")
    return [*scenarios, *_simulate(pen)]


def _measure(pen: Pen) -> list[str]:
    answers = pen.answers() | {
        "boundary": pen.value(st.sampled_from(["board", "it", "facility"]), texts())
    }
    words: list[str] = []
    if pen.chance(4):
        words.append(_file(pen, "power.csv", files.power_log(pen)))
        if pen.chance(5):
            answers["workload"] = _file(pen, "trace.csv", files.trace_file(pen))
    requests, wh = pen.draw(st.integers(10, 10**6)), pen.draw(st.floats(0.03, 3))
    if not words:
        energy = st.just(f"{requests * wh / 1000:.5g}")
        words.append(f"--energy-kwh={pen.value(energy, odd_numbers())}")
    if "trace.csv" not in pen.files:
        words.append(f"--requests={pen.value(st.just(str(requests)), odd_numbers())}")
    if not pen.oddness:  # what a measurement tells cannot be given
        answers = {key: v for key, v in answers.items() if key not in ("efficiency", "effort")}
        answers |= {"boundary": "board"} if "power.csv" in words else {}
    for option, good in (("accuracy", "2%"), ("pue", "1.2"), ("shift", "1"), ("step", "1")):
        if pen.chance(1):
            words.append(f"--{option}={pen.value(st.just(good), odd_numbers())}")
    if pen.chance(1):
        tokens = st.integers(1, 10**9).map(str)
        words += [f"--{k}-tokens={pen.value(tokens, odd_numbers())}" for k in ("input", "output")]
    if pen.chance(1):
        words.append(f"--window={pen.value(st.just('1780000005/1780000050'), texts())}")
    words += options(answers) + _common(pen, site=False) + _draws(pen) + (form := _form(pen))
    return words + _target(pen, "save", ".toml") + _output(pen, form) + _plot(pen)


def _sweep(pen: Pen) -> list[str]:
    words = [_file(pen, "grid.toml", files.grid_file(pen)), "--jobs=1", *_common(pen), *_draws(pen)]
    if pen.chance(5):
        return words + _form(pen) + _plot(pen)
    return words + _target(pen, "output", ".csv", ".parquet", often=9)


def _account(pen: Pen) -> list[str]:
    kind = pen.one_of(["csv", "jsonl"])
    log = _file(pen, f"log.{kind}", files.request_log(pen, kind))
    words = [
        f"--requests={pen.value(st.just(log), texts())}",
        f"--map={pen.value(st.just(_file(pen, 'map.toml', files.map_file(pen))), texts())}",
        *(*_common(pen, site=False), *_draws(pen)),
    ]
    if pen.chance(3):
        unknown = st.sampled_from(["error", "exclude", "widest"])
        words.append(f"--unknown={pen.value(unknown, texts())}")
    words += _target(pen, "rejected", ".csv")
    return words + (
        _form(pen) if pen.chance(5) else _target(pen, "output", ".json", ".csv", ".parquet")
    )


def _priors(pen: Pen) -> list[str]:
    pen.files["own/own.toml"] = files.priors_file(pen)
    own = pen.value(st.just("own"), texts())
    match pen.one_of(["list", "show", "check"]):
        case "list":
            return ["list", f"--priors={own}", *_form(pen)]
        case "show":
            name = pen.value(st.sampled_from(list(load_catalogue().priors)), texts())
            return ["show", *_form(pen), "--", name]
        case _:
            return ["check", *_form(pen), "--", own]


def _observations(pen: Pen) -> list[str]:
    made = files.benchmark_files(pen)
    pen.files |= {f"rows/{name}": content for name, content in made.items()}
    path = pen.value(st.sampled_from(["rows", f"rows/{next(iter(made))}"]), st.just("gone.json"))
    if pen.chance(7):
        return ["import", path, *_target(pen, "out", ".csv", often=10), *_form(pen)]
    return ["check", path, *(["--strict"] if pen.chance(5) else []), *_form(pen)]


def _schema(pen: Pen) -> list[str]:
    name = pen.value(st.sampled_from(["simulation", "briefing", "sustainability"]), texts())
    return [*_target(pen, "output", ".json"), "--", name]


def _list(pen: Pen) -> list[str]:
    what = pen.value(
        st.sampled_from(["models", "workloads", "hardware", "regions", "deployments"]), texts()
    )
    words = [what, *_form(pen)]
    if what == "deployments":
        words.append(f"--model={pen.value(st.sampled_from(MODELS), texts())}")
    return words


def _sensitivity(pen: Pen) -> list[str]:
    points = pen.value(st.just("8"), st.sampled_from(["0", "7", "-1", "19", "x", "nan", "9" * 30]))
    words = [*_question(pen), *_common(pen, site=False), f"--log2-points={points}"]
    return [*words, *(form := _form(pen)), *_output(pen, form), *_plot(pen)]


def _disclosure(pen: Pen) -> list[str]:
    words = [*_question(pen), *_common(pen, site=False)]
    if pen.chance(5):
        words.append(f"--error={pen.value(st.sampled_from(['10%', '0.05', '1']), odd_numbers())}")
    words.append(f"--log2-points={pen.value(st.sampled_from(['4', '5']), odd_numbers())}")
    return [*words, *(form := _form(pen)), *_output(pen, form), *_plot(pen)]


def _report(pen: Pen) -> list[str]:
    words = [
        _file(pen, "briefing.toml", files.briefing_file(pen)),
        *_common(pen, site=False),
        *_draws(pen),
    ]
    words += [f"--template={pen.value(st.sampled_from(['briefing', 'sustainability']), texts())}"]
    words += [f"--lang={pen.value(st.sampled_from(['en', 'de', 'fr', 'ja', 'ko']), texts())}"]
    words += _target(pen, "output", ".html", often=9) + _target(pen, "json", ".json", often=9)
    return words + _target(pen, "docx", ".docx") + _target(pen, "xlsx", ".xlsx")


def _validate(pen: Pen) -> list[str]:
    words = ["--references"] if pen.chance(5) else []
    return words + _form(pen)


_COMMANDS = {
    "simulate": _simulate,
    "compare": _compare,
    "measure": _measure,
    "sweep": _sweep,
    "account": _account,
    "priors": _priors,
    "observations": _observations,
    "schema": _schema,
    "list": _list,
    "sensitivity": _sensitivity,
    "disclosure": _disclosure,
    "report": _report,
    "validate": _validate,
}
