"""The page on validation says what the stored figures say, and these are of the shipped data."""

import json
from typing import Any

import pytest

from calibration.page import MUTATION, PAGE, PICTURES, stored_beside, validation_page
from calibration.pictures import draw_pictures
from calibration.studies import PREDICTORS, STUDIES
from calibration.tables import COVERED, coverage_rows
from wh_uncertainty.model.kin.sketch_file import sketch_on_disk
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.scoring.calibration import stored_calibration
from wh_uncertainty.priors import load_catalogue

REMEDY = "python scripts/write_validation.py"


def test_the_page_is_what_its_figures_make() -> None:
    assert PAGE.read_text("utf-8") == validation_page(), REMEDY


def test_the_pictures_are_what_their_figures_make(tmp_path_factory: pytest.TempPathFactory) -> None:
    drawn = tmp_path_factory.mktemp("pictures")
    draw_pictures(drawn)
    names = sorted(path.name for path in drawn.iterdir())
    assert names == sorted(path.name for path in PICTURES.glob("*.svg"))
    changed = [n for n in names if (drawn / n).read_bytes() != (PICTURES / n).read_bytes()]
    assert changed == [], REMEDY


def test_every_study_and_predictor_is_scored() -> None:
    studies = stored_calibration()["studies"]
    assert list(studies) == list(STUDIES)
    for study in studies.values():
        assert list(study) == list(PREDICTORS)
        assert len({scores["overall"]["n"] for scores in study.values()}) == 1


def test_every_row_of_the_fit_is_held_out_once() -> None:
    table = load_observations()
    for held_out in ("deployments", "model", "hardware"):
        for quantity, used in (("gpu_seconds", table.fit), ("board_power", table.power_fit)):
            assert ours(f"{quantity}.{held_out}")["overall"]["n"] == int(used.sum())


def test_the_scores_are_of_the_shipped_rows_priors_and_sketch() -> None:
    made = stored_calibration()["provenance"]
    assert made["observations_sha256"] == load_observations().sha256, "python scripts/calibrate.py"
    assert made["priors_sha256"] == load_catalogue().sha256, "python scripts/calibrate.py"
    assert made["sketch_sha256"] == sketch_on_disk().sha256, "python scripts/calibrate.py"


def test_the_answers_beside_others_are_of_the_shipped_posteriors() -> None:
    for one in stored_beside():
        assert one.provenance["priors_sha256"] == load_catalogue().sha256
        assert one.provenance["observations_sha256"] == load_observations().sha256


def ours(study: str) -> dict[str, Any]:
    scores: dict[str, Any] = stored_calibration()["studies"][study][PREDICTORS[0]]
    return scores


@pytest.mark.parametrize(
    ("score", "required"),
    [
        pytest.param(score, required, marks=pytest.mark.xfail(strict=True, reason=reached))
        for score, required, reached in (
            ("ln_mae", 0.12, "0.152: offsets of whole deployments make 55 % of the variance"),
            ("interval_score_90", 0.85, "1.08: a fifth of the deployments makes 73 % of it"),
        )
    ],
)
def test_figures_asked_for_and_not_reached(score: str, required: float) -> None:
    """Each is as it is measured; a model that reaches one turns its mark into a failure."""
    assert ours("gpu_seconds.deployments")["overall"][score] <= required


@pytest.mark.parametrize(
    "by",
    [
        pytest.param(by, marks=pytest.mark.xfail(strict=True, reason=reached))
        for by, reached in (
            ("by_model", "7 of 9: gpt-oss-120b and llama-3.3-70b too much"),
            ("by_hardware", "5 of 9: gb200 too little, h100, h200 and mi300x too much"),
        )
    ],
)
def test_coverage_asked_for_and_not_reached(by: str) -> None:
    rows = coverage_rows(stored_calibration()["studies"]["gpu_seconds.deployments"], by)
    assert all(COVERED[0] <= scores["coverage_90"] <= COVERED[1] for scores in rows.values())


def test_pooled_coverage_is_as_asked() -> None:
    covered = ours("gpu_seconds.deployments")["overall"]["coverage_90"]
    assert COVERED[0] <= covered <= COVERED[1]


def test_board_power_is_as_asked() -> None:
    assert ours("board_power.rows")["overall"]["ln_mae"] <= 0.10
    assert ours("board_power.deployments")["overall"]["ln_mae"] <= 0.18


def test_mutants_are_killed_as_asked() -> None:
    found = json.loads(MUTATION.read_text("utf-8"))
    assert found["killed"] >= 0.85 * found["mutants"]
    assert [line for part in found["files"].values() for line in part["survived"]] == []
