"""Mutation testing: whether the tests of a module notice that one thing in it changed."""
