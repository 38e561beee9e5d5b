"""What a measured site answers where a question leaves it open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.scenario import Scenario

__all__ = ["MACHINE", "PACE", "scenario_at"]

#: What served the measured queries, and how loaded it was.
MACHINE, PACE = ("hardware", "precision", "deployment"), ("interactivity_tok_s", "concurrency")
# Of the site, whatever is asked of it; and of the measured model.
_OF_SITE, _OF_MODEL = (("region",),), (MACHINE, PACE, ("as_of",))
_ANY = "any"


def scenario_at(measured: Scenario, asked: Scenario) -> Scenario:
    """Answer what a question leaves open by what is known of the site.

    Answers that go together (`MACHINE`, `PACE`) are taken together: not at all where the question
    says otherwise in one of them.

    Parameters
    ----------
    measured : Scenario
        Of the site's measurement.
    asked : Scenario

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        The question names another class of provider, or another region, than the measurement.
    """
    if asked.provider not in (_ANY, measured.provider):
        raise ScenarioError(
            f"provider {asked.provider}: the site was measured as {measured.provider}; leave the "
            f"provider out, or save the site with --provider {asked.provider}"
        )
    if measured.region is not None and asked.region not in (None, measured.region):
        raise ScenarioError(
            f"region {asked.region}: the site stands in {measured.region}, where it was measured; "
            "leave the region out, or the site"
        )
    groups = (*_OF_SITE, *(_OF_MODEL if measured.model == asked.model else ()))
    known = {
        name: getattr(measured, name)
        for group in groups
        if _agree(measured, asked, group)
        for name in group
    }
    return replace(asked, provider=measured.provider, **known)


def _agree(measured: Scenario, asked: Scenario, group: Sequence[str]) -> bool:
    return all(getattr(asked, name) in (None, getattr(measured, name)) for name in group)
