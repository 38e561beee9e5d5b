"""The version, where both the build and a result's provenance read it."""

__all__ = ["VERSION"]

VERSION = "0.2.0"
