"""Files that commands read, whole or damaged: questions, priors, descriptions, logs, meters."""

import io
import json
import math
import zipfile
from typing import Any

import vintages
from command_words import (
    CATALOGUE,
    HOSTILE,
    KEYS,
    MODELS,
    QUESTION,
    REGIONS,
    Pen,
    lengths,
    numbers,
    odd_numbers,
    texts,
)
from hypothesis import strategies as st

_START_S = 1_780_000_000
_WORDS = (
    "model",
    "workload",
    "name",
    "unit",
    "period",
    "title",
    "rationale",
    "version",
    "priors_release",
    "priors_sha256",
    "posterior_sha256",
)
_RAW = (
    *("nan", "inf", "-inf", "1e999", "-1", "0", "true", '""', "[]", "{}", "[[1]]", "9" * 400),
    *("1979-05-27", "'a'", '"\\u0000"', "0x1F", "[" * 60 + "]" * 60, "{a = 1, a = 2}", "\x00"),
)


def damaged(pen: Pen, content: bytes) -> bytes:
    """Leave a file as it is, or damage some bytes of it."""
    if not (pen.oddness and pen.chance(pen.oddness)):
        return content
    data = bytearray(content)
    at = pen.draw(st.integers(0, len(data)))
    match pen.draw(st.integers(0, 4)):
        case 0:
            del data[at:]
        case 1:
            del data[at : at + pen.draw(st.integers(1, 100))]
        case 2:
            data[at:at] = data[at : at + pen.draw(st.integers(1, 300))]
        case 3:
            data[at:at] = pen.one_of(HOSTILE).encode("utf-8", "surrogateescape")
        case _:
            data[at : at + 1] = pen.draw(st.binary(max_size=8))
    return bytes(data)


def toml(values: dict[str, Any]) -> str:
    """Write keys and values; a text of TOML is close enough to one of JSON."""
    return "".join(f"{key} = {_raw(key, value)}\n" for key, value in values.items())


def _raw(key: str, value: Any) -> str:
    """Write a value; a text that reads as a number as that number, where it may be one."""
    if isinstance(value, list):
        parts: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
        return "[" + ", ".join(_raw(key, part) for part in parts) + "]"
    if key in _WORDS:
        return json.dumps(value)
    try:
        if math.isfinite(number := float(value)):
            return repr(number)
    except ValueError:
        pass
    return json.dumps(value)


def spoilt(pen: Pen, values: dict[str, Any]) -> str:
    """Write keys and values, at times with one that TOML cannot hold or nobody means."""
    lines = toml(values)
    if pen.oddness and pen.chance(pen.oddness):
        key = pen.one_of([*values, "nonsense"])
        lines = lines.replace(f"{key} = ", f"{key} = {pen.one_of(_RAW)} #", 1)
    return lines


def by_key(answers: dict[str, str]) -> dict[str, Any]:
    """Name the answers as files do."""
    return {KEYS.get(option, option): value for option, value in answers.items()}


def scenario_file(pen: Pen) -> bytes:
    """A question."""
    return damaged(pen, spoilt(pen, by_key(pen.answers())).encode("utf-8", "surrogateescape"))


def grid_file(pen: Pen) -> bytes:
    """A grid of up to four questions."""
    values = by_key(pen.answers())
    varied = pen.one_of(
        ["model", "workload", "region", "interactivity_tok_s", "efficiency", "effort"]
    )
    good, odd = {
        "model": (st.sampled_from(MODELS), texts()),
        "workload": (lengths(), texts()),
        **{KEYS.get(name, name): (good, odd) for name, (good, odd, _) in QUESTION.items()},
    }[varied]
    count = pen.draw(st.integers(1, 3))
    values[varied] = list(dict.fromkeys(pen.value(good, odd) for _ in range(count)))
    return damaged(pen, spoilt(pen, values).encode("utf-8", "surrogateescape"))


def briefing_file(pen: Pen) -> bytes:
    """A briefing of one or two scenarios."""
    text = spoilt(pen, {"title": "A briefing", "organisation": "City", "period": "2026"})
    for number in range(pen.draw(st.integers(1, 2))):
        answers = by_key(pen.answers())
        often = pen.value(numbers(1, 1e9), odd_numbers())
        name = f"{number} {pen.value(st.just('Chat'), texts())}"
        table = {"name": name, "queries_per_year": often, **answers}
        text += "[[scenario]]\n" + spoilt(pen, table)
    return damaged(pen, text.encode("utf-8", "surrogateescape"))


def priors_file(pen: Pen) -> bytes:
    """One prior of the release, shifted if its family lets it, at times wrongly."""
    spec = pen.one_of([p for p in CATALOGUE.priors.values() if p.quantiles and "." not in p.name])
    scale = float(pen.value(numbers(0.8, 1.25), st.sampled_from(["0", "-1", "1e300"])))
    if pen.oddness == 0 and not spec.family.endswith("lognormal"):
        scale = 1.0
    moved = {key: spec.shift + scale * (q - spec.shift) for key, q in spec.quantiles.items()}
    table = {"family": spec.family, "kind": "judgement", "rationale": "Ours.", "unit": spec.unit}
    lines = f"[{spec.name}]\n{spoilt(pen, table)}support = [{spec.support[0]}, {spec.support[1]}]\n"
    if spec.shift:
        lines += f"shift = {spec.shift}\n"
    stated = ", ".join(f"{key} = {value!r}" for key, value in moved.items())
    return damaged(pen, f"{lines}quantiles = {{ {stated} }}\n".encode())


def model_spec(pen: Pen) -> bytes:
    """A model that the release does not know."""
    active = float(pen.value(numbers(1, 100), st.sampled_from(["1e9", "-1", "0.001"])))
    values = {
        "total_params_b": str(active * float(pen.value(numbers(1, 30), st.just("0.5")))),
        "active_params_b": str(active),
        "native_precision": pen.value(st.sampled_from(["fp4", "fp8", "bf16"]), texts()),
    }
    return damaged(
        pen, ("[model.my-own]\n" + spoilt(pen, values)).encode("utf-8", "surrogateescape")
    )


def hardware_spec(pen: Pen) -> bytes:
    """An accelerator that the release does not know."""
    values = {
        "vendor": "NVIDIA",
        "tdp_w": pen.value(numbers(100, 3000), odd_numbers()),
        "bf16_dense_tflops": pen.value(numbers(100, 5000), odd_numbers()),
        "fp8_dense_tflops": pen.value(numbers(5000, 9000), odd_numbers()),
        "hbm_gb": pen.value(numbers(40, 400), odd_numbers()),
        "hbm_tbps": pen.value(numbers(1, 20), odd_numbers()),
    }
    return damaged(
        pen, ("[hardware.my-gpu]\n" + spoilt(pen, values)).encode("utf-8", "surrogateescape")
    )


def site_file(pen: Pen) -> bytes:
    """A measured site, as `measure --save` writes it."""
    isl, osl = (float(pen.value(numbers(1, 9000), st.just("0"))) for _ in range(2))
    measurement = {
        "wh_per_query": pen.value(numbers(0.01, 5), odd_numbers()),
        "ln_sd": pen.value(numbers(0.005, 0.3), odd_numbers()),
        "boundary": pen.value(st.sampled_from(["board", "it", "facility"]), texts()),
        "requests": str(pen.draw(st.integers(1, 10**6))),
        "energy_wh": pen.value(numbers(1, 1e6), odd_numbers()),
    }
    tokens = {"isl_tok": isl, "osl_tok": osl, "osl_isl_tok2": osl * isl, "osl2_tok2": osl * osl}
    question = {"model": pen.one_of(MODELS), "provider": "any"}
    made_from = {
        "version": CATALOGUE.release,
        **{"priors_release": CATALOGUE.release, "priors_sha256": CATALOGUE.sha256},
        "posterior_sha256": "0" * 64,
    }
    parts: dict[str, dict[str, Any]] = {
        "measurement": measurement,
        "tokens": tokens,
        "question": question,
        "made_from": made_from,
    }
    text = "".join(f"[{name}]\n{spoilt(pen, table)}" for name, table in parts.items())
    return damaged(pen, text.encode("utf-8", "surrogateescape"))


def trace_file(pen: Pen) -> bytes:
    """Requests with their lengths, and perhaps their times."""
    rows = pen.draw(
        st.lists(st.tuples(st.integers(1, 9000), st.integers(1, 3000)), min_size=1, max_size=20)
    )
    lines = ["start,end,input_tokens,output_tokens"]
    for k, (isl, osl) in enumerate(rows):
        lines.append(f"{_START_S + 20 + k},{_START_S + 40 + k},{isl},{osl}")
    if pen.oddness and pen.chance(pen.oddness):
        lines[-1] = lines[-1].replace(",", f",{pen.draw(texts() | odd_numbers())},", 1)
    return damaged(pen, "\n".join(lines).encode("utf-8", "surrogateescape"))


def power_log(pen: Pen) -> bytes:
    """Some minutes of a meter."""
    lines = ["timestamp, index, power.draw [W]"]
    step = pen.one_of([1, 5, 30])
    for k in range(pen.draw(st.integers(2, 30))):
        watts = pen.value(numbers(50, 900), odd_numbers())
        lines.append(f"{_START_S + step * k}, 0, {watts} W")
    return damaged(pen, "\n".join(lines).encode("utf-8", "surrogateescape"))


def request_log(pen: Pen, kind: str) -> bytes:
    """A small log of requests, as CSV or JSON lines."""
    tokens = st.integers(1, 20_000).map(str)
    rows = [
        {
            "model": pen.value(st.sampled_from(MODELS), texts()),
            "in": pen.value(tokens, odd_numbers()),
            "out": pen.value(tokens, odd_numbers()),
            "cached": pen.value(st.just("0"), odd_numbers()),
            "time": f"2026-10-0{pen.draw(st.integers(1, 9))}T12:00:00",
            "site": pen.one_of(["a", "b"]),
        }
        for _ in range(pen.draw(st.integers(1, 8)))
    ]
    if kind == "csv":
        lines = [",".join(rows[0])] + [",".join(map(_quoted, row.values())) for row in rows]
    else:
        lines = [
            json.dumps({**row, "in": _number(row["in"]), "out": _number(row["out"])})
            for row in rows
        ]
    return damaged(pen, ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape"))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set('",\n\r') else text


def _number(text: str) -> Any:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 300 else text


def map_file(pen: Pen) -> bytes:
    """What the columns of that log mean."""
    head: dict[str, Any] = {"group_by": pen.one_of([["model"], ["model", "day"], ["site"], []])}
    columns = {
        "input_tokens": "in",
        "output_tokens": "out",
        "model": "model",
        "time": "time",
        "site": "site",
    }
    text = spoilt(pen, head)
    if pen.chance(5):
        text += f"cached_within_input = {pen.one_of(['true', 'false'])}\n"
        columns["cached_tokens"] = "cached"
    defaults = {
        "region": pen.value(st.sampled_from(REGIONS), texts()),
        "boundary": pen.value(st.sampled_from(["it", "facility"]), texts()),
        "efficiency": pen.value(numbers(0.1, 1), odd_numbers()),
    }
    text += "[columns]\n" + spoilt(pen, columns) + "[defaults]\n" + spoilt(pen, defaults)
    return damaged(pen, text.encode("utf-8", "surrogateescape"))


def benchmark_files(pen: Pen) -> dict[str, bytes]:
    """Files of one vintage of benchmark results, or an archive of them."""
    known = vintages.points(2, pen.draw(st.integers(0, 50)))
    content: dict[str, str] = pen.one_of(sorted(vintages.files(known).items()))[1]
    files = {name: damaged(pen, text.encode()) for name, text in content.items()}
    if not pen.chance(3):
        return files
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return {"rows.zip": damaged(pen, buffer.getvalue())}
