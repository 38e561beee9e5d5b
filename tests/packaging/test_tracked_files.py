import re
import subprocess
from pathlib import Path

import pytest

# Spelt in pieces, or this file would find itself.
_INDEX_HOSTS = ("py" + "pi.org", "python" + "hosted", "npm" + "js.", "anaconda" + ".org")
_HOMES = r"/(?:ho" + r"me|Us" + r"ers|ro" + r"ot)/[A-Za-z.]"


@pytest.fixture(scope="module")
def tracked(checkout: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = (checkout / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def test_no_machine_path_and_no_package_index(checkout: Path, tracked: list[Path]) -> None:
    hosts = "|".join(re.escape(host) for host in _INDEX_HOSTS)
    forbidden = re.compile(f"{hosts}|{_HOMES}|{re.escape(str(checkout))}/".encode())
    found = [
        f"{path.relative_to(checkout)}: {match[0].decode()}"
        for path in tracked
        if (match := forbidden.search(path.read_bytes()))
    ]
    assert found == []


@pytest.mark.usefixtures("tracked")  # an sdist has no links
def test_editable_overlay_is_three_relative_links(checkout: Path) -> None:
    links = {path.name: path.readlink() for path in (checkout / ".editable").glob("*/*")}
    assert links == {part: Path("../..") / part for part in ("model", "priors", "cli")}
