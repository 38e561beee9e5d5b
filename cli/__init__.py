"""The wh-uncertainty command."""
