"""Every page and response of a demonstration says that its data are invented."""

import pytest

from testbed.surface import surface


@pytest.mark.parametrize("path", ["/problems", "/docs", "/problems/not-found"])
async def test_every_page_says_so(path: str) -> None:
    answer = await surface(demonstration=True).get(path)

    said = ("DATA CONTOH. Bukan data nyata.", "SAMPLE DATA. Not real.")
    assert any(each in answer.text for each in said)


async def test_every_answer_says_so() -> None:
    answer = await surface(demonstration=True).get("/v1/standard")

    assert answer.headers["janji-demonstration"] == "true"


async def test_real_data_are_not_called_a_sample() -> None:
    page = await surface().get("/problems")

    assert "DATA CONTOH" not in page.text
    assert "janji-demonstration" not in page.headers
