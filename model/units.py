"""Units that energy, mass and volume are told in."""

__all__ = ["G_PER_T", "L_PER_M3", "WH_PER_KWH"]

WH_PER_KWH = 1000.0
G_PER_T = 1e6
L_PER_M3 = 1000.0
