"""Engines by name, each opened as a session of the Spark DataFrame API and closed at the end."""

import os
import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from warnings import catch_warnings, simplefilter

from hustings.errors import InputError
from hustings.shell.engines.frames import Frame, Functions
from hustings.shell.world import LONGEST_LINE

EXTRA = 'pip install "hustings[cluster]"'
NAMES = "auto, duckdb, sail, sc://HOST:PORT, spark://HOST:PORT or local[N]"
LOOPBACK = "127.0.0.1"
# Where a Spark Connect server and a Spark master listen, if nobody says otherwise.
PORTS = {"sc": 15002, "spark": 7077}
# So long a server may take to answer the telephone.
SECONDS = 5
# So often a server is asked again, before it is taken to be of another kind.
RETRIES = 3
LOCAL = re.compile(r"local(\[([1-9][0-9]{0,3}|\*)\])?")
# Neither may stand in a text, so that a line is one cell and no line is nothing.
NO_DELIMITER, NO_NULL = "\x1f", "\x1e\x1e"


@dataclass(frozen=True, slots=True)
class Session:
    """An opened engine: the API's functions, and frames of a file's lines or of its columns.

    `tables` calls the columns, which it is given by name, c0, c1 and so on. `elsewhere` says
    that others read the files, and that they keep all of a line but its line feed.
    """

    name: str
    functions: Functions
    lines: Callable[[Path], Frame]
    tables: Callable[[Path, Sequence[str]], Frame]
    elsewhere: bool = True


@contextmanager
def opened(name: str) -> Iterator[Session]:
    """The engine of that name; what was started for it is ended.

    Raises `InputError` for a name that is none, an extra that is missing, and a server that
    cannot be reached.
    """
    with _way(name)(name) as session:
        yield session


def _way(name: str) -> Callable[[str], Any]:
    if name in IN_PROCESS:
        return IN_PROCESS[name]
    if LOCAL.fullmatch(name):
        return _spark
    scheme = name.partition("://")[0] if "://" in name else ""
    if scheme not in PORTS:
        raise InputError(f"--engine {name}: there is no such engine; they are {NAMES}")
    return _connected if scheme == "sc" else _spark


def _require(name: str, *modules: str) -> None:
    missing = [module for module in modules if not find_spec(module)]
    if missing:
        raise InputError(f"the engine {name} needs {' and '.join(missing)}: {EXTRA}")


# --- in process ---------------------------------------------------------------


@contextmanager
def _duckdb(name: str) -> Iterator[Session]:
    """DuckDB in this process, asked in the Spark API."""
    _require(name, "sqlframe", "pyarrow")
    import duckdb

    api = import_module("sqlframe.duckdb")
    with duckdb.connect() as connection:
        session, numbers = api.DuckDBSession(conn=connection), count()

        def lines(path: Path) -> Frame:
            return session.read.load(_in_quotes(path), format="csv", **DUCKDB_LINES)

        def tables(path: Path, columns: Sequence[str]) -> Frame:
            # Asked of DuckDB itself, because sqlframe reads a quote in the path as Spark does; a
            # view has a name of its own, because sqlframe remembers which columns it has.
            view = f"rows_{next(numbers)}"
            connection.execute(f"CREATE VIEW {view} AS {_numbered(path, columns)}")
            return session.sql(f"SELECT * FROM {view}")

        try:
            functions = import_module("sqlframe.duckdb.functions")
            yield Session(name, functions, lines, tables, elsewhere=False)
        finally:
            session.stop()


# One column that holds the whole line: strict, so that what is no line is an error.
DUCKDB_LINES: Mapping[str, Any] = {
    "schema": "value string",
    "header": False,
    "auto_detect": False,
    "delim": NO_DELIMITER,
    "quote": "",
    "escape": "",
    "comment": "",
    "nullstr": NO_NULL,
    "max_line_size": 2 * LONGEST_LINE,
}


def _numbered(path: Path, columns: Sequence[str]) -> str:
    """A query for the columns of a Parquet file, called c0, c1 and so on."""
    names = (column.replace('"', '""') for column in columns)
    named = ", ".join(f'"{name}" AS c{at}' for at, name in enumerate(names))
    return f"SELECT {named} FROM read_parquet(['{_in_quotes(path)}'])"


def _in_quotes(path: Path) -> str:
    return str(path.absolute()).replace("'", "''")


@contextmanager
def _sail(name: str) -> Iterator[Session]:
    """Sail in this process, behind a port of the loopback; `SAIL_MODE` may make it a cluster."""
    _require(name, "pysail", "pyspark", "grpc", "pandas", "pyarrow")
    with _quietly():
        server = import_module("pysail.spark").SparkConnectServer(LOOPBACK, 0)
        server.start(background=True)
    try:
        host, port = server.listening_address
        with _connected(f"sc://{host}:{port}") as session:
            yield replace(session, name=name)
    finally:
        server.stop()


@contextmanager
def _quietly() -> Iterator[None]:
    """Let a server that starts tell of errors alone, where nobody asked for more."""
    asked = "RUST_LOG" in os.environ
    os.environ.setdefault("RUST_LOG", "off")
    try:
        yield
    finally:
        if not asked:
            del os.environ["RUST_LOG"]


IN_PROCESS: Mapping[str, Callable[[str], Any]] = {"duckdb": _duckdb, "sail": _sail}


# --- servers ------------------------------------------------------------------


@contextmanager
def _connected(name: str) -> Iterator[Session]:
    """A server that speaks Spark Connect."""
    _require(name, "pyspark", "grpc", "pandas", "pyarrow")
    _require_reachable(name)

    def start(builder: Any) -> Any:
        session = builder.remote(name).create()
        _require_spark_connect(name, session)
        return session

    session = _started(name, start)
    try:
        yield _spark_session(name, session)
    finally:
        with suppress(Exception):
            session.stop()


def _require_spark_connect(name: str, session: Any) -> None:
    """Ask for the version: to a server of another kind the client would speak for minutes."""
    patient = session.client.get_retry_policies()
    policy = import_module("pyspark.sql.connect.client.retries").DefaultPolicy
    session.client.set_retry_policies([policy(max_retries=RETRIES)])
    with catch_warnings():
        simplefilter("ignore")
        try:
            assert session.version
        except Exception:
            with suppress(Exception):
                session.stop()
            raise InputError(f"what answers at {name} is no Spark Connect server") from None
    session.client.set_retry_policies(patient)


@contextmanager
def _spark(name: str) -> Iterator[Session]:
    """Spark itself, of which this process is the driver."""
    _require_spark(name)
    if "://" in name:
        _require_reachable(name)
    settings = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
    settings["spark.log.level"] = "ERROR"
    if LOCAL.fullmatch(name) or _hosts(name)[0][0] in ("localhost", LOOPBACK):
        settings |= {"spark.driver.host": LOOPBACK, "spark.driver.bindAddress": LOOPBACK}

    def start(builder: Any) -> Any:
        for setting, value in settings.items():
            builder = builder.config(setting, value)
        return builder.master(name).appName("hustings").getOrCreate()

    session = _started(name, start)
    try:
        yield _spark_session(name, session)
    finally:
        with suppress(Exception):
            session.stop()


def _require_spark(name: str) -> None:
    """The client of Spark Connect bears the same name, and cannot drive a cluster."""
    if not find_spec("py4j") or not find_spec("pyspark"):
        raise InputError(
            f"the engine {name} needs Spark itself and Java: pip install pyspark, in an "
            "environment of its own, because it takes the place of pyspark-client; or start a "
            "Spark Connect server, and give --engine sc://HOST:PORT"
        )
    _require(name, "pyarrow")


def _started(name: str, start: Callable[[Any], Any]) -> Any:
    try:
        return start(import_module("pyspark.sql").SparkSession.builder)
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        # Under `python -c` the client takes itself to be tested, and leaves.
        raise InputError(f"the engine {name} does not start: {first_line(error)}") from None


def first_line(error: BaseException) -> str:
    """What an engine said of its error, as far as somebody would read it."""
    said = str(error).strip().partition("\n")[0].strip()
    return said[:300] or type(error).__name__


def _spark_session(name: str, session: Any) -> Session:
    def tables(path: Path, columns: Sequence[str]) -> Frame:
        frame = session.read.parquet(str(path.absolute()))
        if list(frame.columns) != list(columns):
            raise ValueError(f"the columns are {', '.join(frame.columns)}")
        return frame.toDF(*(f"c{at}" for at in range(len(columns))))

    def lines(path: Path) -> Frame:
        # A carriage return belongs to the line, as it does for whoever reads line by line.
        return session.read.text(str(path.absolute()), lineSep="\n")

    return Session(name, import_module("pyspark.sql").functions, lines, tables)


def _require_reachable(name: str) -> None:
    """Ask whether anybody is there: Spark itself would ask again for minutes."""
    said = []
    for host, port in _hosts(name):
        try:
            with socket.create_connection((host, port), SECONDS):
                return
        except OSError as error:
            said.append(f"{host}:{port}: {error.strerror or error}")
    raise InputError(
        f"the engine {name} cannot be reached ({'; '.join(said)}): start it, or give the address "
        "at which it listens"
    )


def _hosts(name: str) -> list[tuple[str, int]]:
    """The hosts and ports of an address; raises `InputError` where it is none."""
    scheme, _, rest = name.partition("://")
    found = []
    for part in rest.partition("/")[0].split(","):
        try:
            address = urlsplit(f"//{part}")
            host, port = address.hostname, address.port or PORTS[scheme]
        except ValueError:
            host, port = None, 0
        if not host:
            raise InputError(f"--engine {name}: expected {scheme}://HOST:PORT")
        found.append((host, port))
    return found
