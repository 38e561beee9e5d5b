"""Why a published figure lies outside our interval: our reading, by the key of the figure."""

from __future__ import annotations

__all__ = ["HOSTS", "WHY"]

HOSTS = (
    "A single host that its owner did not tune, at a length it was not tuned to, against the best "
    "layouts that vendors benchmark: at efficiency 1 our question asks for a host as good as those. "
    "Providers in our prior of efficiency reach down to a third of the benchmark, which would hold "
    "this figure; the question leaves that prior out, because the host's throughput is measured."
)
_MEASURED = (
    "Board power is the likelier cause than the cost law: 159 to 205 W of a 700 W board is low for "
    "a GPU at work, the thread itself says that idle seconds were averaged in, and other rows of "
    "H100 lie at 0.5 to 0.9 of the board's limit. Until windows are published with the rows, theirs "
    "may be right and ours too high."
)
_LLAMA = (
    "Their throughput comes from five points of one engine at full load, and power is a share of a "
    "node's rating; ours asks for a provider of unknown efficiency at a pace that users accept. A "
    "dense model read at a moderate batch pays for its weights, which their regression does not see. "
    "Llama is also the one dense model here: what others say of it says least."
)
_DEEPSEEK = (
    "One operator, expert parallelism over 144 GPUs, far larger batches than any H100 deployment "
    "benchmarked. Our rows hold nothing of the kind on this accelerator, so the interval cannot "
    "reach it; the same operator on a wide NVL72 layout would come out several times lower. The "
    "figure stays as the plainest evidence that a large operator may lie below our interval."
)
_UNBATCHED = (
    "One request at a time. Energy falls about as one over the root of the batch, so batch 1 costs "
    "one to two orders of magnitude more than a served load; it is another question."
)

WHY = {
    "card_minimax_m2_5": HOSTS,
    "card_qwen3_5": HOSTS,
    "card_glm_5": HOSTS,
    "inferencex_measured_c4": _MEASURED,
    "inferencex_measured_c64": _MEASURED,
    "microsoft_llama_70b_typical": _LLAMA,
    "microsoft_llama_70b_long": _LLAMA,
    "deepseek_provisioned": _DEEPSEEK,
    "deepseek_facility": _DEEPSEEK,
    "ml_energy_gpt_oss_b200": (
        "A batch of 3,072 with users who wait for it; ours keeps to loads benchmarked, and to a "
        "pace. It misses by 5 %, on the side that a larger batch explains."
    ),
    "ai_energy_score_high": _UNBATCHED,
    "ai_energy_score_low": _UNBATCHED,
    "hf_gpt_oss": f"{_UNBATCHED} Eight A100, which no row here has, add to it.",
}
