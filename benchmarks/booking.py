"""The full authenticated booking POST at 32 clients, against pgbench replaying its statements and inserting claims alone.

All run in turn on one cluster, each client booking slots of its own, so that every request is a success. The ratios say
what the portal costs above the database's own work, and what a booking costs above the claim at its heart. What the
cores were busy with it is told beside the rates: where others are at work too, 32 sessions of pgbench get a larger share
of the cores than two processes of the portal do.
"""

import asyncio
import json
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.server import serving

from benchmarks import cpu
from benchmarks.http import connected
from testfields import schema
from testfields.accounts import queries as accounts
from testfields.accounts.service import secret_hash
from testfields.availability import queries as availability
from testfields.db import cluster
from testfields.db.engine import DB
from testfields.reservations import queries as reservations

CLIENTS = 32
AREAS_PER_CLIENT = 30
SECONDS = 8
HOURS_PER_AREA = 4000
TOKEN = "tf_benchmark"

# The field number :n as SQL; no two meet.
FIELD = """ST_Multi(ST_MakeEnvelope(135 + (:n % 40) * 0.01, 34 + (:n / 40) * 0.01,
                                    135.009 + (:n % 40) * 0.01, 34.009 + (:n / 40) * 0.01, 4326))"""
SEED = """
INSERT INTO organisation (kind, slug, name_ja, name_en, contact_email)
VALUES ('owner', 'owner', '所有者', 'Owner', 'o@example.test'), ('company', 'company', '事業者', 'Company', 'c@example.test');
INSERT INTO person (email, name, password_hash) VALUES ('p@example.test', '利用者', '-');
INSERT INTO membership (person_id, organisation_id, role) VALUES (1, 2, 'member');
INSERT INTO project (company_id, title_ja, title_en, purpose, theme, use, equipment, safety_plan, created_by)
VALUES (2, '実証', 'Trial', '', 'mobility', 'vehicle', '', '', 1);
INSERT INTO site (slug, owner_id, published, name_ja, name_en, description_ja, description_en, address_ja, address_en,
                  contact, geometry, property_class, uses, horizon_days, maximum_minutes)
SELECT 'site-' || n, 1, true, '実証', 'Site', '', '', '', '', '',
       FIELD(n),
       'ordinary', '{vehicle}', 3650, 1440
FROM generate_series(1, FIELDS) n;
INSERT INTO area (site_id, slug, name_ja, name_en, geometry, altitude, mode, uses)
SELECT id, 'area', '区画', 'Area', geometry, '[0,150)', 'exclusive', '{vehicle}' FROM site ORDER BY id;
INSERT INTO opening_hours (site_id, weekday, opens_minute, closes_minute)
SELECT site.id, weekday, 0, 1440 FROM site, generate_series(1, 7) weekday;
VACUUM ANALYZE organisation, person, membership, project, site, site_lock, area, opening_hours;
"""


@dataclass(frozen=True)
class Rates:
    """Bookings per second, and what each takes of the cores: client, server and database together."""

    pgbench: float
    claims: float
    http: float
    pgbench_cpu_ms: float
    claims_cpu_ms: float
    http_cpu_ms: float

    @property
    def ratio(self) -> float:
        """What the portal reaches of the rate of its own statements."""
        return self.http / self.pgbench

    @property
    def ratio_to_claims(self) -> float:
        """What the portal reaches of the rate of bare guarded claims."""
        return self.http / self.claims


async def seed(fields: int) -> None:
    """One company before so many open fields."""
    script = SEED.replace("FIELDS", str(fields)).replace("FIELD(n)", field("n"))
    connection = await DB.get_new_connection()
    for statement in script.split(";\n"):
        if statement.strip():
            await connection.execute(statement)
    await connection.execute(
        "INSERT INTO api_token (person_id, name, secret_hash, scopes, expires_at) VALUES (1, 'b', $1, $2, $3)",
        secret_hash(TOKEN),
        ["read", "book"],
        datetime.now(UTC) + timedelta(days=1),
    )
    await connection.close()


def field(number: str) -> str:
    """The ground of a field as SQL."""
    return " ".join(FIELD.replace(":n", number).split())


def first_hour(days: int) -> datetime:
    """Midnight UTC, `days` from today."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)


# Each client takes one hour after the other in fields of its own.
SLOTS = (
    "\\set n :n + 1",
    f"\\set area :client_id * {AREAS_PER_CLIENT} + :n % {AREAS_PER_CLIENT} + 1",
    f"\\set hour :n / {AREAS_PER_CLIENT}",
)


def period_of(start: datetime) -> str:
    """The hour of a slot as SQL."""
    begin = f"'{start.isoformat()}'::timestamptz"
    return f"tstzrange({begin} + :hour * interval '1 hour', {begin} + (:hour + 1) * interval '1 hour')"


def claims_script(start: datetime) -> str:
    """One INSERT of a claim with its guard; an allotment, as nothing else has to agree with it."""
    values = f"(:area, 'allotment', 1, {field(':area')}, '(,)', {period_of(start)})"
    columns = "site_id, source_kind, source_id, footprint, altitude, period"
    return "\n".join([*SLOTS, f"INSERT INTO claim ({columns}) VALUES {values};"])


def pgbench_script(start: datetime) -> str:
    """The three statements of a booking as the portal sends them, their arguments as pgbench variables."""
    period = period_of(start)
    area = field(":area")
    now = f"'{datetime.now(UTC).isoformat()}'::timestamptz"
    arguments = {
        "secret_hash": f"'\\x{secret_hash(TOKEN).hex()}'::bytea",
        "now": now,
        "area_id": ":area",
        "area_ids": "ARRAY[:area]::bigint[]",
        "site_id": ":area",
        "site_version": "1",
        "project_id": "1",
        "companies": "'{2}'::bigint[]",
        "uses": "'{vehicle}'::text[]",
        "state": "'submitted'",
        "note": "''",
        "deadline": "NULL::timestamptz",
        "due_at": now,
        "submitted_at": now,
        "person_id": "1",
        "role": "'company'",
        "action": "'submit'",
        "reason": "''",
        "claim_kind": "'reservation'",
        "details": """'{"volumes": [{"area": 1, "period": ["2026-12-01T00:00:00Z", "2026-12-01T01:00:00Z"], "altitude": ["0", "150"], "footprint": "MULTIPOLYGON (((135 34, 135.01 34, 135.01 34.01, 135 34.01, 135 34)))"}]}'""",
        "periods": f"ARRAY[{period}]",
        "claim_periods": f"ARRAY[{period}]",
        "altitudes": "'{\"[0,150)\"}'::numrange[]",
        "claim_altitudes": "'{\"(,)\"}'::numrange[]",
    }
    statements = [
        ("by_token", accounts.BY_TOKEN, arguments),
        ("place", availability.PLACE, arguments | {"footprints": "'{NULL}'::geometry[]"}),
        ("file", reservations.FILE, arguments | {"footprints": f"ARRAY[{area}]", "claim_footprints": f"ARRAY[{area}]"}),
    ]
    return "\n".join(
        [
            *SLOTS,
            "\\if :n = 1",
            *(f"PREPARE {name} AS {one_line(statement.sql)};" for name, statement, _ in statements),
            "\\endif",
            *(
                f"EXECUTE {name} ({', '.join(given[one] for one in statement.names)});"
                for name, statement, given in statements
            ),
        ]
    )


def one_line(sql: str) -> str:
    """A statement as pgbench wants it."""
    return " ".join(re.sub(r"--[^\n]*", "", sql).split())


def run_pgbench(running: cluster.Cluster, database: str, commands: str) -> float:
    """Transactions per second of pgbench, each of them `commands`."""
    folder = unquote(urlsplit(running.url(database)).query.removeprefix("host="))
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(commands)
        script.flush()
        command = [
            running.binaries / "pgbench",
            "--no-vacuum",
            "--protocol=simple",
            f"--client={CLIENTS}",
            "--jobs=2",
            f"--time={SECONDS}",
            "--define=n=0",
            f"--file={script.name}",
            "--host",
            folder,
            "--username",
            cluster.USER,
            database,
        ]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode or "failed transactions: 0" not in done.stdout.replace("number of ", ""):
        raise RuntimeError(done.stdout[-500:] + done.stderr[-2000:])
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found is not None
    return float(found[1])


async def run_http(base_url: str, start: datetime) -> float:
    """Bookings per second over HTTP; every one must be answered 201."""
    until = time.perf_counter() + SECONDS
    began = time.perf_counter()
    done = await asyncio.gather(*(one_client(base_url, client, start, until) for client in range(CLIENTS)))
    return sum(done) / (time.perf_counter() - began)


async def one_client(base_url: str, number: int, start: datetime, until: float) -> int:
    """Book one slot after the other in the client's own areas; how many."""
    count = 0
    async with connected(base_url) as client:
        while time.perf_counter() < until:
            area = number * AREAS_PER_CLIENT + count % AREAS_PER_CLIENT + 1
            begins = start + timedelta(hours=count // AREAS_PER_CLIENT)
            volumes = [{"period": {"start": begins.isoformat(), "end": (begins + timedelta(hours=1)).isoformat()}}]
            body = json.dumps({"project_id": 1, "area_id": area, "volumes": volumes}).encode()
            request = (
                b"POST /api/v1/reservations HTTP/1.1\r\nHost: portal\r\nContent-Type: application/json\r\n"
                b"Authorization: Bearer " + TOKEN.encode() + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
            await client.ask(request, 201)
            count += 1
    return count


async def prepare(url: str, fields: int = CLIENTS * AREAS_PER_CLIENT) -> None:
    """A migrated database with open fields."""
    DB.use(url)
    await schema.upgrade()
    await seed(fields)


def measure(running: cluster.Cluster) -> Rates:
    """pgbench, claims and HTTP, twice in turn on one freshly seeded database; the better of each pair."""
    asyncio.run(prepare(running.url()))
    with tempfile.TemporaryDirectory() as folder, serving(running.url(), Path(folder)) as server:
        ways: list[tuple[int, Callable[[datetime], float]]] = [
            (10, lambda start: run_pgbench(running, cluster.DATABASE, pgbench_script(start))),
            (3010, lambda start: run_pgbench(running, cluster.DATABASE, claims_script(start))),
            (510, lambda start: asyncio.run(run_http(server.base_url, start))),
        ]
        turns = [[_measured(running, run, first_hour(day + 1000 * turn)) for day, run in ways] for turn in range(2)]
    rates, costs = zip(*(zip(*pair, strict=True) for pair in zip(*turns, strict=True)), strict=True)
    return Rates(*map(max, rates), *map(min, costs))


def _measured(running: cluster.Cluster, run: Callable[[datetime], float], start: datetime) -> tuple[float, float]:
    """The rate, and the ms of CPU that each booking took."""
    before = cpu.spent(running)
    rate = run(start)
    # Sessions that have ended are counted as soon as the postmaster has taken note of it.
    time.sleep(0.5)
    return rate, 1000 * (cpu.spent(running) - before) / (rate * SECONDS)
