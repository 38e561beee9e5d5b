"""How much of a hostile input is read before it is refused."""

__all__ = [
    "MAX_ARCHIVE_BYTES",
    "MAX_DIRECTORY_BYTES",
    "MAX_FILES",
    "MAX_FILE_BYTES",
    "MAX_LISTED",
    "MAX_PACKING_RATIO",
    "MAX_ROWS",
    "MAX_ROW_CHARS",
    "MAX_TEXT_CHARS",
    "SMALL_MEMBER_BYTES",
    "mib",
]

MAX_ROWS = 200_000  # of the result: the loader of tables takes 64 MiB
MAX_ROW_CHARS = 2**20  # a row with all its workers takes some tens of kilobytes
MAX_TEXT_CHARS = 300  # of a name or an address
MAX_FILE_BYTES = 4 * 2**30  # streamed, so time is the limit and not memory
MAX_FILES = 20_000  # artefacts of one run are some hundreds
MAX_ARCHIVE_BYTES = 2**30  # packed
MAX_DIRECTORY_BYTES = 8 * 2**20  # an archive's list of members is read as a whole
MAX_PACKING_RATIO = 250  # benchmark rows pack 10 to 60 times
SMALL_MEMBER_BYTES = 2**20  # below it any ratio is harmless
MAX_LISTED = 100_000  # findings that are listed; the counts are of all


def mib(count: int) -> str:
    """Write a number of bytes or characters for a message."""
    return f"{count / 2**20:,.0f} Mi"
