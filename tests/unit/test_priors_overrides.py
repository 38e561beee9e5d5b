"""A user's own directory: what it may say, and what it is told otherwise."""

import os
from pathlib import Path

import numpy as np
import pytest

from wh_uncertainty.model.simulation import simulate
from wh_uncertainty.priors import (
    PriorError,
    PriorSpec,
    check_release,
    load_catalogue,
    quantile,
    sample,
)

PUE = """
[pue_ai_cloud]
unit = "1"
support = [1.0, inf]
family = "shifted_lognormal"
shift = 1.0
quantiles = { p05 = 1.02, p50 = 1.05, p95 = 1.125 }
kind = "judgement"
rationale = "Our own hall, metered over one year."
"""


def directory_with(path: Path, text: str, name: str = "mine.toml") -> Path:
    (path / name).write_text(text, encoding="utf-8")
    return path


def test_an_override_replaces_one_prior_and_is_named(tmp_path: Path) -> None:
    base = load_catalogue()
    mine = load_catalogue(overrides=directory_with(tmp_path, PUE))
    assert mine.overridden == ("pue_ai_cloud",)
    assert mine.priors["pue_ai_cloud"].quantiles["p50"] == 1.05
    changed = [name for name in base.priors if mine.priors[name] != base.priors[name]]
    assert changed == ["pue_ai_cloud"]
    assert base.overridden == ()


def test_the_digest_covers_the_users_files(tmp_path: Path) -> None:
    base = load_catalogue()
    first = load_catalogue(overrides=directory_with(tmp_path, PUE))
    second = load_catalogue(overrides=directory_with(tmp_path, PUE + "# a byte more\n"))
    assert len({base.sha256, first.sha256, second.sha256}) == 3


def test_a_region_prior_needs_only_what_differs(tmp_path: Path) -> None:
    table = """
[region.japan.pue]
quantiles = { p05 = 1.05, p50 = 1.10, p95 = 1.20 }
kind = "judgement"
rationale = "Our own hall, metered over one year."
"""
    mine = load_catalogue(overrides=directory_with(tmp_path, table))
    assert mine.overridden == ("region.japan.pue",)
    assert mine.regions["japan"].pue.quantiles["p50"] == 1.10
    assert mine.regions["japan"].pue.support[0] == 1


def test_an_override_may_bring_its_own_source(tmp_path: Path) -> None:
    cited = PUE.replace('"judgement"', '"measured"\nsource = ["our_meter"]')
    record = """
[our_meter]
title = "Meter readings"
author = "Facilities"
date = "2026"
where = "own records"
access = "primary"
"""
    directory_with(tmp_path, record, "references.toml")
    mine = load_catalogue(overrides=directory_with(tmp_path, cited))
    assert mine.references["our_meter"].author == "Facilities"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "pue_ai_cloud",
            "pue_ai_clod",
            r"is not a prior of the release; did you mean pue_ai_cloud",
        ),
        ("pue_ai_cloud", "pue_enterprise", r"\[pue_enterprise\]: no answer reads it, never: .*out"),
        ("rationale", "rational", r"\[pue_ai_cloud\].rational: is not a known key; did you mean"),
        ('unit = "1"', "", r"\[pue_ai_cloud\].unit: is missing"),
        ('unit = "1"', 'unit = "percent"', r"unit: 'percent' is unknown; use one of"),
        ('unit = "1"', 'unit = "W"', r"unit: 'W' is not the unit '1' of the release; convert"),
        ("shifted_lognormal", "cauchy", r"family: 'cauchy' is unknown"),
        ("p50 = 1.05", "p50 = nan", r"quantiles.p50: nan is not a finite number"),
        ("p95 = 1.125", "p95 = inf", r"quantiles.p95: inf is not a finite number"),
        ("p50 = 1.05", "p50 = 1.2", r"do not increase"),
        ("p05 = 1.02", "p05 = 0.9", r"quantiles.p05: 0.9 is outside the support"),
        ("p05 = 1.02", "p05 = 1.001", r"stated 1.001, the fitted shifted_lognormal has"),
        ("p05 = 1.02", 'p05 = "1.02"', r"quantiles.p05: '1.02' is not a number"),
        ("[1.0, inf]", "[1.0]", r"support: \[1.0\] is not an interval"),
        ('"judgement"', '"measured"', r"source: is empty; a measured prior cites a source"),
        (
            '"judgement"',
            '"judgement"\nsource = ["x_y"]',
            r"source: 'x_y' has no record; add \[x_y\]",
        ),
        ('"judgement"', '"judgement"\nvalue = 1.0', r"value: belongs to the family fixed"),
        ("[pue_ai_cloud]", "[hardware.b200]", r"\[hardware\]: holds facts; only priors"),
        ("[pue_ai_cloud]", "[pue_ai_cloud", r"mine.toml: is not TOML: .*line 2"),
    ],
)
def test_bad_input_is_told_in_one_line_with_the_file(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(PriorError, match=message) as raised:
        load_catalogue(overrides=directory_with(tmp_path, PUE.replace(old, new)))
    assert "\n" not in str(raised.value)
    assert str(raised.value).startswith("mine.toml")


def test_shares_sum_to_one_over_known_hardware(tmp_path: Path) -> None:
    table = """
[hardware_share]
unit = "1"
support = [0.0, 1.0]
family = "dirichlet"
shares = { h100 = 0.5, b200 = 0.5 }
concentration = 20
kind = "judgement"
rationale = "Our own cluster."
"""
    mine = load_catalogue(overrides=directory_with(tmp_path, table))
    assert mine.priors["hardware_share"].parameters == {"h100": 10.0, "b200": 10.0}
    with pytest.raises(PriorError, match=r"shares: sum to 1.1; shares sum to 1"):
        load_catalogue(
            overrides=directory_with(tmp_path, table.replace("b200 = 0.5", "b200 = 0.6"))
        )
    with pytest.raises(PriorError, match=r"shares.b20: is not a known hardware; did you mean"):
        load_catalogue(overrides=directory_with(tmp_path, table.replace("b200", "b20")))


def test_a_missing_empty_or_irrelevant_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PriorError, match="is not a directory; name one that holds"):
        load_catalogue(overrides=tmp_path / "none")
    with pytest.raises(PriorError, match=r"holds no \*.toml file"):
        load_catalogue(overrides=tmp_path)
    with pytest.raises(PriorError, match="no prior is replaced"):
        load_catalogue(overrides=directory_with(tmp_path, "# nothing\n"))


def test_a_file_that_is_not_text_too_large_or_unreadable_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(b"# fine\n\xff\n")
    with pytest.raises(PriorError, match=r"mine.toml: line 2 is not UTF-8"):
        load_catalogue(overrides=tmp_path)
    file.write_bytes(b"#" * 1_000_001)
    with pytest.raises(PriorError, match=r"mine.toml: is too large.*at most 1,000,000"):
        load_catalogue(overrides=tmp_path)
    file.unlink()
    file.mkdir()
    with pytest.raises(PriorError, match=r"mine.toml: cannot be read"):
        load_catalogue(overrides=tmp_path)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(directory_with(tmp_path, PUE) / "pipe.toml")
    with pytest.raises(PriorError, match=r"pipe\.toml: cannot be read: it is no file"):
        load_catalogue(overrides=tmp_path)


def test_one_prior_is_not_stated_in_two_files(tmp_path: Path) -> None:
    directory_with(tmp_path, PUE, "also.toml")
    with pytest.raises(PriorError, match=r"mine.toml \[pue_ai_cloud\]: is stated in two files"):
        load_catalogue(overrides=directory_with(tmp_path, PUE))


def test_check_tells_every_finding(tmp_path: Path) -> None:
    directory_with(tmp_path, "[broken\n", "a.toml")
    directory_with(tmp_path, PUE.replace("pue_ai_cloud", "pue_ai_clod"), "b.toml")
    findings = check_release(directory_with(tmp_path, PUE, "c.toml"))
    assert [finding.split(" ", 1)[0] for finding in findings] == ["a.toml:", "b.toml"]


def _fixed(spec: PriorSpec, value: float) -> str:
    return f"""
[{spec.name}]
unit = "{spec.unit}"
support = [{spec.support[0]}, {spec.support[1]}]
family = "fixed"
value = {value}
kind = "judgement"
rationale = "Known to us, from our own contract."
"""


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, spec in load_catalogue().priors.items()
        if not (spec.applies.startswith("never") or name.startswith("region."))
    ],
)
def test_what_is_accepted_is_answered_with(name: str, tmp_path: Path) -> None:
    """A number in place of a prior is either refused when it is read, or used."""
    spec = load_catalogue().priors[name]
    if spec.family in ("fixed", "dirichlet"):
        return
    text = _fixed(spec, spec.stated("p50"))
    if spec.applies.startswith(("fit", "measure")):
        with pytest.raises(PriorError, match="'fixed' cannot stand for"):
            load_catalogue(overrides=directory_with(tmp_path, text))
        return
    mine = load_catalogue(overrides=directory_with(tmp_path, text))
    asked = {"model": "gpt-oss-120b", "workload": "chat", "region": "japan"}
    effort = name.removeprefix("effort_") if name.startswith("effort_") else None
    provider = "third-party" if name.endswith("third_party") else "first-party"
    dated = "2026-12-01" if "drift" in name else None
    scenario = {**asked, "effort": effort, "provider": provider, "as_of": dated}
    given = {key: value for key, value in scenario.items() if value is not None}
    assert simulate(given, draws=1_000, catalogue=mine).to_dict()["flags"]


@pytest.mark.parametrize("quantity", ["pue", "price_usd_per_kwh", "carbon_lifecycle_g_per_kwh"])
def test_a_number_of_a_region_is_answered_with(quantity: str, tmp_path: Path) -> None:
    text = f"""
[region.japan.{quantity}]
family = "fixed"
value = {1.2 if quantity == "pue" else 0.1 if quantity.startswith("price") else 450}
kind = "judgement"
rationale = "Known to us, from our own contract."
"""
    mine = load_catalogue(overrides=directory_with(tmp_path, text))
    asked = {"model": "gpt-oss-120b", "workload": "chat", "region": "japan"}
    assert simulate(asked, draws=1_000, catalogue=mine).to_dict()["emissions"]


def test_a_parameter_stays_one_number(tmp_path: Path) -> None:
    text = PUE.replace("pue_ai_cloud", "unlike_output_sd").replace("[1.0, inf]", "[0.0, inf]")
    text = text.replace("shifted_lognormal", "lognormal").replace("shift = 1.0\n", "")
    with pytest.raises(PriorError, match="'lognormal' cannot stand for 'fixed'; state it as fixed"):
        load_catalogue(overrides=directory_with(tmp_path, text))


def test_a_truncated_normal_far_from_its_support_is_drawn_at_once() -> None:
    far = PriorSpec(
        name="x",
        unit="1",
        support=(0.0, 1e9),
        family="truncated_normal",
        shift=0.0,
        quantiles={"p05": 2.0, "p50": 27.0, "p95": 115.0},
        parameters={"mean": -1082.0, "sd": 212.0},
        tolerance=0.5,
        kind="judgement",
        source=(),
        locator="",
        rationale="Falls from its lower end, as waiting times do.",
    )
    draws = sample(far, 20_000, rng=np.random.default_rng(1))
    assert draws.min() >= 0
    assert np.median(draws) == pytest.approx(float(quantile(far, 0.5)), rel=0.05)
