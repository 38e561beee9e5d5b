"""Layouts of what was never benchmarked: where they come from and what they must hold."""

from dataclasses import replace
from pathlib import Path

import pytest

from wh_uncertainty.model.deployment import Deployment, deployment_id, parse_deployment_id
from wh_uncertainty.model.kin.sibling_layouts import Layout, likely_layouts
from wh_uncertainty.model.kin.sketch_file import load_sketch
from wh_uncertainty.model.scenario import Scenario, ScenarioError, create_scenario
from wh_uncertainty.priors import Catalogue, load_catalogue, with_specs

SKETCH = load_sketch()
SEEN = [parse_deployment_id(name) for name in SKETCH.deployments]
MODEL = """
[model.new]
total_params_b = 230
active_params_b = 10
native_precision = "fp8"
"""
GPU = """
[hardware.new-gpu]
vendor = "{vendor}"
tdp_w = 1000
bf16_dense_tflops = {half}
fp8_dense_tflops = {eight}
hbm_gb = {memory}
hbm_tbps = {speed}
"""
LIKE_MI300X = {"vendor": "AMD", "half": 1300, "eight": 2600, "memory": 192, "speed": 5.3}


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    path = tmp_path / "model.toml"
    path.write_text(MODEL, "utf-8")
    return with_specs(load_catalogue(), model_spec=path)


def with_gpu(catalogue: Catalogue, tmp_path: Path, **facts: object) -> Catalogue:
    path = tmp_path / "gpu.toml"
    path.write_text(GPU.format(**LIKE_MI300X | facts), "utf-8")
    return with_specs(catalogue, hardware_spec=path)


def ask(catalogue: Catalogue, **answers: object) -> Scenario:
    return create_scenario(catalogue, **{"model": "new", "workload": "1k/1k", **answers})


def models(layout: Layout) -> set[str]:
    return {SEEN[i].model for i in layout.siblings}


def test_layouts_are_shared_by_two_models_and_differ_from_siblings_in_the_model_alone(
    catalogue: Catalogue,
) -> None:
    found = likely_layouts(ask(catalogue, hardware="b200"), SKETCH, catalogue)
    assert len(found) > 3
    for layout in found:
        assert len(models(layout)) >= 2
        for i in layout.siblings:
            assert replace(SEEN[i], model="new") == layout.deployment


def test_open_hardware_gives_all_that_serve_the_format(catalogue: Catalogue) -> None:
    found = likely_layouts(ask(catalogue), SKETCH, catalogue)
    assert {d.deployment.hardware for d in found} == {d.hardware for d in SEEN}
    assert {d.deployment.precision for d in found} == {"fp8"}
    assert [deployment_id(d.deployment) for d in found] == sorted(
        deployment_id(d.deployment) for d in found
    )


def test_where_no_two_models_share_a_layout_all_count(catalogue: Catalogue) -> None:
    found = likely_layouts(ask(catalogue, hardware="h100", precision="fp4"), SKETCH, catalogue)
    assert found
    assert all(len(models(layout)) == 1 for layout in found)


@pytest.mark.parametrize("total", [230, 1000, 3000])
def test_weights_fit_each_pool(catalogue: Catalogue, total: float) -> None:
    large = replace(catalogue.models["new"], total_params_b=total)
    catalogue = replace(catalogue, models={**catalogue.models, "new": large})
    for layout in likely_layouts(ask(catalogue, hardware="gb200"), SKETCH, catalogue):
        d = layout.deployment
        pools = (d.prefill_gpus, d.decode_gpus) if d.disaggregated else (d.gpus,)
        assert all(total <= 0.9 * 192 * (gpus or 8) for gpus in pools)


def test_weights_that_fit_nowhere_are_told_so(catalogue: Catalogue) -> None:
    large = replace(catalogue.models["new"], total_params_b=90_000.0)
    catalogue = replace(catalogue, models={**catalogue.models, "new": large})
    with pytest.raises(ScenarioError, match="holds its weights"):
        likely_layouts(ask(catalogue), SKETCH, catalogue)


def speculating(found: tuple[Layout, ...]) -> set[str]:
    return {layout.deployment.spec_decoding for layout in found}


def test_speculation_is_stated_or_seen(catalogue: Catalogue, tmp_path: Path) -> None:
    assert speculating(likely_layouts(ask(catalogue), SKETCH, catalogue)) == {"none"}
    able = replace(catalogue.models["new"], speculation=("mtp",))
    stated = replace(catalogue, models={**catalogue.models, "new": able})
    assert speculating(likely_layouts(ask(stated), SKETCH, stated)) == {"none", "mtp"}
    new_gpu = with_gpu(catalogue, tmp_path)
    for model, kinds in (("minimax-m2.5", {"none"}), ("deepseek-r1-0528", {"none", "mtp"})):
        asked = ask(new_gpu, model=model, hardware="new-gpu", precision="fp8")
        assert speculating(likely_layouts(asked, SKETCH, new_gpu)) <= kinds


def donors(catalogue: Catalogue) -> set[str]:
    found = likely_layouts(ask(catalogue, hardware="new-gpu"), SKETCH, catalogue)
    assert {layout.deployment.hardware for layout in found} == {"new-gpu"}
    return {SEEN[i].hardware for layout in found for i in layout.siblings}


def test_a_new_gpu_is_served_as_the_most_similar_of_its_vendor(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    assert donors(with_gpu(catalogue, tmp_path)) == {"mi300x"}
    assert donors(with_gpu(catalogue, tmp_path, vendor="nvidia")) == {"h200"}
    faster = {"half": 2400, "eight": 4800, "speed": 8, "memory": 256}
    assert donors(with_gpu(catalogue, tmp_path, **faster)) == {"mi355x"}
    assert donors(with_gpu(catalogue, tmp_path, vendor="Nobody")) == {"mi300x"}


def test_a_pinned_deployment_need_not_be_common(catalogue: Catalogue) -> None:
    lonely: Deployment = next(
        replace(d, model="new")
        for d in SEEN
        if d.model == "minimax-m2.5" and d.precision == "fp8" and d.spec_decoding == "none"
    )
    asked = ask(catalogue, deployment=deployment_id(lonely))
    (layout,) = likely_layouts(asked, SKETCH, catalogue)
    assert layout.deployment == lonely


def test_a_layout_that_nobody_was_seen_in_is_refused(catalogue: Catalogue) -> None:
    asked = ask(catalogue, deployment="new|b200|fp8|vllm|none|agg|g5|tp5|ep3|dp0")
    with pytest.raises(ScenarioError, match="no layout of another model"):
        likely_layouts(asked, SKETCH, catalogue)


def test_a_model_with_rows_keeps_to_the_formats_it_was_served_in(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    new_gpu = with_gpu(catalogue, tmp_path, vendor="NVIDIA")
    card = new_gpu.models["llama-3.3-70b"]
    served = {d.precision for d in SEEN if d.model == card.key}
    assert not {*card.precision_order} <= served
    asked = ask(new_gpu, model=card.key, hardware="new-gpu")
    found = {layout.deployment.precision for layout in likely_layouts(asked, SKETCH, new_gpu)}
    assert found == {next(p for p in card.precision_order if p in served)}
