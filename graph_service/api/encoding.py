"""The one way in which answers become JSON, for HTTP and for the command line's `--json`."""

from pydantic import BaseModel


def answer_bytes(answer: BaseModel) -> bytes:
    """Write an answer as JSON in UTF-8: fields in the model's order, what is unknown as `null`."""
    return answer.model_dump_json().encode()
