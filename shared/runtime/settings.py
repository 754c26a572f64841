"""The settings of a service, read from its environment.

Each main.py combines the parts that it needs in a class of its own, and `load` reads it. A wrong or
missing variable stops the start with one line that names the variable and the correction.

Each secret may be in a file instead, which the variable with `_FILE` behind its name names: other
users and programs of a machine see more of an environment than of a file.
"""

import base64
import binascii
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args
from urllib.parse import parse_qsl

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretBytes,
    SecretStr,
    ValidationError,
    ValidationInfo,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "JANJI_"
MASTER_KEY_BYTES = 32
EXIT_WRONG_SETTINGS = 2
SECRETS = {SecretStr, SecretBytes}


class SettingsPart(BaseSettings):
    """Variables that belong together. Errors never show a value, because some are secrets."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )


def postgres_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("postgres://", "postgresql://")):
        raise ValueError("give a URL like postgres://user:password@host:5432/database")
    return url


def _broker_url(url: SecretStr) -> SecretStr:
    text = url.get_secret_value()
    if text and not text.startswith(("amqp://", "amqps://")):
        raise ValueError("give a URL like amqp://user:password@host:5672/vhost, or none at all")
    return url


def _management_url(url: SecretStr) -> SecretStr:
    text = url.get_secret_value()
    if text and not text.startswith(("http://", "https://")):
        raise ValueError("give a URL like http://user:password@host:15672, or none at all")
    return url


def _http_url(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("give a URL like https://host:port")
    return url.rstrip("/")


def _key_set(place: str, info: ValidationInfo) -> str:
    if not place and str(info.data.get("oidc_issuer")).startswith(("http://", "https://")):
        return place
    if not place.startswith(("http://", "https://")) and not Path(place).is_file():
        raise ValueError("give the path of a JWKS file that exists, or a URL")
    return place


def _from_file_or_issuer(file: Path | None, info: ValidationInfo) -> Path | None:
    if file is None and info.data.get("feed_token_url") is None:
        raise ValueError("is not set; set it, or JANJI_FEED_TOKEN_URL")
    return file


def _needed_by_issuer(given: Any, info: ValidationInfo) -> Any:
    if not given and info.data.get("feed_token_url") is not None:
        raise ValueError("is not set; JANJI_FEED_TOKEN_URL needs it")
    return given


def _form(text: str) -> str:
    try:
        parse_qsl(text, strict_parsing=bool(text))
    except ValueError:
        raise ValueError("give a form like scope=feeds&audience=janji") from None
    return text


def _master_key(text: Any) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError):
        key = b""
    if len(key) != MASTER_KEY_BYTES:
        raise ValueError(f"give {MASTER_KEY_BYTES} random bytes in base64: openssl rand -base64 32")
    return key


def _master_keys(text: SecretStr) -> SecretStr:
    for each in text.get_secret_value().split():
        _master_key(each)
    return text


HttpUrl = Annotated[str, AfterValidator(_http_url)]


class PostgresSettings(SettingsPart):
    """The service's own database, by the application's role."""

    database_url: Annotated[SecretStr, AfterValidator(postgres_url)]


class BrokerSettings(SettingsPart):
    """RabbitMQ. If it is empty there is no broker, and followers read the feeds.

    `broker_management_url`: its HTTP API, which names a queue that refuses; may be left out.
    """

    broker_url: Annotated[SecretStr, AfterValidator(_broker_url)] = SecretStr("")
    broker_management_url: Annotated[SecretStr, AfterValidator(_management_url)] = SecretStr("")


class SealingSettings(SettingsPart):
    """The master key that wraps the keys of the cases, and earlier ones, a line each.

    Earlier keys open what they have wrapped until `janji keys rotate` has wrapped it anew, and in
    backups of their time.
    """

    master_key: Annotated[SecretBytes, BeforeValidator(_master_key)]
    retired_master_keys: Annotated[SecretStr, AfterValidator(_master_keys)] = SecretStr("")

    @property
    def master_keys(self) -> Sequence[bytes]:
        """All of them, the one in use first."""
        retired = self.retired_master_keys.get_secret_value().split()
        return [self.master_key.get_secret_value(), *map(_master_key, retired)]

    def read_again(self) -> Sequence[bytes]:
        """All of them as their files are now; what can't be read now changes nothing."""
        if named("MASTER_KEY") != f"{PREFIX}MASTER_KEY_FILE":
            return self.master_keys
        try:
            return read(SealingSettings).master_keys
        except WrongSettings:
            return self.master_keys


class ErasureSettings(SettingsPart):
    """The folder of the register of erasures: not on the databases' disk, and backed up apart.

    Without it, a database restored from a backup holds again what was erased since.
    """

    erasure_register: Path | None = None


class TokenSettings(SettingsPart):
    """The issuer and the audience of the accepted access tokens.

    `oidc_jwks` may be left out where the issuer's address tells it (OIDC Discovery). The claims are
    names, or ways like `realm_access.roles`.
    """

    oidc_issuer: Annotated[str, Field(min_length=1)]
    oidc_audience: Annotated[str, Field(min_length=1)]
    oidc_jwks: Annotated[str, AfterValidator(_key_set), Field(default="", validate_default=True)]
    oidc_roles_claim: str = "roles"
    oidc_name_claim: str = "name"
    oidc_agency_claim: str = "agency"


class FeedSettings(SettingsPart):
    """The services whose feeds are followed, and where the token for them comes from.

    It is in a file, or `feed_token_url`, the issuer's token endpoint, gives it to this client.
    `feed_token_parameters`: what the issuer wants to hear beside the grant, as a form.
    """

    requests_url: HttpUrl
    complaints_url: HttpUrl
    feed_token_url: HttpUrl | None = None
    feed_token_file: Annotated[
        Path | None, AfterValidator(_from_file_or_issuer), Field(validate_default=True)
    ] = None
    feed_client_id: Annotated[
        str, AfterValidator(_needed_by_issuer), Field(validate_default=True)
    ] = ""
    feed_client_secret: Annotated[
        SecretStr, AfterValidator(_needed_by_issuer), Field(validate_default=True)
    ] = SecretStr("")
    feed_token_parameters: Annotated[str, AfterValidator(_form)] = ""


class WebSettings(SettingsPart):
    """The address on which the service listens.

    `proxies_in_front` is the number of our own proxies, which append to X-Forwarded-For and bound
    the connections of each network; then browsers are told to insist on TLS.
    `pages_public_url` and `complaints_public_url` are those of the statistics and of the pages of
    complaints, for the public's browser; the first is empty behind a common proxy.
    """

    demonstration: bool = False  # the data are invented, and every page says so
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8_000
    proxies_in_front: Annotated[int, Field(ge=0, le=9)] = 0
    pages_public_url: HttpUrl | None = None
    complaints_public_url: HttpUrl | None = None


S = TypeVar("S", bound=SettingsPart)


class WrongSettings(Exception):
    """One line: each variable at fault, and its correction."""


def load(kind: type[S]) -> S:
    """The settings, or one line on stderr and exit code 2."""
    try:
        return read(kind)
    except WrongSettings as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(EXIT_WRONG_SETTINGS) from None


def read(kind: type[S]) -> S:
    """The settings as environment and files are now. Raises WrongSettings."""
    given, wrong = _secret_files(kind)
    try:
        settings = kind(**given)
    except ValidationError as error:
        wrong |= {name: line for name, line in _wrong(error).items() if name not in wrong}
    if wrong:
        raise WrongSettings("; ".join(f"{PREFIX}{name}: {line}" for name, line in wrong.items()))
    return settings


def named(name: str) -> str | None:
    """The variable that gives this secret: its own, or that of its file; None: neither is set."""
    own = f"{PREFIX}{name}"
    return next((each for each in (own, f"{own}_FILE") if os.environ.get(each)), None)


def _secret_files(kind: type[SettingsPart]) -> tuple[dict[str, Any], dict[str, str]]:
    """The secrets that are in files, by field; and what is wrong with them, by variable."""
    given: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for field, info in kind.model_fields.items():
        name = field.upper()
        path = os.environ.get(f"{PREFIX}{name}_FILE")
        if not path or not SECRETS & {info.annotation, *get_args(info.annotation)}:
            continue
        if named(name) != f"{PREFIX}{name}_FILE":
            wrong[name] = f"is set, and {PREFIX}{name}_FILE is too; set one of them"
            continue
        try:
            given[field] = Path(path).read_text().strip()
        except (OSError, ValueError) as error:
            wrong[name] = f"{PREFIX}{name}_FILE can't be read: {_reason(error)}"
    return given, wrong


def _reason(error: OSError | ValueError) -> str:
    return (isinstance(error, OSError) and error.strerror) or "it holds no text"


def _wrong(error: ValidationError) -> dict[str, str]:
    """What is wrong, by variable."""
    return {
        str(found["loc"][0]).upper(): _mend(found["type"], found["msg"])
        for found in error.errors(include_url=False, include_input=False)
    }


def _mend(kind: str, message: str) -> str:
    return "is not set; set it" if kind == "missing" else message.removeprefix("Value error, ")
