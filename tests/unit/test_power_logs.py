"""Power logs of every kind hold what they say; what they cannot mean is refused in one line."""

import json
from pathlib import Path

import numpy as np
import pytest

from wh_uncertainty.model.metering.benchmark_result import read_benchmark_result
from wh_uncertainty.model.metering.cells import Quantity, instant_s, quantity_of, reading
from wh_uncertainty.model.metering.power_log import read_power_log
from wh_uncertainty.model.metering.series import MeterError, PowerLog

NVIDIA = """timestamp, index, power.draw [W], power.limit [W], temperature.gpu
2026/05/26 12:00:00.500, 0, 350.00 W, 700.00 W, 65
2026/05/26 12:00:00.500, 1, [N/A], 700.00 W, 65
2026/05/26 12:00:01.500, 0, 360.00 W, 700.00 W, 65
2026/05/26 12:00:01.500, 1, 340.00 W, 700.00 W, 65
2026/05/26 12:00:02.500, 1, 345.00 W, 700.00 W, 65
"""
AMD = """'CTRL' + 'C' to stop watching output:
timestamp,gpu,socket_power,gfx_activity
1785881113,0,238,90
timestamp,gpu,socket_power,gfx_activity
1785881114,0,N/A,90
1785881115,0,240,90
"""
DCGM = """2026-05-26T12:00:00.0 #Entity   POWER    TOTEC
2026-05-26T12:00:00.0 ID         W        mJ
2026-05-26T12:00:00.1 GPU 0      120.5    1000000
2026-05-26T12:00:01.1 GPU 0      121.5    1120000
"""
LONG = """timestamp,gpu,instance,value
1780000000,0,node-a:9400,300
1780000000,0,node-b:9400,310
1780000015,0,node-a:9400,320
1780000015,0,node-b:9400,330
"""
WIDE = """"Time","GPU 0","GPU 1"
2026-05-26 12:00:00,1.2 kW,900 W
2026-05-26 12:00:15,1.3 kW,950 W
"""
METRICS = """timestamp,__name__,gpu,value
1780000000,DCGM_FI_DEV_POWER_USAGE,0,300
1780000000,DCGM_FI_DEV_GPU_TEMP,0,60
1780000000,DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION,0,5000000
1780000001,DCGM_FI_DEV_POWER_USAGE,0,310
1780000001,DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION,0,5305000
"""


def read(tmp_path: Path, text: str, step_s: float | None = None) -> PowerLog:
    path = tmp_path / "power.log"
    path.write_text(text, encoding="utf-8")
    return read_power_log(path, step_s=step_s)


def values(log: PowerLog) -> dict[tuple[str, str], list[float]]:
    return {(s.device, s.kind): s.value.tolist() for s in log.series}


def test_nvidia_smi(tmp_path: Path) -> None:
    log = read(tmp_path, NVIDIA)
    assert values(log) == {("0", "power"): [350, 360], ("1", "power"): [340, 345]}
    assert log.at_boards
    assert log.series[0].time_s[0] == instant_s("2026-05-26T12:00:00.500Z")
    assert [f.code for f in log.findings] == ["zone_assumed", "missing"]


def test_amd_smi_repeats_its_header_and_begins_with_an_instruction(tmp_path: Path) -> None:
    log = read(tmp_path, AMD)
    assert values(log) == {("0", "power"): [238, 240]}
    assert log.at_boards


def test_dcgm_with_and_without_a_clock(tmp_path: Path) -> None:
    expected = {("GPU 0", "power"): [120.5, 121.5], ("GPU 0", "counter"): [1000, 1120]}
    assert values(read(tmp_path, DCGM)) == expected
    bare = "\n".join(line.partition(" ")[2] for line in DCGM.splitlines())
    with pytest.raises(MeterError, match=r"line 3: no time before the sample.*--step"):
        read(tmp_path, bare)
    log = read(tmp_path, bare, step_s=2.0)
    assert values(log) == expected
    assert log.series[0].time_s.tolist() == [0, 2]
    assert [f.code for f in log.findings] == ["no_clock"]


def test_exports_of_prometheus(tmp_path: Path) -> None:
    log = read(tmp_path, LONG)
    assert set(values(log)) == {("0 node-a:9400", "power"), ("0 node-b:9400", "power")}
    assert [f.code for f in log.findings] == ["unit_assumed"]
    assert values(read(tmp_path, WIDE)) == {
        ("GPU 0", "power"): [1200, 1300],
        ("GPU 1", "power"): [900, 950],
    }
    assert values(read(tmp_path, METRICS)) == {
        ("0", "power"): [300, 310],
        ("0", "counter"): [5000, 5305],
    }


def test_samples_out_of_order_and_double_ones_are_found(tmp_path: Path) -> None:
    log = read(tmp_path, "time,power_w\n3,30\n1,10\n2,20\n2,40\n")
    assert log.series[0].time_s.tolist() == [1, 2, 3]
    assert log.series[0].value.tolist() == [10, 30, 30]
    assert {f.code for f in log.findings} == {"unordered", "double"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "no column of time"),
        (
            "timestamp,gpu,clock\n1,0,5\n",
            "no column of power or energy among timestamp, gpu, clock",
        ),
        ("timestamp,power_w\nyesterday,5\n", "line 2 .timestamp.: 'yesterday' is no time"),
        ("timestamp,power_w\n1,lots\n", "line 2 .power_w.: 'lots' is no power"),
        ("timestamp,power_w\n1,-5\n", "line 2 .power_w.: '-5' is no power"),
        ("timestamp,power_w\n1,5 kWh\n", "'5 kWh' is no power"),
        ("timestamp,power_w\n1,inf\n", "'inf' is no power"),
        ("timestamp,power_w\n1\n", "line 2: 1 cells, 2 are named"),
        ("timestamp,power_w\n1,5\n", "no device has two samples"),
        ('timestamp,power_w\n1,"5\n', "no CSV"),
        ("timestamp,power_w\n1,5\0\n2,5\n", "power.log line 2"),
        ("#Entity   SMACT\nGPU 0  0.5\n", "neither POWER nor TOTEC"),
        ("#Entity   POWER\n1 GPU 0  much\n", "line 2 .POWER.: 'much' is no reading"),
    ],
)
def test_what_is_no_log_is_said_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(MeterError, match=message) as caught:
        read(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(MeterError, match="cannot be read"):
        read_power_log(tmp_path / "absent")
    (tmp_path / "bytes").write_bytes(b"timestamp,power\n1,\xff\n")
    with pytest.raises(MeterError, match="not UTF-8"):
        read_power_log(tmp_path / "bytes")


def test_too_many_samples_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wh_uncertainty.model.metering.series.MAX_SAMPLES", 3)
    with pytest.raises(MeterError, match="more than 3 samples"):
        read(tmp_path, "time,power_w\n" + "".join(f"{k},5\n" for k in range(4)))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1780000000", 1.78e9),
        ("1780000000000", 1.78e9),
        ("1780000000000000", 1.78e9),
        ("1780000000000000000", 1.78e9),
        ("1970-01-01T01:00:00+01:00", 0.0),
        ("1970/01/02 00:00:00.250", 86400.25),
        ("12.5", 12.5),
    ],
)
def test_instants(text: str, seconds: float) -> None:
    assert instant_s(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("name", "quantity"),
    [
        ("power.draw [W]", Quantity("power", 1.0, True)),
        ("power.limit [W]", None),
        ("socket_power", Quantity("power", 1.0, True)),
        ("node_power_mw", Quantity("power", 1e-3, True)),
        ("energy_kwh", Quantity("counter", 3.6e6, True)),
        ("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", Quantity("counter", 1e-3, True)),
        ("total_energy_consumption", Quantity("counter", 1.0, True)),
        ("temperature", None),
        ("power", Quantity("power", 1.0, False)),
        ("Power (kilowatts)", Quantity("power", 1e3, True)),
        ("scaph_host_power_microwatts", Quantity("power", 1e-6, True)),
        ("Total watt hours", Quantity("counter", 3600.0, True)),
        ("kilowatt-hours", Quantity("counter", 3.6e6, True)),
        ("energy_microjoules", Quantity("counter", 1e-6, True)),
        ("facility_power_MW", Quantity("power", 1e6, True)),
        ("NODE_POWER_MW", Quantity("power", 1e-3, True)),
        ("Power factor", None),
        ("Reactive power (var)", None),
        ("Apparent power (VA)", None),
    ],
)
def test_names_of_columns(name: str, quantity: Quantity | None) -> None:
    assert quantity_of(name) == quantity


def test_megawatts_of_a_cell_are_no_milliwatts() -> None:
    watts = Quantity("power", 1.0, True)
    assert reading("2 MW", watts) == 2e6
    assert reading("2 mW", watts) == 2e-3
    assert np.isnan(reading("[N/A]", watts))


def test_values_beyond_all_measure_are_none() -> None:
    watts, joules = Quantity("power", 1.0, True), Quantity("counter", 1.0, True)
    assert reading("1e12 kW", watts) == 1e15
    assert reading("1e24", joules) == 1e24
    with pytest.raises(ValueError, match="check the unit"):
        reading("1e200", watts)
    with pytest.raises(ValueError, match="check the unit"):
        reading("1e20 MWh", joules)
    for far in ("1e300", "-1e12", "9e99"):
        with pytest.raises(ValueError, match="thousands of years"):
            instant_s(far)


RESULT = {
    "power_metric_schema_version": 2,
    "power_valid": 1,
    "total_gpu_energy_j": 3.6e6,
    "joules_per_successful_query": 3600.0,
    "joules_per_input_token": 3.6,
    "joules_per_output_token": 7.2,
}


def test_a_benchmark_result(tmp_path: Path) -> None:
    path = tmp_path / "agg.json"
    path.write_text(json.dumps([RESULT]))
    found = read_benchmark_result(path)
    assert (found.requests, found.isl_tok, found.osl_tok) == (1000, 1000, 500)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({**RESULT, "power_metric_schema_version": None}, "must be 2 and 1"),
        ({**RESULT, "power_valid": 0}, "must be 2 and 1"),
        (
            {**RESULT, "joules_per_input_token": "x"},
            "joules_per_input_token.: 'x' must be a number",
        ),
        ({**RESULT, "total_gpu_energy_j": 1e300}, "must be a number"),
        ({**RESULT, "joules_per_successful_query": 1e-300}, "must be a number"),
        ({**RESULT, "joules_per_output_token": 10**400}, "must be a number"),
        ([RESULT, RESULT], "2 results"),
        ([], "0 results"),
    ],
)
def test_another_result_is_refused(tmp_path: Path, content: object, message: str) -> None:
    path = tmp_path / "agg.json"
    path.write_text(json.dumps(content))
    with pytest.raises(MeterError, match=message):
        read_benchmark_result(path)


@pytest.mark.parametrize("apart", ["2026/05/26 12:00:{:02d}.{:03d}", "2026/05/26 12:00:{:02d}"])
def test_devices_that_nothing_tells_apart_are_refused(tmp_path: Path, apart: str) -> None:
    """As `--query-gpu=timestamp,power.draw` writes two boards: their mean would be half of it."""
    rows = [f"{apart.format(second, ms)}, 500 W" for second in range(20) for ms in (1, 2)]
    with pytest.raises(MeterError, match="add index to --query-gpu"):
        read(tmp_path, "\n".join(["timestamp, power.draw [W]", *rows]) + "\n")


def test_devices_of_one_host_are_not_told_apart_by_its_name(tmp_path: Path) -> None:
    rows = [f"2026-05-26T12:00:{s:02d}Z,node1,500" for s in range(20) for _ in range(8)]
    with pytest.raises(MeterError, match="several samples at a time"):
        read(tmp_path, "\n".join(["timestamp,hostname,power.draw", *rows]) + "\n")


def test_power_and_counter_of_a_table_without_names_are_of_one_device(tmp_path: Path) -> None:
    log = read(tmp_path, "timestamp,power_w,energy_j\n1,500,0\n2,500,500\n3,500,1000\n")
    assert {(s.device, s.kind) for s in log.series} == {("meter", "power"), ("meter", "counter")}


def test_draws_of_one_board_are_one_reading(tmp_path: Path) -> None:
    header = "timestamp,power.draw.average [W],power.draw.instant [W]"
    log = read(tmp_path, f"{header}\n1,500,510\n2,500,490\n")
    assert values(log) == {("meter", "power"): [510, 490]}


@pytest.mark.parametrize(
    "header",
    [
        "timestamp,PDU1 power_w,PDU2 power_w,Total power (W)",
        "timestamp,gpu,gpu_power_w,memory_power_w",
        "timestamp,gpu0_power_w,gpu0_energy_j,gpu1_power_w",
    ],
)
def test_columns_that_may_count_twice_are_refused(tmp_path: Path, header: str) -> None:
    rows = "\n".join(",".join([str(k), *["5"] * header.count(",")]) for k in (1, 2, 3))
    with pytest.raises(MeterError, match="which are of one device is not known"):
        read(tmp_path, f"{header}\n{rows}\n")


def test_one_device_needs_no_name(tmp_path: Path) -> None:
    rows = [f"2026/05/26 12:{k:02d}:00.{k * 37 % 900:03d}, 500 W" for k in range(30) if k != 11]
    log = read(tmp_path, "\n".join(["timestamp, power.draw [W]", *rows]) + "\n")
    assert len(log.series) == 1


def test_semicolons_and_units_in_cells(tmp_path: Path) -> None:
    text = "Time;GPU 0\n2026-05-26T12:00:00Z;0.5 kW\n2026-05-26T12:00:15Z;0.6 kW\n"
    log = read(tmp_path, text)
    assert values(log) == {("meter", "power"): [500, 600]}
    assert log.findings == ()


def test_a_sample_that_no_load_draws_is_pointed_at(tmp_path: Path) -> None:
    rows = [f"{1780000000 + k},0,{1e8 if k == 30 else 500 + k}" for k in range(60)]
    log = read(tmp_path, "\n".join(["timestamp,gpu,power_w", *rows]) + "\n")
    (found,) = log.findings
    assert found.code == "spike"
    assert "1e+08 W" in found.message
