"""Stored scores of models and accelerators left out: fresh, as good as promised, and as shown."""

from pathlib import Path

import pytest

from wh_uncertainty.model.kin.sketch_file import sketch_on_disk
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.scoring.left_out import stored_left_out
from wh_uncertainty.priors import load_catalogue

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
REQUIRED = 0.85
DENSE = "llama-3.3-70b"
REMEDY = "python scripts/score_left_out.py"


@pytest.mark.parametrize("kind", ["model", "hardware"])
def test_ninety_per_cent_intervals_cover_enough(kind: str) -> None:
    assert stored_left_out()[kind]["overall"]["coverage_90"] >= REQUIRED


@pytest.mark.parametrize("kind", ["model", "hardware"])
def test_every_row_of_the_fit_was_left_out_once(kind: str) -> None:
    rows, scores = load_observations(), stored_left_out()[kind]
    labels = getattr(rows, kind)[rows.fit]
    assert {name: part["n"] for name, part in scores["by"].items()} == {
        name: int((labels == name).sum()) for name in set(labels.tolist())
    }
    assert scores["overall"]["n"] == len(labels)


def test_every_mixture_of_experts_is_covered_and_the_dense_model_is_not() -> None:
    models = stored_left_out()["model"]["by"]
    assert [key for key, card in load_catalogue().models.items() if card.is_dense] == [DENSE]
    missed = [name for name, scores in models.items() if scores["coverage_90"] < REQUIRED]
    assert missed == [DENSE]
    assert models[DENSE]["coverage_90"] < 0.1  # what the flag calls nearly always outside


def test_scores_and_sketch_are_of_the_shipped_rows() -> None:
    rows = load_observations().sha256
    assert stored_left_out()["observations_sha256"] == rows, REMEDY
    assert sketch_on_disk().record["observations"]["sha256"] == rows


def test_the_readme_shows_them() -> None:
    table = README.partition("<!-- left-out -->")[2].partition("<!-- /left-out -->")[0]
    for kind in ("model", "hardware"):
        scores = stored_left_out()[kind]
        for name, row in {**scores["by"], "all": scores["overall"]}.items():
            line = f"| {name} | {row['n']:,} | {row['ln_mae']:.3f} | {row['coverage_50']:.3f} |"
            assert f"{line} {row['coverage_90']:.3f} |" in table
