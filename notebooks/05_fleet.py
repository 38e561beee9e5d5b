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
# # A month of a fleet
#
# A company serves two models at two sites and keeps a log of requests. What did October take? This
# notebook draws a month of synthetic traffic from the named workloads, accounts it, and shows why
# a hundred thousand requests are known no better than one mean. It uses public names only and runs
# in under a minute.

# %%
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np
import pyarrow
import pyarrow.compute
import pyarrow.parquet

from wh_uncertainty.model import (
    Site,
    UsageSums,
    account,
    create_scenario,
    energy_of_usage,
    prepare,
    services_of,
)
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()
HOME = TemporaryDirectory()
FOLDER = Path(HOME.name)
RNG = np.random.default_rng(20261001)
REQUESTS = 100_000

# %% [markdown]
# ## The log
#
# Chat on gpt-oss-120b, agents on glm-5; lengths come from the joint histograms of recorded traffic.


# %%
def traffic(model, workload, site, requests):
    scenario = create_scenario(CATALOGUE, model=model, workload=workload)
    lengths = prepare(scenario, CATALOGUE).workload.sample(requests, rng=RNG)
    seconds = RNG.integers(0, 31 * 86_400, requests)
    return pyarrow.table(
        {
            "model": [model] * requests,
            "site": [site] * requests,
            "time": np.datetime64("2026-10-01", "us") + 1_000_000 * seconds,
            "input_tokens": np.maximum(lengths.isl_tok.astype(np.int64), 1),
            "output_tokens": np.maximum(lengths.osl_tok.astype(np.int64), 1),
        }
    )


LOG = pyarrow.concat_tables(
    [
        traffic("gpt-oss-120b", "chat", "tokyo", REQUESTS // 2),
        traffic("gpt-oss-120b", "chat", "paris", REQUESTS // 4),
        traffic("glm-5", "agent-call", "paris", REQUESTS // 4),
    ]
)
pyarrow.parquet.write_table(LOG, FOLDER / "october.parquet")
(FOLDER / "map.toml").write_text(
    """
group_by = ["model", "site"]
[columns]
input_tokens = "input_tokens"
output_tokens = "output_tokens"
model = "model"
site = "site"
time = "time"
[defaults]
operator = "us"
hardware = "h200"
[sites.tokyo]
region = "japan"
[sites.paris]
region = "france"
""",
    encoding="utf-8",
)

# %%
words = ["account", "--requests", "october.parquet", "--map", "map.toml"]
command = [sys.executable, "-m", "wh_uncertainty.cli.main", *words]
print(subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, text=True).stdout)

# %%
done = subprocess.run(
    [*command, "--format", "json"], cwd=FOLDER, check=True, capture_output=True, text=True
)
answer = json.loads(done.stdout)
total = answer["total"]
assert total["requests"] == REQUESTS

# %% [markdown]
# ## Groups and their shares
#
# Groups have most of what is unknown in common, one operator's efficiency and load. So a group's
# share of the total is known far better than its energy.

# %%
groups = answer["by_group"]
labels = [f"{group['model']}\n{group['site']}" for group in groups]
figure, axes = plt.subplots(1, 2, figsize=(9, 2.6), sharey=True, layout="constrained")
for axis, key, title in ((axes[0], "energy_kwh", "kWh"), (axes[1], "share", "share of energy")):
    for row, group in enumerate(groups):
        axis.plot([group[key]["p05"], group[key]["p95"]], [row, row], lw=3, color="C0")
        axis.plot(group[key]["p50"], row, "o", color="C0")
    axis.set_xscale("log")
    axis.set_xlabel(title)
axes[0].set_yticks(range(len(groups)), labels)
plt.show()


def ratio(quantiles):
    return quantiles["p95"] / quantiles["p05"]


largest = max(groups, key=lambda group: group["energy_kwh"]["mean"])
assert ratio(largest["share"]) < ratio(largest["energy_kwh"])

# %% [markdown]
# ## What is shared does not average out
#
# The same from Python, from sums alone. Twice the operators, the same requests: two providers that
# nobody knows are known a little better together than one.


# %%
def sums(model, site):
    chosen = LOG.filter(
        pyarrow.compute.and_(
            pyarrow.compute.equal(LOG["model"], model), pyarrow.compute.equal(LOG["site"], site)
        )
    )
    prompt, output = (
        chosen[name].to_numpy().astype(object) for name in ("input_tokens", "output_tokens")
    )
    return UsageSums(
        requests=len(prompt),
        input_tok=int(prompt.sum()),
        uncached_tok=int(prompt.sum()),
        output_tok=int(output.sum()),
        output_input_tok2=int((prompt * output).sum()),
        output2_tok2=int((output * output).sum()),
    )


def month(tokyo_operator, paris_operator):
    sites = {
        "tokyo": Site("tokyo", tokyo_operator, {"hardware": "h200"}),
        "paris": Site("paris", paris_operator, {"hardware": "h200"}),
    }
    totals = {("gpt-oss-120b", site): sums("gpt-oss-120b", site) for site in sites}
    return account(services_of(totals, sites, CATALOGUE, counts_cache=False), draws=20_000)


one, two = month("us", "us"), month("us", "them")
widths = [float(np.log(month.total_kwh).std()) for month in (one, two)]
print(f"sd of ln kWh: {widths[0]:.2f} with one operator, {widths[1]:.2f} with two")
assert widths[1] < widths[0]
assert widths[1] > 0.5 * widths[0]  # and nowhere near 1 / sqrt(number of requests)

# %% [markdown]
# ## One response
#
# A response carries its usage; its energy takes microseconds to say, in the traffic it is part of.

# %%
usage = {"prompt_tokens": 1200, "completion_tokens": 350, "prompt_tokens_details": None}
scenario = create_scenario(CATALOGUE, model="gpt-oss-120b", workload="chat", hardware="h200")
energy = energy_of_usage(usage, scenario)
print(f"{energy['p50']:.3g} Wh, 90 % interval {energy['p05']:.2g} to {energy['p95']:.2g} Wh")
assert energy["p05"] < energy["p50"] < energy["p95"]
