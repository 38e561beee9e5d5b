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
# # What drives the interval, and what would narrow it?
#
# An interval of a factor of twenty invites two questions: why is it so wide, and who could narrow
# it by saying what? This notebook answers both for one long answer of gpt-oss-120b, then compares
# choices that share what is unknown. It uses public names only and runs in under a minute.

# %%
import matplotlib.pyplot as plt
import numpy as np

from wh_uncertainty.model import (
    Context,
    compare,
    create_scenario,
    disclosures,
    prepare,
    sensitivity_indices,
    tornado_bars,
)
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()


def context_of(**answers: object) -> Context:
    """Prepare a question about a long answer of gpt-oss-120b."""
    asked = {"model": "gpt-oss-120b", "workload": "1k/8k", **answers}
    return prepare(create_scenario(CATALOGUE, **asked), CATALOGUE)


# %% [markdown]
# ## Which unknowns matter
#
# The variance of ln Wh is shared out among the unknowns. The first-order index is what would go if
# only this were known; the total index is what would stay if all but this were known. The
# difference is interaction.

# %%
anywhere = context_of()
found = sensitivity_indices(anywhere)
ranked = found.to_records()
for record in ranked:
    print(
        f"{record['meaning']:30} alone {record['first_value']:6.1%}  with others "
        f"{record['total_value']:6.1%}  ({record['total_low']:.1%} to {record['total_high']:.1%})"
    )

# %%
figure, axes = plt.subplots(figsize=(7, 3.4))
at = np.arange(len(ranked))
total = np.array([record["total_value"] for record in ranked])
error = np.abs([[record["total_low"], record["total_high"]] for record in ranked] - total[:, None])
axes.barh(at, total, xerr=error.T, color="C0", alpha=0.4, label="with others")
axes.barh(at, [record["first_value"] for record in ranked], height=0.4, color="C0", label="alone")
axes.set(yticks=at, yticklabels=[record["meaning"] for record in ranked])
axes.set(xlabel="share of the variance of ln Wh")
axes.invert_yaxis()
axes.legend(frameon=False)
figure.tight_layout()
plt.show()

# %% [markdown]
# Which accelerator serves the query outweighs everything else: the benchmark's generations differ
# by a factor of ten in energy, and a user is not told where a query runs. The fit to the benchmark
# itself hardly matters here. In watt-hours, each unknown from its low to its high end:

# %%
bars = tornado_bars(anywhere)
for bar in bars.bars:
    low, high = bar.varying_wh
    print(f"{bar.group.words:30} {low:5.2f} to {high:5.2f} Wh")

# %% [markdown]
# ## What a disclosure would be worth
#
# Suppose a provider published one of them. How wide would the interval be, on average over what it
# might turn out to be?

# %%
worth = disclosures(anywhere)
reductions = {}
for single in worth.singles:
    reduction, standard_error = single.width.reduction_from(worth.full)
    reductions[single.groups[0].key] = reduction
    print(f"{single.groups[0].words:30} {reduction:6.1%} narrower, +/- {standard_error:.1%}")

# %% [markdown]
# One after the other, each time the most useful one:

# %%
ratios = [np.exp(worth.full.ln_ratio), *(np.exp(step.width.ln_ratio) for step in worth.path)]
names = ["nothing", *(step.groups[-1].words for step in worth.path)]
for name, ratio in zip(names, ratios, strict=True):
    print(f"{name:30} leaves a factor of {ratio:5.2f}")

# %% [markdown]
# Two disclosures, the accelerator and the provider's efficiency, take most of the width away. A
# number need not be exact to help: within 10 % is nearly as good.

# %%
roughly = disclosures(anywhere, published_error=0.1)
rough = {d.groups[0].key: d.width.reduction_from(roughly.full)[0] for d in roughly.singles}
print(f"efficiency: {reductions['provider_efficiency']:.1%} exactly, within 10 % ", end="")
print(f"{rough['provider_efficiency']:.1%}")

# %% [markdown]
# ## Choices that share what is unknown
#
# Two intervals that overlap do not mean that two choices cannot be told apart. The provider's
# efficiency, the load, the building are the same for both, and cancel in the ratio.

# %%
b200, h200 = (context_of(hardware=name) for name in ("b200", "h200"))
paired = compare([b200, h200], draws=20_000)
apart = compare([b200, h200], draws=20_000, shared=["none"])
for label, comparison in (("same provider", paired), ("any two providers", apart)):
    entry = comparison.to_dict()["scenarios"][1]
    ratio = entry["ratio_to_first"]
    print(
        f"H200 over B200, {label}: {ratio['p50']:.1f} ({ratio['p05']:.1f} to {ratio['p95']:.1f}), "
        f"less with a probability of {entry['probability_lower_than_first']:.1%}"
    )

# %% [markdown]
# ## What the text above says, checked

# %%
assert ranked[0]["group"] == "hardware"
assert ranked[0]["first_value"] > 0.5
assert next(r["total_value"] for r in ranked if r["group"] == "cost_law") < 0.03
assert max(reductions, key=reductions.__getitem__) == "hardware"
assert {group.key for group in worth.path[1].groups} == {"hardware", "provider_efficiency"}
assert ratios[2] < ratios[0] ** 0.5  # more than half of the logarithmic width
assert abs(ratios[-1] - 1) < 1e-9  # with everything known, the mean is a number
assert rough["provider_efficiency"] > 0.8 * reductions["provider_efficiency"]
ratio_of = {
    key: c.to_dict()["scenarios"][1]["ratio_to_first"] for key, c in (("p", paired), ("a", apart))
}
assert ratio_of["p"]["p95"] / ratio_of["p"]["p05"] < ratio_of["a"]["p95"] / ratio_of["a"]["p05"]
