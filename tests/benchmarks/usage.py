"""Time `energy_of_usage` on one response after the other, once its draws are there.

Usage: ``python -m tests.benchmarks.usage``. Each response has other numbers of tokens.
"""

from collections.abc import Iterator
from statistics import median

from tests.benchmarks.figures import Figure, published, timed_in_turns
from wh_uncertainty.model.accounts.usage import energy_of_usage
from wh_uncertainty.model.scenario import create_scenario
from wh_uncertainty.priors import load_catalogue

MOST_US = 50.0
RESPONSES, ROUNDS = 1_000, 21


def measure() -> Iterator[Figure]:
    """Energy of one response."""
    scenario = create_scenario(load_catalogue(), model="gpt-oss-120b", workload="chat")
    responses = [{"prompt_tokens": 100 + k, "completion_tokens": 1 + k} for k in range(RESPONSES)]

    def answered() -> None:
        for response in responses:
            energy_of_usage(response, scenario)

    taken = timed_in_turns({"answered": answered}, ROUNDS)["answered"]
    yield Figure("energy_of_usage, one response", median(taken) / RESPONSES * 1e6, "us", MOST_US)


if __name__ == "__main__":
    published(measure)
