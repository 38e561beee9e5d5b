"""The page on validation says what the stored figures say, and these are of the shipped data."""

import pytest

from calibration.page import PAGE, PICTURES, stored_beside, validation_page
from calibration.pictures import draw_pictures
from calibration.studies import PREDICTORS, STUDIES
from wh_uncertainty.model.calibration import stored_calibration
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.sketch_file import sketch_on_disk
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
    studies, table = stored_calibration()["studies"], load_observations()
    for held_out in ("deployments", "model", "hardware"):
        for quantity, used in (("gpu_seconds", table.fit), ("board_power", table.power_fit)):
            ours = studies[f"{quantity}.{held_out}"]["this model"]["overall"]
            assert ours["n"] == int(used.sum())


def test_the_scores_are_of_the_shipped_rows_priors_and_sketch() -> None:
    made = stored_calibration()["provenance"]
    assert made["observations_sha256"] == load_observations().sha256, "python scripts/calibrate.py"
    assert made["priors_sha256"] == load_catalogue().sha256, "python scripts/calibrate.py"
    assert made["sketch_sha256"] == sketch_on_disk().sha256, "python scripts/calibrate.py"


def test_the_answers_beside_others_are_of_the_shipped_posteriors() -> None:
    for one in stored_beside():
        assert one.provenance["priors_sha256"] == load_catalogue().sha256
        assert one.provenance["observations_sha256"] == load_observations().sha256
