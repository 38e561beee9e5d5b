"""Write ``docs/validation.md`` and its pictures from stored figures.

python scripts/write_validation.py
"""

from calibration.page import PAGE, validation_page
from calibration.pictures import draw_pictures


def main() -> None:
    """Write the page, then draw."""
    PAGE.write_text(validation_page(), "utf-8")
    draw_pictures()


if __name__ == "__main__":
    main()
