"""A grid file: what it comes to, and what is said when it cannot be read."""

import shutil
from pathlib import Path

import pytest

from wh_uncertainty.model import posterior
from wh_uncertainty.model.analyses.grid import MAX_COMBINATIONS, find_gaps, read_grid
from wh_uncertainty.model.posterior import PosteriorError
from wh_uncertainty.model.scenario import ScenarioError, create_scenario
from wh_uncertainty.priors import Catalogue, load_catalogue

SHIPPED = Path(posterior.__file__).parent / "data" / "posterior"
BOTH = b'model = "gpt-oss-120b"\nworkload = "1k/8k"\n'


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def write(folder: Path, content: bytes) -> Path:
    path = folder / "grid.toml"
    path.write_bytes(content)
    return path


def test_all_combinations_in_the_order_of_the_file(catalogue: Catalogue, tmp_path: Path) -> None:
    content = b'hardware = ["H100", "b200"]\nworkload = "chat"\nmodel = ["gptoss120b", "dsr1"]\n'
    grid = read_grid(write(tmp_path, content + b"efficiency = 0.5\n"), catalogue)
    assert grid.axes == ("hardware", "model")
    assert [(s.hardware, s.model) for s in grid.scenarios] == [
        ("h100", "gpt-oss-120b"),
        ("h100", "deepseek-r1-0528"),
        ("b200", "gpt-oss-120b"),
        ("b200", "deepseek-r1-0528"),
    ]
    assert {(s.workload, s.efficiency) for s in grid.scenarios} == {("chat", 0.5)}


def test_a_grid_without_lists_is_one_question(catalogue: Catalogue, tmp_path: Path) -> None:
    grid = read_grid(write(tmp_path, BOTH + b"region = ['japan']\n"), catalogue)
    assert grid.axes == ()
    asked = {"model": "gpt-oss-120b", "workload": "1k/8k", "region": "japan"}
    assert grid.scenarios == (create_scenario(catalogue, **asked),)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no model; add `model = ...`.*list models"),
        (b'model = "gpt-oss-120b"', "no workload; add"),
        (b'model = "gpt-oss-120b', "malformed TOML"),
        (BOTH + b'model = "dsr1"', "malformed TOML"),
        (BOTH + b"efficiency = " + b"9" * 5000, "malformed TOML"),
        (BOTH + b"hardware = " + b"[" * 100_000, "malformed TOML, lists or tables nest too deep"),
        (BOTH + b'hardware = "\xff"', "not UTF-8 at byte"),
        (b"#" * 1_000_001, "at most 1,000,000 B"),
        (BOTH + b'hardwear = "b200"', r"\[hardwear\]: unknown key; keys are .*hardware"),
        (BOTH + b"hardware = []", r"\[hardware\]: an empty list"),
        (BOTH + b"[hardware]\nname = 'b200'", r"\[hardware\]: .* must be a text or a number"),
        (BOTH + b"hardware = [['b200']]", r"\[hardware\]: .* must be a text or a number"),
        (BOTH + b"efficiency = [0.5, true]", r"\[efficiency\]: True must be"),
        (BOTH + b"hardware = ['b200', 'h100', 'b200']", r"'b200' and 'b200' are the same"),
        (BOTH + b"hardware = ['B200', 'b200']", r"\[hardware\]: 'B200' and 'b200' are the same"),
        (BOTH + b"efficiency = [1, 1.0]", r"\[efficiency\]: 1 and 1.0 are the same"),
        (b"model = ['dsr1', 'DeepSeek R1']\nworkload = 'chat'", r"\[model\]: .* are the same"),
        (b"model = 'dsr1'\nworkload = ['1k/8k', '1024/8192']", r"\[workload\]: .* are the same"),
        (BOTH + b"hardware = ['b200', 'b20']", "unknown hardware 'b20': did you mean"),
        (BOTH + b"efficiency = [0.5, nan]", "efficiency nan: must be finite"),
        (BOTH + b"efficiency = 1" + b"0" * 400, "too large"),
        (BOTH + b"concurrency = 8", "concurrency needs a deployment"),
    ],
)
def test_grids_that_cannot_be_read(
    catalogue: Catalogue, tmp_path: Path, content: bytes, message: str
) -> None:
    path = write(tmp_path, content)
    with pytest.raises(ScenarioError, match=message) as caught:
        read_grid(path, catalogue)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_files_that_are_none(catalogue: Catalogue, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.toml"):
        with pytest.raises(ScenarioError, match="check the path"):
            read_grid(path, catalogue)


def test_an_unknown_workload_is_found_before_any_work(catalogue: Catalogue, tmp_path: Path) -> None:
    path = write(tmp_path, b"model = 'dsr1'\nworkload = ['chat', 'chit']\n")
    with pytest.raises(ValueError, match=r"grid\.toml: workload 'chit'.*did you mean chat"):
        read_grid(path, catalogue)


def test_a_billion_combinations_are_counted_and_not_made(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    thousand = str(list(range(1, 1001))).encode()
    keys = ("interactivity_tok_s", "efficiency", "cached_share")
    lists = b"".join(f"{key} = ".encode() + thousand + b"\n" for key in keys)
    message = rf"1000 x 1000 x 1000 = 1,000,000,000 combinations, at most {MAX_COMBINATIONS:,}"
    with pytest.raises(ScenarioError, match=message):
        read_grid(write(tmp_path, BOTH + lists), catalogue)


def test_gaps_say_what_there_is_instead(catalogue: Catalogue, tmp_path: Path) -> None:
    content = b"model = ['kimi-k2.5', 'minimax-m3']\nworkload = 'chat'\nhardware = ['b200', 'h100']"
    scenarios = read_grid(write(tmp_path, content), catalogue).scenarios
    for name in ("kimi-k2.5", "board-power"):
        for suffix in (".npz", ".json"):
            shutil.copy(SHIPPED / f"{name}{suffix}", tmp_path)
    gaps = find_gaps(scenarios, catalogue, tmp_path)
    assert list(gaps) == [1, 2, 3]
    assert gaps[1].startswith("no benchmark of kimi-k2.5 on h100; there are")
    assert "wh-uncertainty fit --model minimax-m3" in gaps[2]


def test_without_any_posterior_nothing_is_a_gap(catalogue: Catalogue, tmp_path: Path) -> None:
    asked = create_scenario(catalogue, model="dsr1", workload="chat")
    with pytest.raises(PosteriorError, match="board-power"):
        find_gaps([asked], catalogue, tmp_path)
