"""Settings: `COAUTHOR_GRAPH_*` in the environment or in `.env`; the command line overrules."""

import json
import re
from pathlib import Path
from typing import Annotated

from platformdirs import user_cache_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from graph_service.model.errors import SettingsError

_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")


class Settings(BaseSettings):
    """What can be set from outside; `status` shows it with secrets hidden."""

    model_config = SettingsConfigDict(
        env_prefix="COAUTHOR_GRAPH_", env_file=".env", extra="ignore", frozen=True
    )

    store: Annotated[
        str, Field(description="where the graph is: memory:, file:PATH, neo4j://… or bolt://…")
    ] = "file:coauthor-graph.sqlite"
    neo4j_user: Annotated[str, Field(description="Neo4j user")] = "neo4j"
    neo4j_password: Annotated[SecretStr | None, Field(description="Neo4j password")] = None
    neo4j_password_file: Annotated[
        Path | None, Field(description="file that holds the Neo4j password")
    ] = None
    neo4j_database: Annotated[str, Field(description="Neo4j database")] = "neo4j"
    neo4j_home: Annotated[
        Path | None, Field(description="home of the Neo4j on this machine, for load --bulk")
    ] = None
    query_timeout_seconds: Annotated[
        float, Field(gt=0, le=3600, description="limit of one read on Neo4j")
    ] = 30.0
    host: Annotated[str, Field(description="address to serve on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="port to serve on; 0: any free")] = 8000
    workers: Annotated[int, Field(ge=1, le=64, description="processes that serve")] = 1
    max_authors: Annotated[
        int, Field(ge=2, description="longest author list that makes ties, included")
    ] = 50
    cache_dir: Annotated[
        Path, Field(description="folder for projections, which can always be made again")
    ] = user_cache_path("coauthor-graph")
    browser_origins: Annotated[
        tuple[str, ...],
        NoDecode,
        Field(description="where Neo4j Browser is served: its pages may read /browser/"),
    ] = ("http://localhost:7474", "http://127.0.0.1:7474")

    @field_validator("browser_origins", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        """Take origins with commas between them, or a JSON list."""
        if not isinstance(given, str):
            return given
        if given.lstrip().startswith("["):
            return json.loads(given)
        return [part.strip() for part in given.split(",") if part.strip()]

    @field_validator("browser_origins")
    @classmethod
    def _only_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what a web browser would never send as an origin, `*` included."""
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is no origin such as http://localhost:7474")
        return origins

    def password(self) -> str | None:
        """The Neo4j password, from the setting or from the file that holds it.

        Raises:
            SettingsError: The file cannot be read.
        """
        if self.neo4j_password is not None:
            return self.neo4j_password.get_secret_value()
        if self.neo4j_password_file is None:
            return None
        try:
            return self.neo4j_password_file.read_text().strip()
        except OSError as error:
            raise SettingsError(
                f"COAUTHOR_GRAPH_NEO4J_PASSWORD_FILE cannot be read: {error}"
            ) from error

    def shown(self) -> dict[str, str | int | float | None]:
        """Every setting for people, secrets hidden."""
        return {
            name: "********"
            if isinstance(value, SecretStr)
            else str(value)
            if isinstance(value, Path)
            else ", ".join(value)
            if isinstance(value, tuple)
            else value
            for name, value in self
        }


def read_settings() -> Settings:
    """Read the settings of this process.

    Raises:
        SettingsError: A setting is out of its range; the message names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "COAUTHOR_GRAPH_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name}: {first['msg']}") from error
