"""A provider who measured, and what is believed of it then."""
