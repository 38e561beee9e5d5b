"""The standards whose terms the annex uses, and what it takes from each."""

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["STANDARDS", "Standard", "standards_record"]


@dataclass(frozen=True, slots=True)
class Standard:
    """A published standard.

    Parameters
    ----------
    key : str
    title, publisher : str
    year : int
    """

    key: str
    title: str
    publisher: str
    year: int


STANDARDS = (
    Standard(
        "scope_3",
        "GHG Protocol Corporate Value Chain (Scope 3) Accounting and Reporting Standard",
        "World Resources Institute and World Business Council for Sustainable Development",
        2011,
    ),
    Standard(
        "scope_3_guidance",
        "GHG Protocol Technical Guidance for Calculating Scope 3 Emissions, version 1.0",
        "World Resources Institute and World Business Council for Sustainable Development",
        2013,
    ),
    Standard(
        "scope_2",
        "GHG Protocol Scope 2 Guidance",
        "World Resources Institute",
        2015,
    ),
    Standard(
        "sci",
        "ISO/IEC 21031:2024, Software Carbon Intensity (SCI) specification",
        "International Organization for Standardization and International Electrotechnical "
        "Commission",
        2024,
    ),
    Standard(
        "sci_ai",
        "Software Carbon Intensity for Artificial Intelligence (SCI for AI) specification",
        "Green Software Foundation",
        2025,
    ),
)


def standards_record() -> list[dict[str, Any]]:
    """Return the standards as JSON-ready values."""
    return [asdict(standard) for standard in STANDARDS]
