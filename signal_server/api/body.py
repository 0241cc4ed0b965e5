"""Reads what a call was sent, as one of the models that say what it may hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from admission.errors import Invalid
from admission.names import NAME_LENGTH, WrongText, checked_name, checked_text
from signal_server.problems import BadBody

BODY_LIMIT = 64 * 1024
"""Bytes of a body at most."""


class Body(BaseModel):
    """What a call takes. Unknown fields are refused: a mistyped one would be lost in silence. `"no"` is no false."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True, frozen=True)


class Nothing(Body):
    """A call without fields: no body, or {}."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A text as admission.names takes it: what is sent may be longer by what is trimmed."""

    check: Callable[[str], str]
    longest: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._validate, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "maxLength": self.longest}

    def _validate(self, given: str) -> str:
        try:
            return self.check(given)
        except WrongText as error:
            raise PydanticCustomError("text", "{reason}", {"reason": error.reason}) from None


def text(longest: int, *, lines: bool = False) -> Checked:
    """A text as admission.names takes it; `lines` lets line breaks pass."""
    return Checked(lambda given: checked_text(given, longest, lines=lines), longest)


Name = Annotated[str, Checked(checked_name, NAME_LENGTH)]
Message = Annotated[str, text(500, lines=True)]
Word = Annotated[str, text(200, lines=True)]

Model = TypeVar("Model", bound=Body)


async def read(request: web.Request, model: type[Model]) -> Model:
    """The body as a model. Raises Invalid with a reason a field, BadBody for what is not JSON, and aiohttp's 413."""
    try:
        raw = await request.read()
    except web.RequestPayloadError:  # what came is not what Content-Encoding or Transfer-Encoding says
        raise BadBody from None
    if not raw.strip():
        raw = b"{}"
    try:
        return model.model_validate_json(raw)
    except ValidationError as wrong:
        raise refusal(wrong) from None


def refusal(wrong: ValidationError) -> Exception:
    errors: dict[str, str] = {}
    for error in wrong.errors(include_url=False, include_input=False):
        if error["type"] == "json_invalid":
            return BadBody()
        field = ".".join(str(part) for part in error["loc"]) or "body"
        match error["type"]:
            case "text":
                reason = error["ctx"]["reason"]
            case "missing":
                reason = "empty"
            case "extra_forbidden":
                reason = "unknown"
            case "string_too_long" | "too_long":
                reason = "too-long"
            case _:
                reason = "wrong"
        errors.setdefault(field, reason)
    return Invalid(errors)
