"""Random years of complaints for the audit, as the real code releases them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import product
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.projections.read_models.counts.keys import TallyRow
from services.projections.read_models.history.known_counts import Cutoff
from services.projections.read_models.releases.dates import ReleaseInstant
from services.projections.read_models.releases.releases import Release, compute_releases
from services.projections.read_models.rules_in_force import RulesInForce
from shared.office_time import PONTIANAK
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar
from tests.support.years.examples import examples
from tests.support.years.publication_audit import (
    QUARTERS,
    UNCLASSIFIED,
    YEAR,
    Reader,
    Seen,
    Target,
    Way,
)

OFFICE = RulesInForce(load_standards(), load_calendar())
STANDARD = OFFICE.standards.named("09/DISKOMINFO/2022")
ALLOWED = {**STANDARD.complaint_days, UNCLASSIFIED: STANDARD.shortest_complaint_days}
BANDS = sorted(set(ALLOWED.values()))
CATEGORIES, CHANNELS = list(ALLOWED), list(STANDARD.channels)
MEMBERS = {"by_category": CATEGORIES, "by_channel": CHANNELS}
SECRET = {**MEMBERS, "by_category": CATEGORIES[:-1]}  # who isn't classified, a further clock tells

STATES = {"on_time": "on_time", "not_on_time": "late", "undecided": "running"}


@dataclass(frozen=True)
class Stand:
    """How a complaint stands at a release."""

    category: str
    outcome: str
    days: int


@dataclass(frozen=True)
class Complaint:
    """One of a year's, from its first release to the last."""

    month: int
    channel: str
    stands: tuple[Stand | None, ...]


def instants(*, imported_in: int | None) -> list[ReleaseInstant]:
    """The quarters' ends, and maybe the end of an import that brought all months up to its own."""
    days = [date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1)]
    found = [_instant(day, None) for day in days]
    if imported_in is not None:
        months = frozenset(date(2026, month, 1) for month in range(1, imported_in + 1))
        found.append(_instant(date(2026, imported_in, 20), months))
    return sorted(found, key=lambda each: each.released_at)


def _instant(day: date, months: frozenset[date] | None) -> ReleaseInstant:
    return ReleaseInstant(datetime.combine(day, time(), PONTIANAK), Cutoff(day), 1, months)


def releases(year: Sequence[Complaint], of: Sequence[ReleaseInstant]) -> Sequence[Release]:
    known = [(instant, list(counts(year, place))) for place, instant in enumerate(of)]
    return compute_releases(2026, OFFICE, known)


def counts(year: Sequence[Complaint], release: int) -> Iterator[TallyRow]:
    """What the table `tally_change` adds up to."""
    counted: Counter[tuple[int, str, str, str, int]] = Counter()
    for each in year:
        if (stand := each.stands[release]) is None:
            continue
        state = STATES[stand.outcome]
        facets = (("", ""), ("category", stand.category), ("channel", each.channel))
        for facet, member in facets:
            counted[each.month, facet, member, state, 0] += 1
        if stand.outcome != "undecided":
            counted[each.month, "", "", "days_used", stand.days] += 1
    for key, cases in counted.items():
        yield TallyRow("complaints", *key, cases)


def band(days: int) -> int:
    return sum(days > longest for longest in BANDS)


def seen(each: Complaint, by: str, release: int, *, with_days: bool) -> Seen | None:
    if (stand := each.stands[release]) is None:
        return None
    member = stand.category if by == "by_category" else each.channel
    has_days = with_days and stand.outcome != "undecided"
    return Seen(member, stand.outcome, band(stand.days) if has_days else 0)


def ways(by: str, *, releases: int, with_days: bool) -> list[Way]:
    bands = range(len(BANDS) + 1) if with_days else [0]
    stands = [
        Seen(member, outcome, each)
        for member, outcome in product(MEMBERS[by], ("on_time", "not_on_time", "undecided"))
        for each in (bands if outcome != "undecided" else [0])
    ]
    if releases == 1:
        return [(None,), *((stand,) for stand in stands)]
    return [
        (first, last)
        for first, last in product([None, *stands], [None, *stands])
        if (first is None or (last is not None and _may_become(first, last, by)))
    ]


def _may_become(first: Seen, last: Seen, by: str) -> bool:
    """A channel never changes, and nobody takes a category away."""
    if by == "by_channel":
        return first.member == last.member
    return last.member != UNCLASSIFIED or first.member == UNCLASSIFIED


def contradicts_itself(stand: Seen) -> bool:
    """On time after the deadline, or late before it."""
    is_within = stand.band <= BANDS.index(ALLOWED[stand.member])
    return stand.outcome == ("not_on_time" if is_within else "on_time")


def reader_of(
    year: Sequence[Complaint], by: str, at: Sequence[int], *, with_days: bool = False
) -> Reader:
    truth: Counter[tuple[int, Way]] = Counter()
    for each in year:
        truth[each.month, tuple(seen(each, by, place, with_days=with_days) for place in at)] += 1
    possible = ways(by, releases=len(at), with_days=with_days)
    wrong = [way for way in possible if with_days and way[0] and contradicts_itself(way[0])]
    return Reader(possible, truth, impossible=wrong)


def read(
    reader: Reader,
    by: str,
    of: Sequence[ReleaseInstant],
    said: Sequence[Release],
    at: Sequence[int],
) -> None:
    """Every row of these releases, as of the release that it is of."""
    places = {of[place].date.isoformat(): n for n, place in enumerate(at)}
    for period, content in contents(said, of, at):
        for row in (content[by] or {}).values():
            if row["released_on"] in places:
                reader.read(places[row["released_on"]], row["members"], months_of(period), row)


def read_days(
    reader: Reader, of: Sequence[ReleaseInstant], said: Sequence[Release], place: int
) -> None:
    """How many days cases took, where that is of this release."""
    for period, content in contents(said, of, [place]):
        days = content["days_used"]
        if days is not None and days["released_on"] == of[place].date.isoformat():
            bands = Counter(dict.fromkeys(range(len(BANDS) + 1), 0))
            for taken, cases in days["histogram"].items():
                bands[band(int(taken))] += cases
            reader.told(0, months_of(period), bands)


def contents(
    said: Sequence[Release], of: Sequence[ReleaseInstant], at: Sequence[int]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What these releases say, by period."""
    for release in said:
        if release.instant in [of[place] for place in at]:
            yield from release.periods.items()


def months_of(period: str) -> Sequence[int]:
    return YEAR if period == "2026" else QUARTERS[int(period[-1]) - 1]


def given_away(
    year: Sequence[Complaint],
    by: str,
    of: Sequence[ReleaseInstant],
    at: Sequence[int],
    said: Sequence[Release],
) -> list[tuple[Target, int]]:
    """Of one release with the days that cases took, of two without."""
    with_days = by == "by_category" and len(at) == 1
    reader = reader_of(year, by, at, with_days=with_days)
    read(reader, by, of, said, at)
    if with_days:
        read_days(reader, of, said, at[0])
        for months in QUARTERS:
            reader.knows_all_of(0, UNCLASSIFIED, months)
    return reader.gives_away(SECRET[by])


def one(
    release: int, category: str, channel: str, month: int, outcome: str, days: int
) -> Complaint:
    """Received before that release and never changed."""
    stand = Stand(category, outcome, days)
    return Complaint(month, channel, (*[None] * release, *[stand] * (4 - release)))


@st.composite
def complaints(draw: st.DrawFn, of: Sequence[ReleaseInstant]) -> Complaint:
    month = draw(st.integers(1, 12))
    known = [
        place
        for place, instant in enumerate(of)
        if date(2026, month, 28) < instant.date or date(2026, month, 1) in (instant.months or ())
    ]
    first = draw(st.sampled_from([known[0], known[0], known[0], draw(st.sampled_from(known))]))
    after = {
        what: first + draw(st.sampled_from(delays))
        for what, delays in {
            "classified": [0, 0, 1],
            "reclassified": [9, 9, 9, 1],
            "decided": [0, 0, 0, 1, 2, 9],
        }.items()
    }
    category, other = draw(st.sampled_from(CATEGORIES)), draw(st.sampled_from(CATEGORIES[:-1]))
    outcome = draw(st.sampled_from(["on_time", "on_time", "not_on_time"]))
    is_quick = draw(st.booleans())

    def stand(place: int) -> Stand:
        now = category if place >= after["classified"] else UNCLASSIFIED
        if now != UNCLASSIFIED and place > after["reclassified"]:
            now = other
        days = min(3, ALLOWED[now]) if is_quick else ALLOWED[now]
        if place < after["decided"]:
            return Stand(now, "undecided", days)
        return Stand(now, outcome, days + (ALLOWED[now] + 1) * (outcome == "not_on_time"))

    stands = (None if place < first else stand(place) for place in range(len(of)))
    return Complaint(month, draw(st.sampled_from(CHANNELS)), tuple(stands))


@st.composite
def years(draw: st.DrawFn) -> tuple[list[Complaint], list[ReleaseInstant]]:
    """A few kinds of complaint, each of them so many times."""
    of = instants(imported_in=draw(st.sampled_from([None, None, 2, 5, 11])))
    times = st.one_of(st.integers(1, 3), st.integers(1, 6), st.integers(5, 30))
    groups = draw(st.lists(st.tuples(complaints(of), times), min_size=1, max_size=30))
    return [complaint for complaint, times in groups for _ in range(times)], of


def for_any_year(few: int, check: Callable[[list[Complaint], list[ReleaseInstant]], None]) -> None:
    """A year that fails says it all; looking for a smaller one would take minutes."""

    @settings(
        max_examples=examples(few),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.reuse, Phase.generate],
    )
    @given(years())
    def holds(drawn: tuple[list[Complaint], list[ReleaseInstant]]) -> None:
        check(*drawn)

    holds()
