"""`python3 -m janji.recounting FILE [--statistics URL-or-FILE]`, which is `janji recount`."""

import argparse
import sys
from pathlib import Path

from janji.recounting.comparison import Compared, compared, counted, leaves, published
from janji.recounting.table import Refused

DIFFERENT, REFUSED = 1, 2


def recount(file: Path, statistics: str | None) -> int:
    """Print the figures, and how they compare; the exit code."""
    try:
        theirs = published(statistics) if statistics else None
        count = counted(file)
        if not (theirs or count.ids):
            raise Refused(f"{file}: no row tells which period this is")
        figures = compared(count, theirs) if theirs else []
    except (Refused, OSError) as failure:
        print(f"janji: {' '.join(str(failure).split())}", file=sys.stderr)
        return REFUSED
    print(f"Requests received in {count.period}: {len(count.ids):,} rows.")
    if theirs is None:
        for name, value in leaves(count.figures()):
            print(f"{name:45}{said(value):>14}")
        print(f"{count.period} is counted, and compared with nothing: --statistics says with what.")
        return 0
    return shown(figures, count.as_of, theirs["as_of"])


def shown(figures: list[Compared], as_of: str, published_as_of: str) -> int:
    print(f"{'':45}{'counted':>14}{'published':>14}")
    for each in figures:
        line = f"{each.name:45}{said(each.counted):>14}{said(each.published):>14}"
        print(line if each.is_same else f"{line}  <- differs")
    others = [each for each in figures if not each.is_same]
    if not others:
        print(f"All {len(figures)} figures are the published ones.")
        return 0
    for each in others:
        print(f"{each.name}: counted {said(each.counted)}, published {said(each.published)}")
    if as_of and as_of != published_as_of:
        print(f"The table speaks of {as_of}, the statistics of {published_as_of}.")
    print(f"{len(others)} of {len(figures)} figures are not the published ones.")
    return DIFFERENT


def said(value: object) -> str:
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def main() -> int:
    parser = argparse.ArgumentParser(prog="janji.recounting", description=__doc__)
    parser.add_argument("file", type=Path, help="What /v1/public/requests.csv?period=… answered.")
    what = "What /v1/public/statistics?period=… says."
    parser.add_argument("--statistics", metavar="URL|FILE", help=what)
    given = parser.parse_args()
    return recount(given.file, given.statistics)


if __name__ == "__main__":
    sys.exit(main())
