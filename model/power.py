"""From boards to the meter: the power boundaries, pure functions."""

from typing import Any

__all__ = [
    "BOUNDARIES",
    "MEASURED_BOUNDARIES",
    "board_energy_wh",
    "describe_boundary",
    "energy_wh",
    "provisioned_wh",
]

SECONDS_PER_HOUR = 3600.0

#: Each boundary contains the ones before it; the provisioned ones are nameplate sums.
BOUNDARIES = {
    "board": "GPU boards only",
    "it": "GPU boards and their share of host, network, fans and power supplies",
    "facility": "IT equipment and the building's cooling and losses (PUE)",
    "provisioned-2025-12": "SemiAnalysis' all-in provisioned power per GPU, December 2025",
    "provisioned-2026-07": "SemiAnalysis' all-in provisioned power per GPU, July 2026",
}

#: Where a meter can be.
MEASURED_BOUNDARIES = ("board", "it", "facility")


def describe_boundary(name: str) -> str:
    """Return what a power boundary contains, in words."""
    return BOUNDARIES[name]


def board_energy_wh(gpu_s: Any, board_w: Any) -> Any:
    """``E = t P / 3600`` of the GPU boards.

    Parameters
    ----------
    gpu_s
        GPU-seconds allocated to the query.
    board_w
        Mean power of one board over that time [W].

    Returns
    -------
    energy
        [Wh]
    """
    return gpu_s * board_w / SECONDS_PER_HOUR


def energy_wh(gpu_s: Any, board_w: Any, host_w: Any, pue: Any, boundary: str) -> Any:
    """Energy of a query inside a measured boundary.

    ``board: t P_board``; ``it: t (P_board + P_host)``; ``facility: t (P_board + P_host) PUE``.

    Parameters
    ----------
    gpu_s
        GPU-seconds allocated to the query.
    board_w, host_w
        Mean power per GPU of the board, and of everything else in the IT load [W].
    pue
        Facility over IT energy, at least 1.
    boundary : {"board", "it", "facility"}

    Returns
    -------
    energy
        [Wh]
    """
    if boundary == "board":
        return board_energy_wh(gpu_s, board_w)
    it_wh = board_energy_wh(gpu_s, board_w + host_w)
    return it_wh if boundary == "it" else it_wh * pue


def provisioned_wh(gpu_s: Any, provisioned_kw: Any) -> Any:
    """``E = t K 1000 / 3600`` with an all-in provisioned figure K [kW per GPU]; no host, no PUE.

    Parameters
    ----------
    gpu_s
        GPU-seconds allocated to the query.
    provisioned_kw
        [kW per GPU]

    Returns
    -------
    energy
        [Wh]

    References
    ----------
    The arithmetic of the source article [muxup_2026]_: power over throughput times tokens.
    """
    return gpu_s * provisioned_kw * 1000 / SECONDS_PER_HOUR
