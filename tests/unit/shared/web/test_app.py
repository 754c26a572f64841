"""The routes and headers that every service has."""

import re

import pytest
from fastapi import APIRouter
from openapi_spec_validator import validate
from prometheus_client import CollectorRegistry
from starlette.responses import Response

from shared.web.app import OPERATORS
from shared.web.fields import Body, Line
from shared.web.identity.roles import ROLES
from shared.web.middleware import BODY_BYTES_MAX
from testbed.http import Client, scope
from testbed.surface import office_shell, standard, surface, token


class Named(Body):
    name: Line


def routes() -> APIRouter:
    router = APIRouter()

    @router.post("/v1/things/{number}", summary="Name a thing")
    async def name_it(number: str, body: Named) -> dict[str, str]:
        """The name goes into `things`.

        It can't be changed."""
        return {"number": number, "name": body.name}

    @router.get("/kept")
    async def kept() -> Response:
        return Response(b"kept", headers={"Cache-Control": "public, max-age=60"})

    return router


def client() -> Client:
    return surface(routes())


async def test_the_standard_is_public() -> None:
    answer = await client().get("/v1/standard")

    assert answer.status == 200
    assert answer.json["decree"] == standard().decree


async def test_every_answer_forbids_scripts_and_strangers() -> None:
    for path in ("/v1/standard", "/nowhere", "/docs"):
        headers = (await client().get(path)).headers

        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"


async def test_an_answer_that_may_be_kept_says_so_itself() -> None:
    answer = await client().get("/kept")

    assert answer.headers["cache-control"] == "public, max-age=60"


async def test_forms_go_only_where_the_shell_says() -> None:
    shell = office_shell(form_targets=["https://complaints.test"])

    answer = await surface(shell=shell).get("/docs")

    policy = answer.headers["content-security-policy"]
    assert "form-action 'self' https://complaints.test;" in policy


async def test_a_body_of_the_largest_size_passes() -> None:
    body = b'{"name": "x"}'.ljust(BODY_BYTES_MAX)

    answer = await client().post("/v1/things/1", body)

    assert answer.status == 200


async def test_an_announced_body_beyond_the_limit_is_too_large() -> None:
    body = b'{"name": "x"}'.ljust(BODY_BYTES_MAX + 1)

    answer = await client().post("/v1/things/1", body)

    assert (answer.status, answer.problem) == (413, "too-large")


async def test_a_body_in_pieces_beyond_the_limit_is_too_large() -> None:
    chunked = scope("POST", "/v1/things/1", {"content-type": "application/json"})
    pieces = [b" " * (BODY_BYTES_MAX // 2 + 1)] * 3

    answer = await client().exchange(chunked, pieces)

    assert (answer.status, answer.problem) == (413, "too-large")


async def test_metrics_are_for_every_role_but_the_agencies() -> None:
    answers = {
        role: (await client().get("/metrics", token=token(role, agency="DINKES"))).status
        for role in ROLES
    }

    assert answers == {role: 403 if role == "agency" else 200 for role in ROLES}


async def test_requests_are_counted_by_route_and_never_by_path() -> None:
    registry = CollectorRegistry()
    counted = surface(routes(), registry=registry)

    await counted.post("/v1/things/siti", {"name": "x"})
    await counted.get("/nowhere/siti")
    await counted.send("BREW", "/kept")

    def requests(method: str, route: str, status: str) -> float | None:
        labels = {"method": method, "route": route, "status": status}
        return registry.get_sample_value("janji_http_requests_total", labels)

    assert requests("POST", "/v1/things/{number}", "200") == 1
    assert requests("GET", "unknown", "404") == 1
    assert requests("other", "/kept", "405") == 1


async def test_head_is_answered_like_get() -> None:
    answer = await client().send("HEAD", "/kept")

    assert (answer.status, answer.headers["content-length"]) == (200, "4")


async def test_a_path_with_a_slash_too_many_is_another_path() -> None:
    answer = await client().get("/kept/")

    assert answer.status == 404


async def test_the_openapi_document_is_valid_and_names_problems_and_headers() -> None:
    document = (await client().get("/openapi.json")).json

    validate(document)
    command = document["paths"]["/v1/things/{number}"]["post"]
    assert "application/problem+json" in command["responses"]["default"]["content"]
    assert "422" not in command["responses"]
    assert {"$ref": "#/components/parameters/IdempotencyKey"} in command["parameters"]
    assert document["paths"]["/metrics"]["get"]["security"] == [{"token": sorted(OPERATORS)}]
    assert "security" not in document["paths"]["/v1/standard"]["get"]


async def test_the_docs_show_every_operation_without_a_script_or_the_internet() -> None:
    page = (await client().get("/docs")).text

    assert "POST /v1/things/{number}" in page
    assert "string, 1 to 200 characters" in page
    assert "For auditor, intake, reviewer, subscriber, supervisor." in page
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="(https?://[^"]+)"', page) == [standard().office.website]


async def test_the_stylesheet_is_ours_and_may_be_kept_for_ever() -> None:
    page = (await client().get("/docs")).text
    found = re.search(r'href="(/static/janji-[0-9a-f]{12}\.css)"', page)
    assert found

    style = await client().get(found[1])

    assert style.status == 200
    assert style.headers["content-type"].startswith("text/css")
    assert "immutable" in style.headers["cache-control"]


@pytest.mark.parametrize("path", ["/docs", "/problems", "/problems/not-found"])
async def test_a_page_says_its_language_and_where_its_content_begins(path: str) -> None:
    page = (await client().get(path)).text

    assert re.search(r'<html lang="(id|en)">', page)
    assert '<a class="govuk-skip-link" href="#main">' in page
    assert '<main id="main"' in page
