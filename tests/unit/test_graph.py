"""The PyMC graph and the NumPy simulation are one model."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients, gpu_s_per_query, inter_token_time_s
from wh_uncertainty.model.design import Design, design_of
from wh_uncertainty.model.fitting.geometry import Geometry, sampling_geometry
from wh_uncertainty.model.graph import cost_law_graph
from wh_uncertainty.model.hierarchy import correlation_factor, run_adjusted
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.roofline import ln_roofline
from wh_uncertainty.model.rows import CostRows, cost_rows
from wh_uncertainty.priors import load_catalogue

Floats = NDArray[np.float64]
Point = dict[str, Any]
CATALOGUE = load_catalogue()
NAMES = [
    *(f"gpt-oss-120b|{h}|fp4|vllm|none|agg|g1|tp1|ep1|dp0" for h in ("b200", "mi300x")),
    "gpt-oss-120b|b200|fp4|trt|none|agg|g2|tp2|ep1|dp0",
    "gpt-oss-120b|gb200|fp4|dynamo-trt|none|disagg|g5|p1|d4|tp?|ep?|dp0",
]


class Small:
    """A graph over four deployments, one with separate pools, and a point of its posterior."""

    def __init__(self) -> None:
        table = load_observations()
        chosen = table.rows(table.fit & np.isin(table.configuration, NAMES))
        self.rows: CostRows = cost_rows(chosen)
        self.design: Design = design_of(self.rows.deployments)
        parts = [name.split("|")[:3] for name in self.rows.deployments]
        scale = np.array([ln_roofline(CATALOGUE, *part) for part in parts])
        self.geometry: Geometry = sampling_geometry(self.rows, scale, np.eye(5) * 0.3)
        self.graph: Any = cost_law_graph(self.rows, self.design, scale, self.geometry, CATALOGUE)
        rng = np.random.default_rng(3)
        start = self.graph.initial_point()
        self.point: Point = {k: v + rng.normal(0, 0.3, np.shape(v)) for k, v in start.items()}

    def function(self, *expressions: Any) -> Callable[[Point], list[Floats]]:
        """Compile expressions of the graph into a function of a point."""
        compile_function: Any = import_module("pytensor").function
        symbolic = self.graph.replace_rvs_by_values(list(expressions))
        inputs = self.graph.value_vars
        compiled = compile_function(inputs, symbolic, mode="FAST_COMPILE", on_unused_input="ignore")
        return lambda point: list(compiled(*(point[v.name] for v in inputs)))


@pytest.fixture(scope="module")
def small() -> Small:
    return Small()


def test_the_subset_is_what_it_says(small: Small) -> None:
    assert sorted(small.rows.deployments) == sorted(NAMES)
    assert small.rows.disaggregated.sum() == 1
    assert {"hardware", "framework"} <= set(small.design.levels)


def test_density_and_gradient_are_finite(small: Small) -> None:
    grad: Any = import_module("pytensor").grad
    logp = small.graph.logp()
    density, *slopes = small.function(logp, *grad(logp, small.graph.value_vars))(small.point)
    assert np.isfinite(density)
    for variable, slope in zip(small.graph.value_vars, slopes, strict=True):
        assert np.isfinite(slope).all(), variable.name
        assert np.shape(slope) == np.shape(small.point[variable.name])


def test_numpy_predicts_the_graphs_means(small: Small) -> None:
    rows, graph = small.rows, small.graph
    observed = [graph["ln_cost"].owner, graph["ln_tpot"].owner]
    means = [owner.op.dist_params(owner)[1] for owner in observed]
    cost, tpot, own, run = small.function(*means, graph["deployment"], graph["run_effect"])(
        small.point
    )
    phi = 1 / (1 + np.exp(-own[:, 4])) * ~rows.disaggregated
    d = rows.deployment
    alpha, weight, step, kv = np.exp(own[d, :4]).T
    speed, decode_only, tilt = run[rows.run].T
    law = Coefficients(alpha, weight, step, kv, phi[d])
    law = run_adjusted(law, speed, decode_only, tilt, rows.load)
    prefill, decode = gpu_s_per_query(law, rows.tokens, rows.load)
    seen = np.isfinite(rows.ln_tpot)
    assert cost == pytest.approx(np.log(prefill + decode), rel=1e-9)
    assert tpot == pytest.approx(
        np.log(inter_token_time_s(law, rows.tokens, rows.load))[seen], rel=1e-9
    )


def test_group_effects_are_centred_and_the_base_gives_them_back(small: Small) -> None:
    graph, design = small.graph, small.design
    wanted = ("base", "ln_over_roofline", "deployment_sd", "kinship_z")
    effects = [graph[f"{group}_effect"] for group in design.levels]
    base, typical, sd, z, *fitted = small.function(*(graph[name] for name in wanted), *effects)(
        small.point
    )
    share = CATALOGUE.priors["kinship_share"].parameters["value"]
    of_kin = sd * np.sqrt(share) * (design.basis @ z @ correlation_factor(CATALOGUE).T)
    centre = of_kin.mean(axis=0) + sum(
        effect[design.members[group]].mean(axis=0)
        for group, effect in zip(design.levels, fitted, strict=True)
    )
    assert base == pytest.approx(typical - centre)


def test_the_coordinates_carry_their_jacobian(small: Small) -> None:
    """The density of a deployment's own numbers must not depend on the sampler's coordinates.

    ``ln |d own / d whitened|`` by differences, at two spreads of the hierarchy, against the
    potential that the graph adds for it.
    """
    own_and_potential = small.function(small.graph["deployment"], small.graph["scale"])
    step = 1e-5

    def log_determinant(point: Point) -> float:
        slopes: list[Floats] = []
        for k in range(5):
            move = np.zeros((1, 5))
            move[0, k] = step
            up, down = (
                own_and_potential({**point, "whitened": point["whitened"] + sign * move})[0]
                for sign in (1, -1)
            )
            slopes.append((up - down) / (2 * step))
        return float(np.linalg.slogdet(np.stack(slopes, axis=-1))[1].sum())

    start = small.point
    wide = {k: v + (0.7 if k.endswith("sd_log__") else 0.0) for k, v in start.items()}
    potentials = [float(own_and_potential(point)[1]) for point in (start, wide)]
    determinants = [log_determinant(point) for point in (start, wide)]
    assert abs(determinants[1] - determinants[0]) > 0.1
    assert potentials[1] - potentials[0] == pytest.approx(
        determinants[1] - determinants[0], abs=1e-4
    )
