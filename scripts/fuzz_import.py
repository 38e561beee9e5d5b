"""Mutate benchmark files and import them: ``python scripts/fuzz_import.py [--files N] [--seed N]``.

Files of every vintage are written from known points, then damaged: bytes, keys, values, units,
archives. An import may refuse a file in one line, or read it. It fails if anything else is raised,
if what it keeps does not load, or if a damaged row is kept as something else than before without a
finding. Prints counts; exit code 1 if anything failed.
"""

import argparse
import importlib
import io
import json
import random
import resource
import sys
import tempfile
import traceback
import warnings
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from wh_uncertainty.model.intake.intake import Intake, take_in
from wh_uncertainty.model.observations import ObservationError, load_observations
from wh_uncertainty.priors import Catalogue, load_catalogue

sys.path.append(str(Path(__file__).parents[1] / "tests" / "support"))
vintages: Any = importlib.import_module("vintages")

POINTS = 4
HOSTILE = (
    *(
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "-1",
        "0",
        "true",
        '"64"',
        '"NaN"',
        '""',
        "[]",
        "{}",
    ),
    *(
        '"\\ud800"',
        '"a|b"',
        '"=1+1"',
        '"\\u0000"',
        "1e-320",
        "1e308",
        "9" * 400,
        "9" * 5000,
        "1e-9",
    ),
    *(json.dumps("x" * 10_000), "[" * 50 + "]" * 50, "[" * 100_000, '{"a":1,"a":2}', "\x00", "'"),
)
SCALED = (
    *("tput_per_gpu", "output_tput_per_gpu", "input_tput_per_gpu", "median_intvty", "mean_intvty"),
    *("median_tpot", "mean_tpot", "mean_e2el", "isl", "osl", "conc", "avg_power_w"),
    *("joules_per_output_token", "num_prefill_gpu", "num_decode_gpu"),
)
MEMBER_NAMES = (
    "../x.json",
    "/x.json",
    "C:\\x.json",
    "a/../../x.json",
    "x.zip",
    "..\\x.csv",
    "x.bin",
)


def main() -> int:
    """Run the mutations and print what came of them."""
    parser = argparse.ArgumentParser(description="Mutate benchmark files and import them.")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    warnings.simplefilter("error")
    counts, failures = fuzz(arguments.files, arguments.seed)
    for what, count in sorted(counts.items()):
        print(f"{what:40} {count:7,}")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak memory':40} {peak_mb:7,.0f} MB")
    print(*failures[:5], sep="\n")
    return 1 if failures else 0


def fuzz(files: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Import mutated files; return what happened how often, and what must not."""
    rng = random.Random(seed)
    catalogue = load_catalogue()
    counts: Counter[str] = Counter()
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        for number in range(files):
            folder = Path(name) / str(number)
            folder.mkdir()
            mutate = rng.choice((bytes_mutated, value_mutated, value_mutated, scaled, archived))
            what, careful = mutate(rng, folder)
            try:
                outcome = imported(folder, catalogue, careful)
            except Exception:
                failures.append(
                    f"file {number} ({mutate.__name__} {what}):\n{traceback.format_exc()}"
                )
                outcome = "FAILED"
            counts[f"{mutate.__name__}: {outcome}"] += 1
            for path in folder.iterdir():
                path.unlink()
    return counts, failures


def imported(folder: Path, catalogue: Catalogue, careful: dict[str, str] | None) -> str:
    """Import and check what was kept; `careful` are the rows by id, as undamaged."""
    try:
        taken = take_in(sorted(folder.iterdir()), catalogue)
    except ObservationError as error:
        assert_one_line(str(error))
        return "refused"
    taken.rejected_csv()
    findings = list(taken.findings())
    if taken.kept.any():
        table = folder / "out.csv"
        table.write_bytes(taken.kept_csv())
        load_observations(table)
    if careful is not None:
        check_silent(taken, {finding.index for finding in findings}, careful)
    return "read, with findings" if taken.objections() else "read"


def assert_one_line(message: str) -> None:
    """Require a message that says where, and fits into one line."""
    assert "\n" not in message
    assert ":" in message


def check_silent(taken: Intake, found: set[int], before: dict[str, str]) -> None:
    """Require that a row kept without a word is what it was before the damage."""
    lines = taken.kept_csv().decode().splitlines()[1:]
    for line, index in zip(lines, taken.kept.nonzero()[0].tolist(), strict=True):
        name = line.partition(",")[0]
        assert index in found or before.get(name) == line, f"silently changed: {line}"


def bytes_mutated(rng: random.Random, folder: Path) -> tuple[str, None]:
    """Damage a file anywhere."""
    vintage, content = pristine(rng)
    name = rng.choice(sorted(content))
    for other, text in content.items():
        data = bytearray(text.encode())
        for _ in range(rng.randint(1, 6) if other == name else 0):
            at = rng.randrange(len(data) or 1)
            match rng.randrange(5):
                case 0:
                    data[at : at + 1] = bytes([rng.randrange(256)])
                case 1:
                    del data[at : at + rng.randint(1, 200)]
                case 2:
                    data[at:at] = data[at : at + rng.randint(1, 200)]
                case 3:
                    data[at:at] = rng.choice(HOSTILE).encode("utf-8", "surrogatepass")
                case _:
                    del data[at:]
        (folder / other).write_bytes(data)
    return vintage, None


def value_mutated(rng: random.Random, folder: Path) -> tuple[str, dict[str, str] | None]:
    """Put a hostile value in the place of one in one row, or name a key twice."""
    known = points(rng)
    vintage = rng.choice(("api", "result"))
    rows = [make(vintage, point) for point in known]
    before = undamaged(folder, rows)
    victim = rng.randrange(len(rows))
    part = rows[victim]["metrics"] if vintage == "api" and rng.random() < 0.5 else rows[victim]
    key = rng.choice([key for key in part if key not in ("metrics", "run_url", "date", "image")])
    marker = "@@hostile@@"
    part[key] = marker
    hostile = rng.choice(HOSTILE)
    text = json.dumps(rows).replace(f'"{marker}"', hostile)
    if rng.random() < 0.1:
        text = text.replace(f'"{key}":', f'"{key}": 1, "{key}":', 1)
    (folder / "rows.json").write_text(text, "utf-8", errors="surrogatepass")
    return f"{vintage} {key} {hostile[:20]}", silent_by_right(key, hostile, before)


def scaled(rng: random.Random, folder: Path) -> tuple[str, dict[str, str]]:
    """Write one figure of one row in another unit."""
    known = points(rng)
    vintage = rng.choice(("api", "result"))
    rows = [make(vintage, point) for point in known]
    before = undamaged(folder, rows)
    victim = rng.choice(rows)
    part = victim.get("metrics", victim)
    key = rng.choice(SCALED)
    part = part if key in part else victim
    if isinstance(part.get(key), int | float):
        part[key] *= rng.choice((1000, 0.001))
    (folder / "rows.json").write_text(json.dumps(rows))
    return f"{vintage} {key}", before


def archived(rng: random.Random, folder: Path) -> tuple[str, None]:
    """Pack files under odd names, then damage the archive."""
    vintage, content = pristine(rng)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as z:
        for number, (name, text) in enumerate(content.items()):
            odd = rng.choice(MEMBER_NAMES) if number == 0 and rng.random() < 0.3 else name
            z.writestr(odd, text)
    data = bytearray(buffer.getvalue())
    for _ in range(rng.randint(0, 3)):
        data[rng.randrange(4, len(data))] = rng.randrange(256)
    if rng.random() < 0.1:
        del data[rng.randrange(4, len(data)) :]
    (folder / "rows.zip").write_bytes(data)
    return vintage, None


def silent_by_right(key: str, hostile: str, before: dict[str, str]) -> dict[str, str] | None:
    """Return no rows to compare with where another value is no damage: a label, a degree."""
    label = key in ("framework", "spec_decoding", "spec_method", "infmax_model_prefix")
    layout = key.endswith(("_ep", "dp_attention", "_workers", "ep"))
    short = key.endswith("ttft") and hostile in ("1e-320", "1e-9")  # faster than ever, if true
    return None if label or layout or short or hostile == '""' else before


def undamaged(folder: Path, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Return the lines of the table by id, as imported before any damage."""
    path = folder / "before.json"
    path.write_text(json.dumps(rows))
    taken = take_in([path], load_catalogue())
    path.unlink()
    lines = taken.kept_csv().decode().replace("before.json", "rows.json").splitlines()[1:]
    return {line.partition(",")[0]: line for line in lines}


def pristine(rng: random.Random) -> tuple[str, dict[str, str]]:
    """Return the files of one vintage."""
    files: dict[str, dict[str, str]] = vintages.files(points(rng))
    return rng.choice(sorted(files.items()))


def points(rng: random.Random) -> list[dict[str, Any]]:
    """Return known points."""
    known: list[dict[str, Any]] = vintages.points(POINTS, rng.randrange(50))
    return known


def make(vintage: str, point: dict[str, Any]) -> dict[str, Any]:
    """Write a point with power of schema 2."""
    row: dict[str, Any] = (vintages.api_row if vintage == "api" else vintages.result_v2)(point, 2)
    return row


if __name__ == "__main__":
    sys.exit(main())
