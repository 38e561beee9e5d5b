"""Files that describe a model or an accelerator, and the catalogue that knows them."""

import hashlib
import math
from dataclasses import replace
from pathlib import Path

import pytest

from wh_uncertainty.priors import Catalogue, PriorError, load_catalogue, quantile, with_specs

CATALOGUE = load_catalogue()
MODEL = """
[model.my-moe]
total_params_b = 200
active_params_b = 20
native_precision = "fp8"
"""
GPU = """
[hardware.my-gpu]
vendor = "NVIDIA"
tdp_w = 1800
bf16_dense_tflops = 4000
fp8_dense_tflops = 8000
hbm_gb = 288
hbm_tbps = 13
"""


def extended(path: Path, text: str | bytes) -> Catalogue:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    kind = "hardware_spec" if b"[hardware" in path.read_bytes() else "model_spec"
    return with_specs(CATALOGUE, **{kind: path})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "spec.toml"


def test_a_model_of_three_facts(file: Path) -> None:
    made = extended(file, MODEL)
    card = made.models["my-moe"]
    assert (card.total_params_b, card.active_params_b) == (200, 20)
    assert card.precision_order == ("fp8",)
    assert card.speculation == ()
    assert not card.is_dense
    assert made.describes("model", "my-moe")
    assert not made.describes("hardware", "my-moe")
    assert "my-moe" not in CATALOGUE.models


def test_every_key_of_the_release_may_be_stated(file: Path) -> None:
    more = """name = "My MoE"
aliases = ["mm"]
layers = 60
kv_bytes_per_token_bf16 = 70000
precision_order = ["fp8", "fp4"]
attention = "MLA"
cache_prior = "kv_over_roofline_sparse"
status = "draft"
source = ["our own card"]
speculation = ["mtp"]
price_usd_per_mtok_input = 0.5
price_usd_per_mtok_output = 2
price_source = ["ours"]
price_locator = "page 1"
"""
    card = extended(file, MODEL + more).models["my-moe"]
    assert (card.name, card.aliases, card.layers) == ("My MoE", ("mm",), 60)
    assert card.precision_order == ("fp8", "fp4")
    assert card.speculation == ("mtp",)


def test_provenance_names_the_file_and_its_hash(file: Path) -> None:
    made = extended(file, MODEL)
    (spec,) = made.specs
    assert (spec.kind, spec.key, spec.file) == ("model", "my-moe", "spec.toml")
    assert spec.sha256 == hashlib.sha256(MODEL.encode()).hexdigest()
    assert made.sha256 != CATALOGUE.sha256
    assert extended(file, MODEL + "# more\n").sha256 != made.sha256
    assert CATALOGUE.specs == ()


def test_the_digest_does_not_depend_on_where_the_file_is(file: Path, tmp_path: Path) -> None:
    assert extended(file, MODEL).sha256 == extended(tmp_path / "other.toml", MODEL).sha256


def test_power_of_a_described_gpu_envelops_that_of_the_known(file: Path) -> None:
    made = extended(file, GPU)
    ours = made.priors["host_w_my-gpu"].quantiles
    for key, gpu in CATALOGUE.hardware.items():
        known = CATALOGUE.priors[f"host_w_{key}"].quantiles
        assert ours["p05"] / 1800 <= known["p05"] / gpu.tdp_w * (1 + 1e-12)
        assert ours["p95"] / 1800 >= known["p95"] / gpu.tdp_w * (1 - 1e-12)
    assert ours["p05"] == pytest.approx(1800 * 260 / 1400)
    assert ours["p95"] == pytest.approx(1800 * 520 / 700)


@pytest.mark.parametrize("name", ["host_w_", "board_power_fraction_"])
def test_power_of_a_described_gpu_is_no_narrower_than_any_known(file: Path, name: str) -> None:
    made = extended(file, GPU)

    def ln_width(key: str) -> float:
        spec = made.priors[name + key]
        return math.log(float(quantile(spec, 0.95)) / float(quantile(spec, 0.05)))

    assert ln_width("my-gpu") >= max(ln_width(key) for key in CATALOGUE.hardware)


def test_only_an_accelerator_of_its_own_generation_is_the_most_scattered() -> None:
    spreads = {
        name: spec.parameters["value"]
        for name, spec in CATALOGUE.priors.items()
        if name.startswith("deployment_spread_")
    }
    assert spreads["deployment_spread_unknown"] == max(spreads.values())


def without(text: str, key: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith(key))


HOSTILE = {
    "a narrower format that is slower": (
        GPU.replace("fp8_dense_tflops = 8000", "fp8_dense_tflops = 80"),
        "fp8_dense_tflops: 80 is less than bf16_dense_tflops",
    ),
    "not TOML": ("[model.x\n", "is not TOML"),
    "not UTF-8": (b"[model.x]\nname = '\xff'\n", "UTF-8"),
    "empty": ("", "describes 0"),
    "two": (MODEL + MODEL.replace("my-moe", "other"), "describes 2"),
    "another table": (MODEL + "[pue]\nunit = '1'\n", "no description of a model"),
    "no table": ("model = 3\n", "is not a table"),
    "too deep": ("x = " + "[" * 20_000 + "]" * 20_000, "nest too deep"),
    "too large": (MODEL + "#" * 100_001, "below 100,000 bytes"),
    "endless digits": (MODEL.replace("200", "9" * 5000), "is not TOML"),
    "overflow": (MODEL.replace("200", "9" * 400), "too large to count"),
    "not finite": (MODEL.replace("200", "inf"), "not between"),
    "not a number": (MODEL.replace("200", "nan"), "not between"),
    "negative": (MODEL.replace("200", "-5"), "not between"),
    "boolean": (MODEL.replace("200", "true"), "is not a number"),
    "text": (MODEL.replace("200", "'many'"), "is not a number"),
    "missing": (without(MODEL, "active"), "active_params_b: is missing"),
    "unknown key": (MODEL + "params = 3\n", "not a known key"),
    "more active than there are": (MODEL.replace("200", "10"), "more than total_params_b"),
    "precision": (MODEL.replace("fp8", "fp16"), "'fp16' is not one of fp4"),
    "order": (MODEL + "precision_order = ['fp4']\n", "'fp8' first"),
    "no order": (MODEL + "precision_order = []\n", "'fp8' first"),
    "cache": (MODEL + "cache_prior = 'pue'\n", "kv_over_roofline_sparse"),
    "speculation": (MODEL + "speculation = ['eagle']\n", "'eagle' was not benchmarked"),
    "a bar": (MODEL.replace("my-moe", '"a|b"'), "a name has"),
    "a question mark": (MODEL.replace("my-moe", '"?"'), "a name has"),
    "no name": (MODEL.replace("my-moe", '""'), "a name has"),
    "a long name": (MODEL.replace("my-moe", "m" * 500), "a name has"),
    "a dot": (MODEL.replace("my-moe", "my-moe.5"), '[model."my-moe.5"]'),
    "of the release": (MODEL.replace("my-moe", "gpt-oss-120b"), "--priors"),
    "an alias of it": (MODEL.replace("my-moe", "dsr1"), "deepseek-r1-0528"),
    "spelt otherwise": (MODEL.replace("my-moe", '"gptoss.120b"'), "gpt-oss-120b"),
    "has its alias": (MODEL + "aliases = ['R1']\n", "deepseek-r1-0528"),
    "gpu of the release": (GPU.replace("my-gpu", "b200"), "'b200' of the release"),
    "gpu without vendor": (without(GPU, "vendor"), "vendor: is missing"),
    "generation": (GPU + "generation = 'rubin'\n", "leave the key out"),
    "unknown generation": (GPU + "generation = 'unknown'\n", "leave the key out"),
    "kW for W": (GPU.replace("1800", "1.8"), "check the unit"),
}


@pytest.mark.parametrize(("text", "part"), HOSTILE.values(), ids=HOSTILE)
def test_a_broken_file_is_refused_in_one_line(file: Path, text: str | bytes, part: str) -> None:
    with pytest.raises(PriorError) as refused:
        extended(file, text)
    said = str(refused.value)
    assert part in said
    assert "\n" not in said
    assert str(file) in said
    assert len(said) < 600


def test_a_file_for_the_other_option_is_told_so(file: Path) -> None:
    file.write_text(GPU, "utf-8")
    with pytest.raises(PriorError, match="--hardware-spec"):
        with_specs(CATALOGUE, model_spec=file)


@pytest.mark.parametrize("place", ["missing.toml", ".", "x" * 300, "/dev/zero"])
def test_what_is_no_file_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(PriorError, match=r"is not a file|cannot be read"):
        with_specs(CATALOGUE, model_spec=tmp_path / place)


@pytest.mark.parametrize(("active", "dense"), [(5.0, False), (24.0, False), (99.9, True)])
def test_nearly_dense_is_dense(active: float, dense: bool) -> None:
    card = replace(CATALOGUE.models["gpt-oss-120b"], total_params_b=100.0, active_params_b=active)
    assert card.is_dense is dense
