"""The routes about the office: its standard, its agencies, its staff, and what they read."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends
from starlette.responses import Response

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


def standard_router(standard: Standard) -> APIRouter:
    router = APIRouter(tags=["service"])
    standard_json = msgspec.json.encode(as_json(standard))

    @router.get("/v1/standard", summary="The service standard that is in force")
    async def service_standard() -> Response:
        return Response(standard_json, media_type="application/json")

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
