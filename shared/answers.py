"""Answers of other HTTP servers, read to their end and no further than a bound."""

import aiohttp


class AnswerTooLong(ValueError):
    """The server sends more than anything that it should."""


async def whole_body(answer: aiohttp.ClientResponse, bytes_max: int) -> bytes:
    """The body, however many pieces it comes in. Raises AnswerTooLong."""
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > bytes_max:
            raise AnswerTooLong(f"{answer.url.origin()} gave more than {bytes_max} bytes")
    return bytes(body)
