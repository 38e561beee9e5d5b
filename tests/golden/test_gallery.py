"""Every picture of the README is there, is described, and is made by the script."""

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
PICTURES = re.compile(r"!\[(?P<words>[^\]]+)\]\((?P<path>notebooks/pictures/[\w.]+)\)")


def test_pictures_are_those_of_the_script() -> None:
    spec = spec_from_file_location("gallery", CHECKOUT / "scripts" / "refresh_gallery.py")
    assert spec is not None
    assert spec.loader is not None
    gallery = module_from_spec(spec)
    spec.loader.exec_module(gallery)
    shown = [
        match["path"] for match in PICTURES.finditer((CHECKOUT / "README.md").read_text("utf-8"))
    ]
    made = [f"notebooks/pictures/{name}" for name in (*gallery.PLOTS, *gallery.PAGES)]
    assert sorted(shown) == sorted(made)
    for path in shown:
        assert 10_000 < (CHECKOUT / path).stat().st_size < 400_000
