"""`payloads:` and `encryption:` in the config file."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from config import fields as f
from config.section import Section


class Payloads(Section):
    """How large payloads and results may be, and how workers and the gateway write them."""

    max_size: f.Size = Field(1 << 20, ge=1, le=16 << 20, description="Most bytes of one, before it is compressed")
    compress_over: f.Size = Field(0, ge=0, description="Larger ones are compressed; 0: none are")


class EncryptionKey(Section):
    """One key; the first of the list encrypts, all decrypt."""

    id: f.KeyId = Field(description="Travels with what the key encrypted")
    key: f.Key = Field(repr=False, description="32 bytes in base64, best as ${VARIABLE}; python -m engine keys new")

    @model_validator(mode="before")
    @classmethod
    def _no_bare_key(cls, data: Any) -> Any:
        return f.only_mapping(data)


class Encryption(Section):
    """The keys that payloads and results are encrypted with; none: they are not."""

    keys: Annotated[tuple[EncryptionKey, ...], f.AsSecretList] = Field((), repr=False, description="The first encrypts")

    @model_validator(mode="before")
    @classmethod
    def _no_bare_key(cls, data: Any) -> Any:
        return f.only_mapping(data)
