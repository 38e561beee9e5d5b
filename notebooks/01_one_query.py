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
# # What does one gpt-oss-120b answer cost?
#
# Nobody outside the data centre can measure it. What is public is a benchmark: how many tokens per
# second a GPU gives, on many machines, at many loads. This notebook goes from there to an interval,
# and shows what the interval is made of. It uses public names only and runs in a few seconds.

# %%
from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np

from wh_uncertainty.model import Simulation, simulate
from wh_uncertainty.priors import load_catalogue, sample

# %% [markdown]
# ## A question, an interval
#
# A long answer: 1024 tokens in, 8192 out. We say nothing of where it runs.

# %%
LONG_ANSWER = {"model": "gpt-oss-120b", "workload": "1k/8k"}
answer = simulate(LONG_ANSWER, seed=1)
long_answer_wh = answer.quantiles()["mean"]
print(long_answer_wh)

# %% [markdown]
# Around one watt-hour, and the 90 % interval spans more than a factor of ten. The width is not
# sampling noise (there are 100,000 draws). It is what we do not know: each draw is one provider
# that the question allows, with its GPUs, software, load, efficiency, power and building.


# %%
def draw_densities(curves: Mapping[str, np.ndarray], title: str) -> None:
    """Densities on a logarithmic axis, each with its 90 % interval."""
    figure, axes = plt.subplots(figsize=(7, 3))
    for row, (label, wh) in enumerate(curves.items()):
        wh = wh[wh > 0]
        low, median, high = np.quantile(wh, [0.05, 0.5, 0.95])
        edges = np.geomspace(*np.quantile(wh, [0.001, 0.999]), 80)
        density, _ = np.histogram(np.log(wh), bins=np.log(edges), density=True)
        axes.stairs(density, edges, fill=True, alpha=0.35, color=f"C{row}", label=label)
        height = -0.06 * (row + 1)
        axes.plot([low, high], [height] * 2, color=f"C{row}", lw=3)
        axes.plot([median], [height], "o", color=f"C{row}")
    axes.set(xscale="log", xlabel="Wh per query", yticks=[], title=title)
    axes.legend(frameon=False)
    figure.tight_layout()
    plt.show()


draw_densities({"long answer": answer.wh_mean}, "gpt-oss-120b, 1024 tokens in, 8192 out, any host")

# %% [markdown]
# The result says on what it leans. These are its flags, with the share of draws they concern.

# %%
for flag in answer.to_dict()["flags"]:
    print(f"{flag['share']:5.0%}  {flag['message']}")

# %% [markdown]
# ## The mean, or one query?
#
# With fixed lengths, every query of a provider costs the same, and both estimands agree. Real chats
# differ in length and in how much of the prompt is still cached. So there are two intervals:
#
# * the **mean** over the workload at one provider, which a report multiplies by its queries;
# * **one query** picked at random - the mean's unknowns, and its own length on top.

# %%
chat = simulate({"model": "gpt-oss-120b", "workload": "chat"}, seed=1)
draw_densities({"mean": chat.wh_mean, "one query": chat.wh_one_query}, "a chat message")


# %%
def width(wh: np.ndarray) -> float:
    """Ratio of the ends of the 90 % interval."""
    low, high = np.quantile(wh, [0.05, 0.95])
    return float(high / low)


widths = {"mean": width(chat.wh_mean), "one query": width(chat.wh_one_query)}
means = {"mean": chat.wh_mean.mean(), "one query": chat.wh_one_query.mean()}
print(widths, means, sep="\n")

# %% [markdown]
# One query is a good deal less certain than the mean, though both average to the same. And a fleet
# is no better known than the mean: a million queries share the provider's unknowns, so the total's
# relative width does not shrink with their number.

# %%
million_kwh = 1e6 * chat.wh_mean / 1e3
print(
    f"a million messages: {np.quantile(million_kwh, 0.05):.0f} to "
    f"{np.quantile(million_kwh, 0.95):.0f} kWh, as wide as the mean: {width(million_kwh):.1f}"
)

# %% [markdown]
# ## Where is the meter?
#
# "Energy" depends on what is counted. Runs with one seed share their draws, so the boundaries can
# be compared draw by draw.

# %%
BOUNDARIES = ("board", "it", "facility", "provisioned-2025-12")
metered = {name: simulate({**LONG_ANSWER, "boundary": name}, seed=1) for name in BOUNDARIES}
for name, run in metered.items():
    wh = run.quantiles()["mean"]
    print(f"{name:20} {wh['p05']:6.2f} {wh['p50']:6.2f} {wh['p95']:6.2f} Wh")

# %% [markdown]
# The last one multiplies GPU time by an all-in power *provisioned* per GPU, as the article did that
# this package puts intervals on. It counts watts that a data centre must be able to supply, not
# watts that flow. The article took the benchmark at its word (efficiency 1) and found 0.49 to
# 0.61 Wh on four B200 machines. One of them, at its load in the table:

# %%
article = {
    **LONG_ANSWER,
    "deployment": "gpt-oss-120b|b200|fp4|trt|none|agg|g1|tp1|ep1|dp0",
    "concurrency": 128,
    "boundary": "provisioned-2025-12",
    "efficiency": 1,
}
article_wh = simulate(article, seed=1).quantiles()["mean"]
print(article_wh)

# %% [markdown]
# ## What one assumption changes
#
# Say one thing at a time and see how much narrower the interval gets.

# %%
ASSUMPTIONS: Mapping[str, Mapping[str, object]] = {
    "nothing": {},
    "hardware: B200": {"hardware": "b200"},
    "hardware: H100": {"hardware": "h100"},
    "35 tok/s per user": {"interactivity_tok_s": 35},
    "half the benchmark's throughput": {"efficiency": 0.5},
    "B200, 35 tok/s, half": {"hardware": "b200", "interactivity_tok_s": 35, "efficiency": 0.5},
}
runs: dict[str, Simulation] = {
    name: simulate({**LONG_ANSWER, **said}, seed=1) for name, said in ASSUMPTIONS.items()
}
figure, axes = plt.subplots(figsize=(7, 2.6))
for row, (name, run) in enumerate(runs.items()):
    wh = run.quantiles()["mean"]
    axes.plot([wh["p05"], wh["p95"]], [row, row], color="C0", lw=1.5)
    axes.plot([wh["p25"], wh["p75"]], [row, row], color="C0", lw=5)
    axes.plot([wh["p50"]], [row], "o", color="white", ms=3)
    print(f"{name:33} {wh['p05']:.2f} to {wh['p95']:.2f} Wh, a factor of {width(run.wh_mean):.1f}")
axes.set(xscale="log", xlabel="Wh per query", yticks=range(len(runs)), yticklabels=list(runs))
axes.invert_yaxis()
figure.tight_layout()
plt.show()

# %% [markdown]
# Knowing all three leaves a factor of a few: the cost law itself, the software of the day, board
# and host power, the building. The provider's efficiency is one number from little evidence; here
# is what its prior says of itself.

# %%
catalogue = load_catalogue()
efficiency = catalogue.priors["provider_efficiency_any"]
print(efficiency.kind, dict(efficiency.quantiles), efficiency.rationale, sep="\n")
draws = sample(efficiency, 10_000, rng=np.random.default_rng(1))
print(f"drawn: {np.quantile(draws, [0.05, 0.5, 0.95]).round(2)}")

# %% [markdown]
# ## What the text above says, checked

# %%
assert 0.5 < long_answer_wh["p50"] < 2  # around one watt-hour
assert width(answer.wh_mean) > 10
assert np.allclose(answer.wh_mean, answer.wh_one_query)  # fixed lengths: nothing aleatory
assert widths["one query"] > 1.5 * widths["mean"]
assert abs(means["one query"] / means["mean"] - 1) < 0.05
assert abs(width(million_kwh) / widths["mean"] - 1) < 1e-3
assert np.all(metered["board"].wh_mean < metered["it"].wh_mean)
assert np.all(metered["it"].wh_mean <= metered["facility"].wh_mean)
assert article_wh["p05"] < 0.61  # our interval and the article's range
assert article_wh["p95"] > 0.49  # overlap
assert width(runs["B200, 35 tok/s, half"].wh_mean) < 6 < width(runs["nothing"].wh_mean)
assert all(width(run.wh_mean) < width(runs["nothing"].wh_mean) for run in list(runs.values())[1:])
