"""`/v1/me`: the caller, as its token names it."""

import msgspec
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from shared.web.identity.roles import ROLES
from shared.web.identity.tokens import AnyCaller


class MeView(BaseModel):
    """What the token says; `agency` is null for whoever is of none."""

    model_config = ConfigDict(extra="forbid")

    sub: str
    name: str | None
    roles: list[str]
    agency: str | None


def me_router() -> APIRouter:
    router = APIRouter(tags=["office"])

    @router.get(
        "/v1/me",
        summary="Who the token is",
        responses={200: {"model": MeView, "description": "The caller"}},
    )
    async def me(who: AnyCaller) -> Response:
        roles = [role for role in ROLES if role in who.roles]
        said = {"sub": who.sub, "name": who.name or None, "roles": roles, "agency": who.agency}
        return Response(msgspec.json.encode(said), media_type="application/json")

    return router
