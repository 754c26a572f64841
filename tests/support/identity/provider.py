"""A certified OpenID provider (npm's `oidc-provider`) as a process."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from deploy.local.ports import free_ports

HERE = Path(__file__).parent
INSTALL = ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")


class Provider:
    """`issuer` is its address; its clients and their roles stand in `provider.js`."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.token_url = f"{issuer}/token"

    async def rotate(self) -> None:
        """It signs with a new key from now on, and publishes the last one, too."""
        async with aiohttp.request("POST", f"{self.issuer}/rotate", raise_for_status=True):
            pass


def install_provider(folder: Path) -> None:
    """Put it into this folder, from npm."""
    for name in ("package.json", "provider.js"):
        shutil.copy(HERE / name, folder)
    subprocess.run(INSTALL, cwd=folder, check=True)


@asynccontextmanager
async def provider(folder: Path) -> AsyncIterator[Provider]:
    """The one in this folder, running until the block ends."""
    (port,) = free_ports(1)
    process = await asyncio.create_subprocess_exec(
        "node", "provider.js", str(port), cwd=folder, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        yield Provider(f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        await process.wait()
