"""The names that this office gives to its sources, event types and schemas, in one place.

They are contract: subscribers bind and filter by them. This module imports nothing of the project.
"""

FOLLOWED_SOURCES = ("requests", "complaints")
"""The services whose cases the projections follow."""

_SOURCE_PREFIX = "/janji/"
_TYPE_PREFIX = "id.go.kalbarprov.diskominfo."
_SCHEMA_PREFIX = "tag:diskominfo.kalbarprov.go.id,2026:janji/events/"


def source_uri(source: str) -> str:
    """`requests` → `/janji/requests`, the `source` of a CloudEvent."""
    return f"{_SOURCE_PREFIX}{source}"


def source_name(uri: str) -> str:
    """`/janji/requests` → `requests`. Raises ValueError for any other URI."""
    return _after(_SOURCE_PREFIX, uri)


def event_type(routing_key: str) -> str:
    """`requests.submitted.v1` → `id.go.….requests.submitted.v1`, the `type` of a CloudEvent."""
    return f"{_TYPE_PREFIX}{routing_key}"


def routing_key(event_type: str) -> str:
    """The routing key in a `type`. Raises ValueError for the type of another office."""
    return _after(_TYPE_PREFIX, event_type)


def event_name(event_type: str) -> str:
    """`id.go.….requests.submitted.v1` → `submitted`. Raises ValueError for any other type."""
    _, name, _ = routing_key(event_type).split(".")
    return name


def schema_uri(service: str, name: str, version: int) -> str:
    """The `dataschema` of an event, and the `$id` of its JSON Schema in the catalogue."""
    return f"{_SCHEMA_PREFIX}{service}.{name}.v{version}"


def _after(prefix: str, text: str) -> str:
    if not text.startswith(prefix):
        raise ValueError(f"{text!r} does not begin with {prefix!r}")
    return text.removeprefix(prefix)
