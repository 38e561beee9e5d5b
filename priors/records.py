"""Facts that carry no distribution of their own: accelerators, models and regions."""

from __future__ import annotations

from dataclasses import dataclass

from wh_uncertainty.priors.spec import PriorSpec

__all__ = [
    "PRECISIONS",
    "REGION_QUANTITIES",
    "Hardware",
    "ModelCard",
    "Region",
    "SpecFile",
]

PRECISIONS = ("fp4", "fp8", "bf16", "int4")


REGION_QUANTITIES = (
    "carbon_lifecycle_g_per_kwh",
    "pue",
    "wue_onsite_l_per_kwh",
    "water_offsite_l_per_kwh",
    "price_usd_per_kwh",
)


@dataclass(frozen=True, slots=True)
class Hardware:
    """One accelerator, per package (GPU).

    Attributes
    ----------
    tdp_w
        Board power limit [W].
    bf16_dense_tflops, fp8_dense_tflops, fp4_dense_tflops
        Peak dense throughput [TFLOP/s]; None where the format is not supported.
    hbm_gb, hbm_tbps
        Memory size [GB] and bandwidth [TB/s].
    provisioned_2025_12_kw, provisioned_2026_07_kw
        All-in provisioned power per GPU [kW] of SemiAnalysis in the two vintages; None where a
        user's specification states none.
    generation
        GPU generation whose kernels it shares; of a user's specification, None where it has one
        of its own. Those of the release's accelerators are in ``model/roofline.py``.
    """

    key: str
    name: str
    vendor: str
    aliases: tuple[str, ...]
    tdp_w: float
    bf16_dense_tflops: float
    fp8_dense_tflops: float
    hbm_gb: float
    hbm_tbps: float
    source: tuple[str, ...]
    locator: str
    provisioned_2025_12_kw: float | None = None
    provisioned_2026_07_kw: float | None = None
    fp4_dense_tflops: float | None = None
    generation: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One open-weight model.

    Attributes
    ----------
    total_params_b, active_params_b
        Parameters in all and per token [10^9].
    kv_bytes_per_token_bf16
        Bytes of key-value cache per context token in bf16; None where unknown or not linear.
    native_precision
        Precision of the released weights: ``fp4``, ``fp8``, ``bf16`` or ``int4``.
    precision_order
        Order in which to look for observations when no precision is asked for: native first,
        then the maker's own lower-precision release, then the closest format. A judgement.
    cache_prior
        Name of the prior of cache reads: how much of the cache a decode step reads.
    speculation
        Kinds of speculative decoding that it has layers for; stated in users' specifications only,
        for of other models the rows tell.
    price_usd_per_mtok_input, price_usd_per_mtok_output
        A public price [USD per 10^6 tokens]; None where no price was found.
    """

    key: str
    name: str
    aliases: tuple[str, ...]
    total_params_b: float
    active_params_b: float
    native_precision: str
    precision_order: tuple[str, ...]
    attention: str
    status: str
    source: tuple[str, ...]
    layers: int | None = None
    kv_bytes_per_token_bf16: float | None = None
    cache_prior: str = "kv_over_roofline"
    speculation: tuple[str, ...] = ()
    price_usd_per_mtok_input: float | None = None
    price_usd_per_mtok_output: float | None = None
    price_source: tuple[str, ...] = ()
    price_locator: str = ""

    @property
    def attends_sparsely(self) -> bool:
        """Whether tokens attend to a selection of the context: long prompts then stay linear."""
        return self.cache_prior == "kv_over_roofline_sparse"

    @property
    def is_dense(self) -> bool:
        """Whether a token passes through most of the parameters, unlike in a mixture of experts.

        A quarter stands halfway, in logarithms, between the benchmarked mixtures (at most 6 %) and
        a model whose tokens all pass through everything.
        """
        return self.active_params_b > self.total_params_b / 4


@dataclass(frozen=True, slots=True)
class Region:
    """One electricity region; its priors are also in the catalogue as ``region.<key>.<quantity>``.

    Attributes
    ----------
    carbon_lifecycle_g_per_kwh
        Life-cycle emissions of consumed electricity [gCO2e/kWh].
    carbon_direct_g_per_kwh
        Emissions at the power station only [gCO2/kWh], None where unknown. A different quantity:
        never mix it with the life-cycle one.
    pue
        Facility over IT energy of data centres there [1].
    wue_onsite_l_per_kwh
        Water evaporated on site per IT energy [L/kWh].
    water_offsite_l_per_kwh
        Water consumed by electricity generation [L/kWh], None where unknown.
    price_usd_per_kwh
        Electricity price paid by large users [USD/kWh].
    """

    key: str
    name: str
    zone: str
    aliases: tuple[str, ...]
    year: int
    carbon_lifecycle_g_per_kwh: PriorSpec
    carbon_direct_g_per_kwh: float | None
    carbon_direct_source: tuple[str, ...]
    pue: PriorSpec
    wue_onsite_l_per_kwh: PriorSpec
    water_offsite_l_per_kwh: PriorSpec | None
    price_usd_per_kwh: PriorSpec


@dataclass(frozen=True, slots=True)
class SpecFile:
    """A user's file that describes a model or an accelerator without benchmark rows.

    Attributes
    ----------
    kind
        ``model`` or ``hardware``.
    key
        Name of what it describes.
    file
        Its name, without the directory.
    sha256
        Of its bytes.
    """

    kind: str
    key: str
    file: str
    sha256: str
