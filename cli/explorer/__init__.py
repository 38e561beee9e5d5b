"""The page of `explore`: a server on this machine alone, and what it sends."""
