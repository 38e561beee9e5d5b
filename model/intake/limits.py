"""How much of a hostile input is read before it is refused."""

__all__ = [
    "BATCH_CHARS",
    "BATCH_ROWS",
    "MAX_ARCHIVE_BYTES",
    "MAX_DIRECTORY_BYTES",
    "MAX_FILES",
    "MAX_FILE_BYTES",
    "MAX_KEPT_CHARS",
    "MAX_LISTED",
    "MAX_PACKING_RATIO",
    "MAX_ROWS",
    "MAX_ROW_CHARS",
    "MAX_TEXT_CHARS",
    "MAX_UNREADABLE",
    "SMALL_MEMBER_BYTES",
    "mib",
]

MAX_ROWS = 150_000  # in all: they are checked together, in some 350 MB
MAX_ROW_CHARS = 2**20  # a row with all its workers takes some tens of kilobytes
MAX_TEXT_CHARS = 300  # of a name or an address
MAX_KEPT_CHARS = 64 * 2**20  # of names and addresses, each counted once per batch
MAX_UNREADABLE = 500_000  # cells: a file with more is of another kind
BATCH_ROWS, BATCH_CHARS = 2_000, 4 * 2**20  # rows that are held as they were read
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
