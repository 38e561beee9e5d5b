"""Laws of what is described: no file crashes, and more to compute never costs less."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.kin.new_deployments import given_siblings, learnt_from
from wh_uncertainty.model.kin.sketch_file import load_sketch
from wh_uncertainty.model.simulation import Simulation, simulate
from wh_uncertainty.priors import Catalogue, PriorError, SpecFile, load_catalogue, with_specs

RELEASE = load_catalogue()
PINNED = {
    "deployment": "twin|h200|fp8|vllm|none|agg|g8|tp8|ep1|dp0",
    "concurrency": 64,
    # One power, so that the law alone decides.
    "boundary": "provisioned-2025-12",
}
KEYS = ("total_params_b", "active_params_b", "native_precision", "precision_order", "layers", "x")

words = st.text(max_size=20)
values = st.one_of(
    st.integers(), st.floats(), words, st.booleans(), st.lists(words, max_size=3), st.just("fp8")
)
tables = st.dictionaries(st.one_of(st.sampled_from(KEYS), words), values, max_size=7)
sizes = st.floats(1.0, 100.0)


def toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = "".join(f"\\U{ord(c):08x}" for c in value)
        return f'"{escaped}"'
    if isinstance(value, list):
        return f"[{', '.join(toml(item) for item in value)}]"  # pyright: ignore
    return repr(value)


def read(content: bytes) -> Catalogue | None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "spec.toml"
        path.write_bytes(content)
        try:
            return with_specs(RELEASE, model_spec=path)
        except PriorError:
            return None


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_bytes_are_read_or_refused(content: bytes) -> None:
    assert read(content) is None


@settings(deadline=None)
@given(words, tables)
def test_tables_are_read_or_refused(name: str, table: dict[str, Any]) -> None:
    lines = [f"[model.{toml(name)}]", *(f"{toml(k)} = {toml(v)}" for k, v in table.items())]
    made = read("\n".join(lines).encode("utf-8", "surrogatepass"))
    if made is not None:
        card = made.models[name]
        assert 0 < card.active_params_b <= card.total_params_b


def twin(active: float) -> Catalogue:
    card = replace(RELEASE.models["minimax-m2.5"], key="twin", aliases=(), active_params_b=active)
    spec = SpecFile("model", "twin", "twin.toml", "0" * 64)
    return replace(RELEASE, models={**RELEASE.models, "twin": card}, specs=(spec,))


def answer(active: float) -> Simulation:
    asked = {"model": "twin", "workload": "1k/1k", **PINNED}
    return simulate(asked, draws=1000, catalogue=twin(active))


@settings(max_examples=3, deadline=None)
@given(sizes, st.floats(1.1, 2.0))
def test_more_active_parameters_never_cost_less(active: float, more: float) -> None:
    """By construction: they move the first three coefficients alike, and no draw's rank."""
    small, large = (answer(size).wh_mean for size in (active, active * more))
    assert np.all(large >= small * (1 - 1e-5))


SOME = load_sketch().of_model("kimi-k2.5")
DEPLOYMENT = [parse_deployment_id(PINNED["deployment"])]  # type: ignore[arg-type]


@settings(max_examples=25, deadline=None)
@given(sizes, st.floats(1.0, 10.0))
def test_size_moves_the_mean_as_the_roofline_does(active: float, more: float) -> None:
    means, spreads = zip(
        *(
            given_siblings(DEPLOYMENT, learnt_from(SOME, catalogue), catalogue)
            for catalogue in (twin(active), twin(active * more))
        ),
        strict=True,
    )
    expected = np.log(more) * np.array([1, 1, 1, 0, 0])
    np.testing.assert_allclose(means[1] - means[0], expected[None, :], atol=1e-9)
    np.testing.assert_allclose(spreads[0], spreads[1])
