"""``wh_uncertainty.model`` gives functions, not the modules they live in."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
USE = "assert callable(simulate) and callable(create_scenario), simulate"


@pytest.mark.parametrize(
    "before", ["", "import wh_uncertainty.model.forward", "import wh_uncertainty.model.validate"]
)
def test_the_public_functions_are_functions(before: str) -> None:
    """In a fresh process: a submodule of the same name hides the function once imported."""
    code = f"{before}\nfrom wh_uncertainty.model import create_scenario, simulate\n{USE}"
    editable = str(ROOT / ".editable")
    path = f"import sys; sys.path.insert(0, {editable!r})\n" if Path(editable).exists() else ""
    subprocess.run([sys.executable, "-c", path + code], check=True)
