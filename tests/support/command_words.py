"""Values for the options of every command: good, odd and hostile ones.

A case is drawn with a share of odd values: none at all, as most runs have to reach the numbers; one
now and then; or many.
"""

import string
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.priors import load_catalogue

Draw = Callable[[st.SearchStrategy[Any]], Any]

CATALOGUE = load_catalogue()
MODELS = tuple(CATALOGUE.models)
HARDWARE = tuple(CATALOGUE.hardware)
REGIONS = tuple(CATALOGUE.regions)
WORKLOADS = (
    *("chat", "chat-short", "chat-long", "rag", "reasoning", "agent-turn", "code-completion"),
    *("1k/1k", "1k/8k", "8k/1k", "100/100", "1/1", "1000/500", "7/4096"),
)
PRECISIONS = ("fp4", "fp8", "bf16", "int4")
BOUNDARIES = ("board", "it", "facility", "provisioned-2025-12", "provisioned-2026-07")
PROVIDERS = ("any", "first-party", "third-party", "low-traffic")
FEWEST_DRAWS = "1000"

_ROWS = load_observations()
DEPLOYMENTS = tuple(sorted(set(_ROWS.configuration[_ROWS.fit].tolist())))

#: What nobody means: no answer may follow from it, or the same as from its plain form.
HOSTILE = (
    *("", " ", "-", "--", "0", "-1", "-0", "1e999", "1e-320", "1e308", "-1e-9", "9" * 400),
    *("0x10", "1_000", "١٢", "True", "null", "[]", "{}", "%s", "{0}", "$x_1$", "[red]", "~", "*"),
    *(
        "../..",
        "/",
        ".",
        "/dev/null",
        "/dev/full",
        "gone.toml",
        "a\nb",
        "a\tb",
        "\x1b[31m",
        "\udcff",
    ),
    *("\u202e", "💥", "=1+1", "<script>", "'; --", "x" * 10_000, "/" * 300, "a=b", "a,b", "a|b|c"),
)


def texts() -> st.SearchStrategy[str]:
    """Hostile texts known to hurt, and any others that a command line can hold."""
    held = st.characters(codec="utf-8", exclude_characters="\x00")
    return st.sampled_from(HOSTILE) | st.text(held, max_size=20) | st.text(string.printable[:62])


def numbers(low: float, high: float) -> st.SearchStrategy[str]:
    """A number within a range, as somebody would type it."""
    return st.floats(low, high).map(lambda x: f"{x:.4g}")


def odd_numbers() -> st.SearchStrategy[str]:
    """Numbers of any size, none at all, and what is no number."""
    special = st.sampled_from(
        ["nan", "inf", "-inf", "NaN", "1e400", "-1e400", "0", "-0.0", "1e-300"]
    )
    return special | st.floats().map(repr) | st.integers().map(str) | texts()


def days() -> st.SearchStrategy[str]:
    """Days that may be asked for."""
    return st.sampled_from(["2025-08-01", "2026-07-01", "2026-12-31", "2027-06-15", "2028-09-30"])


def lengths() -> st.SearchStrategy[str]:
    """Tokens in and out."""
    token = st.integers(1, 20_000)
    return st.sampled_from(WORKLOADS) | st.builds("{}/{}".format, token, token)


#: By option: what is good, what is odd, how often it is given [tenths].
QUESTION: dict[str, tuple[st.SearchStrategy[str], st.SearchStrategy[str], int]] = {
    "hardware": (st.sampled_from(HARDWARE), texts(), 3),
    "precision": (st.sampled_from(PRECISIONS), texts(), 1),
    "interactivity": (numbers(5, 120), odd_numbers(), 2),
    "efficiency": (numbers(0.05, 1), odd_numbers(), 2),
    "provider": (st.sampled_from(PROVIDERS), texts(), 2),
    "region": (st.sampled_from(REGIONS), texts(), 3),
    "boundary": (st.sampled_from(BOUNDARIES), texts(), 3),
    "cached-share": (numbers(0, 1), odd_numbers(), 2),
    "effort": (st.sampled_from(["low", "medium", "high"]) | numbers(0.1, 20), odd_numbers(), 1),
    "as-of": (days(), texts(), 1),
}
KEYS = {"interactivity": "interactivity_tok_s", "cached-share": "cached_share", "as-of": "as_of"}


class Pen:
    """Writes down the values of one case.

    Parameters
    ----------
    draw : callable
        Of hypothesis.
    oddness : int
        Chance of an odd value in place of a good one [tenths].
    """

    def __init__(self, draw: Draw, oddness: int) -> None:
        self.draw, self.oddness = draw, oddness
        self.files: dict[str, bytes] = {}

    def chance(self, tenths: int) -> bool:
        """Whether to do what is done so many times of ten."""
        return bool(self.draw(st.integers(0, 9)) >= 10 - tenths)

    def rarely(self) -> bool:
        """Whether to do what is done once in some hundreds of times."""
        return self.chance(1) and self.chance(1) and self.chance(3)

    def one_of(self, choices: Sequence[Any]) -> Any:
        """Choose one."""
        return self.draw(st.sampled_from(choices))

    def value(self, good: st.SearchStrategy[str], odd: st.SearchStrategy[str]) -> str:
        """Draw a good value, or at times an odd one."""
        return str(self.draw(odd if self.oddness and self.chance(self.oddness) else good))

    def answers(self) -> dict[str, str]:
        """Draw a question: a model, a workload and what is known, by option."""
        answers = {
            "model": self.value(st.sampled_from(MODELS), texts()),
            "workload": self.value(lengths(), texts()),
        }
        if self.chance(1):
            return answers | self._pinned()
        for option, (good, odd, often) in QUESTION.items():
            if self.chance(often):
                answers[option] = self.value(good, odd)
        return answers

    def _pinned(self) -> dict[str, str]:
        chosen = self.value(st.sampled_from(DEPLOYMENTS), texts())
        pinned = {"model": chosen.partition("|")[0] or "glm-5", "deployment": chosen}
        if self.chance(5):
            pinned["concurrency"] = self.value(st.integers(1, 4000).map(str), odd_numbers())
        return pinned


def options(answers: dict[str, str]) -> list[str]:
    """Write a question as options; a value may begin with a dash."""
    return [f"--{key}={value}" for key, value in answers.items()]
