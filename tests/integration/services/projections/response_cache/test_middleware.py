"""Public answers are rendered once for all, anew when the figures change, and packed as asked."""

import asyncio
import gzip

import brotli
import pytest

from tests.support.pages.cached_pages import (
    CSV,
    JSON,
    PAGE,
    XLSX,
    CachedPages,
    get_encoded,
    one_more_request,
)
from tests.support.pages.public_pages import year_in_which_all_happened

ANSWERS = [
    *(PAGE, "/", "/standar", "/metode", JSON, CSV, XLSX),
    *("/v1/public/periods", "/datapackage.json"),
]
PACKED_BYTES_MAX = 60_000


def last_positions() -> str:
    """Of the year in which all happened."""
    last = {event.source: event.position for event in year_in_which_all_happened()}
    return ",".join(f"{source}:{position}" for source, position in last.items())


async def test_the_first_who_asks_has_it_rendered_and_nobody_after_him(cached: CachedPages) -> None:
    first = [await cached.client.get(path) for path in ANSWERS]
    later = [await cached.client.get(path) for path in ANSWERS]

    assert len(cached.behind.paths) == len(ANSWERS)
    assert [each.body for each in later] == [each.body for each in first]
    assert {each.status for each in (*first, *later)} == {200}


async def test_many_who_ask_at_once_wait_for_one_rendering(cached: CachedPages) -> None:
    answers = await asyncio.gather(*(cached.client.get(path) for path in ANSWERS * 20))

    assert sorted(cached.behind.paths) == sorted(path.partition("?")[0] for path in ANSWERS)
    assert len({each.body for each in answers}) == len(ANSWERS)
    assert {each.status for each in answers} == {200}


@pytest.mark.parametrize("path", [PAGE, JSON, CSV])
async def test_a_change_is_seen(cached: CachedPages, path: str) -> None:
    before = await cached.client.get(path)
    state = await cached.invalidator.current_version()
    assert state is not None  # a late look proves nothing

    await one_more_request(cached.figures)

    await cached.shows_the_change(state)
    after = await cached.client.get(path)
    assert after.body != before.body
    assert after.headers["etag"] != before.headers["etag"]
    assert len(cached.behind.paths) == 2


async def test_the_tag_stays_where_the_bytes_stay(full: CachedPages) -> None:
    before = await full.client.get("/standar")
    state = await full.invalidator.current_version()

    await full.figures.begin()  # all figures are gone, which the standard doesn't show

    await full.shows_the_change(state)
    after = await full.client.get("/standar")
    assert len(full.behind.paths) == 2
    assert after.body == before.body
    assert after.headers["etag"] == before.headers["etag"]


async def test_the_same_events_on_the_same_day_give_the_same_tag(full: CachedPages) -> None:
    before = await full.client.get(JSON)
    state = await full.invalidator.current_version()

    await full.figures.begin()
    await full.figures.apply(year_in_which_all_happened())

    await full.shows_the_change(state)
    again = await full.client.get(f"{JSON}&min_position={last_positions()}")
    assert len(full.behind.paths) == 2
    assert again.body == before.body
    assert again.headers["etag"] == before.headers["etag"]


@pytest.mark.parametrize("path", [PAGE, JSON, CSV])
async def test_unpacked_every_coding_says_the_same(full: CachedPages, path: str) -> None:
    plain = await full.client.get(path)
    zipped = await get_encoded(full, path, "gzip")
    brotlied = await get_encoded(full, path, "gzip, br")

    assert gzip.decompress(zipped.body) == brotli.decompress(brotlied.body) == plain.body
    assert "content-encoding" not in plain.headers
    assert (zipped.headers["content-encoding"], brotlied.headers["content-encoding"]) == (
        "gzip",
        "br",
    )
    assert int(zipped.headers["content-length"]) == len(zipped.body)
    assert len({each.headers["etag"] for each in (plain, zipped, brotlied)}) == 3
    assert "Accept-Encoding" in plain.headers["vary"]
    assert plain.headers["vary"] == zipped.headers["vary"] == brotlied.headers["vary"]
    assert len(full.behind.paths) == 1


@pytest.mark.parametrize(
    ("coding", "held"),
    [
        ("identity", "{}"),
        ("gzip", "W/{}"),
        ("br", '"another", W/{},"one more"'),
        ("br", '"another",\t{}'),
        ("gzip", "*"),
    ],
)
async def test_matching_etag_is_answered_not_modified(
    cached: CachedPages, coding: str, held: str
) -> None:
    etag = (await get_encoded(cached, PAGE, coding)).headers["etag"]

    headers = {"accept-encoding": coding, "if-none-match": held.format(etag)}
    same = await cached.client.get(PAGE, headers=headers)

    assert (same.status, same.body, same.headers["etag"]) == (304, b"", etag)
    assert same.headers["cache-control"] == "public, no-cache"
    assert "content-length" not in same.headers


async def test_matching_etag_of_the_figures_is_answered_not_modified(cached: CachedPages) -> None:
    etag = (await cached.client.get(JSON)).headers["etag"]

    same = await cached.client.get(JSON, headers={"if-none-match": f'"other", W/{etag}'})
    await one_more_request(cached.figures)
    held = {"if-none-match": etag}
    changed = await cached.client.get(f"{JSON}&min_position=requests:2", headers=held)

    assert (same.status, same.body, same.headers["etag"]) == (304, b"", etag)
    assert changed.status == 200
    assert changed.headers["cache-control"] == "public, no-cache"


async def test_stale_etag_gets_the_current_page(cached: CachedPages) -> None:
    zipped = (await get_encoded(cached, PAGE, "gzip")).headers["etag"]

    answers = [
        await cached.client.get(PAGE, headers={"if-none-match": held})
        for held in (f'"{zipped[1:9]}"', "nonsense", zipped)  # the last: of another coding
    ]

    assert {each.status for each in answers} == {200}


async def test_head_request_gets_the_headers_of_the_page(full: CachedPages) -> None:
    head = await full.client.send("HEAD", PAGE)
    page = await full.client.get(PAGE)

    assert (head.status, head.headers) == (200, page.headers)
    assert len(full.behind.paths) == 1


async def test_kept_or_not_an_answer_has_the_same_headers(full: CachedPages) -> None:
    first = await full.client.get(JSON)
    again = await full.client.get(JSON)

    assert again.headers == first.headers
    assert first.headers["vary"] == "Accept, Accept-Encoding"
    assert first.headers["access-control-allow-origin"] == "*"
    assert first.headers["content-security-policy"].startswith("default-src 'none'")


async def test_a_table_by_accept_is_not_taken_for_the_json(cached: CachedPages) -> None:
    as_json = await cached.client.get(JSON)
    as_csv = await cached.client.get(JSON, headers={"accept": "text/csv"})

    assert as_json.headers["content-type"] == "application/json"
    assert as_csv.headers["content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("path", ["/?period=next", "/v1/public/statistics?period=2026-13"])
async def test_wrong_query_is_refused_each_time(cached: CachedPages, path: str) -> None:
    once = await cached.client.get(path)
    again = await asyncio.gather(*(cached.client.get(path) for _ in range(3)))

    assert {each.status for each in again} == {once.status} == {422}
    assert len(cached.behind.paths) == 4
    assert cached.cached_bytes == 0


async def test_a_refusal_speaks_to_each_caller_in_his_language(cached: CachedPages) -> None:
    path = "/v1/public/statistics?period=2026-13"

    answers = await asyncio.gather(
        *(cached.client.get(path, headers={"accept-language": tag}) for tag in ("id", "en", "id"))
    )

    assert answers[0].json["title"] == answers[2].json["title"] != answers[1].json["title"]


@pytest.mark.parametrize("path", [PAGE, JSON, CSV, XLSX])
@pytest.mark.parametrize(
    "more", ["utm_source=chat", "period=2026-11", "min_position=requests:0&min_position=requests:1"]
)
async def test_a_parameter_that_is_unknown_or_given_twice_is_refused_beside_a_kept_answer(
    cached: CachedPages, path: str, more: str
) -> None:
    await cached.client.get(path)
    cached_bytes = cached.cached_bytes

    answer = await cached.client.get(f"{path}&{more}")

    assert answer.status == 422
    assert cached.cached_bytes == cached_bytes


async def test_a_page_of_a_past_day_is_not_taken_for_the_page_of_today(full: CachedPages) -> None:
    today = await full.client.get(PAGE)
    then = await full.client.get(f"{PAGE}&as_of=2026-11-01")
    again = await full.client.get(f"{PAGE}&as_of=2026-11-01")

    assert then.status == 200
    assert then.body == again.body != today.body
    assert len(full.behind.paths) == 2


@pytest.mark.parametrize("path", ["/?period=2026", "/en/?period=2026-Q4", "/standar", "/metode"])
async def test_a_page_with_its_style_is_small(full: CachedPages, path: str) -> None:
    page = await get_encoded(full, path, "gzip")

    style = gzip.decompress(page.body).decode().partition('rel="stylesheet" href="')[2]
    sheet = await get_encoded(full, style.partition('"')[0], "gzip")
    assert sheet.headers["content-encoding"] == "gzip"
    assert len(page.body) + len(sheet.body) <= PACKED_BYTES_MAX


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/?period=2026-11&as_of=2026-11-23", "/?as_of=2026-11-23&period=2026-11"),
        ("/?period=2026-11", "/?&period=%32026-11&"),
    ],
)
async def test_same_question_in_other_words_is_rendered_once(
    full: CachedPages, one: str, other: str
) -> None:
    answers = [await full.client.get(path) for path in (one, other)]

    assert [each.status for each in answers] == [200, 200]
    assert len(full.behind.paths) == 1


async def test_page_of_a_wrong_address_is_rendered_once(
    full: CachedPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tried before: each of thousands cost as much as a page."""
    first = await full.client.get("/?period=x1&period=2026")
    monkeypatch.delattr("shared.web.page.shell.Shell.answer")

    again = await full.client.get("/?period=x2&period=2025")

    assert (first.status, again.status) == (422, 422)
    assert again.body == first.body
