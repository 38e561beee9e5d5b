"""Benchmark files of every vintage in, one checked table of observations out.

Nothing here is imported by `simulate`; the commands `observations import` and `check` are the door.
Format facts cite commits and pull requests of SemiAnalysisAI/InferenceX and InferenceX-app.
"""
