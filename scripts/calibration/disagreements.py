"""Why a published figure lies outside our interval: our reading, by the key of the figure."""

from __future__ import annotations

__all__ = ["HOSTS", "WHY"]

HOSTS = (
    "A single host that nobody tuned to this length, against the best layouts that vendors "
    "benchmark: at efficiency 1 our question asks for one as good as those. Our prior of a "
    "provider's efficiency has its 5th percentile at 0.19, which would reach this figure; the "
    "question leaves the prior out, because the host's throughput was measured and not guessed."
)
_MEASURED = (
    "Board power is a likelier cause than the cost law: 159 to 205 W of a 700 W board is low for a "
    "GPU at work, a later request of the same project says that averaging over idle seconds turned "
    "720 W into 440 W, and other measured H100 lie at 0.5 to 0.9 of their limit. Until the windows "
    "are published, theirs may be right and ours too high."
)
_LLAMA = (
    "Their throughput is a regression on five points that has no load in it; ours asks for a "
    "provider of unknown efficiency, at a pace that users accept and so at a smaller batch, where "
    "a dense model pays most for reading its weights."
)
_DEEPSEEK = (
    "One operator, expert parallelism over 144 GPUs, far larger batches than any H100 deployment "
    "benchmarked. No row of this accelerator is of the kind, so the interval cannot reach it. "
    "Wide layouts that were benchmarked (72 GPUs of GB200, in the article's table) come out four "
    "times below single nodes. The figure stays: a large operator may lie below our interval."
)
_UNBATCHED = (
    "One request at a time. Over 515 rows of ML.ENERGY energy falls as one over the root of the "
    "batch, so batch 1 costs some ten times a served load before engines differ: another question."
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
    "profiling_gpt_oss_h200_1": _UNBATCHED,
    "hf_gpt_oss": f"{_UNBATCHED} Eight A100, which no row here has, add to it.",
}
