"""Running the sampler: PyMC graph in, trace out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Progress", "Settings", "compile_graph", "draw"]

#: Called with draws done and draws in all, over all chains.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to sample.

    Parameters
    ----------
    chains, tune, draws : int
        Per chain where it applies.
    target_accept : float
        Aim of the step-size adaptation.
    seed : int
    """

    chains: int = 4
    tune: int = 400
    draws: int = 1200
    target_accept: float = 0.8
    seed: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {"sampler": "nutpie", **asdict(self)}


def compile_graph(graph: Any) -> Any:
    """Compile a PyMC model for nutpie.

    Parameters
    ----------
    graph : pymc.Model

    Returns
    -------
    nutpie compiled model
    """
    nutpie: Any = import_module("nutpie")
    return nutpie.compile_pymc_model(graph)


def draw(
    compiled: Any,
    settings: Settings,
    data: Mapping[str, NDArray[np.float64]] | None = None,
    progress: Progress | None = None,
) -> Any:
    """Sample a compiled model.

    Parameters
    ----------
    compiled : nutpie compiled model
    settings : Settings
    data : mapping of str to ndarray, optional
        New values of the graph's ``pm.Data``.
    progress : callable, optional

    Returns
    -------
    xarray.DataTree
    """
    nutpie: Any = import_module("nutpie")
    s = settings

    def report(chains: Any) -> None:
        if progress is not None:
            done = sum(chain.finished_draws for chain in chains)
            progress(done, s.chains * (s.tune + s.draws))

    trace = nutpie.sample(
        compiled.with_data(**data) if data else compiled,
        draws=s.draws,
        tune=s.tune,
        chains=s.chains,
        cores=2,
        seed=s.seed,
        target_accept=s.target_accept,
        save_warmup=False,
        progress_bar=False,
        progress_callback=report,
    )
    if trace["posterior"].sizes["draw"] < s.draws:
        raise KeyboardInterrupt  # nutpie takes the interrupt and returns what it has
    return trace
