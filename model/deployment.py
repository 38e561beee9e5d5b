"""What served the requests: one configuration of model, hardware and software, and its name."""

import re
from dataclasses import dataclass, fields

__all__ = [
    "LABELS",
    "UNKNOWN",
    "Deployment",
    "deployment_id",
    "less_specified",
    "parse_deployment_id",
]

UNKNOWN = "?"  # in a name: the source does not say
_EXAMPLE = "gpt-oss-120b|b200|fp4|vllm|none|agg|g8|tp8|ep1|dp0"
#: What a deployment is called by, in the order of its name: columns of every table of rows.
LABELS = ("model", "hardware", "precision", "framework", "spec_decoding")
_PATTERN = re.compile(
    "".join(rf"(?P<{word}>[^|]+)\|" for word in LABELS)
    + r"(?P<pooling>agg|disagg)\|g(?P<gpus>\d+|\?)"
    + r"(?:\|p(?P<prefill_gpus>\d+|\?)\|d(?P<decode_gpus>\d+|\?))?"
    + r"\|tp(?P<tp>\d+|\?)\|ep(?P<ep>\d+|\?)\|dp(?P<dp_attention>[01?])"
)


@dataclass(frozen=True, slots=True)
class Deployment:
    """One benchmarked configuration; ``None`` where the source does not say.

    Parameters
    ----------
    model, hardware, precision, framework, spec_decoding : str
        As the observations spell them: ``gpt-oss-120b``, ``b200``, ``fp4``, ``vllm``, ``none``.
    disaggregated : bool
        Prefill and decode run on separate pools of GPUs.
    gpus, prefill_gpus, decode_gpus : int or None
        GPUs in all, and per pool (pools only when disaggregated).
    tp, ep : int or None
        Degree of tensor and of expert parallelism.
    dp_attention : bool or None
        Attention is data-parallel.
    """

    model: str
    hardware: str
    precision: str
    framework: str
    spec_decoding: str
    disaggregated: bool
    gpus: int | None
    prefill_gpus: int | None
    decode_gpus: int | None
    tp: int | None
    ep: int | None
    dp_attention: bool | None


_FIELDS = tuple(field.name for field in fields(Deployment))


def deployment_id(deployment: Deployment) -> str:
    """Name a configuration: ``gpt-oss-120b|b200|fp4|vllm|none|agg|g8|tp8|ep1|dp0``.

    A disaggregated one reads ``disagg`` and names its pools, ``|p16|d48``, after the GPUs in all.
    An unknown part is ``?``, which keeps it apart from 0 and 1. This is the only place that
    builds the name.

    Parameters
    ----------
    deployment : Deployment

    Returns
    -------
    str
    """
    d = deployment
    words = [d.model, d.hardware, d.precision, d.framework, d.spec_decoding]
    counts = [f"g{_shown(d.gpus)}"]
    if d.disaggregated:
        counts += [f"p{_shown(d.prefill_gpus)}", f"d{_shown(d.decode_gpus)}"]
    counts += [f"tp{_shown(d.tp)}", f"ep{_shown(d.ep)}", f"dp{_shown(d.dp_attention)}"]
    return "|".join([*words, "disagg" if d.disaggregated else "agg", *counts])


def parse_deployment_id(text: str) -> Deployment:
    """Read a name made by `deployment_id`.

    Parameters
    ----------
    text : str

    Returns
    -------
    Deployment

    Raises
    ------
    ValueError
        The text is not such a name; the message shows one that is.
    """
    match = _PATTERN.fullmatch(text.strip())
    if match is None or (match["pooling"] == "disagg") != (match["prefill_gpus"] is not None):
        raise ValueError(
            f"deployment {text!r}: not a deployment name; write one like {_EXAMPLE!r} "
            "(`wh-uncertainty list deployments` shows all)"
        )
    dp_attention = _count(match["dp_attention"])
    return Deployment(
        model=match["model"],
        hardware=match["hardware"],
        precision=match["precision"],
        framework=match["framework"],
        spec_decoding=match["spec_decoding"],
        disaggregated=match["pooling"] == "disagg",
        gpus=_count(match["gpus"]),
        prefill_gpus=_count(match["prefill_gpus"]),
        decode_gpus=_count(match["decode_gpus"]),
        tp=_count(match["tp"]),
        ep=_count(match["ep"]),
        dp_attention=None if dp_attention is None else bool(dp_attention),
    )


def less_specified(vague: Deployment, exact: Deployment) -> bool:
    """Whether two deployments differ, and only where `vague` says nothing.

    The same machines can stand in two sources, one of which omits, say, the expert parallelism.

    Parameters
    ----------
    vague, exact : Deployment

    Returns
    -------
    bool
    """
    said = ((getattr(vague, name), getattr(exact, name)) for name in _FIELDS)
    return all(mine is None or mine == theirs for mine, theirs in said) and vague != exact


def _shown(count: int | None) -> str:
    return UNKNOWN if count is None else str(int(count))


def _count(text: str | None) -> int | None:
    return None if text is None or text == UNKNOWN else int(text)
