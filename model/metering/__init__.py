"""What a user's own meter says: power logs of any kind to joules over a window.

Nothing here knows of the model; `wh_uncertainty.model.sites.measured_site` brings both together.
"""
