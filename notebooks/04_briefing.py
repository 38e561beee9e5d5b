# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A briefing with error bars
#
# A city runs two assistants and wants to publish what they take in a year, with honest error bars.
# This notebook goes from a file of scenarios to the document, and shows why the total is not the
# sum of two intervals. It uses public names only and runs in under a minute.

# %%
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np

from wh_uncertainty.model import (
    Activity,
    brief,
    create_scenario,
    fleet_total,
    prepare,
    read_briefing,
)
from wh_uncertainty.priors import load_catalogue

FOLDER = TemporaryDirectory()
FILE = Path(FOLDER.name) / "scenarios.toml"
FILE.write_text(
    """
title = "Assistants of the city"
organisation = "The city"
period = "2026"

[common]
region = "france"

[[scenario]]
name = "Questions of citizens"
model = "gpt-oss-120b"
workload = "chat"
queries_per_year = 20_000_000

[[scenario]]
name = "Drafts of letters"
model = "gpt-oss-120b"
workload = "1k/1k"
queries_per_year = 4_000_000
""",
    encoding="utf-8",
)
PLAN = read_briefing(FILE)

# %% [markdown]
# ## What is found before it is put into words
#
# `brief` answers every scenario on its own and all of them together.

# %%
CATALOGUE = load_catalogue()
contexts = [prepare(create_scenario(CATALOGUE, **one.answers), CATALOGUE) for one in PLAN.scenarios]
result = brief(PLAN, contexts).to_dict()
for activity in result["activities"]:
    kwh = activity["energy_kwh"]
    print(
        f"{activity['name']:22} {kwh['p50']:6,.0f} kWh a year, 90 % interval "
        f"{kwh['p05']:,.0f} to {kwh['p95']:,.0f}; expected {kwh['mean']:,.0f}"
    )

# %% [markdown]
# ## Why the total is wide
#
# If the provider is less efficient than thought, both assistants take more. The total is added up
# draw by draw, in states of the world that the scenarios have in common. Had each been drawn on its
# own, high values of one would meet low values of the other, and the total would look better known
# than it is. Expected values add up either way.

# %%
activities = [
    Activity(context, one.queries_per_year or 0.0)
    for context, one in zip(contexts, PLAN.scenarios, strict=True)
]
total = fleet_total(activities)
shared, apart = total.energy_kwh.sum(axis=0), total.independent_kwh
figure, axes = plt.subplots(figsize=(7, 3))
edges = np.geomspace(np.quantile(shared, 0.001), np.quantile(shared, 0.999), 80)
for draws, label in ((shared, "in common states"), (apart, "as if independent")):
    axes.hist(draws, edges, histtype="step", density=True, label=label)
axes.set(xscale="log", xlabel="kWh a year, both assistants", yticks=[])
axes.legend(frameon=False)
plt.show()
width_shared, width_apart = (
    float(np.quantile(draws, 0.95) / np.quantile(draws, 0.05)) for draws in (shared, apart)
)
print(f"90 % interval: a factor of {width_shared:.1f} in common states, {width_apart:.1f} if not")

# %% [markdown]
# ## The document
#
# The command writes one HTML file that needs nothing else, and whatever else is named: `--pdf`,
# `--docx`, `--xlsx`, `--json`; in five languages. Its numbers are those of `simulate`.

# %%
command = [sys.executable, "-m", "wh_uncertainty.cli.main", "report", str(FILE)]
page, numbers = FILE.with_name("briefing.html"), FILE.with_name("briefing.json")
subprocess.run(
    [*command, "--output", str(page), "--json", str(numbers), "--lang", "fr"],
    check=True,
    capture_output=True,
)
written = json.loads(numbers.read_text("utf-8"))
print(f"{page.name}: {page.stat().st_size / 1e6:.1f} MB")

# %%
assert written["activities"] == result["activities"]
assert page.stat().st_size < 3_000_000
assert 'lang="fr"' in page.read_text("utf-8")
assert width_shared > 1.2 * width_apart
assert abs(shared.mean() / apart.mean() - 1) < 1e-9
FOLDER.cleanup()
