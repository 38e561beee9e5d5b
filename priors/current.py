"""Which release is meant where none is named."""

__all__ = ["DEFAULT_RELEASE"]

DEFAULT_RELEASE = "2026.11"
