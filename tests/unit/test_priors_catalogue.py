"""The shipped release, as an auditor would read it."""

import ast
import json
import math
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.model.token_lengths.named_workload import named_workload
from wh_uncertainty.priors import Catalogue, PriorError, check_release, load_catalogue
from wh_uncertainty.priors.catalogue import read_workload, workload_names
from wh_uncertainty.priors.compile import compiled_text
from wh_uncertainty.priors.files import COMPILED, digest, read_release, release_directory
from wh_uncertainty.priors.spec import NEVER

HARDWARE = ("h100", "h200", "b200", "b300", "gb200", "gb300", "mi300x", "mi325x", "mi355x")
RELEASE = "2026.11"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(RELEASE)


def test_the_release_has_no_findings() -> None:
    assert check_release() == []


def test_the_compiled_file_is_what_the_tables_give() -> None:
    committed = (release_directory(RELEASE) / COMPILED).read_text(encoding="utf-8")
    assert _rounded(committed) == _rounded(compiled_text(RELEASE))


def _rounded(compiled: str) -> Any:
    """Numbers to six digits: the last ones of solved parameters differ between processors."""
    return json.loads(compiled, parse_float=lambda digits: f"{float(digits):.5e}")


def test_every_prior_states_unit_kind_and_an_argument(catalogue: Catalogue) -> None:
    for spec in catalogue.priors.values():
        assert spec.unit, spec.name
        assert spec.kind, spec.name
        assert len(spec.rationale) > 30, spec.name
        assert spec.source or spec.kind == "judgement", spec.name
        assert spec.locator or not spec.source, spec.name


def test_every_prior_is_read_or_says_never(catalogue: Catalogue) -> None:
    patterns = [re.compile(pattern) for pattern in set(_texts_of_code())]
    unread = {
        name
        for name in catalogue.priors
        if not name.startswith("region.") and not any(p.fullmatch(name) for p in patterns)
    }
    said = {name for name, p in catalogue.priors.items() if p.applies.startswith(NEVER)}
    assert unread <= said


def _texts_of_code() -> Iterator[str]:
    """Texts of the code, and of the release's facts, that a prior's name can come from."""
    for card in load_catalogue(RELEASE).models.values():
        yield card.cache_prior
    for name in workload_names():
        yield named_workload(name).cached_prior or ""
    for package in ("model", "priors", "cli"):
        root = Path(str(files(f"wh_uncertainty.{package}"))).resolve()
        for path in root.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield re.escape(node.value)
                elif isinstance(node, ast.JoinedStr):
                    parts = [
                        re.escape(str(p.value)) if isinstance(p, ast.Constant) else "[^ ]+"
                        for p in node.values
                    ]
                    if len("".join(parts).replace("[^ ]+", "")) >= len("pue_"):
                        yield "".join(parts)  # less than that would fit everything


def test_every_source_is_cited_and_every_citation_resolves(catalogue: Catalogue) -> None:
    cited = {key for spec in catalogue.priors.values() for key in spec.source}
    cited |= {key for item in catalogue.hardware.values() for key in item.source}
    for card in catalogue.models.values():
        cited |= {*card.source, *card.price_source}
    cited |= {key for region in catalogue.regions.values() for key in region.carbon_direct_source}
    cited |= {key for name in workload_names() for key in read_workload(name)["source"]}
    assert cited == set(catalogue.references)


def test_what_was_recalled_is_a_judgement(catalogue: Catalogue) -> None:
    recalled = [spec for spec in catalogue.priors.values() if "ecalled" in spec.rationale]
    assert len(recalled) == 15
    assert {spec.kind for spec in recalled} == {"judgement"}


def test_each_hardware_has_its_priors_and_a_share(catalogue: Catalogue) -> None:
    assert tuple(catalogue.hardware) == HARDWARE
    for key in HARDWARE:
        assert catalogue.priors[f"host_w_{key}"].unit == "W"
        assert catalogue.priors[f"board_power_fraction_{key}"].family == "beta"
    share = catalogue.priors["hardware_share"]
    assert set(share.parameters) == set(HARDWARE)
    assert share.kind == "judgement"
    assert math.fsum(share.parameters.values()) == pytest.approx(10)


def test_no_two_records_answer_to_one_alias(catalogue: Catalogue) -> None:
    for records in (catalogue.hardware, catalogue.models, catalogue.regions):
        names = [
            alias.lower()
            for key, record in records.items()
            for alias in {key, *(name.lower() for name in record.aliases)}
        ]
        assert len(names) == len(set(names))


def test_models_state_native_precision_first(catalogue: Catalogue) -> None:
    assert len(catalogue.models) == 10
    for card in catalogue.models.values():
        assert card.precision_order[0] == card.native_precision
        assert card.active_params_b <= card.total_params_b


def test_regions_keep_life_cycle_above_direct_carbon(catalogue: Catalogue) -> None:
    assert len(catalogue.regions) == 26
    for region in catalogue.regions.values():
        direct = region.carbon_direct_g_per_kwh
        life_cycle = region.carbon_lifecycle_g_per_kwh
        assert life_cycle is catalogue.priors[f"region.{region.key}.carbon_lifecycle_g_per_kwh"]
        assert direct is None or direct < life_cycle.quantiles["p50"]


def test_an_unknown_release_is_told_the_known_ones() -> None:
    with pytest.raises(PriorError, match=r"release '2020.1': does not exist; use one of 2026.11"):
        load_catalogue("2020.1")


def test_a_changed_byte_changes_the_digest_and_the_order_of_files_does_not() -> None:
    contents = read_release(release_directory(RELEASE))
    assert digest(dict(reversed(contents.items()))) == digest(contents)
    for name, content in contents.items():
        assert digest({**contents, name: content[:-1] + b"#"}) != digest(contents)


def test_the_compiled_path_needs_neither_scipy_nor_toml() -> None:
    code = (
        "import sys; from wh_uncertainty.priors import load_catalogue, sample; load_catalogue();"
        "print([name for name in ('scipy', 'tomllib', 'pymc') if name in sys.modules])"
    )
    environment_paths = [path for path in sys.path if path]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:] = {environment_paths!r}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
