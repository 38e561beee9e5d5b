"""Reading benchmark files of others is nothing that `simulate` pays for."""

import subprocess
import sys

_NONE_OF_IT = """
import sys
from wh_uncertainty.cli.main import main
sys.argv = ["wh-uncertainty", "simulate", "--model", "gpt-oss-120b", "--workload", "1k/8k"]
main()
found = [name for name in sys.modules if name.startswith("wh_uncertainty.model.intake")]
sys.exit(str(found) if found else 0)
"""


def test_simulate_imports_no_intake() -> None:
    done = subprocess.run([sys.executable, "-c", _NONE_OF_IT], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
