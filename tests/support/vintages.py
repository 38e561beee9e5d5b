"""Known benchmark points, written as each vintage of InferenceX files would write them.

The forms follow SemiAnalysisAI/InferenceX utils/process_result.py at the commits named below, and
the dashboard's API, dump and chart export; no row is copied from them.
"""

import csv
import io
import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Point = dict[str, Any]
Row = dict[str, Any]

MEAN_FRACTION = 0.9  # lengths are drawn evenly from 0.8 L to L

_DISPLAY = {"deepseek-r1-0528": "DeepSeek-R1-0528", "gpt-oss-120b": "gpt-oss 120B"}
_HUB = {"deepseek-r1-0528": "deepseek-ai/DeepSeek-R1-0528", "gpt-oss-120b": "openai/gpt-oss-120b"}
_KEYS = {"deepseek-r1-0528": "dsr1", "gpt-oss-120b": "gptoss120b"}
_TDP_W = {"b200": 1000, "h200": 700, "mi355x": 1400}


def points(count: int, seed: int = 0, disaggregated: bool | None = None) -> list[Point]:
    """Make points that keep every rule; some disaggregated, unless said otherwise."""
    rng = random.Random(seed)
    return [_point(rng, index, disaggregated) for index in range(count)]


def _point(rng: random.Random, index: int, disaggregated: bool | None) -> Point:
    pooled = rng.random() < 0.3 if disaggregated is None else disaggregated
    hardware = rng.choice(list(_TDP_W))
    prefill, decode = (rng.choice((4, 8)), rng.choice((12, 24, 32))) if pooled else (None, None)
    tp, ep = rng.choice((1, 4, 8)), rng.choice((1, 4))
    gpus = prefill + decode if prefill and decode else tp
    isl, osl = rng.choice(((1024, 1024), (1024, 8192), (8192, 1024)))
    conc = rng.choice((1, 4, 64, 256)) * gpus
    total = rng.uniform(50, 5000)
    queries_per_s = total * gpus / (MEAN_FRACTION * (isl + osl))
    e2e = rng.uniform(0.9, 0.99) * conc / queries_per_s
    ttft = rng.uniform(0.01, 0.1) * e2e
    speed = MEAN_FRACTION * osl / (e2e - ttft)
    return {
        "model": rng.choice(list(_HUB)),
        "hardware": hardware,
        "precision": rng.choice(("fp4", "fp8")),
        "framework": "dynamo-trt" if pooled else rng.choice(("vllm", "sglang", "trt")),
        "spec_decoding": rng.choice(("none", "mtp")),
        **{"disaggregated": pooled, "gpus": gpus, "prefill": prefill, "decode": decode},
        **{"tp": tp, "ep": ep, "dp_attention": rng.random() < 0.5},
        **{"isl": isl, "osl": osl, "conc": conc, "total": total},
        **{"speed": speed, "ttft": ttft, "e2e": e2e},
        **{"mean_speed": 0.98 * speed, "mean_ttft": 1.1 * ttft, "mean_e2e": 1.01 * e2e},
        "board_w": rng.uniform(0.4, 0.95) * _TDP_W[hardware],
        "run": f"https://example.com/runs/{index // 50}",
        "date": f"2026-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}",
    }


def output(point: Point) -> float:
    """Output tokens per second per GPU, all GPUs counted."""
    share: float = point["osl"] / (point["isl"] + point["osl"])
    return share * float(point["total"])


def metrics(point: Point, power: int | None = None) -> Row:
    """What is measured; power of schema 1 (unversioned), 2 or not at all."""
    out, total = output(point), point["total"]
    into = total - out
    if point["disaggregated"]:  # per pool, since #177 (2025-11-05)
        out *= point["gpus"] / point["decode"]
        into *= point["gpus"] / point["prefill"]
    times = {"ttft": point["ttft"], "tpot": 1 / point["speed"], "e2el": point["e2e"]}
    means = {
        **{"ttft": point["mean_ttft"], "tpot": 1 / point["mean_speed"]},
        "e2el": point["mean_e2e"],
    }
    row: Row = {"tput_per_gpu": total, "output_tput_per_gpu": out, "input_tput_per_gpu": into}
    for statistic, values in (("mean", means), ("median", times)):
        row |= {f"{statistic}_{name}": value for name, value in values.items()}
        row[f"{statistic}_itl"] = values["tpot"]
        row[f"{statistic}_intvty"] = 1 / values["tpot"]
    row |= {"std_tpot": 1e-9, "std_intvty": 1e9, "p99_tpot": 2 / point["speed"]}
    return row | _power(point, power)


def _power(point: Point, schema: int | None) -> Row:
    if schema is None:
        return {}
    joules = point["board_w"] / output(point)
    row = {"avg_power_w": point["board_w"], "joules_per_output_token": joules}
    row["joules_per_total_token"] = point["board_w"] / point["total"]
    if schema == 2:  # #2599 (2026-08-18)
        per_query = joules * MEAN_FRACTION * point["osl"]
        row |= {"power_valid": 1, "power_metric_schema_version": 2}
        row |= {"joules_per_successful_query": per_query}
        row |= {"joules_per_input_token": per_query / (MEAN_FRACTION * point["isl"])}
    return row


def result_2025_08(point: Point) -> Row:
    """254b173: neither engine, format nor lengths are stated; hw and model hint at two."""
    keep = ("tput_per_gpu", "mean_ttft", "mean_tpot", "median_ttft", "median_tpot", "median_intvty")
    return {
        "hw": f"{point['hardware']}-{point['framework']}",
        **{"tp": point["gpus"], "conc": point["conc"]},
        "model": f"/models/{_HUB[point['model']]}-{point['precision'].upper()}",
        **{key: value for key, value in metrics(point).items() if key in (*keep, "mean_e2el")},
    }


def result_2025_11(point: Point) -> Row:
    """17d5e20 #145 and 450d834 #177: dp_attention is text, disaggregation is not stated."""
    return {
        **{"hw": f"cluster:{point['hardware']}-nv", "tp": point["gpus"], "ep": point["ep"]},
        **{"dp_attention": str(point["dp_attention"]).lower(), "conc": point["conc"]},
        **{"model": _HUB[point["model"]], "framework": point["framework"]},
        **{"precision": point["precision"], "mtp": _switch(point), **metrics(point)},
    }


def result_2025_11_21(point: Point) -> Row:
    """a2f2a54 #237 and 1b1bc29 #249: disaggregation, pools and lengths are stated."""
    pools = {"num_prefill_gpu": point["prefill"], "num_decode_gpu": point["decode"]}
    return {
        **result_2025_11(point),
        **{"disagg": point["disaggregated"], "isl": point["isl"], "osl": point["osl"]},
        **(pools if point["disaggregated"] else {}),
    }


def result_v2(point: Point, power: int | None = None) -> Row:
    """93e1b3c #251 (2025-12-05): several nodes name tp and ep per pool."""
    pooled = point["disaggregated"]
    layout = (
        _pools(point)
        if pooled
        else {
            **{"tp": point["tp"], "ep": point["ep"]},
            "dp_attention": str(point["dp_attention"]).lower(),
        }
    )
    return {
        **{"hw": point["hardware"], "conc": point["conc"], "model": _HUB[point["model"]]},
        **{"infmax_model_prefix": _KEYS[point["model"]], "image": "example/image:1"},
        **{"framework": _old_name(point), "precision": point["precision"]},
        **{"spec_decoding": point["spec_decoding"], "disagg": pooled, "is_multinode": pooled},
        **{"isl": point["isl"], "osl": point["osl"], **layout, **metrics(point, power)},
    }


def config(point: Point) -> Row:
    """Row of configs: one node holds tp x ep as the GPUs of both pools."""
    one_node = {"num_prefill_gpu": point["tp"] * point["ep"]}
    one_node |= {"num_decode_gpu": one_node["num_prefill_gpu"]}
    for pool in ("prefill", "decode"):
        one_node |= {f"{pool}_tp": point["tp"], f"{pool}_ep": point["ep"]}
        one_node |= {f"{pool}_dp_attention": point["dp_attention"], f"{pool}_num_workers": 0}
    return {
        **{"hardware": point["hardware"], "framework": point["framework"]},
        **{"model": _KEYS[point["model"]], "precision": point["precision"]},
        **{"spec_method": point["spec_decoding"], "disagg": point["disaggregated"]},
        "is_multinode": point["disaggregated"],
        **(_pools(point) if point["disaggregated"] else one_node),
    }


def api_row(point: Point, power: int | None = None) -> Row:
    """/api/v1/benchmarks of the dashboard, June 2026."""
    return {
        **config(point),
        **{"isl": point["isl"], "osl": point["osl"], "conc": point["conc"], "image": None},
        **{"metrics": metrics(point, power), "workers": None, "date": point["date"]},
        "run_url": point["run"],
    }


def dump_tables(known: Sequence[Point], power: int | None = None) -> tuple[list[Row], list[Row]]:
    """benchmark_results and configs of a database dump."""
    configs = [{"id": index, **config(point)} for index, point in enumerate(known)]
    results = [
        {
            **{"id": 1000 + index, "workflow_run_id": int(point["run"].rpartition("/")[2])},
            **{"config_id": index, "benchmark_type": "single_turn", "date": point["date"]},
            **{"isl": point["isl"], "osl": point["osl"], "conc": point["conc"], "image": None},
            **{"metrics": metrics(point, power), "error": None, "server_log_id": None},
        }
        for index, point in enumerate(known)
    ]
    return results, configs


def dashboard_row(point: Point, seconds: bool = False) -> Row:
    """A chart's export: latencies are seconds under "(ms)" as under "(s)"."""
    unit, chip = ("s", "Chip") if seconds else ("ms", "GPU")
    row, m = config(point), metrics(point)
    times = {
        f"{statistic.title()} {title} ({unit})": m[f"{statistic}_{key}"]
        for statistic in ("mean", "median")
        for title, key in (("TTFT", "ttft"), ("TPOT", "tpot"), ("E2E Latency", "e2el"))
    }
    speeds = {
        f"{s.title()} Interactivity (tok/s/user)": m[f"{s}_intvty"] for s in ("mean", "median")
    }
    return {
        **{"Model": _DISPLAY[point["model"]], "ISL": point["isl"], "OSL": point["osl"]},
        **{"Hardware": point["hardware"].upper(), "Hardware Key": f"{point['hardware']}_x"},
        **{"Framework": point["framework"], "Precision": point["precision"].upper()},
        **{"TP": row["prefill_tp"], "Concurrency": point["conc"], "Date": point["date"]},
        f"Throughput/{chip} (tok/s)": m["tput_per_gpu"],
        f"Output Throughput/{chip} (tok/s)": m["output_tput_per_gpu"],
        f"Input Throughput/{chip} (tok/s)": m["input_tput_per_gpu"],
        **times,
        **speeds,
        "Std Interactivity (tok/s/user)": m["std_intvty"],
        "Disaggregated": str(point["disaggregated"]).lower(),
        f"Num Prefill {chip}s": row["num_prefill_gpu"],
        f"Num Decode {chip}s": row["num_decode_gpu"],
        **{"Spec Decoding": point["spec_decoding"], "EP": row["prefill_ep"]},
        "DP Attention": str(point["dp_attention"]).lower(),
        "Is Multinode": str(point["disaggregated"]).lower(),
        **({"Run URL": point["run"]} if seconds else {}),
    }


def csv_text(rows: Iterable[Mapping[str, Any]], licence: bool = False) -> str:
    """Write rows as PostgreSQL or the dashboard does: t and f, JSON in a cell."""
    rows = list(rows)
    buffer = io.StringIO()
    if licence:
        buffer.write("# Licensed under Apache License 2.0\n# Data from InferenceX\n")
    table = csv.writer(buffer, lineterminator="\n")
    header = list(dict.fromkeys(key for row in rows for key in row))
    table.writerow(header)
    table.writerows([_cell(row.get(key)) for key in header] for row in rows)
    return buffer.getvalue()


def files(known: Sequence[Point]) -> dict[str, dict[str, str]]:
    """Return the files of every vintage that states all of the known, by vintage and name."""
    results, configs = dump_tables(known)
    as_json: dict[str, Callable[[Point], Row]] = {
        "result_2025_11_21": result_2025_11_21,
        "result_v2": result_v2,
        "api": api_row,
    }
    return {
        **{
            name: {f"{name}.json": json.dumps([make(p) for p in known])}
            for name, make in as_json.items()
        },
        "dump_json": {
            "benchmark_results.json": json.dumps(results),
            "configs.json": json.dumps(configs),
        },
        "dump_csv": {"benchmark_results.csv": csv_text(results), "configs.csv": csv_text(configs)},
        "dump_joined_csv": {
            "joined.csv": csv_text({**c, **r} for r, c in zip(results, configs, strict=True))
        },
        "dump_flat_csv": {
            "flat.csv": csv_text(_flat({**c, **r}) for r, c in zip(results, configs, strict=True))
        },
        "dashboard_ms": {"chart.csv": csv_text((dashboard_row(p) for p in known), licence=True)},
        "dashboard_s": {"chart.csv": csv_text((dashboard_row(p, True) for p in known), True)},
    }


def _flat(row: Row) -> Row:
    measured = {f"metrics_{key}": value for key, value in row["metrics"].items()}
    return {key: value for key, value in row.items() if key != "metrics"} | measured


def _pools(point: Point) -> Row:
    layout: Row = {}
    for pool in ("prefill", "decode"):
        gpus = point[pool]
        layout |= {f"num_{pool}_gpu": gpus, f"{pool}_tp": 4, f"{pool}_num_workers": gpus // 4}
        layout |= {f"{pool}_ep": 4, f"{pool}_dp_attention": point["dp_attention"]}
    return layout


def _old_name(point: Point) -> str:
    return "dynamo-trtllm" if point["framework"] == "dynamo-trt" else str(point["framework"])


def _switch(point: Point) -> str:
    return "on" if point["spec_decoding"] == "mtp" else "off"


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "t" if value else "f"
    return json.dumps(value) if isinstance(value, dict) else value
