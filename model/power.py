"""From boards to the meter: the power boundaries, pure functions."""

from typing import Any

__all__ = [
    "BOUNDARIES",
    "J_PER_WH",
    "MEASURED_BOUNDARIES",
    "SECONDS_PER_HOUR",
    "board_energy_wh",
    "energy_wh",
    "provisioned_wh",
]

SECONDS_PER_HOUR = 3600.0
J_PER_WH = SECONDS_PER_HOUR  # a watt is a joule per second

#: Where a meter can be; each contains the ones before it.
MEASURED_BOUNDARIES = ("board", "it", "facility")
#: Those, and nameplate sums: SemiAnalysis' all-in provisioned power per GPU as of two dates.
BOUNDARIES = (*MEASURED_BOUNDARIES, "provisioned-2025-12", "provisioned-2026-07")


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
