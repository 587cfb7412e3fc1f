"""Who works at several places works at one at a time: rights there hold while one is on duty there.

`by_duty` is kept by a trigger, for what the steps' generated functions inline must stay one plain join: it is true
of the grants of a person who holds roles of one place (`one_place`) at two or more. The view then gives such a right
for the times of his duties alone, so that what a device recorded on duty is still allowed when it is sent later.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import tinhso.kernel.base.ids
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

RIGHT_VIEW = """
create or replace view kernel_access_right as
select g.holder_id, p.permission, g.agency_id, g.unit_id, g.place_id, g.record_id,
       greatest(g.valid_from, d.since) as valid_from, least(g.valid_until, d.until) as valid_until
  from kernel_access_grant g
  join kernel_access_rolepermission p on p.role_id = g.role_id
  left join kernel_access_duty d on g.by_duty and d.holder_id = g.holder_id and d.place_id = g.place_id
 where (g.only is null or p.permission = any (g.only)) and (not g.by_duty or d.id is not null);
"""

BOUND = """
create function kernel_access_bind_to_duty() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
begin
    update kernel_access_grant g set by_duty = now_so.bound
      from (select a.id, ra.one_place and a.place_id is not null and a.record_id is null
                   and exists (select 1 from kernel_identity_person n where n.id = a.holder_id)
                   and exists (select 1 from kernel_access_grant o join kernel_access_role ro on ro.id = o.role_id
                                where o.holder_id = a.holder_id and ro.one_place and o.record_id is null
                                  and o.place_id <> a.place_id
                                  and (o.valid_until is null or o.valid_until > now())
                                  and tstzrange(o.valid_from, o.valid_until) && tstzrange(a.valid_from, a.valid_until)
                   ) as bound
              from kernel_access_grant a join kernel_access_role ra on ra.id = a.role_id
             where a.holder_id = new.holder_id) now_so
     where now_so.id = g.id and g.by_duty <> now_so.bound;
    return null;
end
$$;
create trigger kernel_access_bind_to_duty
    after insert or update of role_id, place_id, valid_from, valid_until on kernel_access_grant
    for each row when (new.place_id is not null and new.record_id is null)
    execute function kernel_access_bind_to_duty();
"""

BACKWARD = """
drop trigger kernel_access_bind_to_duty on kernel_access_grant;
drop function kernel_access_bind_to_duty();
create or replace view kernel_access_right as
select g.holder_id, p.permission, g.agency_id, g.unit_id, g.place_id, g.record_id, g.valid_from, g.valid_until
  from kernel_access_grant g
  join kernel_access_rolepermission p on p.role_id = g.role_id
 where g.only is null or p.permission = any (g.only);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("kernel_access", "0004_glass"),
        ("kernel_geo", "0002_short_name"),
        ("kernel_identity", "0001_initial"),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.AddField(
            model_name="role",
            name="one_place",
            field=models.BooleanField(default=False, verbose_name="worked at one place at a time"),
        ),
        migrations.AddField(
            model_name="grant",
            name="by_duty",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                condition=models.Q(("by_duty", True)), fields=["holder_id"], name="access_grant_by_duty"
            ),
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("holder_id", models.UUIDField(verbose_name="holder")),
                ("since", models.DateTimeField(verbose_name="from")),
                ("until", models.DateTimeField(verbose_name="until")),
                (
                    "place",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel_geo.place",
                        verbose_name="place",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["holder_id", "place"], name="access_duty_holder")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))), name="access_duty_ends_after_it_begins"
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("holder_id", "="),
                            (
                                models.Func(
                                    "since",
                                    "until",
                                    function="tstzrange",
                                    output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="access_duty_one_at_a_time",
                    ),
                ],
            },
        ),
        migrations.RunSQL(RIGHT_VIEW + BOUND, BACKWARD),
    ]
