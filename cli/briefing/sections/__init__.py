"""The sections of a briefing, one module for each kind of question that a reader has."""
