"""Figures in the README's sentences, against what they speak of."""

import re
from pathlib import Path

import numpy as np

from wh_uncertainty.model.candidates import MAX_LOAD_STRETCH
from wh_uncertainty.model.context import BENCHMARK_CONTEXT_TOK
from wh_uncertainty.model.diagnostics import GATES
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.validate import stored_scores

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
WORDS = " ".join(README.split())


def test_rows_models_and_accelerators_of_the_fit() -> None:
    rows = load_observations()
    models, hardware = (np.unique(column[rows.fit]) for column in (rows.model, rows.hardware))
    assert (
        f"Of {len(rows):,} benchmark rows, the {int(rows.fit.sum()):,} that no stated rule "
        f"excludes enter the fit: {len(models)} models on {len(hardware)} kinds of GPU" in WORDS
    )


def test_gates_of_the_fit() -> None:
    assert f"R-hat at most {GATES['r_hat_max']:g}" in WORDS
    assert f"effective sample sizes of at least {GATES['ess_min']:g}" in WORDS
    assert f"at most {GATES['divergent_fraction']:.1%} divergences".replace("%", " %") in WORDS


def test_reach_of_the_benchmark() -> None:
    assert f"Beyond {BENCHMARK_CONTEXT_TOK:,} tokens of context" in WORDS
    assert f"may leave them, by at most a factor {MAX_LOAD_STRETCH:g}" in WORDS


def test_links_point_to_files() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert targets
    assert [t for t in targets if not (Path(__file__).parents[2] / t).exists()] == []


def test_held_out_scores_are_the_stored_ones() -> None:
    overall = stored_scores()["overall"]
    table = README.partition("<!-- validation -->")[2].partition("<!-- /validation -->")[0]
    assert f"{overall['n']:,} held-out rows" in table
    assert re.search(rf"90 % interval covers \|.+?\| {overall['coverage_90']:.3f} \|", table)
    assert re.search(rf"interval score.+?\| {overall['interval_score_90']:.2f} \|", table)
