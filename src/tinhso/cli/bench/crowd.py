"""Many trips in a measure's database: copies of one that was declared, as a superuser makes them."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from tinhso.cli.bench.scene import Scene
from tinhso.cli.steps import command

TRIPS = """
insert into border_gate_trip ({columns})
select {columns_of_x} from border_gate_trip s, generate_series(%(first)s::integer, %(last)s::integer) n,
    lateral (select y.place_id, y.point_id from border_gate_yard y
             where y.level = 'border' order by y.place_id offset n %% %(spread)s::integer limit 1) y,
    lateral jsonb_populate_record(s, jsonb_build_object(
        'id', gen_random_uuid(), 'code', left(s.code, 8) || 'B' || lpad(n::text, 7, '0'), 'state', %(state)s::text,
        'tractor_id', null, 'driver_id', null, 'tractor_plate', '12C' || lpad(n::text, 5, '0'),
        'point_id', y.point_id, 'yard_id', y.place_id, 'bay', lpad((n %% 300)::text, 3, '0'),
        'created_at', s.created_at - make_interval(secs => n))) x
where s.code = %(code)s::text
"""
TASKS = """
insert into border_gate_clearancetask
select x.* from border_gate_clearancetask s join border_gate_trip first on first.id = s.trip_id,
    border_gate_trip t,
    lateral jsonb_populate_record(s, jsonb_build_object(
        'id', gen_random_uuid(), 'trip_id', t.id, 'point_id', t.point_id)) x
where first.code = %(code)s::text and t.code like '%%B0%%' and t.state = %(state)s::text
    and not exists (select 1 from border_gate_clearancetask have where have.trip_id = t.id)
"""
# All but those that the database computes itself.
WRITTEN = """
select attname from pg_attribute
where attrelid = 'border_gate_trip'::regclass and attnum > 0 and not attisdropped and attgenerated = ''
order by attnum
"""
# No firm takes more than its share of an hour, so who asks for one comes from many.
FIRMS = """
update border_gate_trip t set agency_id = f.id
from (select id, row_number() over (order by id) - 1 as place, count(*) over () as firms
      from kernel_organisations_agency where kind = 'firm') f
where t.code like '%B0%' and abs(hashtext(t.code)) % f.firms = f.place
"""
FOR_ALL_FIRMS = """
insert into kernel_access_grant (id, holder_id, role_id, valid_from, granted_by, created_at, by_duty)
select gen_random_uuid(), %s::uuid, id, timestamptz '2020-01-01', %s::uuid, now(), false
from kernel_access_role where code = 'border_enterprise'
"""
# The waiting stand in the queue since some minutes, of all classes, at their point's holding area.
QUEUE = """
update border_gate_trip set priority = 'P' || (1 + abs(hashtext(code)) % 4), buffer_at = now() - age,
    first_arrival_at = now() - age, effective_at = now() - age
from (select id as one, make_interval(secs => 60 + abs(hashtext(code)) % 3600) as age from border_gate_trip
      where state = 'at_buffer') aged where id = one
"""
SETTLE = ("border_gate_trip", "border_gate_clearancetask", "kernel_access_grant", "kernel_access_rolepermission")


@dataclass
class Crowd:
    """Who acts on these trips, and how many there are."""

    scene: Scene
    database: str
    code: str
    actor: str
    key: str
    count: int = 0

    def add(self, count: int, state: str, *, tasks: bool = False, points: int = 4) -> None:
        """That many further trips in that state at so many points; with `tasks` each has those of the first."""
        values: dict[str, Any] = {
            "first": self.count + 1,
            "last": self.count + count,
            "state": state,
            "code": self.code,
        }
        values["spread"] = points
        with self.scene.superuser(self.database) as connection:
            connection.execute(_copying(connection), values)
            if tasks:
                connection.execute(TASKS, values)
            for table in SETTLE:
                connection.execute(f"vacuum analyze {table}")
        self.count += count

    def spread(self) -> None:
        """Give the trips to all the firms there are, for which the same machine asks."""
        with self.scene.superuser(self.database) as connection:
            connection.execute(FIRMS)
            connection.execute(FOR_ALL_FIRMS, [self.actor, self.actor])


def plate_of(number: int) -> str:
    """The plate of the copy with that number."""
    return f"12C{number:05d}"


def _copying(connection: psycopg.Connection[Any]) -> sql.Composed:
    names = [row[0] for row in connection.execute(WRITTEN).fetchall()]
    return sql.SQL(TRIPS).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, names)),
        columns_of_x=sql.SQL(", ").join(sql.Identifier("x", name) for name in names),
    )


def crowd(scene: Scene, environment: dict[str, str], database: str) -> Crowd:
    line = [sys.executable, "-m", "tinhso.cli", "bench_border"]
    found = json.loads(command(line, what="bench_border", env=environment).strip().splitlines()[-1])
    return Crowd(scene, database, found["code"], found["actor"], found["key"])
