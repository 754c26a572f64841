"""`python -m deploy.supply_chain.known_vulnerabilities`: exit code 1 if a locked package has one.

It asks OSV (https://osv.dev), and says so. Without a way there it reads `advisories.json`: what the
Python Packaging Advisory Database (CC BY 4.0) knew of our packages on the day in it. It says that,
too, since it then knows nothing of later ones.
"""

import asyncio
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import aiohttp
import msgspec
from packaging.version import Version

LOCK = Path(__file__).parents[2] / "requirements.lock"
PINNED = Path(__file__).parent / "advisories.json"
OSV = "https://api.osv.dev/v1/querybatch"
ASK_SECONDS_MAX = 20.0
LOCKED = re.compile(r"(?m)^([a-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^ ;\\]+)")

ACCEPTED: Mapping[str, str] = {}
"""A vulnerability that doesn't reach us, by its id, and why it doesn't."""

Packages = Mapping[str, str]
"""Name to version."""


class Affected(msgspec.Struct, frozen=True):
    """A range of versions: from `introduced` on, before `fixed`, or for ever."""

    introduced: str
    fixed: str | None = None


class Advisory(msgspec.Struct, frozen=True):
    """A known vulnerability of one package."""

    id: str
    package: str
    affected: Sequence[Affected]

    def concerns(self, version: str) -> bool:
        at = Version(version)
        return any(
            Version(each.introduced) <= at and (each.fixed is None or at < Version(each.fixed))
            for each in self.affected
        )


class Advisories(msgspec.Struct, frozen=True):
    """What was known on this day."""

    known_on: date
    advisories: Sequence[Advisory]


def locked(text: str) -> Packages:
    """The packages of a lock file."""
    return dict(LOCKED.findall(text))


def known(packages: Packages, advisories: Advisories) -> Iterator[str]:
    """`package version: id` of each that concerns us."""
    for each in advisories.advisories:
        if each.package in packages and each.concerns(packages[each.package]):
            yield f"{each.package} {packages[each.package]}: {each.id}"


class _Id(msgspec.Struct):
    id: str


class _Found(msgspec.Struct):
    vulns: Sequence[_Id] = ()


class _OsvAnswer(msgspec.Struct):
    results: Sequence[_Found]


async def asked(packages: Packages, url: str = OSV) -> Sequence[str]:
    """The same by OSV, as of now. Raises aiohttp.ClientError, OSError, TimeoutError, ValueError."""
    queries = [
        {"package": {"name": name, "ecosystem": "PyPI"}, "version": version}
        for name, version in packages.items()
    ]
    timeout = aiohttp.ClientTimeout(total=ASK_SECONDS_MAX)
    async with (
        aiohttp.ClientSession(timeout=timeout, raise_for_status=True, trust_env=True) as session,
        session.post(url, json={"queries": queries}) as answer,
    ):
        found = msgspec.json.decode(await answer.read(), type=_OsvAnswer).results
    return [
        f"{name} {version}: {each.id}"
        for (name, version), of_package in zip(packages.items(), found, strict=True)
        for each in of_package.vulns
    ]


async def main(url: str = OSV) -> int:
    """The exit code."""
    packages = locked(LOCK.read_text())
    try:
        found, source = await asked(packages, url), "OSV, asked now"
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        advisories = msgspec.json.decode(PINNED.read_bytes(), type=Advisories)
        found = list(known(packages, advisories))
        source = f"data of {advisories.known_on}, since OSV can't be asked ({type(error).__name__})"
    wrong = [each for each in found if each.rpartition(" ")[2] not in ACCEPTED]
    for each in wrong:
        print(f"{each}: update it, or accept it here with a reason", file=sys.stderr)
    print(f"{len(packages)} packages, {len(wrong)} known vulnerabilities, by {source}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
