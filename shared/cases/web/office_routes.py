"""The routes about the office: its standard, its agencies, its staff, and what they read."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends
from starlette.responses import PlainTextResponse, Response

from shared.cases.repository import CaseRepository
from shared.cases.web.readings import add_readings
from shared.cases.web.responses import NameView, View
from shared.promise.agencies import Agency
from shared.promise.standard import Standard, as_json
from shared.staff.store import StaffList
from shared.web.identity.tokens import Caller, require

InOffice = Annotated[
    Caller, Depends(require("agency", "intake", "reviewer", "supervisor", "auditor"))
]
Assigning = Annotated[Caller, Depends(require("reviewer", "supervisor"))]
SECURITY_TXT_VALID = timedelta(days=180)  # RFC 9116 advises less than a year
DIALLED = re.compile(r"[^0-9+]|^0")
Responses = dict[int | str, dict[str, Any]]


class AgencyView(View):
    code: str
    name: NameView


class AgenciesView(View):
    """The whole register, by code."""

    items: list[AgencyView]
    next_cursor: None


class MemberView(View):
    """Somebody who holds or held these roles here; `sub` is what a case is assigned to."""

    sub: str
    name: str | None
    roles: list[str]


class StaffView(View):
    """Everybody who was seen at this service in a staff role, by name."""

    items: list[MemberView]
    next_cursor: None


_AGENCIES: Responses = {200: {"model": AgenciesView, "description": "The register"}}
_STAFF: Responses = {200: {"model": StaffView, "description": "The staff"}}


def standard_router(standard: Standard, now: Callable[[], datetime]) -> APIRouter:
    """The standard, and whom to tell of a weakness (RFC 9116)."""
    router = APIRouter(tags=["service"])
    standard_json = msgspec.json.encode(as_json(standard))

    @router.get("/v1/standard", summary="The service standard that is in force")
    async def service_standard() -> Response:
        return Response(standard_json, media_type="application/json")

    @router.get("/.well-known/security.txt", include_in_schema=False)
    async def security_txt() -> Response:
        until = now().astimezone(UTC).replace(microsecond=0) + SECURITY_TXT_VALID
        lines = (
            f"Contact: {standard.office.website}",
            f"Contact: tel:+62{DIALLED.sub('', standard.office.phone)}",
            f"Expires: {until.isoformat().replace('+00:00', 'Z')}",
            "Preferred-Languages: id, en",
        )
        return PlainTextResponse("".join(f"{line}\n" for line in lines))

    return router


def office_router(
    agencies: Mapping[str, Agency], staff: StaffList, cases: CaseRepository[Any]
) -> APIRouter:
    router = APIRouter(tags=["office"])
    register = [
        {"code": each.code, "name": {"id": each.name.id, "en": each.name.en}}
        for each in sorted(agencies.values(), key=lambda agency: agency.code)
    ]

    @router.get("/v1/agencies", summary="The register of agencies", responses=_AGENCIES)
    async def list_agencies(_who: InOffice) -> Response:
        return _json({"items": register, "next_cursor": None})

    @router.get("/v1/staff", summary="Who handles cases here", responses=_STAFF)
    async def list_staff(_who: Assigning) -> Response:
        members = [
            {"sub": each.sub, "name": each.name or None, "roles": each.roles}
            for each in await staff.all()
        ]
        return _json({"items": members, "next_cursor": None})

    add_readings(router, cases)
    return router


def _json(said: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(said), media_type="application/json")
