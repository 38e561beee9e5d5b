"""Simulation-based calibration of sampler and scenario: compiled once, sampled many times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.hierarchy_truth import Truth, drawn_truth
from calibration.ranks import rank_of
from calibration.sketch_world import LOADS, QUERIES, ln_cost
from calibration.synthetic import measured_again
from wh_uncertainty.model.board_power.posterior import POWER_NAME, load_board_power
from wh_uncertainty.model.cost_law import gpu_s_per_query, tokens_of_one_query
from wh_uncertainty.model.cost_posterior import coefficients_of
from wh_uncertainty.model.design import design_of
from wh_uncertainty.model.fit import cost_posterior
from wh_uncertainty.model.fitting.cost_sample import (
    CostSample,
    geometry_data,
    guessed_geometry,
    rooflines,
)
from wh_uncertainty.model.fitting.sampling import Settings, compile_graph, draw
from wh_uncertainty.model.graph import cost_law_graph
from wh_uncertainty.model.hierarchy import COEFFICIENTS, run_adjusted
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.posterior import write_posterior
from wh_uncertainty.model.power import provisioned_wh
from wh_uncertainty.model.rows import cost_rows
from wh_uncertainty.model.scenario import create_scenario
from wh_uncertainty.model.simulation import simulate
from wh_uncertainty.priors import Catalogue

__all__ = ["SampledRanks", "SamplerWorld"]

Floats = NDArray[np.float64]

_SETTINGS = Settings(chains=2, tune=300, draws=250)
_APART = 5  # neighbouring draws are not independent; ranks are taken among every fifth
_QUERY, _GPUS = (1000.0, 1000.0), 2


@dataclass(frozen=True, slots=True)
class SampledRanks:
    """Where truths lie in what a fit believes; ranks are between 0 and 1.

    Parameters
    ----------
    cost : float
        Of one deployment's ln cost at one load.
    nominal_cost : float
        Of the same as it would be if lengths were taken at nominal: a tenth higher.
    typical, spread : float
        Of ``ln_over_roofline`` and ``deployment_sd``, of one coefficient.
    wh_inside : bool
        Whether a scenario's 90 % interval holds the watt-hours on the day of a new run.
    """

    cost: float
    nominal_cost: float
    typical: float
    spread: float
    wh_inside: bool


@dataclass(frozen=True, slots=True, eq=False)
class SamplerWorld:
    """Rows of a few pooled deployments whose figures are drawn.

    Parameters
    ----------
    template : Observations
        Of one model.
    catalogue : Catalogue
    scenario : mapping
        Answers to a question about one of the deployments with `_GPUS` GPUs, at ``1000/1000``
        tokens, provisioned power and efficiency 1.
    directory : Path
        For the posteriors; written anew for every benchmark.
    """

    template: Observations
    catalogue: Catalogue
    scenario: Mapping[str, Any]
    directory: Path

    def ranks(self, count: int, *, seed: int) -> list[SampledRanks]:
        """Draw truths from the hierarchy's prior, rows from each, sample, and rank the truths.

        Parameters
        ----------
        count : int
        seed : int

        Returns
        -------
        list of SampledRanks
            Independent of each other.
        """
        power = load_board_power()
        write_posterior(self.directory, POWER_NAME, power.arrays, power.record)
        first = self._sample_of(cost_rows(self.template))
        compiled = compile_graph(first.graph)
        streams = np.random.default_rng(seed).spawn(count)
        return [self._ranks(first, compiled, number, rng) for number, rng in enumerate(streams)]

    def _sample_of(self, rows: Any) -> CostSample:
        """Lay out everything but the trace."""
        design, scale = design_of(rows.deployments), rooflines(rows, self.catalogue)
        geometry = guessed_geometry(rows, design, scale, self.catalogue)
        graph = cost_law_graph(rows, design, scale, geometry, self.catalogue)
        model = str(self.template.model[0])
        return CostSample(model, self.template, rows, design, graph, _SETTINGS, None)

    def _ranks(
        self, first: CostSample, compiled: Any, number: int, rng: np.random.Generator
    ) -> SampledRanks:
        scale = rooflines(first.rows, self.catalogue)
        truth = drawn_truth(first.design, scale, first.model, self.catalogue, rng)
        made = measured_again(self.template, truth.numbers, truth.scatter, rng=rng)
        rows = cost_rows(made)
        data = geometry_data(guessed_geometry(rows, first.design, scale, self.catalogue))
        data |= {"ln_cost_measured": rows.ln_gpu_s}
        data |= {"ln_tpot_measured": rows.ln_tpot[np.isfinite(rows.ln_tpot)]}
        trace = draw(compiled, replace(_SETTINGS, seed=number), data)
        fitted = replace(first, usable=made, rows=rows, trace=trace)
        return self._compared(truth, fitted, rng)

    def _compared(self, truth: Truth, fitted: CostSample, rng: np.random.Generator) -> SampledRanks:
        posterior = fitted.trace["posterior"].to_dataset()

        def apart(name: str) -> Floats:
            values: Floats = posterior[name].to_numpy()
            return values.reshape(-1, *values.shape[2:])[::_APART]

        d, k = int(rng.integers(len(truth.numbers))), int(rng.integers(len(COEFFICIENTS)))
        query, load = QUERIES[rng.integers(len(QUERIES))], LOADS[rng.integers(len(LOADS))]
        cost, true = (
            ln_cost(numbers, query, load)
            for numbers in (apart("deployment")[:, d], truth.numbers[d])
        )
        return SampledRanks(
            rank_of(float(true), cost, rng),
            rank_of(float(true) - np.log(0.9), cost, rng),
            rank_of(float(truth.typical[k]), apart("ln_over_roofline")[:, k], rng),
            rank_of(float(truth.spread[k]), apart("deployment_sd")[:, k], rng),
            self._wh_inside(truth, fitted, rng),
        )

    def _wh_inside(self, truth: Truth, fitted: CostSample, rng: np.random.Generator) -> bool:
        """Whether the 90 % interval of the scenario holds what a new run would come to."""
        posterior = cost_posterior(fitted, fitted.usable, self.catalogue, gated=False)
        write_posterior(self.directory, fitted.model, *posterior)
        scenario = create_scenario(self.catalogue, **self.scenario)
        answer = simulate(
            scenario, draws=2000, seed=0, catalogue=self.catalogue, posterior_dir=self.directory
        ).quantiles()["mean"]
        wh = self._true_wh(truth, fitted, self.scenario["concurrency"] / _GPUS, rng)
        return bool(answer["p05"] <= wh <= answer["p95"])

    def _true_wh(
        self, truth: Truth, fitted: CostSample, load: float, rng: np.random.Generator
    ) -> float:
        d = fitted.rows.deployments.index(self.scenario["deployment"])
        hardware = self.scenario["deployment"].split("|")[1]
        vintage = self.catalogue.priors["software_vintage_sd"].parameters["value"]
        sd = truth.scatter.run_sd.copy()
        sd[0] = np.hypot(sd[0], vintage)
        law = coefficients_of(truth.numbers[d], np.array(False))
        speed, decode, tilt = sd * rng.standard_normal(len(sd))
        law = run_adjusted(law, speed, decode, tilt, load)
        isl, osl = _QUERY
        gpu_s = sum(gpu_s_per_query(law, tokens_of_one_query(isl, isl, osl), load))
        provisioned_kw = self.catalogue.hardware[hardware].provisioned_2025_12_kw
        return float(provisioned_wh(gpu_s, provisioned_kw))
