"""Briefings: results in words, tables and charts, for readers who will not run a command.

`sections` say what a `model.briefing.Briefing` found, in one of five languages, as a `Document`;
`html`, `pdf`, `docx` and `xlsx` write any document, and know nothing of what it says.
"""
