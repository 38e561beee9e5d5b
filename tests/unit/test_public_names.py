"""``wh_uncertainty.model`` gives functions, not the modules they live in."""

from pathlib import Path

from wh_uncertainty import model


def test_no_public_name_is_that_of_a_module() -> None:
    """A submodule of the same name hides the function as soon as anything imports it."""
    modules = {path.stem for path in Path(model.__file__ or "").parent.glob("*.py")}
    assert modules.isdisjoint(model.__all__)


def test_every_public_name_is_there() -> None:
    for name in model.__all__:
        assert getattr(model, name).__name__ == name
