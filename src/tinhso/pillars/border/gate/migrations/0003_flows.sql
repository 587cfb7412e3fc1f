-- digest: 343be62c262764d40a03d537f070e914

create or replace function border_gate_amendment_fire(
    p_id uuid, p_step text, p_at timestamptz, p_version integer, f jsonb,
    out version integer, out state text
) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    r border_gate_amendment%rowtype;
    v_actor uuid := tinhso_actor();
    v_to text;
    v_event text := '';
begin
    select * into r from border_gate_amendment where id = p_id for no key update;
    if r.id is null then
        raise exception 'no such record' using errcode = 'FI404';
    end if;
    if p_version is not null and r.version <> p_version then
        raise exception 'stale' using errcode = 'FI409';
    end if;
    case p_step
    when 'consent' then
        if r.state in ('asked') and (r.consent_of = 'BIENPHONG') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.consent_border') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.consent_border';
            end if;
            v_to := 'applied';
            v_event := 'border_gate.amendment_consented';
            update border_gate_amendment set state = v_to, state_since = p_at, version = r.version + 1, decided_by = v_actor, decided_at = p_at where id = p_id;
        elsif r.state in ('asked') and (r.consent_of = 'HAIQUAN') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.consent_customs') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.consent_customs';
            end if;
            v_to := 'applied';
            v_event := 'border_gate.amendment_consented';
            update border_gate_amendment set state = v_to, state_since = p_at, version = r.version + 1, decided_by = v_actor, decided_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.consent_border') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) or exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.consent_customs') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.consent_border';
        end if;
    when 'decline' then
        if r.state in ('asked') and (r.consent_of = 'BIENPHONG') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.consent_border') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.consent_border';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'SAID';
            end if;
            v_to := 'declined';
            v_event := 'border_gate.amendment_declined';
            update border_gate_amendment set state = v_to, state_since = p_at, version = r.version + 1, decided_by = v_actor, decided_at = p_at, answer = f->>'reason' where id = p_id;
        elsif r.state in ('asked') and (r.consent_of = 'HAIQUAN') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.consent_customs') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.consent_customs';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'SAID';
            end if;
            v_to := 'declined';
            v_event := 'border_gate.amendment_declined';
            update border_gate_amendment set state = v_to, state_since = p_at, version = r.version + 1, decided_by = v_actor, decided_at = p_at, answer = f->>'reason' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.consent_border') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) or exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.consent_customs') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.consent_border';
        end if;
    when 'confirm' then
        if r.state in ('wanted') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.amend_trip';
            end if;
            if not coalesce((r.lapses_at is null or p_at < r.lapses_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-285', hint = 'IN-TIME';
            end if;
            v_to := 'applied';
            v_event := 'border_gate.amendment_confirmed';
            update border_gate_amendment set state = v_to, state_since = p_at, version = r.version + 1, decided_by = v_actor, decided_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.amend_trip';
        end if;
    when 'reject' then
        if r.state in ('wanted') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.amend_trip';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'SAID';
            end if;
            v_to := 'declined';
            v_event := 'border_gate.amendment_rejected';
            update border_gate_amendment set state = v_to, state_since = p_at, version = r.version + 1, decided_by = v_actor, decided_at = p_at, answer = f->>'reason' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.amend_trip';
        end if;
    when 'lapse' then
        if r.state in ('wanted', 'asked') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.lapse_amendment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.lapse_amendment';
            end if;
            if not coalesce((r.lapses_at <= p_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-208', hint = 'DUE';
            end if;
            v_to := 'lapsed';
            update border_gate_amendment set state = v_to, state_since = p_at, version = r.version + 1, decided_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.lapse_amendment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.lapse_amendment';
        end if;
    else
        raise exception 'no such step' using errcode = 'FI423', detail = r.state;
    end case;
    insert into kernel_workflow_history
        (flow, record_id, version, step, source, target, at, actor, place_id, facts)
        values ('border_gate.amendment', p_id, r.version + 1, p_step, r.state, v_to, p_at, v_actor, r.point_id, f);
    insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
        values (p_at, v_actor, p_step, 'border_gate.amendment', p_id, r.version + 1, f::text);
    if v_event <> '' then
        insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            values ('border_gate.amendment', p_id, r.version + 1, v_event, p_at, v_actor,
                f || jsonb_build_object('source', r.state, 'target', v_to));
    end if;
    version := r.version + 1;
    state := v_to;
end $$;

create or replace function border_gate_amendment_fire_many(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
begin
    case p_step
    when 'consent' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.consent_border', 'border_gate.consent_customs') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.consent_of, r.point_id, r.trip_id
            from border_gate_amendment r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.consent_border', 'border_gate.consent_customs') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.consent_border' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.consent_border') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.consent_border'
                when r.step_row = 1 and not exists (select 1 from rights g where g.permission in ('border_gate.consent_customs') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.consent_customs' else '' end as verdict,
                case r.step_row when 0 then 'applied' when 1 then 'applied' end as v_to,
                case r.step_row when 0 then 'border_gate.amendment_consented' when 1 then 'border_gate.amendment_consented' end as v_event,
                case r.step_row when 0 then v_actor when 1 then v_actor end as new_decided_by,
                case r.step_row when 0 then p_at when 1 then p_at end as new_decided_at
            from (select l.*, case when l.state in ('asked') and (l.consent_of = 'BIENPHONG') then 0 when l.state in ('asked') and (l.consent_of = 'HAIQUAN') then 1 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_amendment t set state = j.v_to, state_since = p_at,
                version = t.version + 1, decided_by = j.new_decided_by, decided_at = j.new_decided_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.amendment', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.amendment', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.amendment', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'decline' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.consent_border', 'border_gate.consent_customs') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.consent_of, r.point_id, r.trip_id
            from border_gate_amendment r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.consent_border', 'border_gate.consent_customs') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.consent_border' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.consent_border') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.consent_border'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'reason')) >= 10), false) then 'FI422 BG-038'
                when r.step_row = 1 and not exists (select 1 from rights g where g.permission in ('border_gate.consent_customs') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.consent_customs'
                when r.step_row = 1 and not coalesce((length(btrim(f->>'reason')) >= 10), false) then 'FI422 BG-038' else '' end as verdict,
                case r.step_row when 0 then 'declined' when 1 then 'declined' end as v_to,
                case r.step_row when 0 then 'border_gate.amendment_declined' when 1 then 'border_gate.amendment_declined' end as v_event,
                case r.step_row when 0 then v_actor when 1 then v_actor end as new_decided_by,
                case r.step_row when 0 then p_at when 1 then p_at end as new_decided_at,
                case r.step_row when 0 then f->>'reason' when 1 then f->>'reason' end as new_answer
            from (select l.*, case when l.state in ('asked') and (l.consent_of = 'BIENPHONG') then 0 when l.state in ('asked') and (l.consent_of = 'HAIQUAN') then 1 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_amendment t set state = j.v_to, state_since = p_at,
                version = t.version + 1, decided_by = j.new_decided_by, decided_at = j.new_decided_at, answer = j.new_answer
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.amendment', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.amendment', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.amendment', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'confirm' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.lapses_at, r.point_id, r.trip_id
            from border_gate_amendment r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.amend_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.amend_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.amend_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.amend_trip'
                when r.step_row = 0 and not coalesce((r.lapses_at is null or p_at < r.lapses_at), false) then 'FI422 BG-285' else '' end as verdict,
                case r.step_row when 0 then 'applied' end as v_to,
                case r.step_row when 0 then 'border_gate.amendment_confirmed' end as v_event,
                case r.step_row when 0 then v_actor end as new_decided_by,
                case r.step_row when 0 then p_at end as new_decided_at
            from (select l.*, case when l.state in ('wanted') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_amendment t set state = j.v_to, state_since = p_at,
                version = t.version + 1, decided_by = j.new_decided_by, decided_at = j.new_decided_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.amendment', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.amendment', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.amendment', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'reject' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.point_id, r.trip_id
            from border_gate_amendment r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.amend_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.amend_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.amend_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.amend_trip'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'reason')) >= 10), false) then 'FI422 BG-038' else '' end as verdict,
                case r.step_row when 0 then 'declined' end as v_to,
                case r.step_row when 0 then 'border_gate.amendment_rejected' end as v_event,
                case r.step_row when 0 then v_actor end as new_decided_by,
                case r.step_row when 0 then p_at end as new_decided_at,
                case r.step_row when 0 then f->>'reason' end as new_answer
            from (select l.*, case when l.state in ('wanted') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_amendment t set state = j.v_to, state_since = p_at,
                version = t.version + 1, decided_by = j.new_decided_by, decided_at = j.new_decided_at, answer = j.new_answer
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.amendment', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.amendment', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.amendment', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'lapse' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.lapse_amendment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.lapses_at, r.point_id, r.trip_id
            from border_gate_amendment r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.lapse_amendment') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.lapse_amendment' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.lapse_amendment') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.lapse_amendment'
                when r.step_row = 0 and not coalesce((r.lapses_at <= p_at), false) then 'FI422 BG-208' else '' end as verdict,
                case r.step_row when 0 then 'lapsed' end as v_to,
                case r.step_row when 0 then '' end as v_event,
                case r.step_row when 0 then p_at end as new_decided_at
            from (select l.*, case when l.state in ('wanted', 'asked') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_amendment t set state = j.v_to, state_since = p_at,
                version = t.version + 1, decided_at = j.new_decided_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.amendment', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.amendment', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.amendment', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    else
        return query select * from border_gate_amendment_fire_each(p_ids, p_versions, p_step, p_at, p_facts, p_all);
    end case;
end $$;

create or replace function border_gate_amendment_fire_each(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
    w record;
    v_detail text;
begin
    for w in select u.id, u.version, u.f from unnest(p_ids, p_versions, p_facts) as u(id, version, f) order by u.id loop
        begin
            id := w.id; refusal := null; detail := null;
            select o.version, o.state into version, state
                from border_gate_amendment_fire(w.id, p_step, p_at, w.version, w.f) o;
        exception when sqlstate 'FI403' or sqlstate 'FI404' or sqlstate 'FI409'
                or sqlstate 'FI422' or sqlstate 'FI423' then
            if p_all then raise; end if;
            get stacked diagnostics v_detail = pg_exception_detail;
            refusal := sqlstate; detail := v_detail; version := null; state := null;
        end;
        return next;
    end loop;
end $$;

create or replace function border_gate_amendment_create(
    p_rows jsonb, p_step text, p_at timestamptz, f jsonb
) returns table (id uuid, version integer, state text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
    r border_gate_amendment%rowtype;
    v_to text;
    v_event text := '';
    e jsonb;
begin

    for e in select * from jsonb_array_elements(p_rows) loop
        r := jsonb_populate_record(null::border_gate_amendment, e);
        case p_step
        when 'apply' then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.amend_trip';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'SAID';
            end if;
            v_to := 'applied'; v_event := '';
        when 'ask' then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.amend_trip';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'SAID';
            end if;
            v_to := 'asked'; v_event := 'border_gate.amendment_asked';
        when 'want' then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.want_amendment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.want_amendment';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'SAID';
            end if;
            v_to := 'wanted'; v_event := 'border_gate.amendment_wanted';
        when 'stop' then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.decide_barrier') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.decide_barrier';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'SAID';
            end if;
            v_to := 'wanted'; v_event := 'border_gate.amendment_wanted';
        else
            raise exception 'no such step' using errcode = 'FI423', detail = '';
        end case;
        r.state := v_to; r.state_since := p_at; r.version := 1; r.created_at := p_at; r.created_by := v_actor;
        insert into border_gate_amendment (id, state, state_since, version, created_at, created_by, trip_id, point_id, agency_id, fields, values, reason, consent_of, asked_force, control_point, lapses_at, decided_by, decided_at, answer, nonce_before) values (r.id, r.state, r.state_since, r.version, r.created_at, r.created_by, r.trip_id, r.point_id, r.agency_id, r.fields, r.values, r.reason, r.consent_of, r.asked_force, r.control_point, r.lapses_at, r.decided_by, r.decided_at, r.answer, r.nonce_before);
        insert into kernel_workflow_history
            (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            values ('border_gate.amendment', r.id, 1, p_step, '', v_to, p_at, v_actor, r.point_id, f);
        insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            values (p_at, v_actor, p_step, 'border_gate.amendment', r.id, 1, f::text);
        if v_event <> '' then
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
                values ('border_gate.amendment', r.id, 1, v_event, p_at, v_actor,
                    f || jsonb_build_object('source', '', 'target', v_to));
        end if;
        id := r.id; version := 1; state := v_to;
        return next;
    end loop;
end $$;

revoke insert, update, delete, truncate on border_gate_amendment from tinhso_app;
grant update (agency_id, answer, asked_force, consent_of, control_point, decided_at, decided_by, fields, lapses_at, nonce_before, point_id, reason, trip_id, values) on border_gate_amendment to tinhso_app;


create or replace function border_gate_clearancetask_fire(
    p_id uuid, p_step text, p_at timestamptz, p_version integer, f jsonb,
    out version integer, out state text
) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    r border_gate_clearancetask%rowtype;
    p border_gate_trip%rowtype;
    v_actor uuid := tinhso_actor();
    v_to text;
    v_event text := '';
begin
    select * into p from border_gate_trip
        where id = (select trip_id from border_gate_clearancetask where id = p_id) for no key update;
    select * into r from border_gate_clearancetask where id = p_id for no key update;
    if r.id is null then
        raise exception 'no such record' using errcode = 'FI404';
    end if;
    if p_version is not null and r.version <> p_version then
        raise exception 'stale' using errcode = 'FI409';
    end if;
    case p_step
    when 'take' then
        if r.state in ('open') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
            end if;
            v_to := 'in_progress';
            v_event := 'border_gate.task_taken';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1, started_at = p_at, officer_id = v_actor where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
        end if;
    when 'pass' then
        if r.state in ('open', 'in_progress') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
            end if;
            if not coalesce((p.state not in ('completed', 'cancelled', 'expired', 'no_show', 'turned_back')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-215', hint = 'TRIP-LIVES';
            end if;
            if not coalesce((r.kind <> 'CUSTOMS_DOC' or p.customs_no <> '' or exists (select 1 from border_gate_customsentry c where c.trip_id = r.trip_id and c.status <> 'unknown')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-380', hint = 'CUSTOMS-NO';
            end if;
            v_to := 'passed';
            v_event := 'border_gate.task_passed';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1, finished_at = p_at, officer_id = v_actor, result = coalesce(f->>'result', ''), note = coalesce(f->>'note', r.note) where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
        end if;
    when 'fail' then
        if r.state in ('open', 'in_progress') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'G-REASON';
            end if;
            if not coalesce((p.state not in ('completed', 'cancelled', 'expired', 'no_show', 'turned_back')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-215', hint = 'TRIP-LIVES';
            end if;
            v_to := 'failed';
            v_event := 'border_gate.task_failed';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1, finished_at = p_at, officer_id = v_actor, result = coalesce(f->>'result', ''), note = coalesce(f->>'note', r.note) where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
        end if;
    when 'treat' then
        if r.state in ('open', 'in_progress') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'G-REASON';
            end if;
            if not coalesce((p.state not in ('completed', 'cancelled', 'expired', 'no_show', 'turned_back')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-215', hint = 'TRIP-LIVES';
            end if;
            v_to := 'treating';
            v_event := 'border_gate.task_treated';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1, finished_at = p_at, officer_id = v_actor, result = coalesce(f->>'result', ''), note = coalesce(f->>'note', r.note) where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
        end if;
    when 'repeat' then
        if r.state in ('open', 'in_progress') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
            end if;
            if not coalesce((p.state not in ('completed', 'cancelled', 'expired', 'no_show', 'turned_back')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-215', hint = 'TRIP-LIVES';
            end if;
            v_to := 'open';
            v_event := 'border_gate.task_repeated';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1, started_at = null, result = 'REPEAT', note = coalesce(f->>'note', r.note) where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
        end if;
    when 'recheck' then
        if r.state in ('treating') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
            end if;
            v_to := 'open';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1, finished_at = null where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
        end if;
    when 'reopen' then
        if r.state in ('passed', 'failed') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.open_task';
            end if;
            v_to := 'open';
            v_event := 'border_gate.task_reopened';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1, finished_at = null, result = '' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.open_task';
        end if;
    when 'not_fresh' then
        if r.state in ('open') and (r.kind in ('PLANT_Q', 'ANIMAL_Q')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'FOUND';
            end if;
            if not coalesce((p.leg = 1 and p.state in ('accepted', 'en_route', 'at_buffer', 'called', 'arrived', 'crossed_in', 'in_yard')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-501', hint = 'NOT-RELEASED';
            end if;
            if not coalesce((p.priority = 'P1' and exists (select 1 from border_gate_goodsline g where g.declaration_id = p.declaration_id and (r.kind, g."group") in (('PLANT_Q', 'FRUIT'), ('PLANT_Q', 'VEG'), ('PLANT_Q', 'FLOWER'), ('ANIMAL_Q', 'AQUA')))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-500', hint = 'CLAIMED-FRESH';
            end if;
            v_to := 'open';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1 where id = p_id;
        elsif r.state in ('in_progress') and (r.kind in ('PLANT_Q', 'ANIMAL_Q')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'FOUND';
            end if;
            if not coalesce((p.leg = 1 and p.state in ('accepted', 'en_route', 'at_buffer', 'called', 'arrived', 'crossed_in', 'in_yard')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-501', hint = 'NOT-RELEASED';
            end if;
            if not coalesce((p.priority = 'P1' and exists (select 1 from border_gate_goodsline g where g.declaration_id = p.declaration_id and (r.kind, g."group") in (('PLANT_Q', 'FRUIT'), ('PLANT_Q', 'VEG'), ('PLANT_Q', 'FLOWER'), ('ANIMAL_Q', 'AQUA')))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-500', hint = 'CLAIMED-FRESH';
            end if;
            v_to := 'in_progress';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1 where id = p_id;
        elsif r.state in ('treating') and (r.kind in ('PLANT_Q', 'ANIMAL_Q')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'FOUND';
            end if;
            if not coalesce((p.leg = 1 and p.state in ('accepted', 'en_route', 'at_buffer', 'called', 'arrived', 'crossed_in', 'in_yard')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-501', hint = 'NOT-RELEASED';
            end if;
            if not coalesce((p.priority = 'P1' and exists (select 1 from border_gate_goodsline g where g.declaration_id = p.declaration_id and (r.kind, g."group") in (('PLANT_Q', 'FRUIT'), ('PLANT_Q', 'VEG'), ('PLANT_Q', 'FLOWER'), ('ANIMAL_Q', 'AQUA')))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-500', hint = 'CLAIMED-FRESH';
            end if;
            v_to := 'treating';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1 where id = p_id;
        elsif r.state in ('passed') and (r.kind in ('PLANT_Q', 'ANIMAL_Q')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'FOUND';
            end if;
            if not coalesce((p.leg = 1 and p.state in ('accepted', 'en_route', 'at_buffer', 'called', 'arrived', 'crossed_in', 'in_yard')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-501', hint = 'NOT-RELEASED';
            end if;
            if not coalesce((p.priority = 'P1' and exists (select 1 from border_gate_goodsline g where g.declaration_id = p.declaration_id and (r.kind, g."group") in (('PLANT_Q', 'FRUIT'), ('PLANT_Q', 'VEG'), ('PLANT_Q', 'FLOWER'), ('ANIMAL_Q', 'AQUA')))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-500', hint = 'CLAIMED-FRESH';
            end if;
            v_to := 'passed';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1 where id = p_id;
        elsif r.state in ('failed') and (r.kind in ('PLANT_Q', 'ANIMAL_Q')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'FOUND';
            end if;
            if not coalesce((p.leg = 1 and p.state in ('accepted', 'en_route', 'at_buffer', 'called', 'arrived', 'crossed_in', 'in_yard')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-501', hint = 'NOT-RELEASED';
            end if;
            if not coalesce((p.priority = 'P1' and exists (select 1 from border_gate_goodsline g where g.declaration_id = p.declaration_id and (r.kind, g."group") in (('PLANT_Q', 'FRUIT'), ('PLANT_Q', 'VEG'), ('PLANT_Q', 'FLOWER'), ('ANIMAL_Q', 'AQUA')))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-500', hint = 'CLAIMED-FRESH';
            end if;
            v_to := 'failed';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1 where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
        end if;
    when 'destroy' then
        if r.state in ('failed') and (r.kind in ('PLANT_Q', 'ANIMAL_Q')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
            end if;
            if not coalesce((r.result = 'DESTROY'), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-763', hint = 'TO-DESTROY';
            end if;
            if not coalesce((p.state in ('at_buffer', 'arrived', 'crossed_in', 'in_yard', 'returned_in')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-764', hint = 'AT-THE-GATE';
            end if;
            v_to := 'failed';
            v_event := 'border_gate.task_goods_destroyed';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1 where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
        end if;
    when 'destroyed' then
        if r.state in ('failed') and (r.kind in ('PLANT_Q', 'ANIMAL_Q')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
            end if;
            if not coalesce((r.result = 'DESTROY'), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-763', hint = 'TO-DESTROY';
            end if;
            if not coalesce((p.state in ('at_buffer', 'arrived', 'crossed_in', 'in_yard', 'returned_in')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-764', hint = 'AT-THE-GATE';
            end if;
            v_to := 'not_needed';
            v_event := 'border_gate.task_goods_destroyed';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1 where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.work_task';
        end if;
    when 'unneed' then
        if r.state in ('open') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.open_task';
            end if;
            v_to := 'not_needed';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1 where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.open_task';
        end if;
    when 'hand_over' then
        if r.state in ('open', 'in_progress', 'passed') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.open_task';
            end if;
            v_to := 'not_needed';
            v_event := 'border_gate.task_handed_over';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1, finished_at = p_at, result = 'MOVED' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.open_task';
        end if;
    when 'drop' then
        if r.state in ('open') and (r.kind in ('TAX', 'MARKET')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.open_task';
            end if;
            v_to := 'not_needed';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1 where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.open_task';
        end if;
    when 'lapse' then
        if r.state in ('open', 'in_progress') and (r.kind = 'MARKET') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.open_task';
            end if;
            if not coalesce((r.due_at <= p_at and not exists (select 1 from border_gate_hold h where h.trip_id = r.trip_id and h.force_id = r.force_id and h.state = 'active')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-545', hint = 'OVERDUE';
            end if;
            v_to := 'not_needed';
            v_event := 'border_gate.task_lapsed';
            update border_gate_clearancetask set state = v_to, state_since = p_at, version = r.version + 1, finished_at = p_at, result = 'LAPSED' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.open_task';
        end if;
    else
        raise exception 'no such step' using errcode = 'FI423', detail = r.state;
    end case;
    insert into kernel_workflow_history
        (flow, record_id, version, step, source, target, at, actor, place_id, facts)
        values ('border_gate.task', p_id, r.version + 1, p_step, r.state, v_to, p_at, v_actor, r.point_id, f);
    insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
        values (p_at, v_actor, p_step, 'border_gate.task', p_id, r.version + 1, f::text);
    if v_event <> '' then
        insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            values ('border_gate.task', p_id, r.version + 1, v_event, p_at, v_actor,
                f || jsonb_build_object('source', r.state, 'target', v_to));
    end if;
    update border_gate_trip set open_entry = open_entry + (case when coalesce(v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end), open_exit = open_exit + (case when coalesce(v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end), open_inland = open_inland + (case when coalesce(v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end), open_return = open_return + (case when coalesce(v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end), failed_tasks = failed_tasks + (case when coalesce(v_to in ('failed'), false) then 1 else 0 end) - (case when coalesce(r.state in ('failed'), false) then 1 else 0 end), tasks_opened = true, version = version + 1 where id = p.id;
    version := r.version + 1;
    state := v_to;
end $$;

create or replace function border_gate_clearancetask_fire_many(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
begin
    case p_step
    when 'take' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.point_id, r.stage, r.trip_id
            from border_gate_clearancetask r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, r.stage, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.work_task' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.work_task' else '' end as verdict,
                case r.step_row when 0 then 'in_progress' end as v_to,
                case r.step_row when 0 then 'border_gate.task_taken' end as v_event,
                case r.step_row when 0 then p_at end as new_started_at,
                case r.step_row when 0 then v_actor end as new_officer_id
            from (select l.*, case when l.state in ('open') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_clearancetask t set state = j.v_to, state_since = p_at,
                version = t.version + 1, started_at = j.new_started_at, officer_id = j.new_officer_id
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id, j.stage, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.task', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.task', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.task', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end)) as d_open_entry, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end)) as d_open_exit, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end)) as d_open_inland, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end)) as d_open_return, sum((case when coalesce(r.v_to in ('failed'), false) then 1 else 0 end) - (case when coalesce(r.state in ('failed'), false) then 1 else 0 end)) as d_failed_tasks, (array_agg(true order by r.id desc))[1] as m_tasks_opened from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, open_entry = open_entry + d_open_entry, open_exit = open_exit + d_open_exit, open_inland = open_inland + d_open_inland, open_return = open_return + d_open_return, failed_tasks = failed_tasks + d_failed_tasks, tasks_opened = m_tasks_opened from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'pass' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.kind, r.note, p.customs_no as p__customs_no, p.state as p__state, r.point_id, r.stage, r.trip_id
            from border_gate_clearancetask r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, r.stage, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.work_task' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.work_task'
                when r.step_row = 0 and not coalesce((r.p__state not in ('completed', 'cancelled', 'expired', 'no_show', 'turned_back')), false) then 'FI422 BG-215'
                when r.step_row = 0 and not coalesce((r.kind <> 'CUSTOMS_DOC' or r.p__customs_no <> '' or exists (select 1 from border_gate_customsentry c where c.trip_id = r.trip_id and c.status <> 'unknown')), false) then 'FI422 BG-380' else '' end as verdict,
                case r.step_row when 0 then 'passed' end as v_to,
                case r.step_row when 0 then 'border_gate.task_passed' end as v_event,
                case r.step_row when 0 then p_at end as new_finished_at,
                case r.step_row when 0 then v_actor end as new_officer_id,
                case r.step_row when 0 then coalesce(f->>'result', '') end as new_result,
                case r.step_row when 0 then coalesce(f->>'note', r.note) end as new_note
            from (select l.*, case when l.state in ('open', 'in_progress') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_clearancetask t set state = j.v_to, state_since = p_at,
                version = t.version + 1, finished_at = j.new_finished_at, officer_id = j.new_officer_id, result = j.new_result, note = j.new_note
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id, j.stage, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.task', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.task', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.task', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end)) as d_open_entry, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end)) as d_open_exit, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end)) as d_open_inland, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end)) as d_open_return, sum((case when coalesce(r.v_to in ('failed'), false) then 1 else 0 end) - (case when coalesce(r.state in ('failed'), false) then 1 else 0 end)) as d_failed_tasks, (array_agg(true order by r.id desc))[1] as m_tasks_opened from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, open_entry = open_entry + d_open_entry, open_exit = open_exit + d_open_exit, open_inland = open_inland + d_open_inland, open_return = open_return + d_open_return, failed_tasks = failed_tasks + d_failed_tasks, tasks_opened = m_tasks_opened from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'fail' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.note, p.state as p__state, r.point_id, r.stage, r.trip_id
            from border_gate_clearancetask r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, r.stage, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.work_task' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.work_task'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then 'FI422 BG-038'
                when r.step_row = 0 and not coalesce((r.p__state not in ('completed', 'cancelled', 'expired', 'no_show', 'turned_back')), false) then 'FI422 BG-215' else '' end as verdict,
                case r.step_row when 0 then 'failed' end as v_to,
                case r.step_row when 0 then 'border_gate.task_failed' end as v_event,
                case r.step_row when 0 then p_at end as new_finished_at,
                case r.step_row when 0 then v_actor end as new_officer_id,
                case r.step_row when 0 then coalesce(f->>'result', '') end as new_result,
                case r.step_row when 0 then coalesce(f->>'note', r.note) end as new_note
            from (select l.*, case when l.state in ('open', 'in_progress') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_clearancetask t set state = j.v_to, state_since = p_at,
                version = t.version + 1, finished_at = j.new_finished_at, officer_id = j.new_officer_id, result = j.new_result, note = j.new_note
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id, j.stage, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.task', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.task', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.task', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end)) as d_open_entry, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end)) as d_open_exit, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end)) as d_open_inland, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end)) as d_open_return, sum((case when coalesce(r.v_to in ('failed'), false) then 1 else 0 end) - (case when coalesce(r.state in ('failed'), false) then 1 else 0 end)) as d_failed_tasks, (array_agg(true order by r.id desc))[1] as m_tasks_opened from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, open_entry = open_entry + d_open_entry, open_exit = open_exit + d_open_exit, open_inland = open_inland + d_open_inland, open_return = open_return + d_open_return, failed_tasks = failed_tasks + d_failed_tasks, tasks_opened = m_tasks_opened from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'treat' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.note, p.state as p__state, r.point_id, r.stage, r.trip_id
            from border_gate_clearancetask r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, r.stage, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.work_task' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.work_task'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then 'FI422 BG-038'
                when r.step_row = 0 and not coalesce((r.p__state not in ('completed', 'cancelled', 'expired', 'no_show', 'turned_back')), false) then 'FI422 BG-215' else '' end as verdict,
                case r.step_row when 0 then 'treating' end as v_to,
                case r.step_row when 0 then 'border_gate.task_treated' end as v_event,
                case r.step_row when 0 then p_at end as new_finished_at,
                case r.step_row when 0 then v_actor end as new_officer_id,
                case r.step_row when 0 then coalesce(f->>'result', '') end as new_result,
                case r.step_row when 0 then coalesce(f->>'note', r.note) end as new_note
            from (select l.*, case when l.state in ('open', 'in_progress') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_clearancetask t set state = j.v_to, state_since = p_at,
                version = t.version + 1, finished_at = j.new_finished_at, officer_id = j.new_officer_id, result = j.new_result, note = j.new_note
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id, j.stage, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.task', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.task', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.task', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end)) as d_open_entry, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end)) as d_open_exit, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end)) as d_open_inland, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end)) as d_open_return, sum((case when coalesce(r.v_to in ('failed'), false) then 1 else 0 end) - (case when coalesce(r.state in ('failed'), false) then 1 else 0 end)) as d_failed_tasks, (array_agg(true order by r.id desc))[1] as m_tasks_opened from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, open_entry = open_entry + d_open_entry, open_exit = open_exit + d_open_exit, open_inland = open_inland + d_open_inland, open_return = open_return + d_open_return, failed_tasks = failed_tasks + d_failed_tasks, tasks_opened = m_tasks_opened from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'repeat' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.note, p.state as p__state, r.point_id, r.stage, r.started_at, r.trip_id
            from border_gate_clearancetask r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, r.stage, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.work_task' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.work_task'
                when r.step_row = 0 and not coalesce((r.p__state not in ('completed', 'cancelled', 'expired', 'no_show', 'turned_back')), false) then 'FI422 BG-215' else '' end as verdict,
                case r.step_row when 0 then 'open' end as v_to,
                case r.step_row when 0 then 'border_gate.task_repeated' end as v_event,
                case r.step_row when 0 then nullif(r.started_at, r.started_at) end as new_started_at,
                case r.step_row when 0 then 'REPEAT' end as new_result,
                case r.step_row when 0 then coalesce(f->>'note', r.note) end as new_note
            from (select l.*, case when l.state in ('open', 'in_progress') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_clearancetask t set state = j.v_to, state_since = p_at,
                version = t.version + 1, started_at = j.new_started_at, result = j.new_result, note = j.new_note
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id, j.stage, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.task', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.task', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.task', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end)) as d_open_entry, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end)) as d_open_exit, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end)) as d_open_inland, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end)) as d_open_return, sum((case when coalesce(r.v_to in ('failed'), false) then 1 else 0 end) - (case when coalesce(r.state in ('failed'), false) then 1 else 0 end)) as d_failed_tasks, (array_agg(true order by r.id desc))[1] as m_tasks_opened from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, open_entry = open_entry + d_open_entry, open_exit = open_exit + d_open_exit, open_inland = open_inland + d_open_inland, open_return = open_return + d_open_return, failed_tasks = failed_tasks + d_failed_tasks, tasks_opened = m_tasks_opened from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'recheck' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.finished_at, r.point_id, r.stage, r.trip_id
            from border_gate_clearancetask r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, r.stage, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.work_task' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.work_task' else '' end as verdict,
                case r.step_row when 0 then 'open' end as v_to,
                case r.step_row when 0 then '' end as v_event,
                case r.step_row when 0 then nullif(r.finished_at, r.finished_at) end as new_finished_at
            from (select l.*, case when l.state in ('treating') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_clearancetask t set state = j.v_to, state_since = p_at,
                version = t.version + 1, finished_at = j.new_finished_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id, j.stage, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.task', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.task', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.task', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end)) as d_open_entry, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end)) as d_open_exit, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end)) as d_open_inland, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end)) as d_open_return, sum((case when coalesce(r.v_to in ('failed'), false) then 1 else 0 end) - (case when coalesce(r.state in ('failed'), false) then 1 else 0 end)) as d_failed_tasks, (array_agg(true order by r.id desc))[1] as m_tasks_opened from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, open_entry = open_entry + d_open_entry, open_exit = open_exit + d_open_exit, open_inland = open_inland + d_open_inland, open_return = open_return + d_open_return, failed_tasks = failed_tasks + d_failed_tasks, tasks_opened = m_tasks_opened from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'reopen' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.finished_at, r.point_id, r.stage, r.trip_id
            from border_gate_clearancetask r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, r.stage, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.open_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.open_task' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.open_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.open_task' else '' end as verdict,
                case r.step_row when 0 then 'open' end as v_to,
                case r.step_row when 0 then 'border_gate.task_reopened' end as v_event,
                case r.step_row when 0 then nullif(r.finished_at, r.finished_at) end as new_finished_at,
                case r.step_row when 0 then '' end as new_result
            from (select l.*, case when l.state in ('passed', 'failed') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_clearancetask t set state = j.v_to, state_since = p_at,
                version = t.version + 1, finished_at = j.new_finished_at, result = j.new_result
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id, j.stage, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.task', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.task', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.task', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end)) as d_open_entry, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end)) as d_open_exit, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end)) as d_open_inland, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end)) as d_open_return, sum((case when coalesce(r.v_to in ('failed'), false) then 1 else 0 end) - (case when coalesce(r.state in ('failed'), false) then 1 else 0 end)) as d_failed_tasks, (array_agg(true order by r.id desc))[1] as m_tasks_opened from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, open_entry = open_entry + d_open_entry, open_exit = open_exit + d_open_exit, open_inland = open_inland + d_open_inland, open_return = open_return + d_open_return, failed_tasks = failed_tasks + d_failed_tasks, tasks_opened = m_tasks_opened from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'not_fresh' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.kind, p.declaration_id as p__declaration_id, p.leg as p__leg, p.priority as p__priority, p.state as p__state, r.point_id, r.stage, r.trip_id
            from border_gate_clearancetask r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, r.stage, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.work_task' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.work_task'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'reason')) >= 10), false) then 'FI422 BG-038'
                when r.step_row = 0 and not coalesce((r.p__leg = 1 and r.p__state in ('accepted', 'en_route', 'at_buffer', 'called', 'arrived', 'crossed_in', 'in_yard')), false) then 'FI422 BG-501'
                when r.step_row = 0 and not coalesce((r.p__priority = 'P1' and exists (select 1 from border_gate_goodsline g where g.declaration_id = r.p__declaration_id and (r.kind, g."group") in (('PLANT_Q', 'FRUIT'), ('PLANT_Q', 'VEG'), ('PLANT_Q', 'FLOWER'), ('ANIMAL_Q', 'AQUA')))), false) then 'FI422 BG-500'
                when r.step_row = 1 and not exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.work_task'
                when r.step_row = 1 and not coalesce((length(btrim(f->>'reason')) >= 10), false) then 'FI422 BG-038'
                when r.step_row = 1 and not coalesce((r.p__leg = 1 and r.p__state in ('accepted', 'en_route', 'at_buffer', 'called', 'arrived', 'crossed_in', 'in_yard')), false) then 'FI422 BG-501'
                when r.step_row = 1 and not coalesce((r.p__priority = 'P1' and exists (select 1 from border_gate_goodsline g where g.declaration_id = r.p__declaration_id and (r.kind, g."group") in (('PLANT_Q', 'FRUIT'), ('PLANT_Q', 'VEG'), ('PLANT_Q', 'FLOWER'), ('ANIMAL_Q', 'AQUA')))), false) then 'FI422 BG-500'
                when r.step_row = 2 and not exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.work_task'
                when r.step_row = 2 and not coalesce((length(btrim(f->>'reason')) >= 10), false) then 'FI422 BG-038'
                when r.step_row = 2 and not coalesce((r.p__leg = 1 and r.p__state in ('accepted', 'en_route', 'at_buffer', 'called', 'arrived', 'crossed_in', 'in_yard')), false) then 'FI422 BG-501'
                when r.step_row = 2 and not coalesce((r.p__priority = 'P1' and exists (select 1 from border_gate_goodsline g where g.declaration_id = r.p__declaration_id and (r.kind, g."group") in (('PLANT_Q', 'FRUIT'), ('PLANT_Q', 'VEG'), ('PLANT_Q', 'FLOWER'), ('ANIMAL_Q', 'AQUA')))), false) then 'FI422 BG-500'
                when r.step_row = 3 and not exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.work_task'
                when r.step_row = 3 and not coalesce((length(btrim(f->>'reason')) >= 10), false) then 'FI422 BG-038'
                when r.step_row = 3 and not coalesce((r.p__leg = 1 and r.p__state in ('accepted', 'en_route', 'at_buffer', 'called', 'arrived', 'crossed_in', 'in_yard')), false) then 'FI422 BG-501'
                when r.step_row = 3 and not coalesce((r.p__priority = 'P1' and exists (select 1 from border_gate_goodsline g where g.declaration_id = r.p__declaration_id and (r.kind, g."group") in (('PLANT_Q', 'FRUIT'), ('PLANT_Q', 'VEG'), ('PLANT_Q', 'FLOWER'), ('ANIMAL_Q', 'AQUA')))), false) then 'FI422 BG-500'
                when r.step_row = 4 and not exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.work_task'
                when r.step_row = 4 and not coalesce((length(btrim(f->>'reason')) >= 10), false) then 'FI422 BG-038'
                when r.step_row = 4 and not coalesce((r.p__leg = 1 and r.p__state in ('accepted', 'en_route', 'at_buffer', 'called', 'arrived', 'crossed_in', 'in_yard')), false) then 'FI422 BG-501'
                when r.step_row = 4 and not coalesce((r.p__priority = 'P1' and exists (select 1 from border_gate_goodsline g where g.declaration_id = r.p__declaration_id and (r.kind, g."group") in (('PLANT_Q', 'FRUIT'), ('PLANT_Q', 'VEG'), ('PLANT_Q', 'FLOWER'), ('ANIMAL_Q', 'AQUA')))), false) then 'FI422 BG-500' else '' end as verdict,
                case r.step_row when 0 then 'open' when 1 then 'in_progress' when 2 then 'treating' when 3 then 'passed' when 4 then 'failed' end as v_to,
                case r.step_row when 0 then '' when 1 then '' when 2 then '' when 3 then '' when 4 then '' end as v_event
            from (select l.*, case when l.state in ('open') and (l.kind in ('PLANT_Q', 'ANIMAL_Q')) then 0 when l.state in ('in_progress') and (l.kind in ('PLANT_Q', 'ANIMAL_Q')) then 1 when l.state in ('treating') and (l.kind in ('PLANT_Q', 'ANIMAL_Q')) then 2 when l.state in ('passed') and (l.kind in ('PLANT_Q', 'ANIMAL_Q')) then 3 when l.state in ('failed') and (l.kind in ('PLANT_Q', 'ANIMAL_Q')) then 4 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_clearancetask t set state = j.v_to, state_since = p_at,
                version = t.version + 1
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id, j.stage, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.task', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.task', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.task', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end)) as d_open_entry, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end)) as d_open_exit, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end)) as d_open_inland, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end)) as d_open_return, sum((case when coalesce(r.v_to in ('failed'), false) then 1 else 0 end) - (case when coalesce(r.state in ('failed'), false) then 1 else 0 end)) as d_failed_tasks, (array_agg(true order by r.id desc))[1] as m_tasks_opened from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, open_entry = open_entry + d_open_entry, open_exit = open_exit + d_open_exit, open_inland = open_inland + d_open_inland, open_return = open_return + d_open_return, failed_tasks = failed_tasks + d_failed_tasks, tasks_opened = m_tasks_opened from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'destroy' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.kind, p.state as p__state, r.point_id, r.result, r.stage, r.trip_id
            from border_gate_clearancetask r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, r.stage, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.work_task' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.work_task'
                when r.step_row = 0 and not coalesce((r.result = 'DESTROY'), false) then 'FI422 BG-763'
                when r.step_row = 0 and not coalesce((r.p__state in ('at_buffer', 'arrived', 'crossed_in', 'in_yard', 'returned_in')), false) then 'FI422 BG-764' else '' end as verdict,
                case r.step_row when 0 then 'failed' end as v_to,
                case r.step_row when 0 then 'border_gate.task_goods_destroyed' end as v_event
            from (select l.*, case when l.state in ('failed') and (l.kind in ('PLANT_Q', 'ANIMAL_Q')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_clearancetask t set state = j.v_to, state_since = p_at,
                version = t.version + 1
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id, j.stage, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.task', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.task', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.task', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end)) as d_open_entry, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end)) as d_open_exit, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end)) as d_open_inland, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end)) as d_open_return, sum((case when coalesce(r.v_to in ('failed'), false) then 1 else 0 end) - (case when coalesce(r.state in ('failed'), false) then 1 else 0 end)) as d_failed_tasks, (array_agg(true order by r.id desc))[1] as m_tasks_opened from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, open_entry = open_entry + d_open_entry, open_exit = open_exit + d_open_exit, open_inland = open_inland + d_open_inland, open_return = open_return + d_open_return, failed_tasks = failed_tasks + d_failed_tasks, tasks_opened = m_tasks_opened from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'destroyed' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.work_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.kind, p.state as p__state, r.point_id, r.result, r.stage, r.trip_id
            from border_gate_clearancetask r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, r.stage, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.work_task' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.work_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.work_task'
                when r.step_row = 0 and not coalesce((r.result = 'DESTROY'), false) then 'FI422 BG-763'
                when r.step_row = 0 and not coalesce((r.p__state in ('at_buffer', 'arrived', 'crossed_in', 'in_yard', 'returned_in')), false) then 'FI422 BG-764' else '' end as verdict,
                case r.step_row when 0 then 'not_needed' end as v_to,
                case r.step_row when 0 then 'border_gate.task_goods_destroyed' end as v_event
            from (select l.*, case when l.state in ('failed') and (l.kind in ('PLANT_Q', 'ANIMAL_Q')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_clearancetask t set state = j.v_to, state_since = p_at,
                version = t.version + 1
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id, j.stage, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.task', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.task', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.task', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end)) as d_open_entry, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end)) as d_open_exit, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end)) as d_open_inland, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end)) as d_open_return, sum((case when coalesce(r.v_to in ('failed'), false) then 1 else 0 end) - (case when coalesce(r.state in ('failed'), false) then 1 else 0 end)) as d_failed_tasks, (array_agg(true order by r.id desc))[1] as m_tasks_opened from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, open_entry = open_entry + d_open_entry, open_exit = open_exit + d_open_exit, open_inland = open_inland + d_open_inland, open_return = open_return + d_open_return, failed_tasks = failed_tasks + d_failed_tasks, tasks_opened = m_tasks_opened from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'unneed' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.point_id, r.stage, r.trip_id
            from border_gate_clearancetask r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, r.stage, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.open_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.open_task' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.open_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.open_task' else '' end as verdict,
                case r.step_row when 0 then 'not_needed' end as v_to,
                case r.step_row when 0 then '' end as v_event
            from (select l.*, case when l.state in ('open') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_clearancetask t set state = j.v_to, state_since = p_at,
                version = t.version + 1
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id, j.stage, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.task', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.task', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.task', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end)) as d_open_entry, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end)) as d_open_exit, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end)) as d_open_inland, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end)) as d_open_return, sum((case when coalesce(r.v_to in ('failed'), false) then 1 else 0 end) - (case when coalesce(r.state in ('failed'), false) then 1 else 0 end)) as d_failed_tasks, (array_agg(true order by r.id desc))[1] as m_tasks_opened from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, open_entry = open_entry + d_open_entry, open_exit = open_exit + d_open_exit, open_inland = open_inland + d_open_inland, open_return = open_return + d_open_return, failed_tasks = failed_tasks + d_failed_tasks, tasks_opened = m_tasks_opened from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'hand_over' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.point_id, r.stage, r.trip_id
            from border_gate_clearancetask r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, r.stage, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.open_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.open_task' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.open_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.open_task' else '' end as verdict,
                case r.step_row when 0 then 'not_needed' end as v_to,
                case r.step_row when 0 then 'border_gate.task_handed_over' end as v_event,
                case r.step_row when 0 then p_at end as new_finished_at,
                case r.step_row when 0 then 'MOVED' end as new_result
            from (select l.*, case when l.state in ('open', 'in_progress', 'passed') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_clearancetask t set state = j.v_to, state_since = p_at,
                version = t.version + 1, finished_at = j.new_finished_at, result = j.new_result
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id, j.stage, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.task', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.task', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.task', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end)) as d_open_entry, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end)) as d_open_exit, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end)) as d_open_inland, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end)) as d_open_return, sum((case when coalesce(r.v_to in ('failed'), false) then 1 else 0 end) - (case when coalesce(r.state in ('failed'), false) then 1 else 0 end)) as d_failed_tasks, (array_agg(true order by r.id desc))[1] as m_tasks_opened from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, open_entry = open_entry + d_open_entry, open_exit = open_exit + d_open_exit, open_inland = open_inland + d_open_inland, open_return = open_return + d_open_return, failed_tasks = failed_tasks + d_failed_tasks, tasks_opened = m_tasks_opened from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'drop' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.kind, r.point_id, r.stage, r.trip_id
            from border_gate_clearancetask r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, r.stage, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.open_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.open_task' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.open_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.open_task' else '' end as verdict,
                case r.step_row when 0 then 'not_needed' end as v_to,
                case r.step_row when 0 then '' end as v_event
            from (select l.*, case when l.state in ('open') and (l.kind in ('TAX', 'MARKET')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_clearancetask t set state = j.v_to, state_since = p_at,
                version = t.version + 1
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id, j.stage, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.task', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.task', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.task', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end)) as d_open_entry, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end)) as d_open_exit, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end)) as d_open_inland, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end)) as d_open_return, sum((case when coalesce(r.v_to in ('failed'), false) then 1 else 0 end) - (case when coalesce(r.state in ('failed'), false) then 1 else 0 end)) as d_failed_tasks, (array_agg(true order by r.id desc))[1] as m_tasks_opened from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, open_entry = open_entry + d_open_entry, open_exit = open_exit + d_open_exit, open_inland = open_inland + d_open_inland, open_return = open_return + d_open_return, failed_tasks = failed_tasks + d_failed_tasks, tasks_opened = m_tasks_opened from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'lapse' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.due_at, r.force_id, r.kind, r.point_id, r.stage, r.trip_id
            from border_gate_clearancetask r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, r.stage, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.open_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.open_task' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.open_task') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.open_task'
                when r.step_row = 0 and not coalesce((r.due_at <= p_at and not exists (select 1 from border_gate_hold h where h.trip_id = r.trip_id and h.force_id = r.force_id and h.state = 'active')), false) then 'FI422 BG-545' else '' end as verdict,
                case r.step_row when 0 then 'not_needed' end as v_to,
                case r.step_row when 0 then 'border_gate.task_lapsed' end as v_event,
                case r.step_row when 0 then p_at end as new_finished_at,
                case r.step_row when 0 then 'LAPSED' end as new_result
            from (select l.*, case when l.state in ('open', 'in_progress') and (l.kind = 'MARKET') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_clearancetask t set state = j.v_to, state_since = p_at,
                version = t.version + 1, finished_at = j.new_finished_at, result = j.new_result
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id, j.stage, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.task', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.task', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.task', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end)) as d_open_entry, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end)) as d_open_exit, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end)) as d_open_inland, sum((case when coalesce(r.v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end) - (case when coalesce(r.state in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end)) as d_open_return, sum((case when coalesce(r.v_to in ('failed'), false) then 1 else 0 end) - (case when coalesce(r.state in ('failed'), false) then 1 else 0 end)) as d_failed_tasks, (array_agg(true order by r.id desc))[1] as m_tasks_opened from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, open_entry = open_entry + d_open_entry, open_exit = open_exit + d_open_exit, open_inland = open_inland + d_open_inland, open_return = open_return + d_open_return, failed_tasks = failed_tasks + d_failed_tasks, tasks_opened = m_tasks_opened from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    else
        return query select * from border_gate_clearancetask_fire_each(p_ids, p_versions, p_step, p_at, p_facts, p_all);
    end case;
end $$;

create or replace function border_gate_clearancetask_fire_each(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
    w record;
    v_detail text;
begin
    for w in select u.id, u.version, u.f from unnest(p_ids, p_versions, p_facts) as u(id, version, f) order by u.id loop
        begin
            id := w.id; refusal := null; detail := null;
            select o.version, o.state into version, state
                from border_gate_clearancetask_fire(w.id, p_step, p_at, w.version, w.f) o;
        exception when sqlstate 'FI403' or sqlstate 'FI404' or sqlstate 'FI409'
                or sqlstate 'FI422' or sqlstate 'FI423' then
            if p_all then raise; end if;
            get stacked diagnostics v_detail = pg_exception_detail;
            refusal := sqlstate; detail := v_detail; version := null; state := null;
        end;
        return next;
    end loop;
end $$;

create or replace function border_gate_clearancetask_create(
    p_rows jsonb, p_step text, p_at timestamptz, f jsonb
) returns table (id uuid, version integer, state text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
    r border_gate_clearancetask%rowtype;
    p border_gate_trip%rowtype;
    v_to text;
    v_event text := '';
    e jsonb;
begin
    perform 1 from border_gate_trip t
        where t.id in (select (x->>'trip_id')::uuid from jsonb_array_elements(p_rows) x)
        order by t.id for no key update;
    for e in select * from jsonb_array_elements(p_rows) loop
        r := jsonb_populate_record(null::border_gate_clearancetask, e);
        select * into p from border_gate_trip t where t.id = r.trip_id;
        case p_step
        when 'create' then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.open_task';
            end if;
            v_to := 'open'; v_event := '';
        when 'take_over' then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.open_task') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.open_task';
            end if;
            v_to := 'passed'; v_event := 'border_gate.task_taken_over';
        else
            raise exception 'no such step' using errcode = 'FI423', detail = '';
        end case;
        r.state := v_to; r.state_since := p_at; r.version := 1; r.created_at := p_at; r.created_by := v_actor;
        insert into border_gate_clearancetask (id, state, state_since, version, created_at, created_by, trip_id, point_id, force_id, agency_id, kind, stage, due_at, officer_id, started_at, finished_at, result, note) values (r.id, r.state, r.state_since, r.version, r.created_at, r.created_by, r.trip_id, r.point_id, r.force_id, r.agency_id, r.kind, r.stage, r.due_at, r.officer_id, r.started_at, r.finished_at, r.result, r.note);
        insert into kernel_workflow_history
            (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            values ('border_gate.task', r.id, 1, p_step, '', v_to, p_at, v_actor, r.point_id, f);
        insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            values (p_at, v_actor, p_step, 'border_gate.task', r.id, 1, f::text);
        if v_event <> '' then
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
                values ('border_gate.task', r.id, 1, v_event, p_at, v_actor,
                    f || jsonb_build_object('source', '', 'target', v_to));
        end if;
        update border_gate_trip set open_entry = open_entry + (case when coalesce(v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'ENTRY'), false) then 1 else 0 end), open_exit = open_exit + (case when coalesce(v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'EXIT'), false) then 1 else 0 end), open_inland = open_inland + (case when coalesce(v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'INLAND'), false) then 1 else 0 end), open_return = open_return + (case when coalesce(v_to in ('open', 'in_progress', 'failed', 'treating') and (r.stage = 'RETURN'), false) then 1 else 0 end), failed_tasks = failed_tasks + (case when coalesce(v_to in ('failed'), false) then 1 else 0 end), tasks_opened = true, version = version + 1 where id = r.trip_id;
        id := r.id; version := 1; state := v_to;
        return next;
    end loop;
end $$;

revoke insert, update, delete, truncate on border_gate_clearancetask from tinhso_app;
grant update (agency_id, due_at, finished_at, force_id, kind, note, officer_id, point_id, result, stage, started_at, trip_id) on border_gate_clearancetask to tinhso_app;


create or replace function border_gate_hold_fire(
    p_id uuid, p_step text, p_at timestamptz, p_version integer, f jsonb,
    out version integer, out state text
) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    r border_gate_hold%rowtype;
    p border_gate_trip%rowtype;
    v_actor uuid := tinhso_actor();
    v_to text;
    v_event text := '';
begin
    select * into p from border_gate_trip
        where id = (select trip_id from border_gate_hold where id = p_id) for no key update;
    select * into r from border_gate_hold where id = p_id for no key update;
    if r.id is null then
        raise exception 'no such record' using errcode = 'FI404';
    end if;
    if p_version is not null and r.version <> p_version then
        raise exception 'stale' using errcode = 'FI409';
    end if;
    case p_step
    when 'lift' then
        if r.state in ('active') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.lift_hold') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.lift_hold';
            end if;
            v_to := 'lifted';
            v_event := 'border_gate.hold_lifted';
            update border_gate_hold set state = v_to, state_since = p_at, version = r.version + 1, lifted_at = p_at, lifted_by = v_actor where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.lift_hold') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.lift_hold';
        end if;
    when 'override' then
        if r.state in ('active') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.override_hold') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.override_hold';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'G-REASON';
            end if;
            if not coalesce((length(btrim(f->>'document_no')) > 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-216', hint = 'DOCUMENT';
            end if;
            v_to := 'lifted';
            v_event := 'border_gate.hold_overridden';
            update border_gate_hold set state = v_to, state_since = p_at, version = r.version + 1, lifted_at = p_at, lifted_by = v_actor, document_no = f->>'document_no' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.override_hold') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.override_hold';
        end if;
    else
        raise exception 'no such step' using errcode = 'FI423', detail = r.state;
    end case;
    insert into kernel_workflow_history
        (flow, record_id, version, step, source, target, at, actor, place_id, facts)
        values ('border_gate.hold', p_id, r.version + 1, p_step, r.state, v_to, p_at, v_actor, r.point_id, f);
    insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
        values (p_at, v_actor, p_step, 'border_gate.hold', p_id, r.version + 1, f::text);
    if v_event <> '' then
        insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            values ('border_gate.hold', p_id, r.version + 1, v_event, p_at, v_actor,
                f || jsonb_build_object('source', r.state, 'target', v_to));
    end if;
    update border_gate_trip set holds = holds + (case when coalesce(v_to in ('active'), false) then 1 else 0 end) - (case when coalesce(r.state in ('active'), false) then 1 else 0 end), version = version + 1 where id = p.id;
    version := r.version + 1;
    state := v_to;
end $$;

create or replace function border_gate_hold_fire_many(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
begin
    case p_step
    when 'lift' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.lift_hold') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.point_id, r.trip_id
            from border_gate_hold r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.lift_hold') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.lift_hold' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.lift_hold') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.lift_hold' else '' end as verdict,
                case r.step_row when 0 then 'lifted' end as v_to,
                case r.step_row when 0 then 'border_gate.hold_lifted' end as v_event,
                case r.step_row when 0 then p_at end as new_lifted_at,
                case r.step_row when 0 then v_actor end as new_lifted_by
            from (select l.*, case when l.state in ('active') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_hold t set state = j.v_to, state_since = p_at,
                version = t.version + 1, lifted_at = j.new_lifted_at, lifted_by = j.new_lifted_by
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.hold', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.hold', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.hold', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, sum((case when coalesce(r.v_to in ('active'), false) then 1 else 0 end) - (case when coalesce(r.state in ('active'), false) then 1 else 0 end)) as d_holds from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, holds = holds + d_holds from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'override' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.override_hold') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.point_id, r.trip_id
            from border_gate_hold r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.override_hold') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.override_hold' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.override_hold') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.override_hold'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then 'FI422 BG-038'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'document_no')) > 0), false) then 'FI422 BG-216' else '' end as verdict,
                case r.step_row when 0 then 'lifted' end as v_to,
                case r.step_row when 0 then 'border_gate.hold_overridden' end as v_event,
                case r.step_row when 0 then p_at end as new_lifted_at,
                case r.step_row when 0 then v_actor end as new_lifted_by,
                case r.step_row when 0 then f->>'document_no' end as new_document_no
            from (select l.*, case when l.state in ('active') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_hold t set state = j.v_to, state_since = p_at,
                version = t.version + 1, lifted_at = j.new_lifted_at, lifted_by = j.new_lifted_by, document_no = j.new_document_no
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.hold', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.hold', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.hold', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, sum((case when coalesce(r.v_to in ('active'), false) then 1 else 0 end) - (case when coalesce(r.state in ('active'), false) then 1 else 0 end)) as d_holds from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, holds = holds + d_holds from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    else
        return query select * from border_gate_hold_fire_each(p_ids, p_versions, p_step, p_at, p_facts, p_all);
    end case;
end $$;

create or replace function border_gate_hold_fire_each(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
    w record;
    v_detail text;
begin
    for w in select u.id, u.version, u.f from unnest(p_ids, p_versions, p_facts) as u(id, version, f) order by u.id loop
        begin
            id := w.id; refusal := null; detail := null;
            select o.version, o.state into version, state
                from border_gate_hold_fire(w.id, p_step, p_at, w.version, w.f) o;
        exception when sqlstate 'FI403' or sqlstate 'FI404' or sqlstate 'FI409'
                or sqlstate 'FI422' or sqlstate 'FI423' then
            if p_all then raise; end if;
            get stacked diagnostics v_detail = pg_exception_detail;
            refusal := sqlstate; detail := v_detail; version := null; state := null;
        end;
        return next;
    end loop;
end $$;

create or replace function border_gate_hold_create(
    p_rows jsonb, p_step text, p_at timestamptz, f jsonb
) returns table (id uuid, version integer, state text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
    r border_gate_hold%rowtype;
    p border_gate_trip%rowtype;
    v_to text;
    v_event text := '';
    e jsonb;
begin
    perform 1 from border_gate_trip t
        where t.id in (select (x->>'trip_id')::uuid from jsonb_array_elements(p_rows) x)
        order by t.id for no key update;
    for e in select * from jsonb_array_elements(p_rows) loop
        r := jsonb_populate_record(null::border_gate_hold, e);
        select * into p from border_gate_trip t where t.id = r.trip_id;
        case p_step
        when 'create' then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.place_hold') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.place_hold';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'G-REASON';
            end if;
            if not coalesce((p.state not in ('completed', 'cancelled', 'expired', 'no_show', 'turned_back')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-215', hint = 'TRIP-LIVES';
            end if;
            v_to := 'active'; v_event := 'border_gate.hold_placed';
        else
            raise exception 'no such step' using errcode = 'FI423', detail = '';
        end case;
        r.state := v_to; r.state_since := p_at; r.version := 1; r.created_at := p_at; r.created_by := v_actor;
        insert into border_gate_hold (id, state, state_since, version, created_at, created_by, trip_id, point_id, force_id, agency_id, reason_code, note, secret, document_no, lifted_at, lifted_by) values (r.id, r.state, r.state_since, r.version, r.created_at, r.created_by, r.trip_id, r.point_id, r.force_id, r.agency_id, r.reason_code, r.note, r.secret, r.document_no, r.lifted_at, r.lifted_by);
        insert into kernel_workflow_history
            (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            values ('border_gate.hold', r.id, 1, p_step, '', v_to, p_at, v_actor, r.point_id, f);
        insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            values (p_at, v_actor, p_step, 'border_gate.hold', r.id, 1, f::text);
        if v_event <> '' then
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
                values ('border_gate.hold', r.id, 1, v_event, p_at, v_actor,
                    f || jsonb_build_object('source', '', 'target', v_to));
        end if;
        update border_gate_trip set holds = holds + (case when coalesce(v_to in ('active'), false) then 1 else 0 end), version = version + 1 where id = r.trip_id;
        id := r.id; version := 1; state := v_to;
        return next;
    end loop;
end $$;

revoke insert, update, delete, truncate on border_gate_hold from tinhso_app;
grant update (agency_id, document_no, force_id, lifted_at, lifted_by, note, point_id, reason_code, secret, trip_id) on border_gate_hold to tinhso_app;


create or replace function border_gate_feeassessment_fire(
    p_id uuid, p_step text, p_at timestamptz, p_version integer, f jsonb,
    out version integer, out state text
) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    r border_gate_feeassessment%rowtype;
    p border_gate_trip%rowtype;
    v_actor uuid := tinhso_actor();
    v_to text;
    v_event text := '';
begin
    select * into p from border_gate_trip
        where id = (select trip_id from border_gate_feeassessment where id = p_id) for no key update;
    select * into r from border_gate_feeassessment where id = p_id for no key update;
    if r.id is null then
        raise exception 'no such record' using errcode = 'FI404';
    end if;
    if p_version is not null and r.version <> p_version then
        raise exception 'stale' using errcode = 'FI409';
    end if;
    case p_step
    when 'pay' then
        if r.state in ('assessed', 'deferred') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.collect_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.collect_fee';
            end if;
            if not coalesce((shared_payments_paid('border_gate.fee', r.id)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-274', hint = 'VERIFIED';
            end if;
            v_to := 'paid';
            v_event := 'border_gate.fee_paid';
            update border_gate_feeassessment set state = v_to, state_since = p_at, version = r.version + 1, paid_at = p_at, collected_by = v_actor, receipt_no = f->>'receipt_no', method = f->>'method' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.collect_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.collect_fee';
        end if;
    when 'propose_waiver' then
        if r.state in ('assessed') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.collect_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.collect_fee';
            end if;
            if not coalesce((length(btrim(f->>'document_no')) > 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-216', hint = 'DOCUMENT';
            end if;
            v_to := 'assessed';
            v_event := 'border_gate.fee_waiver_proposed';
            update border_gate_feeassessment set state = v_to, state_since = p_at, version = r.version + 1, proposed_by = v_actor, document_no = f->>'document_no' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.collect_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.collect_fee';
        end if;
    when 'waive' then
        if r.state in ('assessed') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.waive_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.waive_fee';
            end if;
            if not coalesce((r.proposed_by <> v_actor), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-263', hint = 'PROPOSED';
            end if;
            if not coalesce((length(btrim(f->>'document_no')) > 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-216', hint = 'DOCUMENT';
            end if;
            v_to := 'waived';
            v_event := 'border_gate.fee_waived';
            update border_gate_feeassessment set state = v_to, state_since = p_at, version = r.version + 1, document_no = f->>'document_no' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.waive_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.waive_fee';
        end if;
    when 'defer' then
        if r.state in ('assessed') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.waive_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.waive_fee';
            end if;
            if not coalesce((length(btrim(f->>'document_no')) > 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-216', hint = 'DOCUMENT';
            end if;
            v_to := 'deferred';
            v_event := 'border_gate.fee_deferred';
            update border_gate_feeassessment set state = v_to, state_since = p_at, version = r.version + 1, document_no = f->>'document_no' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.waive_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.waive_fee';
        end if;
    when 'replace' then
        if r.state in ('assessed', 'not_owed') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.assess_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.assess_fee';
            end if;
            v_to := 'replaced';
            v_event := 'border_gate.fee_replaced';
            update border_gate_feeassessment set state = v_to, state_since = p_at, version = r.version + 1 where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.assess_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.assess_fee';
        end if;
    when 'void' then
        if r.state in ('assessed', 'deferred') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.assess_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.assess_fee';
            end if;
            if not coalesce((p.state in ('cancelled', 'expired', 'no_show')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-261', hint = 'TRIP-OFF';
            end if;
            v_to := 'voided';
            v_event := 'border_gate.fee_voided';
            update border_gate_feeassessment set state = v_to, state_since = p_at, version = r.version + 1 where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.assess_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.assess_fee';
        end if;
    when 'refund' then
        if r.state in ('paid') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.refund_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.refund_fee';
            end if;
            if not coalesce((p.state = 'cancelled' and p.arrived_at is null or length(btrim(f->>'document_no')) > 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-216', hint = 'REFUND-DUE';
            end if;
            v_to := 'refunding';
            v_event := 'border_gate.fee_refund_asked';
            update border_gate_feeassessment set state = v_to, state_since = p_at, version = r.version + 1, refunded_by = v_actor, document_no = coalesce(nullif(btrim(f->>'document_no'), ''), r.document_no) where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.refund_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.refund_fee';
        end if;
    when 'give_back' then
        if r.state in ('refunding') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.settle_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.settle_refund';
            end if;
            if not coalesce((shared_payments_given_back('border_gate.fee', r.id)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-275', hint = 'GIVEN-BACK';
            end if;
            v_to := 'refunded';
            v_event := 'border_gate.fee_refunded';
            update border_gate_feeassessment set state = v_to, state_since = p_at, version = r.version + 1, refunded_at = p_at where id = p_id;
        elsif r.state in ('returning') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.settle_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.settle_refund';
            end if;
            if not coalesce((shared_payments_given_back('border_gate.fee', r.id)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-275', hint = 'GIVEN-BACK';
            end if;
            v_to := 'refunded';
            v_event := 'border_gate.fee_returned';
            update border_gate_feeassessment set state = v_to, state_since = p_at, version = r.version + 1, refunded_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.settle_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.settle_refund';
        end if;
    when 'keep' then
        if r.state in ('refunding') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.settle_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.settle_refund';
            end if;
            if not coalesce((shared_payments_paid('border_gate.fee', r.id)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-274', hint = 'VERIFIED';
            end if;
            v_to := 'paid';
            v_event := 'border_gate.fee_refund_refused';
            update border_gate_feeassessment set state = v_to, state_since = p_at, version = r.version + 1, refunded_by = null where id = p_id;
        elsif r.state in ('returning') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.settle_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.settle_refund';
            end if;
            if not coalesce((shared_payments_paid('border_gate.fee', r.id)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-274', hint = 'VERIFIED';
            end if;
            v_to := 'replaced';
            v_event := 'border_gate.fee_return_refused';
            update border_gate_feeassessment set state = v_to, state_since = p_at, version = r.version + 1, refunded_by = null where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.settle_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.settle_refund';
        end if;
    when 'disown' then
        if r.state in ('paid') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.refund_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.refund_fee';
            end if;
            if not coalesce((exists (select 1 from border_gate_firmnaming n where n.trip_id = r.trip_id and n.disowned_at is not null and n.firm_id = (f->>'firm')::uuid)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-691', hint = 'DISOWNED';
            end if;
            v_to := 'returning';
            v_event := 'border_gate.fee_disowned';
            update border_gate_feeassessment set state = v_to, state_since = p_at, version = r.version + 1, refunded_by = v_actor where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.refund_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.refund_fee';
        end if;
    else
        raise exception 'no such step' using errcode = 'FI423', detail = r.state;
    end case;
    insert into kernel_workflow_history
        (flow, record_id, version, step, source, target, at, actor, place_id, facts)
        values ('border_gate.fee', p_id, r.version + 1, p_step, r.state, v_to, p_at, v_actor, r.point_id, f);
    insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
        values (p_at, v_actor, p_step, 'border_gate.fee', p_id, r.version + 1, f::text);
    if v_event <> '' then
        insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            values ('border_gate.fee', p_id, r.version + 1, v_event, p_at, v_actor,
                f || jsonb_build_object('source', r.state, 'target', v_to));
    end if;
    update border_gate_trip set fee_state = case when r.state = 'returning' or r.leg < p.leg and p.load_state = 'LOADED' then p.fee_state else v_to end, version = version + 1 where id = p.id;
    version := r.version + 1;
    state := v_to;
end $$;

create or replace function border_gate_feeassessment_fire_many(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
begin
    case p_step
    when 'pay' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.collect_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.leg, p.fee_state as p__fee_state, p.leg as p__leg, p.load_state as p__load_state, r.point_id, r.trip_id
            from border_gate_feeassessment r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.leg, r.p__fee_state, r.p__leg, r.p__load_state, r.point_id, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.collect_fee') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.collect_fee' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.collect_fee') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.collect_fee'
                when r.step_row = 0 and not coalesce((shared_payments_paid('border_gate.fee', r.id)), false) then 'FI422 BG-274' else '' end as verdict,
                case r.step_row when 0 then 'paid' end as v_to,
                case r.step_row when 0 then 'border_gate.fee_paid' end as v_event,
                case r.step_row when 0 then p_at end as new_paid_at,
                case r.step_row when 0 then v_actor end as new_collected_by,
                case r.step_row when 0 then f->>'receipt_no' end as new_receipt_no,
                case r.step_row when 0 then f->>'method' end as new_method
            from (select l.*, case when l.state in ('assessed', 'deferred') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_feeassessment t set state = j.v_to, state_since = p_at,
                version = t.version + 1, paid_at = j.new_paid_at, collected_by = j.new_collected_by, receipt_no = j.new_receipt_no, method = j.new_method
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.leg, j.p__fee_state, j.p__leg, j.p__load_state, j.point_id, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.fee', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.fee', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.fee', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, (array_agg(case when r.state = 'returning' or r.leg < r.p__leg and r.p__load_state = 'LOADED' then r.p__fee_state else r.v_to end order by r.id desc))[1] as m_fee_state from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, fee_state = m_fee_state from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'propose_waiver' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.collect_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.leg, p.fee_state as p__fee_state, p.leg as p__leg, p.load_state as p__load_state, r.point_id, r.trip_id
            from border_gate_feeassessment r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.leg, r.p__fee_state, r.p__leg, r.p__load_state, r.point_id, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.collect_fee') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.collect_fee' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.collect_fee') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.collect_fee'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'document_no')) > 0), false) then 'FI422 BG-216' else '' end as verdict,
                case r.step_row when 0 then 'assessed' end as v_to,
                case r.step_row when 0 then 'border_gate.fee_waiver_proposed' end as v_event,
                case r.step_row when 0 then v_actor end as new_proposed_by,
                case r.step_row when 0 then f->>'document_no' end as new_document_no
            from (select l.*, case when l.state in ('assessed') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_feeassessment t set state = j.v_to, state_since = p_at,
                version = t.version + 1, proposed_by = j.new_proposed_by, document_no = j.new_document_no
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.leg, j.p__fee_state, j.p__leg, j.p__load_state, j.point_id, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.fee', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.fee', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.fee', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, (array_agg(case when r.state = 'returning' or r.leg < r.p__leg and r.p__load_state = 'LOADED' then r.p__fee_state else r.v_to end order by r.id desc))[1] as m_fee_state from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, fee_state = m_fee_state from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'waive' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.waive_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.leg, p.fee_state as p__fee_state, p.leg as p__leg, p.load_state as p__load_state, r.point_id, r.proposed_by, r.trip_id
            from border_gate_feeassessment r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.leg, r.p__fee_state, r.p__leg, r.p__load_state, r.point_id, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.waive_fee') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.waive_fee' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.waive_fee') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.waive_fee'
                when r.step_row = 0 and not coalesce((r.proposed_by <> v_actor), false) then 'FI422 BG-263'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'document_no')) > 0), false) then 'FI422 BG-216' else '' end as verdict,
                case r.step_row when 0 then 'waived' end as v_to,
                case r.step_row when 0 then 'border_gate.fee_waived' end as v_event,
                case r.step_row when 0 then f->>'document_no' end as new_document_no
            from (select l.*, case when l.state in ('assessed') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_feeassessment t set state = j.v_to, state_since = p_at,
                version = t.version + 1, document_no = j.new_document_no
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.leg, j.p__fee_state, j.p__leg, j.p__load_state, j.point_id, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.fee', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.fee', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.fee', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, (array_agg(case when r.state = 'returning' or r.leg < r.p__leg and r.p__load_state = 'LOADED' then r.p__fee_state else r.v_to end order by r.id desc))[1] as m_fee_state from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, fee_state = m_fee_state from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'defer' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.waive_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.leg, p.fee_state as p__fee_state, p.leg as p__leg, p.load_state as p__load_state, r.point_id, r.trip_id
            from border_gate_feeassessment r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.leg, r.p__fee_state, r.p__leg, r.p__load_state, r.point_id, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.waive_fee') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.waive_fee' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.waive_fee') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.waive_fee'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'document_no')) > 0), false) then 'FI422 BG-216' else '' end as verdict,
                case r.step_row when 0 then 'deferred' end as v_to,
                case r.step_row when 0 then 'border_gate.fee_deferred' end as v_event,
                case r.step_row when 0 then f->>'document_no' end as new_document_no
            from (select l.*, case when l.state in ('assessed') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_feeassessment t set state = j.v_to, state_since = p_at,
                version = t.version + 1, document_no = j.new_document_no
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.leg, j.p__fee_state, j.p__leg, j.p__load_state, j.point_id, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.fee', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.fee', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.fee', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, (array_agg(case when r.state = 'returning' or r.leg < r.p__leg and r.p__load_state = 'LOADED' then r.p__fee_state else r.v_to end order by r.id desc))[1] as m_fee_state from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, fee_state = m_fee_state from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'replace' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.assess_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.leg, p.fee_state as p__fee_state, p.leg as p__leg, p.load_state as p__load_state, r.point_id, r.trip_id
            from border_gate_feeassessment r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.leg, r.p__fee_state, r.p__leg, r.p__load_state, r.point_id, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.assess_fee') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.assess_fee' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.assess_fee') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.assess_fee' else '' end as verdict,
                case r.step_row when 0 then 'replaced' end as v_to,
                case r.step_row when 0 then 'border_gate.fee_replaced' end as v_event
            from (select l.*, case when l.state in ('assessed', 'not_owed') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_feeassessment t set state = j.v_to, state_since = p_at,
                version = t.version + 1
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.leg, j.p__fee_state, j.p__leg, j.p__load_state, j.point_id, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.fee', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.fee', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.fee', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, (array_agg(case when r.state = 'returning' or r.leg < r.p__leg and r.p__load_state = 'LOADED' then r.p__fee_state else r.v_to end order by r.id desc))[1] as m_fee_state from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, fee_state = m_fee_state from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'void' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.assess_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.leg, p.fee_state as p__fee_state, p.leg as p__leg, p.load_state as p__load_state, p.state as p__state, r.point_id, r.trip_id
            from border_gate_feeassessment r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.leg, r.p__fee_state, r.p__leg, r.p__load_state, r.point_id, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.assess_fee') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.assess_fee' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.assess_fee') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.assess_fee'
                when r.step_row = 0 and not coalesce((r.p__state in ('cancelled', 'expired', 'no_show')), false) then 'FI422 BG-261' else '' end as verdict,
                case r.step_row when 0 then 'voided' end as v_to,
                case r.step_row when 0 then 'border_gate.fee_voided' end as v_event
            from (select l.*, case when l.state in ('assessed', 'deferred') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_feeassessment t set state = j.v_to, state_since = p_at,
                version = t.version + 1
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.leg, j.p__fee_state, j.p__leg, j.p__load_state, j.point_id, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.fee', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.fee', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.fee', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, (array_agg(case when r.state = 'returning' or r.leg < r.p__leg and r.p__load_state = 'LOADED' then r.p__fee_state else r.v_to end order by r.id desc))[1] as m_fee_state from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, fee_state = m_fee_state from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'refund' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.refund_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.document_no, r.leg, p.arrived_at as p__arrived_at, p.fee_state as p__fee_state, p.leg as p__leg, p.load_state as p__load_state, p.state as p__state, r.point_id, r.trip_id
            from border_gate_feeassessment r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.leg, r.p__fee_state, r.p__leg, r.p__load_state, r.point_id, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.refund_fee') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.refund_fee' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.refund_fee') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.refund_fee'
                when r.step_row = 0 and not coalesce((r.p__state = 'cancelled' and r.p__arrived_at is null or length(btrim(f->>'document_no')) > 0), false) then 'FI422 BG-216' else '' end as verdict,
                case r.step_row when 0 then 'refunding' end as v_to,
                case r.step_row when 0 then 'border_gate.fee_refund_asked' end as v_event,
                case r.step_row when 0 then v_actor end as new_refunded_by,
                case r.step_row when 0 then coalesce(nullif(btrim(f->>'document_no'), ''), r.document_no) end as new_document_no
            from (select l.*, case when l.state in ('paid') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_feeassessment t set state = j.v_to, state_since = p_at,
                version = t.version + 1, refunded_by = j.new_refunded_by, document_no = j.new_document_no
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.leg, j.p__fee_state, j.p__leg, j.p__load_state, j.point_id, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.fee', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.fee', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.fee', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, (array_agg(case when r.state = 'returning' or r.leg < r.p__leg and r.p__load_state = 'LOADED' then r.p__fee_state else r.v_to end order by r.id desc))[1] as m_fee_state from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, fee_state = m_fee_state from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'give_back' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.settle_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.leg, p.fee_state as p__fee_state, p.leg as p__leg, p.load_state as p__load_state, r.point_id, r.trip_id
            from border_gate_feeassessment r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.leg, r.p__fee_state, r.p__leg, r.p__load_state, r.point_id, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.settle_refund') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.settle_refund' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.settle_refund') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.settle_refund'
                when r.step_row = 0 and not coalesce((shared_payments_given_back('border_gate.fee', r.id)), false) then 'FI422 BG-275'
                when r.step_row = 1 and not exists (select 1 from rights g where g.permission in ('border_gate.settle_refund') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.settle_refund'
                when r.step_row = 1 and not coalesce((shared_payments_given_back('border_gate.fee', r.id)), false) then 'FI422 BG-275' else '' end as verdict,
                case r.step_row when 0 then 'refunded' when 1 then 'refunded' end as v_to,
                case r.step_row when 0 then 'border_gate.fee_refunded' when 1 then 'border_gate.fee_returned' end as v_event,
                case r.step_row when 0 then p_at when 1 then p_at end as new_refunded_at
            from (select l.*, case when l.state in ('refunding') then 0 when l.state in ('returning') then 1 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_feeassessment t set state = j.v_to, state_since = p_at,
                version = t.version + 1, refunded_at = j.new_refunded_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.leg, j.p__fee_state, j.p__leg, j.p__load_state, j.point_id, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.fee', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.fee', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.fee', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, (array_agg(case when r.state = 'returning' or r.leg < r.p__leg and r.p__load_state = 'LOADED' then r.p__fee_state else r.v_to end order by r.id desc))[1] as m_fee_state from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, fee_state = m_fee_state from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'keep' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.settle_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.leg, p.fee_state as p__fee_state, p.leg as p__leg, p.load_state as p__load_state, r.point_id, r.refunded_by, r.trip_id
            from border_gate_feeassessment r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.leg, r.p__fee_state, r.p__leg, r.p__load_state, r.point_id, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.settle_refund') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.settle_refund' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.settle_refund') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.settle_refund'
                when r.step_row = 0 and not coalesce((shared_payments_paid('border_gate.fee', r.id)), false) then 'FI422 BG-274'
                when r.step_row = 1 and not exists (select 1 from rights g where g.permission in ('border_gate.settle_refund') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.settle_refund'
                when r.step_row = 1 and not coalesce((shared_payments_paid('border_gate.fee', r.id)), false) then 'FI422 BG-274' else '' end as verdict,
                case r.step_row when 0 then 'paid' when 1 then 'replaced' end as v_to,
                case r.step_row when 0 then 'border_gate.fee_refund_refused' when 1 then 'border_gate.fee_return_refused' end as v_event,
                case r.step_row when 0 then nullif(r.refunded_by, r.refunded_by) when 1 then nullif(r.refunded_by, r.refunded_by) end as new_refunded_by
            from (select l.*, case when l.state in ('refunding') then 0 when l.state in ('returning') then 1 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_feeassessment t set state = j.v_to, state_since = p_at,
                version = t.version + 1, refunded_by = j.new_refunded_by
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.leg, j.p__fee_state, j.p__leg, j.p__load_state, j.point_id, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.fee', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.fee', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.fee', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, (array_agg(case when r.state = 'returning' or r.leg < r.p__leg and r.p__load_state = 'LOADED' then r.p__fee_state else r.v_to end order by r.id desc))[1] as m_fee_state from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, fee_state = m_fee_state from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'disown' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.refund_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.leg, p.fee_state as p__fee_state, p.leg as p__leg, p.load_state as p__load_state, r.point_id, r.trip_id
            from border_gate_feeassessment r join wanted w on w.id = r.id join border_gate_trip p on p.id = r.trip_id
            order by p.id, r.id for no key update of p, r
        ), judged as materialized (
            select r.id, r.state, r.f, r.leg, r.p__fee_state, r.p__leg, r.p__load_state, r.point_id, r.trip_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.refund_fee') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI423' else 'FI403 border_gate.refund_fee' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.refund_fee') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then 'FI403 border_gate.refund_fee'
                when r.step_row = 0 and not coalesce((exists (select 1 from border_gate_firmnaming n where n.trip_id = r.trip_id and n.disowned_at is not null and n.firm_id = (f->>'firm')::uuid)), false) then 'FI422 BG-691' else '' end as verdict,
                case r.step_row when 0 then 'returning' end as v_to,
                case r.step_row when 0 then 'border_gate.fee_disowned' end as v_event,
                case r.step_row when 0 then v_actor end as new_refunded_by
            from (select l.*, case when l.state in ('paid') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_feeassessment t set state = j.v_to, state_since = p_at,
                version = t.version + 1, refunded_by = j.new_refunded_by
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.leg, j.p__fee_state, j.p__leg, j.p__load_state, j.point_id, j.trip_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.fee', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.fee', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.fee', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ), deltas as (
            select r.trip_id as parent_id, (array_agg(case when r.state = 'returning' or r.leg < r.p__leg and r.p__load_state = 'LOADED' then r.p__fee_state else r.v_to end order by r.id desc))[1] as m_fee_state from changed r group by r.trip_id
        ), counted as (
            update border_gate_trip t set version = t.version + 1, fee_state = m_fee_state from deltas d where t.id = d.parent_id
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    else
        return query select * from border_gate_feeassessment_fire_each(p_ids, p_versions, p_step, p_at, p_facts, p_all);
    end case;
end $$;

create or replace function border_gate_feeassessment_fire_each(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
    w record;
    v_detail text;
begin
    for w in select u.id, u.version, u.f from unnest(p_ids, p_versions, p_facts) as u(id, version, f) order by u.id loop
        begin
            id := w.id; refusal := null; detail := null;
            select o.version, o.state into version, state
                from border_gate_feeassessment_fire(w.id, p_step, p_at, w.version, w.f) o;
        exception when sqlstate 'FI403' or sqlstate 'FI404' or sqlstate 'FI409'
                or sqlstate 'FI422' or sqlstate 'FI423' then
            if p_all then raise; end if;
            get stacked diagnostics v_detail = pg_exception_detail;
            refusal := sqlstate; detail := v_detail; version := null; state := null;
        end;
        return next;
    end loop;
end $$;

create or replace function border_gate_feeassessment_create(
    p_rows jsonb, p_step text, p_at timestamptz, f jsonb
) returns table (id uuid, version integer, state text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
    r border_gate_feeassessment%rowtype;
    p border_gate_trip%rowtype;
    v_to text;
    v_event text := '';
    e jsonb;
begin
    perform 1 from border_gate_trip t
        where t.id in (select (x->>'trip_id')::uuid from jsonb_array_elements(p_rows) x)
        order by t.id for no key update;
    for e in select * from jsonb_array_elements(p_rows) loop
        r := jsonb_populate_record(null::border_gate_feeassessment, e);
        select * into p from border_gate_trip t where t.id = r.trip_id;
        case p_step
        when 'create' then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.assess_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.assess_fee';
            end if;
            if not coalesce((p.state not in ('completed', 'cancelled', 'expired', 'no_show', 'turned_back')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-215', hint = 'TRIP-LIVES';
            end if;
            v_to := 'assessed'; v_event := 'border_gate.fee_assessed';
        when 'ask_nothing' then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.assess_fee') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.trip_id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.assess_fee';
            end if;
            if not coalesce((p.state not in ('completed', 'cancelled', 'expired', 'no_show', 'turned_back')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-215', hint = 'TRIP-LIVES';
            end if;
            v_to := 'not_owed'; v_event := '';
        else
            raise exception 'no such step' using errcode = 'FI423', detail = '';
        end case;
        r.state := v_to; r.state_since := p_at; r.version := 1; r.created_at := p_at; r.created_by := v_actor;
        insert into border_gate_feeassessment (id, state, state_since, version, created_at, created_by, trip_id, point_id, leg, amount, kept, budget, explanation, is_demo, method, receipt_no, document_no, paid_at, collected_by, proposed_by, refunded_at, refunded_by) values (r.id, r.state, r.state_since, r.version, r.created_at, r.created_by, r.trip_id, r.point_id, r.leg, r.amount, r.kept, r.budget, r.explanation, r.is_demo, r.method, r.receipt_no, r.document_no, r.paid_at, r.collected_by, r.proposed_by, r.refunded_at, r.refunded_by);
        insert into kernel_workflow_history
            (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            values ('border_gate.fee', r.id, 1, p_step, '', v_to, p_at, v_actor, r.point_id, f);
        insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            values (p_at, v_actor, p_step, 'border_gate.fee', r.id, 1, f::text);
        if v_event <> '' then
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
                values ('border_gate.fee', r.id, 1, v_event, p_at, v_actor,
                    f || jsonb_build_object('source', '', 'target', v_to));
        end if;
        update border_gate_trip set fee_state = case when r.state = 'returning' or r.leg < p.leg and p.load_state = 'LOADED' then p.fee_state else v_to end, version = version + 1 where id = r.trip_id;
        id := r.id; version := 1; state := v_to;
        return next;
    end loop;
end $$;

revoke insert, update, delete, truncate on border_gate_feeassessment from tinhso_app;
grant update (amount, budget, collected_by, document_no, explanation, is_demo, kept, leg, method, paid_at, point_id, proposed_by, receipt_no, refunded_at, refunded_by, trip_id) on border_gate_feeassessment to tinhso_app;


create or replace function border_gate_transfer_fire(
    p_id uuid, p_step text, p_at timestamptz, p_version integer, f jsonb,
    out version integer, out state text
) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    r border_gate_transfer%rowtype;
    v_actor uuid := tinhso_actor();
    v_to text;
    v_event text := '';
begin
    select * into r from border_gate_transfer where id = p_id for no key update;
    if r.id is null then
        raise exception 'no such record' using errcode = 'FI404';
    end if;
    if p_version is not null and r.version <> p_version then
        raise exception 'stale' using errcode = 'FI409';
    end if;
    case p_step
    when 'sign' then
        if r.state in ('open') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.transfer_done_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.transfer_done_trip';
            end if;
            if not coalesce((not exists (select 1 from border_gate_transferline l join border_gate_trip t on t.id = l.from_trip_id or t.id = l.to_trip_id where l.transfer_id = r.id and (t.state <> 'in_yard' or t.yard_id <> r.yard_id))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-290', hint = 'HERE';
            end if;
            if not coalesce((not exists (select 1 from border_gate_transferline l join border_gate_trip t on t.id = l.from_trip_id or t.id = l.to_trip_id where l.transfer_id = r.id and t.holds > 0)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-026', hint = 'NO-HOLD';
            end if;
            if not coalesce((not exists (select 1 from border_gate_transferline l join border_gate_clearancetask k on k.trip_id = l.from_trip_id where l.transfer_id = r.id and k.state in ('failed', 'treating'))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-291', hint = 'NOT-STOPPED';
            end if;
            if not coalesce((not exists (select 1 from border_gate_transferline l join border_gate_trip t on t.id = l.from_trip_id where l.transfer_id = r.id and (t.seal_no <> '' and l.seal_old = '' or t.kind = 'TRANSIT' and l.seal_new = ''))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-292', hint = 'SEALS';
            end if;
            if not coalesce((exists (select 1 from border_gate_transferline l where l.transfer_id = r.id) and not exists (select 1 from (select l.from_trip_id, sum(l.kg) as kg from border_gate_transferline l where l.transfer_id = r.id group by l.from_trip_id) o join border_gate_trip t on t.id = o.from_trip_id where (o.kg + coalesce(t.unloaded_kg, 0)) * 100 > t.gross_kg::bigint * (100 + t.tolerance_percent) or not r.partial and (o.kg + coalesce(t.unloaded_kg, 0)) * 100 < t.gross_kg::bigint * (100 - t.tolerance_percent))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-031', hint = 'G-XFER';
            end if;
            v_to := 'signed';
            v_event := 'border_gate.transfer_signed';
            update border_gate_transfer set state = v_to, state_since = p_at, version = r.version + 1, yard_by = v_actor, yard_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.transfer_done_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.transfer_done_trip';
        end if;
    when 'correct' then
        if r.state in ('open', 'signed') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.transfer_done_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.transfer_done_trip';
            end if;
            v_to := 'open';
            v_event := 'border_gate.transfer_corrected';
            update border_gate_transfer set state = v_to, state_since = p_at, version = r.version + 1, yard_by = null, yard_at = null where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.transfer_done_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.transfer_done_trip';
        end if;
    when 'confirm' then
        if r.state in ('signed') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.confirm_unloading') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.confirm_unloading';
            end if;
            if not coalesce((not exists (select 1 from border_gate_transferline l join border_gate_trip t on t.id = l.from_trip_id or t.id = l.to_trip_id where l.transfer_id = r.id and (t.state <> 'in_yard' or t.yard_id <> r.yard_id))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-290', hint = 'HERE';
            end if;
            if not coalesce((not exists (select 1 from border_gate_transferline l join border_gate_trip t on t.id = l.from_trip_id or t.id = l.to_trip_id where l.transfer_id = r.id and t.holds > 0)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-026', hint = 'NO-HOLD';
            end if;
            if not coalesce((not exists (select 1 from border_gate_transferline l join border_gate_clearancetask k on k.trip_id = l.from_trip_id where l.transfer_id = r.id and k.state in ('failed', 'treating'))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-291', hint = 'NOT-STOPPED';
            end if;
            if not coalesce((not exists (select 1 from border_gate_transferline l join border_gate_trip t on t.id = l.from_trip_id where l.transfer_id = r.id and (t.seal_no <> '' and l.seal_old = '' or t.kind = 'TRANSIT' and l.seal_new = ''))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-292', hint = 'SEALS';
            end if;
            if not coalesce((exists (select 1 from border_gate_transferline l where l.transfer_id = r.id) and not exists (select 1 from (select l.from_trip_id, sum(l.kg) as kg from border_gate_transferline l where l.transfer_id = r.id group by l.from_trip_id) o join border_gate_trip t on t.id = o.from_trip_id where (o.kg + coalesce(t.unloaded_kg, 0)) * 100 > t.gross_kg::bigint * (100 + t.tolerance_percent) or not r.partial and (o.kg + coalesce(t.unloaded_kg, 0)) * 100 < t.gross_kg::bigint * (100 - t.tolerance_percent))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-031', hint = 'G-XFER';
            end if;
            v_to := 'confirmed';
            v_event := 'border_gate.transfer_confirmed';
            update border_gate_transfer set state = v_to, state_since = p_at, version = r.version + 1, customs_by = v_actor, customs_at = p_at, finished_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.confirm_unloading') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.confirm_unloading';
        end if;
    when 'send_back' then
        if r.state in ('signed') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.confirm_unloading') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.confirm_unloading';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'G-REASON';
            end if;
            v_to := 'open';
            v_event := 'border_gate.transfer_sent_back';
            update border_gate_transfer set state = v_to, state_since = p_at, version = r.version + 1, yard_by = null, yard_at = null, note = left(f->>'reason', 240) where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.confirm_unloading') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.confirm_unloading';
        end if;
    when 'drop' then
        if r.state in ('open') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.transfer_done_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.transfer_done_trip';
            end if;
            v_to := 'dropped';
            v_event := 'border_gate.transfer_dropped';
            update border_gate_transfer set state = v_to, state_since = p_at, version = r.version + 1 where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.transfer_done_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.transfer_done_trip';
        end if;
    else
        raise exception 'no such step' using errcode = 'FI423', detail = r.state;
    end case;
    insert into kernel_workflow_history
        (flow, record_id, version, step, source, target, at, actor, place_id, facts)
        values ('border_gate.transfer', p_id, r.version + 1, p_step, r.state, v_to, p_at, v_actor, r.point_id, f);
    insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
        values (p_at, v_actor, p_step, 'border_gate.transfer', p_id, r.version + 1, f::text);
    if v_event <> '' then
        insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            values ('border_gate.transfer', p_id, r.version + 1, v_event, p_at, v_actor,
                f || jsonb_build_object('source', r.state, 'target', v_to));
    end if;
    version := r.version + 1;
    state := v_to;
end $$;

create or replace function border_gate_transfer_fire_many(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
begin
    case p_step
    when 'sign' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.transfer_done_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.partial, r.point_id, r.yard_id
            from border_gate_transfer r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.transfer_done_trip') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.transfer_done_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.transfer_done_trip') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.transfer_done_trip'
                when r.step_row = 0 and not coalesce((not exists (select 1 from border_gate_transferline l join border_gate_trip t on t.id = l.from_trip_id or t.id = l.to_trip_id where l.transfer_id = r.id and (t.state <> 'in_yard' or t.yard_id <> r.yard_id))), false) then 'FI422 BG-290'
                when r.step_row = 0 and not coalesce((not exists (select 1 from border_gate_transferline l join border_gate_trip t on t.id = l.from_trip_id or t.id = l.to_trip_id where l.transfer_id = r.id and t.holds > 0)), false) then 'FI422 BG-026'
                when r.step_row = 0 and not coalesce((not exists (select 1 from border_gate_transferline l join border_gate_clearancetask k on k.trip_id = l.from_trip_id where l.transfer_id = r.id and k.state in ('failed', 'treating'))), false) then 'FI422 BG-291'
                when r.step_row = 0 and not coalesce((not exists (select 1 from border_gate_transferline l join border_gate_trip t on t.id = l.from_trip_id where l.transfer_id = r.id and (t.seal_no <> '' and l.seal_old = '' or t.kind = 'TRANSIT' and l.seal_new = ''))), false) then 'FI422 BG-292'
                when r.step_row = 0 and not coalesce((exists (select 1 from border_gate_transferline l where l.transfer_id = r.id) and not exists (select 1 from (select l.from_trip_id, sum(l.kg) as kg from border_gate_transferline l where l.transfer_id = r.id group by l.from_trip_id) o join border_gate_trip t on t.id = o.from_trip_id where (o.kg + coalesce(t.unloaded_kg, 0)) * 100 > t.gross_kg::bigint * (100 + t.tolerance_percent) or not r.partial and (o.kg + coalesce(t.unloaded_kg, 0)) * 100 < t.gross_kg::bigint * (100 - t.tolerance_percent))), false) then 'FI422 BG-031' else '' end as verdict,
                case r.step_row when 0 then 'signed' end as v_to,
                case r.step_row when 0 then 'border_gate.transfer_signed' end as v_event,
                case r.step_row when 0 then v_actor end as new_yard_by,
                case r.step_row when 0 then p_at end as new_yard_at
            from (select l.*, case when l.state in ('open') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_transfer t set state = j.v_to, state_since = p_at,
                version = t.version + 1, yard_by = j.new_yard_by, yard_at = j.new_yard_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.transfer', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.transfer', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.transfer', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'correct' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.transfer_done_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.point_id, r.yard_at, r.yard_by
            from border_gate_transfer r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.transfer_done_trip') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.transfer_done_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.transfer_done_trip') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.transfer_done_trip' else '' end as verdict,
                case r.step_row when 0 then 'open' end as v_to,
                case r.step_row when 0 then 'border_gate.transfer_corrected' end as v_event,
                case r.step_row when 0 then nullif(r.yard_by, r.yard_by) end as new_yard_by,
                case r.step_row when 0 then nullif(r.yard_at, r.yard_at) end as new_yard_at
            from (select l.*, case when l.state in ('open', 'signed') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_transfer t set state = j.v_to, state_since = p_at,
                version = t.version + 1, yard_by = j.new_yard_by, yard_at = j.new_yard_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.transfer', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.transfer', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.transfer', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'confirm' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.confirm_unloading') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.partial, r.point_id, r.yard_id
            from border_gate_transfer r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.confirm_unloading') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.confirm_unloading' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.confirm_unloading') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.confirm_unloading'
                when r.step_row = 0 and not coalesce((not exists (select 1 from border_gate_transferline l join border_gate_trip t on t.id = l.from_trip_id or t.id = l.to_trip_id where l.transfer_id = r.id and (t.state <> 'in_yard' or t.yard_id <> r.yard_id))), false) then 'FI422 BG-290'
                when r.step_row = 0 and not coalesce((not exists (select 1 from border_gate_transferline l join border_gate_trip t on t.id = l.from_trip_id or t.id = l.to_trip_id where l.transfer_id = r.id and t.holds > 0)), false) then 'FI422 BG-026'
                when r.step_row = 0 and not coalesce((not exists (select 1 from border_gate_transferline l join border_gate_clearancetask k on k.trip_id = l.from_trip_id where l.transfer_id = r.id and k.state in ('failed', 'treating'))), false) then 'FI422 BG-291'
                when r.step_row = 0 and not coalesce((not exists (select 1 from border_gate_transferline l join border_gate_trip t on t.id = l.from_trip_id where l.transfer_id = r.id and (t.seal_no <> '' and l.seal_old = '' or t.kind = 'TRANSIT' and l.seal_new = ''))), false) then 'FI422 BG-292'
                when r.step_row = 0 and not coalesce((exists (select 1 from border_gate_transferline l where l.transfer_id = r.id) and not exists (select 1 from (select l.from_trip_id, sum(l.kg) as kg from border_gate_transferline l where l.transfer_id = r.id group by l.from_trip_id) o join border_gate_trip t on t.id = o.from_trip_id where (o.kg + coalesce(t.unloaded_kg, 0)) * 100 > t.gross_kg::bigint * (100 + t.tolerance_percent) or not r.partial and (o.kg + coalesce(t.unloaded_kg, 0)) * 100 < t.gross_kg::bigint * (100 - t.tolerance_percent))), false) then 'FI422 BG-031' else '' end as verdict,
                case r.step_row when 0 then 'confirmed' end as v_to,
                case r.step_row when 0 then 'border_gate.transfer_confirmed' end as v_event,
                case r.step_row when 0 then v_actor end as new_customs_by,
                case r.step_row when 0 then p_at end as new_customs_at,
                case r.step_row when 0 then p_at end as new_finished_at
            from (select l.*, case when l.state in ('signed') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_transfer t set state = j.v_to, state_since = p_at,
                version = t.version + 1, customs_by = j.new_customs_by, customs_at = j.new_customs_at, finished_at = j.new_finished_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.transfer', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.transfer', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.transfer', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'send_back' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.confirm_unloading') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.point_id, r.yard_at, r.yard_by
            from border_gate_transfer r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.confirm_unloading') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.confirm_unloading' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.confirm_unloading') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.confirm_unloading'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then 'FI422 BG-038' else '' end as verdict,
                case r.step_row when 0 then 'open' end as v_to,
                case r.step_row when 0 then 'border_gate.transfer_sent_back' end as v_event,
                case r.step_row when 0 then nullif(r.yard_by, r.yard_by) end as new_yard_by,
                case r.step_row when 0 then nullif(r.yard_at, r.yard_at) end as new_yard_at,
                case r.step_row when 0 then left(f->>'reason', 240) end as new_note
            from (select l.*, case when l.state in ('signed') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_transfer t set state = j.v_to, state_since = p_at,
                version = t.version + 1, yard_by = j.new_yard_by, yard_at = j.new_yard_at, note = j.new_note
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.transfer', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.transfer', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.transfer', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'drop' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.transfer_done_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.point_id
            from border_gate_transfer r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.transfer_done_trip') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.transfer_done_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.transfer_done_trip') and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.transfer_done_trip' else '' end as verdict,
                case r.step_row when 0 then 'dropped' end as v_to,
                case r.step_row when 0 then 'border_gate.transfer_dropped' end as v_event
            from (select l.*, case when l.state in ('open') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_transfer t set state = j.v_to, state_since = p_at,
                version = t.version + 1
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.transfer', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.transfer', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.transfer', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    else
        return query select * from border_gate_transfer_fire_each(p_ids, p_versions, p_step, p_at, p_facts, p_all);
    end case;
end $$;

create or replace function border_gate_transfer_fire_each(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
    w record;
    v_detail text;
begin
    for w in select u.id, u.version, u.f from unnest(p_ids, p_versions, p_facts) as u(id, version, f) order by u.id loop
        begin
            id := w.id; refusal := null; detail := null;
            select o.version, o.state into version, state
                from border_gate_transfer_fire(w.id, p_step, p_at, w.version, w.f) o;
        exception when sqlstate 'FI403' or sqlstate 'FI404' or sqlstate 'FI409'
                or sqlstate 'FI422' or sqlstate 'FI423' then
            if p_all then raise; end if;
            get stacked diagnostics v_detail = pg_exception_detail;
            refusal := sqlstate; detail := v_detail; version := null; state := null;
        end;
        return next;
    end loop;
end $$;

create or replace function border_gate_transfer_create(
    p_rows jsonb, p_step text, p_at timestamptz, f jsonb
) returns table (id uuid, version integer, state text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
    r border_gate_transfer%rowtype;
    v_to text;
    v_event text := '';
    e jsonb;
begin

    for e in select * from jsonb_array_elements(p_rows) loop
        r := jsonb_populate_record(null::border_gate_transfer, e);
        case p_step
        when 'create' then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.transfer_done_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.transfer_done_trip';
            end if;
            v_to := 'open'; v_event := '';
        else
            raise exception 'no such step' using errcode = 'FI423', detail = '';
        end case;
        r.state := v_to; r.state_since := p_at; r.version := 1; r.created_at := p_at; r.created_by := v_actor;
        insert into border_gate_transfer (id, state, state_since, version, created_at, created_by, yard_id, point_id, bay, partial, tolerance_percent, started_at, finished_at, yard_by, yard_at, customs_by, customs_at, note) values (r.id, r.state, r.state_since, r.version, r.created_at, r.created_by, r.yard_id, r.point_id, r.bay, r.partial, r.tolerance_percent, r.started_at, r.finished_at, r.yard_by, r.yard_at, r.customs_by, r.customs_at, r.note);
        insert into kernel_workflow_history
            (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            values ('border_gate.transfer', r.id, 1, p_step, '', v_to, p_at, v_actor, r.point_id, f);
        insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            values (p_at, v_actor, p_step, 'border_gate.transfer', r.id, 1, f::text);
        if v_event <> '' then
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
                values ('border_gate.transfer', r.id, 1, v_event, p_at, v_actor,
                    f || jsonb_build_object('source', '', 'target', v_to));
        end if;
        id := r.id; version := 1; state := v_to;
        return next;
    end loop;
end $$;

revoke insert, update, delete, truncate on border_gate_transfer from tinhso_app;
grant update (bay, customs_at, customs_by, finished_at, note, partial, point_id, started_at, tolerance_percent, yard_at, yard_by, yard_id) on border_gate_transfer to tinhso_app;


create or replace function border_gate_trip_fire(
    p_id uuid, p_step text, p_at timestamptz, p_version integer, f jsonb,
    out version integer, out state text
) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    r border_gate_trip%rowtype;
    v_actor uuid := tinhso_actor();
    v_to text;
    v_event text := '';
begin
    select * into r from border_gate_trip where id = p_id for no key update;
    if r.id is null then
        raise exception 'no such record' using errcode = 'FI404';
    end if;
    if p_version is not null and r.version <> p_version then
        raise exception 'stale' using errcode = 'FI409';
    end if;
    case p_step
    when 'submit' then
        if r.state in ('draft') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.submit_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.submit_trip';
            end if;
            if not coalesce((r.problems = '[]'::jsonb), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-201', hint = 'G-VALID';
            end if;
            if not coalesce((not (border_gate_is_under_moratorium(r.id, r.point_id, r.direction, r.goods_group, greatest(p_at, (r.planned_on::timestamp at time zone 'Asia/Ho_Chi_Minh'))) and border_gate_is_under_moratorium(r.id, r.point_id, r.direction, r.goods_group, greatest(p_at, (r.planned_on::timestamp at time zone 'Asia/Ho_Chi_Minh') + interval '1 day' - interval '1 second')))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-016', hint = 'G-MORATORIUM';
            end if;
            v_to := 'submitted';
            v_event := 'border_gate.trip_submitted';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, submitted_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.submit_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.submit_trip';
        end if;
    when 'auto_accept' then
        if r.state in ('submitted') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.auto_accept_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.auto_accept_trip';
            end if;
            if not coalesce((r.problems = '[]'::jsonb), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-201', hint = 'G-VALID';
            end if;
            if not coalesce((r.risk = 'low'), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-202', hint = 'G-RISKLOW';
            end if;
            v_to := 'accepted';
            v_event := 'border_gate.trip_accepted';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, accepted_at = p_at, ticket_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.auto_accept_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.auto_accept_trip';
        end if;
    when 'accept' then
        if r.state in ('submitted') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.accept_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.accept_trip';
            end if;
            v_to := 'accepted';
            v_event := 'border_gate.trip_accepted';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, accepted_at = p_at, ticket_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.accept_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.accept_trip';
        end if;
    when 'request_fix' then
        if r.state in ('submitted') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.request_fix_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.request_fix_trip';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'G-REASON';
            end if;
            if not coalesce((jsonb_array_length(f->'fields') > 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-203', hint = 'G-FIELDS';
            end if;
            v_to := 'fix_requested';
            v_event := 'border_gate.trip_fix_requested';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, fix_fields = f->'fields' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.request_fix_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.request_fix_trip';
        end if;
    when 'resubmit' then
        if r.state in ('fix_requested') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.resubmit_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.resubmit_trip';
            end if;
            if not coalesce((f->'changed' <@ r.fix_fields), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-204', hint = 'G-LISTED';
            end if;
            if not coalesce((r.problems = '[]'::jsonb), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-201', hint = 'G-VALID';
            end if;
            v_to := 'submitted';
            v_event := 'border_gate.trip_resubmitted';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, fix_fields = '[]'::jsonb where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.resubmit_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.resubmit_trip';
        end if;
    when 'amend' then
        if r.state in ('accepted') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.amend_trip';
            end if;
            if not coalesce((r.problems = '[]'::jsonb), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-201', hint = 'G-VALID';
            end if;
            if r.slot_id is not null and coalesce((f->>'other_hour')::boolean, false) then update border_gate_slotwindow s set booked = s.booked - 1 where s.id = r.slot_id; update border_gate_booking o set state = case p_step when 'no_show' then 'missed' else 'released' end, ended_at = p_at where o.trip_id = r.id and o.slot_id = r.slot_id and o.state in ('confirmed', 'used'); end if;
            v_to := 'accepted';
            v_event := 'border_gate.trip_amended';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, amend_count = r.amend_count + 1, slot_id = case when not (coalesce((f->>'other_hour')::boolean, false)) then r.slot_id end where id = p_id;
        elsif r.state in ('en_route') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.amend_trip';
            end if;
            if not coalesce((r.problems = '[]'::jsonb), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-201', hint = 'G-VALID';
            end if;
            if r.slot_id is not null and coalesce((f->>'other_hour')::boolean, false) then update border_gate_slotwindow s set booked = s.booked - 1 where s.id = r.slot_id; update border_gate_booking o set state = case p_step when 'no_show' then 'missed' else 'released' end, ended_at = p_at where o.trip_id = r.id and o.slot_id = r.slot_id and o.state in ('confirmed', 'used'); end if;
            v_to := 'en_route';
            v_event := 'border_gate.trip_amended';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, amend_count = r.amend_count + 1, slot_id = case when not (coalesce((f->>'other_hour')::boolean, false)) then r.slot_id end where id = p_id;
        elsif r.state in ('at_buffer') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.amend_trip';
            end if;
            if not coalesce((r.problems = '[]'::jsonb), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-201', hint = 'G-VALID';
            end if;
            if r.slot_id is not null and coalesce((f->>'other_hour')::boolean, false) then update border_gate_slotwindow s set booked = s.booked - 1 where s.id = r.slot_id; update border_gate_booking o set state = case p_step when 'no_show' then 'missed' else 'released' end, ended_at = p_at where o.trip_id = r.id and o.slot_id = r.slot_id and o.state in ('confirmed', 'used'); end if;
            v_to := 'at_buffer';
            v_event := 'border_gate.trip_amended';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, amend_count = r.amend_count + 1, slot_id = case when not (coalesce((f->>'other_hour')::boolean, false)) then r.slot_id end where id = p_id;
        elsif r.state in ('called') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.amend_trip';
            end if;
            if not coalesce((r.problems = '[]'::jsonb), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-201', hint = 'G-VALID';
            end if;
            if r.slot_id is not null and coalesce((f->>'other_hour')::boolean, false) then update border_gate_slotwindow s set booked = s.booked - 1 where s.id = r.slot_id; update border_gate_booking o set state = case p_step when 'no_show' then 'missed' else 'released' end, ended_at = p_at where o.trip_id = r.id and o.slot_id = r.slot_id and o.state in ('confirmed', 'used'); end if;
            v_to := 'called';
            v_event := 'border_gate.trip_amended';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, amend_count = r.amend_count + 1, slot_id = case when not (coalesce((f->>'other_hour')::boolean, false)) then r.slot_id end where id = p_id;
        elsif r.state in ('arrived') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.amend_trip';
            end if;
            if not coalesce((r.problems = '[]'::jsonb), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-201', hint = 'G-VALID';
            end if;
            if not coalesce((exists (select 1 from border_gate_amendment a where a.id = (f->>'amendment')::uuid and a.trip_id = r.id and a.state = 'applied' and (a.consent_of = '' or a.decided_by is not null))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-283', hint = 'G-CONSENT';
            end if;
            v_to := 'arrived';
            v_event := 'border_gate.trip_amended';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, amend_count = r.amend_count + 1 where id = p_id;
        elsif r.state in ('crossed_in') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.amend_trip';
            end if;
            if not coalesce((r.problems = '[]'::jsonb), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-201', hint = 'G-VALID';
            end if;
            if not coalesce((exists (select 1 from border_gate_amendment a where a.id = (f->>'amendment')::uuid and a.trip_id = r.id and a.state = 'applied' and (a.consent_of = '' or a.decided_by is not null))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-283', hint = 'G-CONSENT';
            end if;
            v_to := 'crossed_in';
            v_event := 'border_gate.trip_amended';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, amend_count = r.amend_count + 1 where id = p_id;
        elsif r.state in ('in_yard') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.amend_trip';
            end if;
            if not coalesce((r.problems = '[]'::jsonb), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-201', hint = 'G-VALID';
            end if;
            if not coalesce((exists (select 1 from border_gate_amendment a where a.id = (f->>'amendment')::uuid and a.trip_id = r.id and a.state = 'applied' and (a.consent_of = '' or a.decided_by is not null))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-283', hint = 'G-CONSENT';
            end if;
            v_to := 'in_yard';
            v_event := 'border_gate.trip_amended';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, amend_count = r.amend_count + 1 where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.amend_trip';
        end if;
    when 'book_slot' then
        if r.state in ('accepted') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.book_slot_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.book_slot_trip';
            end if;
            if not coalesce(((f->>'slot')::uuid is null or (select (s.begins_at at time zone 'Asia/Ho_Chi_Minh')::date - (p_at at time zone 'Asia/Ho_Chi_Minh')::date <= b.horizon_days - case when (p_at at time zone 'Asia/Ho_Chi_Minh')::time < b.opens_at then 1 else 0 end from border_gate_slotwindow s, border_gate_bookingrule b where b.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date and (b.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < b.valid_until) and s.id = (f->>'slot')::uuid)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-011', hint = 'G-HORIZON';
            end if;
            if not coalesce((not (r.slot_id is not null and r.slot_id is distinct from (f->>'slot')::uuid and not exists (select 1 from border_gate_displacement d where d.trip_id = r.id and d.slot_id = r.slot_id and d.answer = '') and exists (select 1 from border_gate_slotwindow s where s.id = r.slot_id and p_at > s.begins_at - make_interval(mins => (select b.free_until_minutes from border_gate_bookingrule b where b.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date and (b.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < b.valid_until))))) or (select coalesce(max(e.late_moves), 0) from border_gate_booking e where e.trip_id = r.id) < (select b.late_moves from border_gate_bookingrule b where b.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date and (b.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < b.valid_until))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-300', hint = 'G-MOVES';
            end if;
            if not coalesce(((f->>'slot')::uuid is null or coalesce((
        select case
            when c.kind = 'closed' then false
            when not (local.moment >= c.opens and local.moment < c.closes) then false
            when c.kind = 'preregistered' then coalesce(r.accepted_at < c.accepted_before, false)
            else true end
        from (select ((select s.begins_at from border_gate_slotwindow s where s.id = (f->>'slot')::uuid) at time zone 'Asia/Ho_Chi_Minh')::date as day,
                     ((select s.begins_at from border_gate_slotwindow s where s.id = (f->>'slot')::uuid) at time zone 'Asia/Ho_Chi_Minh')::time as moment) local
        join border_gate_operatingcalendar c
            on c.point_id = r.point_id and c.direction = r.direction
            and c.valid_from <= local.day and (c.valid_until is null or local.day < c.valid_until)
            and (c.kind <> 'closed' or c.opens is null or local.moment >= c.opens and local.moment < c.closes)
            and strpos(c.weekdays, extract(isodow from local.day)::integer::text) > 0
        order by array_position(array['closed', 'preregistered', 'extended', 'normal'], c.kind::text)
        limit 1), false)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-015', hint = 'G-CAL';
            end if;
            if not coalesce(((f->>'slot')::uuid is null or not border_gate_is_under_moratorium(r.id, r.point_id, r.direction, r.goods_group, (select s.begins_at from border_gate_slotwindow s where s.id = (f->>'slot')::uuid))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-016', hint = 'G-MORATORIUM';
            end if;
            perform 1 from border_gate_slotwindow s where s.id in (r.slot_id, (f->>'slot')::uuid) order by s.id for no key update; if r.slot_id is not null then update border_gate_slotwindow s set booked = s.booked - 1 where s.id = r.slot_id; update border_gate_booking o set state = 'released', ended_at = p_at, late_moves = o.late_moves + case when r.slot_id is not null and r.slot_id is distinct from (f->>'slot')::uuid and not exists (select 1 from border_gate_displacement d where d.trip_id = r.id and d.slot_id = r.slot_id and d.answer = '') and exists (select 1 from border_gate_slotwindow s where s.id = r.slot_id and p_at > s.begins_at - make_interval(mins => (select b.free_until_minutes from border_gate_bookingrule b where b.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date and (b.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < b.valid_until)))) then 1 else 0 end where o.trip_id = r.id and o.state = 'confirmed'; end if; update border_gate_booking o set state = 'confirmed', trip_id = r.id, confirmed_at = p_at, held_until = null, late_moves = (select coalesce(max(e.late_moves), 0) from border_gate_booking e where e.trip_id = r.id) where o.id = (f->>'booking')::uuid and o.slot_id = (f->>'slot')::uuid and o.state = 'held' and o.held_until > p_at and o.agency_id is not distinct from r.agency_id and coalesce(o.trip_id, r.id) = r.id; if not found then update border_gate_slotwindow s set booked = s.booked + 1 where s.id = (f->>'slot')::uuid and s.point_id = r.point_id and s.direction = r.direction and s.goods_group in ('ANY', r.goods_group) and s.is_open and s.ends_at > p_at and s.booked < s.capacity and (r.agency_id is null or exists (select 1 from border_gate_displacement d where d.trip_id = r.id and d.slot_id = r.slot_id and d.answer = '') or greatest(1, s.capacity::integer * (select b.firm_share_percent from border_gate_bookingrule b where b.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date and (b.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < b.valid_until)) / 100) > (select count(*) from border_gate_booking o where o.slot_id = s.id and o.state in ('held', 'confirmed', 'used') and o.agency_id = r.agency_id)); if found then insert into border_gate_booking (id, slot_id, point_id, trip_id, agency_id, state, made_at, made_by, confirmed_at, late_moves) values (gen_random_uuid(), (f->>'slot')::uuid, r.point_id, r.id, r.agency_id, 'confirmed', p_at, v_actor, p_at, (select coalesce(max(e.late_moves), 0) from border_gate_booking e where e.trip_id = r.id)); end if; end if;
            if not coalesce(((f->>'slot')::uuid is null and r.slot_id is not null or exists (select 1 from border_gate_booking o where o.trip_id = r.id and o.state = 'confirmed' and o.slot_id = (f->>'slot')::uuid)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-014', hint = 'G-SLOTFREE';
            end if;
            v_to := 'accepted';
            v_event := 'border_gate.trip_slot_booked';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, slot_id = (f->>'slot')::uuid, expires_at = greatest(r.expires_at, (select s.ends_at + make_interval(hours => coalesce((select l.value from border_gate_limit l
        where l.code = 'expiry_h' and l.valid_from <= (s.ends_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (s.ends_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 72)) from border_gate_slotwindow s where s.id = (f->>'slot')::uuid)) where id = p_id;
        elsif r.state in ('en_route') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.book_slot_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.book_slot_trip';
            end if;
            if not coalesce((exists (select 1 from border_gate_displacement d where d.trip_id = r.id and d.slot_id = r.slot_id and d.answer = '')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-305', hint = 'G-DISPLACED';
            end if;
            if not coalesce(((f->>'slot')::uuid is null or (select (s.begins_at at time zone 'Asia/Ho_Chi_Minh')::date - (p_at at time zone 'Asia/Ho_Chi_Minh')::date <= b.horizon_days - case when (p_at at time zone 'Asia/Ho_Chi_Minh')::time < b.opens_at then 1 else 0 end from border_gate_slotwindow s, border_gate_bookingrule b where b.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date and (b.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < b.valid_until) and s.id = (f->>'slot')::uuid)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-011', hint = 'G-HORIZON';
            end if;
            if not coalesce(((f->>'slot')::uuid is null or coalesce((
        select case
            when c.kind = 'closed' then false
            when not (local.moment >= c.opens and local.moment < c.closes) then false
            when c.kind = 'preregistered' then coalesce(r.accepted_at < c.accepted_before, false)
            else true end
        from (select ((select s.begins_at from border_gate_slotwindow s where s.id = (f->>'slot')::uuid) at time zone 'Asia/Ho_Chi_Minh')::date as day,
                     ((select s.begins_at from border_gate_slotwindow s where s.id = (f->>'slot')::uuid) at time zone 'Asia/Ho_Chi_Minh')::time as moment) local
        join border_gate_operatingcalendar c
            on c.point_id = r.point_id and c.direction = r.direction
            and c.valid_from <= local.day and (c.valid_until is null or local.day < c.valid_until)
            and (c.kind <> 'closed' or c.opens is null or local.moment >= c.opens and local.moment < c.closes)
            and strpos(c.weekdays, extract(isodow from local.day)::integer::text) > 0
        order by array_position(array['closed', 'preregistered', 'extended', 'normal'], c.kind::text)
        limit 1), false)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-015', hint = 'G-CAL';
            end if;
            if not coalesce(((f->>'slot')::uuid is null or not border_gate_is_under_moratorium(r.id, r.point_id, r.direction, r.goods_group, (select s.begins_at from border_gate_slotwindow s where s.id = (f->>'slot')::uuid))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-016', hint = 'G-MORATORIUM';
            end if;
            perform 1 from border_gate_slotwindow s where s.id in (r.slot_id, (f->>'slot')::uuid) order by s.id for no key update; if r.slot_id is not null then update border_gate_slotwindow s set booked = s.booked - 1 where s.id = r.slot_id; update border_gate_booking o set state = 'released', ended_at = p_at, late_moves = o.late_moves + case when r.slot_id is not null and r.slot_id is distinct from (f->>'slot')::uuid and not exists (select 1 from border_gate_displacement d where d.trip_id = r.id and d.slot_id = r.slot_id and d.answer = '') and exists (select 1 from border_gate_slotwindow s where s.id = r.slot_id and p_at > s.begins_at - make_interval(mins => (select b.free_until_minutes from border_gate_bookingrule b where b.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date and (b.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < b.valid_until)))) then 1 else 0 end where o.trip_id = r.id and o.state = 'confirmed'; end if; update border_gate_booking o set state = 'confirmed', trip_id = r.id, confirmed_at = p_at, held_until = null, late_moves = (select coalesce(max(e.late_moves), 0) from border_gate_booking e where e.trip_id = r.id) where o.id = (f->>'booking')::uuid and o.slot_id = (f->>'slot')::uuid and o.state = 'held' and o.held_until > p_at and o.agency_id is not distinct from r.agency_id and coalesce(o.trip_id, r.id) = r.id; if not found then update border_gate_slotwindow s set booked = s.booked + 1 where s.id = (f->>'slot')::uuid and s.point_id = r.point_id and s.direction = r.direction and s.goods_group in ('ANY', r.goods_group) and s.is_open and s.ends_at > p_at and s.booked < s.capacity and (r.agency_id is null or exists (select 1 from border_gate_displacement d where d.trip_id = r.id and d.slot_id = r.slot_id and d.answer = '') or greatest(1, s.capacity::integer * (select b.firm_share_percent from border_gate_bookingrule b where b.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date and (b.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < b.valid_until)) / 100) > (select count(*) from border_gate_booking o where o.slot_id = s.id and o.state in ('held', 'confirmed', 'used') and o.agency_id = r.agency_id)); if found then insert into border_gate_booking (id, slot_id, point_id, trip_id, agency_id, state, made_at, made_by, confirmed_at, late_moves) values (gen_random_uuid(), (f->>'slot')::uuid, r.point_id, r.id, r.agency_id, 'confirmed', p_at, v_actor, p_at, (select coalesce(max(e.late_moves), 0) from border_gate_booking e where e.trip_id = r.id)); end if; end if;
            if not coalesce(((f->>'slot')::uuid is null and r.slot_id is not null or exists (select 1 from border_gate_booking o where o.trip_id = r.id and o.state = 'confirmed' and o.slot_id = (f->>'slot')::uuid)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-014', hint = 'G-SLOTFREE';
            end if;
            v_to := 'en_route';
            v_event := 'border_gate.trip_slot_booked';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, slot_id = (f->>'slot')::uuid, expires_at = greatest(r.expires_at, (select s.ends_at + make_interval(hours => coalesce((select l.value from border_gate_limit l
        where l.code = 'expiry_h' and l.valid_from <= (s.ends_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (s.ends_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 72)) from border_gate_slotwindow s where s.id = (f->>'slot')::uuid)) where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.book_slot_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.book_slot_trip';
        end if;
    when 'depart' then
        if r.state in ('accepted') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT') and (r.kind <> 'TRANSIT' or r.direction = 'X')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.depart_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.depart_trip';
            end if;
            if not coalesce((r.slot_id is not null or r.ticket_at is not null), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-206', hint = 'G-TICKET';
            end if;
            v_to := 'en_route';
            v_event := 'border_gate.trip_departed';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1 where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.depart_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.depart_trip';
        end if;
    when 'enter_buffer' then
        if r.state in ('accepted', 'en_route') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT') and (r.kind <> 'TRANSIT' or r.direction = 'X')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.enter_buffer_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.enter_buffer_trip';
            end if;
            if not coalesce((f->>'plate' = r.tractor_plate and (coalesce((f->>'confidence')::numeric, 1) * 100 >= coalesce((select l.value from border_gate_limit l
        where l.code = 'camera_sure_percent' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 90) or (f->>'confirmed')::boolean)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-019', hint = 'G-PLATE';
            end if;
            v_to := 'at_buffer';
            v_event := 'border_gate.trip_buffered';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, first_arrival_at = coalesce(r.first_arrival_at, p_at), effective_at = coalesce(r.effective_at, case
    when r.priority = 'P0' then p_at
    when r.undeclared or r.slot_id is null then (case when r.undeclared then r.accepted_at else p_at end) + make_interval(mins => coalesce((select l.value from border_gate_limit l
        where l.code = 'no_slot_min' and l.valid_from <= ((case when r.undeclared then r.accepted_at else p_at end) at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or ((case when r.undeclared then r.accepted_at else p_at end) at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 30))
    else (select case when p_at <= s.ends_at or p_at <= s.ends_at + border_gate_blocked_for(r.point_id, '{buffer,entry}', s.begins_at, p_at) then s.begins_at else p_at end
          from border_gate_slotwindow s where s.id = r.slot_id) end), buffer_at = p_at, buffer_id = coalesce((f->>'buffer')::uuid, r.buffer_id) where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.enter_buffer_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.enter_buffer_trip';
        end if;
    when 'yard_redirect' then
        if r.state in ('accepted') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.yard_redirect_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.yard_redirect_trip';
            end if;
            v_to := 'accepted';
            v_event := 'border_gate.trip_redirected';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, buffer_id = (f->>'yard')::uuid where id = p_id;
        elsif r.state in ('en_route') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.yard_redirect_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.yard_redirect_trip';
            end if;
            v_to := 'en_route';
            v_event := 'border_gate.trip_redirected';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, buffer_id = (f->>'yard')::uuid where id = p_id;
        elsif r.state in ('at_buffer') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.yard_redirect_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.yard_redirect_trip';
            end if;
            v_to := 'at_buffer';
            v_event := 'border_gate.trip_redirected';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, buffer_id = (f->>'yard')::uuid where id = p_id;
        elsif r.state in ('arrived') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.yard_redirect_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.yard_redirect_trip';
            end if;
            if not coalesce(((select y.capacity > (select count(*) from border_gate_trip t where t.is_live and t.yard_id = y.place_id and t.id <> r.id and (t.is_in_yard or t.state in ('called', 'arrived', 'crossed_in', 'returned_in'))) from border_gate_yard y where y.place_id = coalesce((f->>'yard')::uuid, r.yard_id)) and (select count(*) from border_gate_bay b where b.yard_id = coalesce((f->>'yard')::uuid, r.yard_id) and not b.closed and b.kind = any (array_remove(array[
    case when r.container_type ~ '^..R' then 'reefer' end,
    case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end], null)) and not exists (select 1 from border_gate_trip t where t.yard_id = b.yard_id and t.is_in_yard and t.bay = b.code and t.id <> r.id)) > (select count(*) from border_gate_trip t where t.is_live and t.yard_id = coalesce((f->>'yard')::uuid, r.yard_id) and t.id <> r.id and t.state in ('called', 'arrived', 'crossed_in', 'returned_in') and case when t.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when t.kind in ('EXP_VN', 'EXP_XFER') and (t.leg = 1 or t.load_state = 'REJECTED') or t.kind = 'TRANSIT' and t.direction = 'X' then 'export' else 'import' end = case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-030', hint = 'G-YARD';
            end if;
            v_to := 'arrived';
            v_event := 'border_gate.trip_redirected';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, yard_id = (f->>'yard')::uuid where id = p_id;
        elsif r.state in ('crossed_in') and (r.kind in ('IMP_CN', 'CN_EMPTY_IN', 'AGV', 'NEW_VEHICLE', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.yard_redirect_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.yard_redirect_trip';
            end if;
            if not coalesce(((select y.capacity > (select count(*) from border_gate_trip t where t.is_live and t.yard_id = y.place_id and t.id <> r.id and (t.is_in_yard or t.state in ('called', 'arrived', 'crossed_in', 'returned_in'))) from border_gate_yard y where y.place_id = coalesce((f->>'yard')::uuid, r.yard_id)) and (select count(*) from border_gate_bay b where b.yard_id = coalesce((f->>'yard')::uuid, r.yard_id) and not b.closed and b.kind = any (array_remove(array[
    case when r.container_type ~ '^..R' then 'reefer' end,
    case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end], null)) and not exists (select 1 from border_gate_trip t where t.yard_id = b.yard_id and t.is_in_yard and t.bay = b.code and t.id <> r.id)) > (select count(*) from border_gate_trip t where t.is_live and t.yard_id = coalesce((f->>'yard')::uuid, r.yard_id) and t.id <> r.id and t.state in ('called', 'arrived', 'crossed_in', 'returned_in') and case when t.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when t.kind in ('EXP_VN', 'EXP_XFER') and (t.leg = 1 or t.load_state = 'REJECTED') or t.kind = 'TRANSIT' and t.direction = 'X' then 'export' else 'import' end = case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-030', hint = 'G-YARD';
            end if;
            v_to := 'crossed_in';
            v_event := 'border_gate.trip_redirected';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, yard_id = (f->>'yard')::uuid where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.yard_redirect_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.yard_redirect_trip';
        end if;
    when 'call' then
        if r.state in ('accepted', 'en_route', 'at_buffer') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.call_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.call_trip';
            end if;
            if not coalesce((coalesce((
        select case
            when c.kind = 'closed' then false
            when not (local.moment >= c.opens and local.moment < c.closes) then false
            when c.kind = 'preregistered' then coalesce(r.accepted_at < c.accepted_before, false)
            else true end
        from (select (p_at at time zone 'Asia/Ho_Chi_Minh')::date as day,
                     (p_at at time zone 'Asia/Ho_Chi_Minh')::time as moment) local
        join border_gate_operatingcalendar c
            on c.point_id = r.point_id and c.direction = r.direction
            and c.valid_from <= local.day and (c.valid_until is null or local.day < c.valid_until)
            and (c.kind <> 'closed' or c.opens is null or local.moment >= c.opens and local.moment < c.closes)
            and strpos(c.weekdays, extract(isodow from local.day)::integer::text) > 0
        order by array_position(array['closed', 'preregistered', 'extended', 'normal'], c.kind::text)
        limit 1), false)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-015', hint = 'G-CAL';
            end if;
            if not coalesce((not border_gate_is_under_moratorium(r.id, r.point_id, r.direction, r.goods_group, p_at)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-016', hint = 'G-MORATORIUM';
            end if;
            if not coalesce(((select y.capacity > (select count(*) from border_gate_trip t where t.is_live and t.yard_id = y.place_id and t.id <> r.id and (t.is_in_yard or t.state in ('called', 'arrived', 'crossed_in', 'returned_in'))) from border_gate_yard y where y.place_id = coalesce((f->>'yard')::uuid, r.yard_id)) and (select count(*) from border_gate_bay b where b.yard_id = coalesce((f->>'yard')::uuid, r.yard_id) and not b.closed and b.kind = any (array_remove(array[
    case when r.container_type ~ '^..R' then 'reefer' end,
    case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end], null)) and not exists (select 1 from border_gate_trip t where t.yard_id = b.yard_id and t.is_in_yard and t.bay = b.code and t.id <> r.id)) > (select count(*) from border_gate_trip t where t.is_live and t.yard_id = coalesce((f->>'yard')::uuid, r.yard_id) and t.id <> r.id and t.state in ('called', 'arrived', 'crossed_in', 'returned_in') and case when t.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when t.kind in ('EXP_VN', 'EXP_XFER') and (t.leg = 1 or t.load_state = 'REJECTED') or t.kind = 'TRANSIT' and t.direction = 'X' then 'export' else 'import' end = case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-030', hint = 'G-YARD';
            end if;
            if not coalesce((r.holds = 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-026', hint = 'G-HOLD0';
            end if;
            v_to := 'called';
            v_event := 'border_gate.trip_called';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, called_at = p_at, call_expires_at = p_at + make_interval(mins => coalesce((select l.value from border_gate_limit l
        where l.code = 'call_min' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 45)), yard_id = coalesce((f->>'yard')::uuid, r.yard_id) where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.call_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.call_trip';
        end if;
    when 'call_timeout' then
        if r.state in ('called') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.call_timeout_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.call_timeout_trip';
            end if;
            if not coalesce(((case when not exists (select 1 from border_gate_stoppage w join border_gate_controlpoint b on b.code = w.barrier_id and b.kind = any ('{entry}')
        where w.point_id = r.point_id and w.ended_at is null) then r.call_expires_at end) <= p_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-208', hint = 'G-CALLDUE';
            end if;
            v_to := 'at_buffer';
            v_event := 'border_gate.trip_call_lapsed';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, miss_count = r.miss_count + 1, missed_at = p_at, call_expires_at = null where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.call_timeout_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.call_timeout_trip';
        end if;
    when 'extend_call' then
        if r.state in ('called') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.extend_call_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.extend_call_trip';
            end if;
            if not coalesce((not exists (select 1 from border_gate_stoppage w join border_gate_controlpoint b on b.code = w.barrier_id and b.kind = any ('{entry}')
        where w.point_id = r.point_id and w.ended_at is null) and r.called_at + make_interval(mins => coalesce((select l.value from border_gate_limit l
        where l.code = 'call_min' and l.valid_from <= (r.called_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (r.called_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 45)) + border_gate_blocked_for(r.point_id, '{entry}', r.called_at, null) > r.call_expires_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-208', hint = 'G-WAYFREE';
            end if;
            v_to := 'called';
            v_event := 'border_gate.trip_call_extended';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, call_expires_at = r.called_at + make_interval(mins => coalesce((select l.value from border_gate_limit l
        where l.code = 'call_min' and l.valid_from <= (r.called_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (r.called_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 45)) + border_gate_blocked_for(r.point_id, '{entry}', r.called_at, null) where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.extend_call_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.extend_call_trip';
        end if;
    when 'arrive' then
        if r.state in ('called') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT') and (r.kind <> 'TRANSIT' or r.direction = 'X')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.arrive_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.arrive_trip';
            end if;
            if not coalesce((f->>'plate' = r.tractor_plate and (coalesce((f->>'confidence')::numeric, 1) * 100 >= coalesce((select l.value from border_gate_limit l
        where l.code = 'camera_sure_percent' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 90) or (f->>'confirmed')::boolean)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-019', hint = 'G-PLATE';
            end if;
            if not coalesce((not exists (select 1 from border_gate_driver d where d.id in (r.driver_id, r.second_driver_id) and (d.paper_until >= (p_at at time zone 'Asia/Ho_Chi_Minh')::date and coalesce(d.licence_until, (p_at at time zone 'Asia/Ho_Chi_Minh')::date) >= (p_at at time zone 'Asia/Ho_Chi_Minh')::date) is not true) and not exists (select 1 from border_gate_vehicle v where v.id in (r.tractor_id, r.trailer_id) and v.permit_until < (p_at at time zone 'Asia/Ho_Chi_Minh')::date)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-007', hint = 'G-DRIVER';
            end if;
            if not coalesce((r.accepted_at is not null), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-209', hint = 'G-DECL';
            end if;
            if not coalesce((r.holds = 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-026', hint = 'G-HOLD0';
            end if;
            if not coalesce((coalesce((
        select case
            when c.kind = 'closed' then false
            when not (local.moment >= c.opens and local.moment < c.closes) then false
            when c.kind = 'preregistered' then coalesce(r.accepted_at < c.accepted_before, false)
            else true end
        from (select (p_at at time zone 'Asia/Ho_Chi_Minh')::date as day,
                     (p_at at time zone 'Asia/Ho_Chi_Minh')::time as moment) local
        join border_gate_operatingcalendar c
            on c.point_id = r.point_id and c.direction = r.direction
            and c.valid_from <= local.day and (c.valid_until is null or local.day < c.valid_until)
            and (c.kind <> 'closed' or c.opens is null or local.moment >= c.opens and local.moment < c.closes)
            and strpos(c.weekdays, extract(isodow from local.day)::integer::text) > 0
        order by array_position(array['closed', 'preregistered', 'extended', 'normal'], c.kind::text)
        limit 1), false)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-015', hint = 'G-CAL';
            end if;
            if not coalesce((not border_gate_is_under_moratorium(r.id, r.point_id, r.direction, r.goods_group, p_at)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-016', hint = 'G-MORATORIUM';
            end if;
            if r.slot_id is not null then update border_gate_booking o set state = 'used', ended_at = p_at where o.trip_id = r.id and o.state = 'confirmed'; end if;
            v_to := 'arrived';
            v_event := 'border_gate.trip_arrived';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, first_arrival_at = coalesce(r.first_arrival_at, p_at), effective_at = coalesce(r.effective_at, case
    when r.priority = 'P0' then p_at
    when r.undeclared or r.slot_id is null then (case when r.undeclared then r.accepted_at else p_at end) + make_interval(mins => coalesce((select l.value from border_gate_limit l
        where l.code = 'no_slot_min' and l.valid_from <= ((case when r.undeclared then r.accepted_at else p_at end) at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or ((case when r.undeclared then r.accepted_at else p_at end) at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 30))
    else (select case when p_at <= s.ends_at or p_at <= s.ends_at + border_gate_blocked_for(r.point_id, '{buffer,entry}', s.begins_at, p_at) then s.begins_at else p_at end
          from border_gate_slotwindow s where s.id = r.slot_id) end), arrived_at = p_at where id = p_id;
        elsif r.state in ('accepted', 'en_route') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT') and (r.kind <> 'TRANSIT' or r.direction = 'X')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.arrive_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.arrive_trip';
            end if;
            if not coalesce((coalesce((
        select case
            when c.kind = 'closed' then false
            when not (local.moment >= c.opens and local.moment < c.closes) then false
            when c.kind = 'preregistered' then coalesce(r.accepted_at < c.accepted_before, false)
            else true end
        from (select ((coalesce((select greatest(p_at, s.begins_at) from border_gate_slotwindow s where s.id = r.slot_id), p_at)) at time zone 'Asia/Ho_Chi_Minh')::date as day,
                     ((coalesce((select greatest(p_at, s.begins_at) from border_gate_slotwindow s where s.id = r.slot_id), p_at)) at time zone 'Asia/Ho_Chi_Minh')::time as moment) local
        join border_gate_operatingcalendar c
            on c.point_id = r.point_id and c.direction = r.direction
            and c.valid_from <= local.day and (c.valid_until is null or local.day < c.valid_until)
            and (c.kind <> 'closed' or c.opens is null or local.moment >= c.opens and local.moment < c.closes)
            and strpos(c.weekdays, extract(isodow from local.day)::integer::text) > 0
        order by array_position(array['closed', 'preregistered', 'extended', 'normal'], c.kind::text)
        limit 1), false)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-015', hint = 'G-CAL';
            end if;
            if not coalesce((exists (select 1 from border_gate_slotwindow s where s.id = r.slot_id and p_at >= s.begins_at - make_interval(mins => coalesce((select l.value from border_gate_limit l
        where l.code = 'slot_early_min' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 30)) and (p_at <= s.begins_at + make_interval(mins => coalesce((select l.value from border_gate_limit l
        where l.code = 'slot_late_min' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 60)) or p_at <= s.begins_at + make_interval(mins => coalesce((select l.value from border_gate_limit l
        where l.code = 'slot_late_min' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 60)) + border_gate_blocked_for(r.point_id, '{buffer,entry}', s.begins_at, p_at))) or (select c.direct_mode from border_gate_crossingpoint c where c.place_id = r.point_id)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-205', hint = 'G-SLOTNOW';
            end if;
            if not coalesce((f->>'plate' = r.tractor_plate and (coalesce((f->>'confidence')::numeric, 1) * 100 >= coalesce((select l.value from border_gate_limit l
        where l.code = 'camera_sure_percent' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 90) or (f->>'confirmed')::boolean)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-019', hint = 'G-PLATE';
            end if;
            if not coalesce((not exists (select 1 from border_gate_driver d where d.id in (r.driver_id, r.second_driver_id) and (d.paper_until >= (p_at at time zone 'Asia/Ho_Chi_Minh')::date and coalesce(d.licence_until, (p_at at time zone 'Asia/Ho_Chi_Minh')::date) >= (p_at at time zone 'Asia/Ho_Chi_Minh')::date) is not true) and not exists (select 1 from border_gate_vehicle v where v.id in (r.tractor_id, r.trailer_id) and v.permit_until < (p_at at time zone 'Asia/Ho_Chi_Minh')::date)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-007', hint = 'G-DRIVER';
            end if;
            if not coalesce((r.accepted_at is not null), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-209', hint = 'G-DECL';
            end if;
            if not coalesce((r.holds = 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-026', hint = 'G-HOLD0';
            end if;
            if not coalesce((not border_gate_is_under_moratorium(r.id, r.point_id, r.direction, r.goods_group, p_at)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-016', hint = 'G-MORATORIUM';
            end if;
            if not coalesce((not (select c.buffer_compulsory from border_gate_crossingpoint c where c.place_id = r.point_id)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-295', hint = 'G-BUFFER';
            end if;
            if r.slot_id is not null then update border_gate_booking o set state = 'used', ended_at = p_at where o.trip_id = r.id and o.state = 'confirmed'; end if;
            v_to := 'arrived';
            v_event := 'border_gate.trip_arrived';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, first_arrival_at = coalesce(r.first_arrival_at, p_at), effective_at = coalesce(r.effective_at, case
    when r.priority = 'P0' then p_at
    when r.undeclared or r.slot_id is null then (case when r.undeclared then r.accepted_at else p_at end) + make_interval(mins => coalesce((select l.value from border_gate_limit l
        where l.code = 'no_slot_min' and l.valid_from <= ((case when r.undeclared then r.accepted_at else p_at end) at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or ((case when r.undeclared then r.accepted_at else p_at end) at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 30))
    else (select case when p_at <= s.ends_at or p_at <= s.ends_at + border_gate_blocked_for(r.point_id, '{buffer,entry}', s.begins_at, p_at) then s.begins_at else p_at end
          from border_gate_slotwindow s where s.id = r.slot_id) end), arrived_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.arrive_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.arrive_trip';
        end if;
    when 'cross_in' then
        if r.state in ('accepted') and (r.kind in ('IMP_CN', 'CN_EMPTY_IN', 'AGV', 'NEW_VEHICLE', 'TRANSIT') and (r.kind <> 'TRANSIT' or r.direction = 'N')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.cross_in_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.cross_in_trip';
            end if;
            if not coalesce((f->>'plate' = r.tractor_plate and (coalesce((f->>'confidence')::numeric, 1) * 100 >= coalesce((select l.value from border_gate_limit l
        where l.code = 'camera_sure_percent' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 90) or (f->>'confirmed')::boolean)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-019', hint = 'G-PLATE';
            end if;
            if not coalesce((not exists (select 1 from border_gate_driver d where d.id in (r.driver_id, r.second_driver_id) and (d.paper_until >= (p_at at time zone 'Asia/Ho_Chi_Minh')::date and coalesce(d.licence_until, (p_at at time zone 'Asia/Ho_Chi_Minh')::date) >= (p_at at time zone 'Asia/Ho_Chi_Minh')::date) is not true) and not exists (select 1 from border_gate_vehicle v where v.id in (r.tractor_id, r.trailer_id) and v.permit_until < (p_at at time zone 'Asia/Ho_Chi_Minh')::date)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-007', hint = 'G-DRIVER';
            end if;
            if not coalesce((r.holds = 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-026', hint = 'G-HOLD0';
            end if;
            if not coalesce((coalesce((
        select case
            when c.kind = 'closed' then false
            when not (local.moment >= c.opens and local.moment < c.closes) then false
            when c.kind = 'preregistered' then coalesce(r.accepted_at < c.accepted_before, false)
            else true end
        from (select (p_at at time zone 'Asia/Ho_Chi_Minh')::date as day,
                     (p_at at time zone 'Asia/Ho_Chi_Minh')::time as moment) local
        join border_gate_operatingcalendar c
            on c.point_id = r.point_id and c.direction = r.direction
            and c.valid_from <= local.day and (c.valid_until is null or local.day < c.valid_until)
            and (c.kind <> 'closed' or c.opens is null or local.moment >= c.opens and local.moment < c.closes)
            and strpos(c.weekdays, extract(isodow from local.day)::integer::text) > 0
        order by array_position(array['closed', 'preregistered', 'extended', 'normal'], c.kind::text)
        limit 1), false)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-015', hint = 'G-CAL';
            end if;
            if not coalesce((not border_gate_is_under_moratorium(r.id, r.point_id, r.direction, r.goods_group, p_at)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-016', hint = 'G-MORATORIUM';
            end if;
            v_to := 'crossed_in';
            v_event := 'border_gate.trip_crossed_in';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, first_arrival_at = coalesce(r.first_arrival_at, p_at), arrived_at = p_at, crossed_in_at = p_at, dwell_deadline = case when r.kind <> 'NEW_VEHICLE' then p_at + make_interval(hours => r.dwell_limit_h) end where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.cross_in_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.cross_in_trip';
        end if;
    when 'yard_in' then
        if r.state in ('arrived', 'crossed_in') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.yard_in_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.yard_in_trip';
            end if;
            perform 1 from border_gate_yard y where y.place_id = coalesce((f->>'yard')::uuid, r.yard_id) for no key update;
            if not coalesce(((select y.capacity > (select count(*) from border_gate_trip t where t.yard_id = y.place_id and t.is_in_yard) from border_gate_yard y where y.place_id = coalesce((f->>'yard')::uuid, r.yard_id)) and (coalesce(f->>'bay', '') <> '' or (select count(*) from border_gate_bay b where b.yard_id = coalesce((f->>'yard')::uuid, r.yard_id) and not b.closed and b.kind = any (array_remove(array[
    case when r.container_type ~ '^..R' then 'reefer' end,
    case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end], null)) and not exists (select 1 from border_gate_trip t where t.yard_id = b.yard_id and t.is_in_yard and t.bay = b.code and t.id <> r.id)) > 0)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-030', hint = 'G-YARD';
            end if;
            if not coalesce((coalesce(f->>'bay', '') = '' or exists (select 1 from border_gate_bay b where b.yard_id = coalesce((f->>'yard')::uuid, r.yard_id) and b.code = f->>'bay' and not b.closed and not exists (select 1 from border_gate_trip t where t.yard_id = b.yard_id and t.is_in_yard and t.bay = b.code and t.id <> r.id))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-293', hint = 'G-YARD';
            end if;
            v_to := 'in_yard';
            v_event := 'border_gate.trip_yarded';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, yard_in_at = p_at, bay = coalesce(nullif(f->>'bay', ''), (
    select b.code from border_gate_bay b
    where b.yard_id = r.yard_id and not b.closed and b.kind = any (array_remove(array[
    case when r.container_type ~ '^..R' then 'reefer' end,
    case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end], null)) and not exists (select 1 from border_gate_trip t where t.yard_id = b.yard_id and t.is_in_yard and t.bay = b.code and t.id <> r.id)
    order by (b.code = r.bay) desc, array_position(array_remove(array[
    case when r.container_type ~ '^..R' then 'reefer' end,
    case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end], null), b.kind::text), b.number limit 1), '') where id = p_id;
        elsif r.state in ('returned_in') and (r.kind in ('EXP_VN')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.yard_in_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.yard_in_trip';
            end if;
            perform 1 from border_gate_yard y where y.place_id = coalesce((f->>'yard')::uuid, r.yard_id) for no key update;
            if not coalesce(((select y.capacity > (select count(*) from border_gate_trip t where t.yard_id = y.place_id and t.is_in_yard) from border_gate_yard y where y.place_id = coalesce((f->>'yard')::uuid, r.yard_id)) and (coalesce(f->>'bay', '') <> '' or (select count(*) from border_gate_bay b where b.yard_id = coalesce((f->>'yard')::uuid, r.yard_id) and not b.closed and b.kind = any (array_remove(array[
    case when r.container_type ~ '^..R' then 'reefer' end,
    case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end], null)) and not exists (select 1 from border_gate_trip t where t.yard_id = b.yard_id and t.is_in_yard and t.bay = b.code and t.id <> r.id)) > 0)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-030', hint = 'G-YARD';
            end if;
            if not coalesce((coalesce(f->>'bay', '') = '' or exists (select 1 from border_gate_bay b where b.yard_id = coalesce((f->>'yard')::uuid, r.yard_id) and b.code = f->>'bay' and not b.closed and not exists (select 1 from border_gate_trip t where t.yard_id = b.yard_id and t.is_in_yard and t.bay = b.code and t.id <> r.id))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-293', hint = 'G-YARD';
            end if;
            if not coalesce((r.kind <> 'EXP_VN' or r.leg = 2 or r.gross_kg > 0 and r.unloaded_kg >= r.gross_kg), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-023', hint = 'G-LEG2';
            end if;
            v_to := 'in_yard';
            v_event := 'border_gate.trip_yarded';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, yard_in_at = p_at, bay = coalesce(nullif(f->>'bay', ''), (
    select b.code from border_gate_bay b
    where b.yard_id = r.yard_id and not b.closed and b.kind = any (array_remove(array[
    case when r.container_type ~ '^..R' then 'reefer' end,
    case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end], null)) and not exists (select 1 from border_gate_trip t where t.yard_id = b.yard_id and t.is_in_yard and t.bay = b.code and t.id <> r.id)
    order by (b.code = r.bay) desc, array_position(array_remove(array[
    case when r.container_type ~ '^..R' then 'reefer' end,
    case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end], null), b.kind::text), b.number limit 1), '') where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.yard_in_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.yard_in_trip';
        end if;
    when 'transfer_done' then
        if r.state in ('in_yard') and (r.kind in ('EXP_XFER', 'IMP_CN', 'IMP_VN_PICKUP', 'CN_EMPTY_IN', 'AGV', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.transfer_done_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.transfer_done_trip';
            end if;
            if not coalesce((exists (select 1 from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id where x.id = (f->>'transfer')::uuid and x.state = 'confirmed' and r.id in (l.from_trip_id, l.to_trip_id)) and coalesce((select g.kg * 100 <= r.gross_kg::bigint * (100 + r.tolerance_percent) and (not exists (select 1 from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id where l.from_trip_id = r.id and x.state = 'confirmed' and not x.partial) or g.kg * 100 >= r.gross_kg::bigint * (100 - r.tolerance_percent)) from (select (select sum(o.kg)::integer from (select l.kg from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id where l.from_trip_id = r.id and x.state = 'confirmed' union all select d.kg from border_gate_destruction d where d.trip_id = r.id and not d.taken_over) o)::bigint as kg) g where g.kg is not null), true)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-031', hint = 'G-XFER';
            end if;
            v_to := 'in_yard';
            v_event := 'border_gate.trip_unloaded';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, unloaded_kg = coalesce((select sum(o.kg)::integer from (select l.kg from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id where l.from_trip_id = r.id and x.state = 'confirmed' union all select d.kg from border_gate_destruction d where d.trip_id = r.id and not d.taken_over) o), r.unloaded_kg), loaded_kg = ((select coalesce(sum(l.kg), 0)::integer from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id where l.to_trip_id = r.id and x.state = 'confirmed') - (select coalesce(sum(d.kg), 0)::integer from border_gate_destruction d where d.trip_id = r.id and d.taken_over)), balance_kg = case when r.balance_kg = 0 or exists (select 1 from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id where l.from_trip_id = r.id and x.state = 'confirmed' and not x.partial) then 0 else greatest(0, r.gross_kg - coalesce((select sum(o.kg)::integer from (select l.kg from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id where l.from_trip_id = r.id and x.state = 'confirmed' union all select d.kg from border_gate_destruction d where d.trip_id = r.id and not d.taken_over) o), 0)) end, unloaded_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.transfer_done_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.transfer_done_trip';
        end if;
    when 'release_out' then
        if r.state in ('in_yard') and (r.kind in ('EXP_VN', 'IMP_CN', 'CN_EMPTY_IN', 'AGV', 'TRANSIT') and (r.kind <> 'IMP_CN' or r.two_way) and (r.kind <> 'TRANSIT' or r.direction = 'X')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.release_out_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.release_out_trip';
            end if;
            if not coalesce((r.tasks_opened and r.open_entry = 0 and r.open_exit = 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-027', hint = 'G-TASKS';
            end if;
            if not coalesce((r.fee_state in ('paid', 'waived', 'deferred', 'not_owed') and not exists (select 1 from border_gate_feedifference d where d.trip_id = r.id and d.settled_at is null and d.amount > 0)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-028', hint = 'G-FEE';
            end if;
            if not coalesce((r.holds = 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-026', hint = 'G-HOLD0';
            end if;
            if not coalesce((r.leg = 1), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-023', hint = 'G-LEG1';
            end if;
            if not coalesce((r.balance_kg = 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-031', hint = 'G-BALANCE0';
            end if;
            v_to := 'released';
            v_event := 'border_gate.trip_released';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, released_at = p_at, release_expires_at = p_at + make_interval(hours => coalesce((select l.value from border_gate_limit l
        where l.code = 'release_h' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 12)), released_to = 'line' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.release_out_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.release_out_trip';
        end if;
    when 'release_inland' then
        if r.state in ('in_yard') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'NEW_VEHICLE', 'TRANSIT') and (r.kind <> 'TRANSIT' or r.direction = 'N')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.release_inland_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.release_inland_trip';
            end if;
            if not coalesce((r.tasks_opened and r.open_entry = 0 and r.open_inland = 0 and r.open_return = 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-027', hint = 'G-TASKS';
            end if;
            if not coalesce((r.fee_state in ('paid', 'waived', 'deferred', 'not_owed') and not exists (select 1 from border_gate_feedifference d where d.trip_id = r.id and d.settled_at is null and d.amount > 0)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-028', hint = 'G-FEE';
            end if;
            if not coalesce((r.holds = 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-026', hint = 'G-HOLD0';
            end if;
            if not coalesce((r.kind <> 'EXP_VN' or r.leg = 2 or r.gross_kg > 0 and r.unloaded_kg >= r.gross_kg), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-023', hint = 'G-LEG2';
            end if;
            if not coalesce((r.balance_kg = 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-031', hint = 'G-BALANCE0';
            end if;
            v_to := 'released';
            v_event := 'border_gate.trip_released';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, released_at = p_at, release_expires_at = p_at + make_interval(hours => coalesce((select l.value from border_gate_limit l
        where l.code = 'release_h' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 12)), released_to = 'inland' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.release_inland_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.release_inland_trip';
        end if;
    when 'release_empty_back' then
        if r.state in ('in_yard') and (r.kind in ('IMP_CN')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.release_empty_back_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.release_empty_back_trip';
            end if;
            if not coalesce((r.balance_kg = 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-031', hint = 'G-BALANCE0';
            end if;
            if not coalesce((r.fee_state in ('paid', 'waived', 'deferred', 'not_owed') and not exists (select 1 from border_gate_feedifference d where d.trip_id = r.id and d.settled_at is null and d.amount > 0)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-028', hint = 'G-FEE';
            end if;
            if not coalesce((r.holds = 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-026', hint = 'G-HOLD0';
            end if;
            v_to := 'released';
            v_event := 'border_gate.trip_released';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, released_at = p_at, release_expires_at = p_at + make_interval(hours => coalesce((select l.value from border_gate_limit l
        where l.code = 'release_h' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 12)), released_to = 'line' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.release_empty_back_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.release_empty_back_trip';
        end if;
    when 'cross_out' then
        if r.state in ('released') and (r.kind in ('EXP_VN', 'IMP_CN', 'CN_EMPTY_IN', 'AGV', 'TRANSIT') and (r.kind <> 'TRANSIT' or r.direction = 'X')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.cross_out_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.cross_out_trip';
            end if;
            if not coalesce((f->>'plate' = r.tractor_plate and (coalesce((f->>'confidence')::numeric, 1) * 100 >= coalesce((select l.value from border_gate_limit l
        where l.code = 'camera_sure_percent' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 90) or (f->>'confirmed')::boolean)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-019', hint = 'G-PLATE';
            end if;
            if not coalesce((not exists (select 1 from border_gate_driver d where d.id in (r.driver_id, r.second_driver_id) and (d.paper_until >= (p_at at time zone 'Asia/Ho_Chi_Minh')::date and coalesce(d.licence_until, (p_at at time zone 'Asia/Ho_Chi_Minh')::date) >= (p_at at time zone 'Asia/Ho_Chi_Minh')::date) is not true) and not exists (select 1 from border_gate_vehicle v where v.id in (r.tractor_id, r.trailer_id) and v.permit_until < (p_at at time zone 'Asia/Ho_Chi_Minh')::date)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-007', hint = 'G-DRIVER';
            end if;
            if not coalesce((r.holds = 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-026', hint = 'G-HOLD0';
            end if;
            if not coalesce((coalesce((
        select case
            when c.kind = 'closed' then false
            when not (local.moment >= c.opens and local.moment < c.closes) then false
            when c.kind = 'preregistered' then coalesce(r.accepted_at < c.accepted_before, false)
            else true end
        from (select (p_at at time zone 'Asia/Ho_Chi_Minh')::date as day,
                     (p_at at time zone 'Asia/Ho_Chi_Minh')::time as moment) local
        join border_gate_operatingcalendar c
            on c.point_id = r.point_id and c.direction = r.direction
            and c.valid_from <= local.day and (c.valid_until is null or local.day < c.valid_until)
            and (c.kind <> 'closed' or c.opens is null or local.moment >= c.opens and local.moment < c.closes)
            and strpos(c.weekdays, extract(isodow from local.day)::integer::text) > 0
        order by array_position(array['closed', 'preregistered', 'extended', 'normal'], c.kind::text)
        limit 1), false)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-015', hint = 'G-CAL';
            end if;
            if not coalesce((p_at < r.release_expires_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-210', hint = 'G-RELEASEVALID';
            end if;
            v_to := 'crossed_out';
            v_event := 'border_gate.trip_crossed_out';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, crossed_out_at = p_at, dwell_deadline = case when r.kind = 'EXP_VN' then p_at + make_interval(hours => r.dwell_limit_h) else r.dwell_deadline end where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.cross_out_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.cross_out_trip';
        end if;
    when 'leave_inland' then
        if r.state in ('released') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'NEW_VEHICLE', 'TRANSIT') and (r.kind <> 'TRANSIT' or r.direction = 'N')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.leave_inland_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.leave_inland_trip';
            end if;
            if not coalesce((f->>'plate' = r.tractor_plate and (coalesce((f->>'confidence')::numeric, 1) * 100 >= coalesce((select l.value from border_gate_limit l
        where l.code = 'camera_sure_percent' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 90) or (f->>'confirmed')::boolean)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-019', hint = 'G-PLATE';
            end if;
            if not coalesce((r.holds = 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-026', hint = 'G-HOLD0';
            end if;
            v_to := 'completed';
            v_event := 'border_gate.trip_left_inland';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, ended_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.leave_inland_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.leave_inland_trip';
        end if;
    when 'revoke_release' then
        if r.state in ('released') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.revoke_release_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.revoke_release_trip';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'G-REASON';
            end if;
            v_to := 'in_yard';
            v_event := 'border_gate.trip_release_revoked';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, released_at = null, release_expires_at = null, released_to = '' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.revoke_release_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.revoke_release_trip';
        end if;
    when 'finish' then
        if r.state in ('crossed_out') and (r.kind in ('IMP_CN', 'CN_EMPTY_IN', 'AGV', 'TRANSIT', 'NEW_VEHICLE')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.finish_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.finish_trip';
            end if;
            v_to := 'completed';
            v_event := 'border_gate.trip_finished';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, ended_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.finish_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.finish_trip';
        end if;
    when 'return_in' then
        if r.state in ('crossed_out') and (r.kind in ('EXP_VN')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.return_in_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.return_in_trip';
            end if;
            if not coalesce((f->>'plate' = r.tractor_plate and (coalesce((f->>'confidence')::numeric, 1) * 100 >= coalesce((select l.value from border_gate_limit l
        where l.code = 'camera_sure_percent' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 90) or (f->>'confirmed')::boolean)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-019', hint = 'G-PLATE';
            end if;
            if not coalesce((not exists (select 1 from border_gate_driver d where d.id in (r.driver_id, r.second_driver_id) and (d.paper_until >= (p_at at time zone 'Asia/Ho_Chi_Minh')::date and coalesce(d.licence_until, (p_at at time zone 'Asia/Ho_Chi_Minh')::date) >= (p_at at time zone 'Asia/Ho_Chi_Minh')::date) is not true) and not exists (select 1 from border_gate_vehicle v where v.id in (r.tractor_id, r.trailer_id) and v.permit_until < (p_at at time zone 'Asia/Ho_Chi_Minh')::date)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-007', hint = 'G-DRIVER';
            end if;
            if not coalesce((coalesce(f->>'load_state', '') <> 'LOADED' or r.two_way and r.back_id is not null), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-294', hint = 'G-TWOWAY';
            end if;
            v_to := 'returned_in';
            v_event := 'border_gate.trip_returned';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, leg = 2, dwell_deadline = null, load_state = coalesce(f->>'load_state', ''), returned_at = p_at, fee_state = case f->>'load_state' when 'LOADED' then 'none' else r.fee_state end where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.return_in_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.return_in_trip';
        end if;
    when 'close_return' then
        if r.state in ('returned_in') and (r.kind in ('EXP_VN')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.close_return_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.close_return_trip';
            end if;
            if not coalesce((case r.load_state when 'EMPTY' then true when 'LOADED' then r.open_inland = 0 when 'REJECTED' then r.open_return = 0 and exists (select 1 from border_gate_clearancetask k where k.trip_id = r.id and k.stage = 'RETURN') else false end), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-027', hint = 'G-RETURN';
            end if;
            v_to := 'completed';
            v_event := 'border_gate.trip_return_closed';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, ended_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.close_return_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.close_return_trip';
        end if;
    when 'dwell_warn' then
        if r.state in ('crossed_in') and (r.kind in ('IMP_CN', 'CN_EMPTY_IN', 'AGV', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.dwell_warn_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.dwell_warn_trip';
            end if;
            if not coalesce((r.dwell_level < 80 and r.dwell_deadline - make_interval(mins => 12 * r.dwell_limit_h) <= p_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-208', hint = 'G-DWELL';
            end if;
            insert into border_gate_incident (id, kind, trip_id, point_id, leg, level, opened_at, over_at, note) values (gen_random_uuid(), 'dwell', r.id, r.point_id, r.leg, 80, p_at, null, '') on conflict (trip_id, kind, leg) do update set level = 80, over_at = null;
            v_to := 'crossed_in';
            v_event := 'border_gate.trip_dwell_warned';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, dwell_level = 80 where id = p_id;
        elsif r.state in ('in_yard') and (r.kind in ('IMP_CN', 'CN_EMPTY_IN', 'AGV', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.dwell_warn_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.dwell_warn_trip';
            end if;
            if not coalesce((r.dwell_level < 80 and r.dwell_deadline - make_interval(mins => 12 * r.dwell_limit_h) <= p_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-208', hint = 'G-DWELL';
            end if;
            insert into border_gate_incident (id, kind, trip_id, point_id, leg, level, opened_at, over_at, note) values (gen_random_uuid(), 'dwell', r.id, r.point_id, r.leg, 80, p_at, null, '') on conflict (trip_id, kind, leg) do update set level = 80, over_at = null;
            v_to := 'in_yard';
            v_event := 'border_gate.trip_dwell_warned';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, dwell_level = 80 where id = p_id;
        elsif r.state in ('released') and (r.kind in ('IMP_CN', 'CN_EMPTY_IN', 'AGV', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.dwell_warn_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.dwell_warn_trip';
            end if;
            if not coalesce((r.dwell_level < 80 and r.dwell_deadline - make_interval(mins => 12 * r.dwell_limit_h) <= p_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-208', hint = 'G-DWELL';
            end if;
            insert into border_gate_incident (id, kind, trip_id, point_id, leg, level, opened_at, over_at, note) values (gen_random_uuid(), 'dwell', r.id, r.point_id, r.leg, 80, p_at, null, '') on conflict (trip_id, kind, leg) do update set level = 80, over_at = null;
            v_to := 'released';
            v_event := 'border_gate.trip_dwell_warned';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, dwell_level = 80 where id = p_id;
        elsif r.state in ('crossed_out') and (r.kind in ('EXP_VN')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.dwell_warn_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.dwell_warn_trip';
            end if;
            if not coalesce((r.dwell_level < 80 and r.dwell_deadline - make_interval(mins => 12 * r.dwell_limit_h) <= p_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-208', hint = 'G-DWELL';
            end if;
            insert into border_gate_incident (id, kind, trip_id, point_id, leg, level, opened_at, over_at, note) values (gen_random_uuid(), 'dwell', r.id, r.point_id, r.leg, 80, p_at, null, '') on conflict (trip_id, kind, leg) do update set level = 80, over_at = null;
            v_to := 'crossed_out';
            v_event := 'border_gate.trip_dwell_warned';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, dwell_level = 80 where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.dwell_warn_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.dwell_warn_trip';
        end if;
    when 'dwell_over' then
        if r.state in ('crossed_in') and (r.kind in ('IMP_CN', 'CN_EMPTY_IN', 'AGV', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.dwell_over_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.dwell_over_trip';
            end if;
            if not coalesce((r.dwell_level < 100 and r.dwell_deadline <= p_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-208', hint = 'G-DWELL';
            end if;
            insert into border_gate_incident (id, kind, trip_id, point_id, leg, level, opened_at, over_at, note) values (gen_random_uuid(), 'dwell', r.id, r.point_id, r.leg, 100, p_at, p_at, '') on conflict (trip_id, kind, leg) do update set level = 100, over_at = p_at;
            v_to := 'crossed_in';
            v_event := 'border_gate.trip_overstayed';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, dwell_level = 100 where id = p_id;
        elsif r.state in ('in_yard') and (r.kind in ('IMP_CN', 'CN_EMPTY_IN', 'AGV', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.dwell_over_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.dwell_over_trip';
            end if;
            if not coalesce((r.dwell_level < 100 and r.dwell_deadline <= p_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-208', hint = 'G-DWELL';
            end if;
            insert into border_gate_incident (id, kind, trip_id, point_id, leg, level, opened_at, over_at, note) values (gen_random_uuid(), 'dwell', r.id, r.point_id, r.leg, 100, p_at, p_at, '') on conflict (trip_id, kind, leg) do update set level = 100, over_at = p_at;
            v_to := 'in_yard';
            v_event := 'border_gate.trip_overstayed';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, dwell_level = 100 where id = p_id;
        elsif r.state in ('released') and (r.kind in ('IMP_CN', 'CN_EMPTY_IN', 'AGV', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.dwell_over_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.dwell_over_trip';
            end if;
            if not coalesce((r.dwell_level < 100 and r.dwell_deadline <= p_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-208', hint = 'G-DWELL';
            end if;
            insert into border_gate_incident (id, kind, trip_id, point_id, leg, level, opened_at, over_at, note) values (gen_random_uuid(), 'dwell', r.id, r.point_id, r.leg, 100, p_at, p_at, '') on conflict (trip_id, kind, leg) do update set level = 100, over_at = p_at;
            v_to := 'released';
            v_event := 'border_gate.trip_overstayed';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, dwell_level = 100 where id = p_id;
        elsif r.state in ('crossed_out') and (r.kind in ('EXP_VN')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.dwell_over_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.dwell_over_trip';
            end if;
            if not coalesce((r.dwell_level < 100 and r.dwell_deadline <= p_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-208', hint = 'G-DWELL';
            end if;
            insert into border_gate_incident (id, kind, trip_id, point_id, leg, level, opened_at, over_at, note) values (gen_random_uuid(), 'dwell', r.id, r.point_id, r.leg, 100, p_at, p_at, '') on conflict (trip_id, kind, leg) do update set level = 100, over_at = p_at;
            v_to := 'crossed_out';
            v_event := 'border_gate.trip_overstayed';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, dwell_level = 100 where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.dwell_over_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.dwell_over_trip';
        end if;
    when 'cancel' then
        if r.state in ('draft', 'submitted', 'fix_requested', 'accepted', 'en_route', 'at_buffer', 'called') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.cancel_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.cancel_trip';
            end if;
            if not coalesce((not (r.undeclared and r.state = 'draft')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-540', hint = 'G-NOTNOTED';
            end if;
            if r.slot_id is not null and true then update border_gate_slotwindow s set booked = s.booked - 1 where s.id = r.slot_id; update border_gate_booking o set state = case p_step when 'no_show' then 'missed' else 'released' end, ended_at = p_at where o.trip_id = r.id and o.slot_id = r.slot_id and o.state in ('confirmed', 'used'); end if;
            v_to := 'cancelled';
            v_event := 'border_gate.trip_cancelled';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, ended_at = p_at, slot_id = case when not (true) then r.slot_id end where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.cancel_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.cancel_trip';
        end if;
    when 'leave_undeclared' then
        if r.state in ('draft') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.leave_undeclared_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.leave_undeclared_trip';
            end if;
            if not coalesce((r.undeclared), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-541', hint = 'G-NOTED';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'G-REASON';
            end if;
            v_to := 'cancelled';
            v_event := 'border_gate.trip_left_undeclared';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, ended_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.leave_undeclared_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.leave_undeclared_trip';
        end if;
    when 'lapse_undeclared' then
        if r.state in ('draft') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.lapse_undeclared_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.lapse_undeclared_trip';
            end if;
            if not coalesce((r.undeclared), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-541', hint = 'G-NOTED';
            end if;
            if not coalesce(((select coalesce(a.seen_again_at, a.seen_at) + make_interval(hours => coalesce((select l.value from border_gate_limit l
        where l.code = 'undeclared_stay_h' and l.valid_from <= (coalesce(a.seen_again_at, a.seen_at) at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (coalesce(a.seen_again_at, a.seen_at) at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 24))
    from border_gate_undeclaredarrival a where a.trip_id = r.id) <= p_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-208', hint = 'G-LEFTDUE';
            end if;
            v_to := 'expired';
            v_event := 'border_gate.trip_lapsed_undeclared';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, ended_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.lapse_undeclared_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.lapse_undeclared_trip';
        end if;
    when 'take_over_undeclared' then
        if r.state in ('draft') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.take_over_undeclared_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.take_over_undeclared_trip';
            end if;
            if not coalesce((r.undeclared), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-541', hint = 'G-NOTED';
            end if;
            v_to := 'cancelled';
            v_event := 'border_gate.trip_taken_over';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, ended_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.take_over_undeclared_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.take_over_undeclared_trip';
        end if;
    when 'no_show' then
        if r.state in ('accepted', 'en_route') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.no_show_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.no_show_trip';
            end if;
            if not coalesce(((select case when not exists (select 1 from border_gate_stoppage w join border_gate_controlpoint b on b.code = w.barrier_id and b.kind = any ('{buffer,entry}')
        where w.point_id = r.point_id and w.ended_at is null) then s.ends_at + make_interval(mins => b.no_show_minutes) + border_gate_blocked_for(r.point_id, '{buffer,entry}', s.begins_at, null) end from border_gate_slotwindow s, border_gate_bookingrule b where b.valid_from <= (s.ends_at at time zone 'Asia/Ho_Chi_Minh')::date and (b.valid_until is null or (s.ends_at at time zone 'Asia/Ho_Chi_Minh')::date < b.valid_until) and s.id = r.slot_id and not exists (select 1 from border_gate_displacement d where d.trip_id = r.id and d.slot_id = r.slot_id and d.answer = '')) <= p_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-208', hint = 'G-NOSHOWDUE';
            end if;
            if r.slot_id is not null and true then update border_gate_slotwindow s set booked = s.booked - 1 where s.id = r.slot_id; update border_gate_booking o set state = case p_step when 'no_show' then 'missed' else 'released' end, ended_at = p_at where o.trip_id = r.id and o.slot_id = r.slot_id and o.state in ('confirmed', 'used'); end if;
            v_to := 'no_show';
            v_event := 'border_gate.trip_not_shown';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, ended_at = p_at, slot_id = case when not (true) then r.slot_id end where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.no_show_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.no_show_trip';
        end if;
    when 'expire' then
        if r.state in ('submitted', 'fix_requested', 'accepted', 'at_buffer') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.expire_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.expire_trip';
            end if;
            if not coalesce(((case when r.state <> 'at_buffer' then r.expires_at
    when r.miss_count > 0 then coalesce(r.buffer_at + make_interval(hours => coalesce((select l.value from border_gate_limit l
        where l.code = 'expiry_h' and l.valid_from <= (r.buffer_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (r.buffer_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 72)), r.expires_at) end) <= p_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-208', hint = 'G-EXPIREDUE';
            end if;
            if r.slot_id is not null and true then update border_gate_slotwindow s set booked = s.booked - 1 where s.id = r.slot_id; update border_gate_booking o set state = case p_step when 'no_show' then 'missed' else 'released' end, ended_at = p_at where o.trip_id = r.id and o.slot_id = r.slot_id and o.state in ('confirmed', 'used'); end if;
            v_to := 'expired';
            v_event := 'border_gate.trip_expired';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, ended_at = p_at, slot_id = case when not (true) then r.slot_id end where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.expire_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.expire_trip';
        end if;
    when 'turn_back' then
        if r.state in ('at_buffer', 'arrived', 'in_yard') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.turn_back_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.turn_back_trip';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-038', hint = 'G-REASON';
            end if;
            if not coalesce((r.customs_no = '' and r.seal_no = '' or f->>'customs_consent' <> ''), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-211', hint = 'G-CUSTOMSCONSENT';
            end if;
            if r.slot_id is not null and r.state = 'at_buffer' then update border_gate_slotwindow s set booked = s.booked - 1 where s.id = r.slot_id; update border_gate_booking o set state = case p_step when 'no_show' then 'missed' else 'released' end, ended_at = p_at where o.trip_id = r.id and o.slot_id = r.slot_id and o.state in ('confirmed', 'used'); end if;
            v_to := 'turned_back';
            v_event := 'border_gate.trip_turned_back';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, ended_at = p_at, slot_id = case when not (r.state = 'at_buffer') then r.slot_id end where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.turn_back_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.turn_back_trip';
        end if;
    when 'divert' then
        if r.state in ('at_buffer', 'arrived', 'in_yard') and (r.kind in ('EXP_VN', 'EXP_XFER')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.divert_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.divert_trip';
            end if;
            if not coalesce(((f->>'point')::uuid <> r.point_id and coalesce((
        select case
            when c.kind = 'closed' then false
            when not (local.moment >= c.opens and local.moment < c.closes) then false
            when c.kind = 'preregistered' then coalesce(r.accepted_at < c.accepted_before, false)
            else true end
        from (select (p_at at time zone 'Asia/Ho_Chi_Minh')::date as day,
                     (p_at at time zone 'Asia/Ho_Chi_Minh')::time as moment) local
        join border_gate_operatingcalendar c
            on c.point_id = (f->>'point')::uuid and c.direction = r.direction
            and c.valid_from <= local.day and (c.valid_until is null or local.day < c.valid_until)
            and (c.kind <> 'closed' or c.opens is null or local.moment >= c.opens and local.moment < c.closes)
            and strpos(c.weekdays, extract(isodow from local.day)::integer::text) > 0
        order by array_position(array['closed', 'preregistered', 'extended', 'normal'], c.kind::text)
        limit 1), false)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-015', hint = 'G-POINT';
            end if;
            if not coalesce((r.customs_no = '' and r.seal_no = '' or f->>'customs_consent' <> ''), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-211', hint = 'G-CUSTOMSCONSENT';
            end if;
            if r.slot_id is not null and true then update border_gate_slotwindow s set booked = s.booked - 1 where s.id = r.slot_id; update border_gate_booking o set state = case p_step when 'no_show' then 'missed' else 'released' end, ended_at = p_at where o.trip_id = r.id and o.slot_id = r.slot_id and o.state in ('confirmed', 'used'); end if;
            v_to := 'accepted';
            v_event := 'border_gate.trip_diverted';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, point_id = (f->>'point')::uuid, yard_id = null, slot_id = case when not (true) then r.slot_id end where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.divert_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.divert_trip';
        end if;
    when 'choose_point' then
        if r.state in ('accepted', 'en_route') and (r.kind in ('EXP_VN', 'EXP_XFER')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.choose_point_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.choose_point_trip';
            end if;
            if not coalesce((exists (select 1 from border_gate_displacement d where d.trip_id = r.id and d.slot_id = r.slot_id and d.answer = '')), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-305', hint = 'G-DISPLACED';
            end if;
            if not coalesce(((f->>'point')::uuid <> r.point_id and exists (select 1 from border_gate_crossingpoint c where c.place_id = (f->>'point')::uuid and c.goods_open)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-252', hint = 'G-OTHERGATE';
            end if;
            if r.slot_id is not null and true then update border_gate_slotwindow s set booked = s.booked - 1 where s.id = r.slot_id; update border_gate_booking o set state = case p_step when 'no_show' then 'missed' else 'released' end, ended_at = p_at where o.trip_id = r.id and o.slot_id = r.slot_id and o.state in ('confirmed', 'used'); end if;
            v_to := 'accepted';
            v_event := 'border_gate.trip_diverted';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, point_id = (f->>'point')::uuid, yard_id = null, slot_id = case when not (true) then r.slot_id end where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.choose_point_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.choose_point_trip';
        end if;
    when 'seize' then
        if r.state in ('in_yard', 'returned_in') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.seize_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.seize_trip';
            end if;
            if not coalesce((length(btrim(f->>'decision_no')) > 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-212', hint = 'G-DECISION';
            end if;
            v_to := 'seized';
            v_event := 'border_gate.trip_seized';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, seized_by = coalesce(f->>'force', '') where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.seize_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.seize_trip';
        end if;
    when 'unseize' then
        if r.state in ('seized') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.unseize_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.unseize_trip';
            end if;
            if not coalesce((length(btrim(f->>'decision_no')) > 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-212', hint = 'G-DECISION';
            end if;
            if not coalesce((f->>'force' = r.seized_by), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-024', hint = 'G-SAMEFORCE';
            end if;
            v_to := 'in_yard';
            v_event := 'border_gate.trip_given_back';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, seized_by = '' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.unseize_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.unseize_trip';
        end if;
    when 'return_foreign' then
        if r.state in ('crossed_in', 'in_yard') and (r.kind in ('IMP_CN', 'NEW_VEHICLE', 'TRANSIT')) then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.return_foreign_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.return_foreign_trip';
            end if;
            if not coalesce((r.failed_tasks > 0), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'BG-213', hint = 'G-REFUSALRECORDED';
            end if;
            v_to := 'crossed_out';
            v_event := 'border_gate.trip_sent_back';
            update border_gate_trip set state = v_to, state_since = p_at, version = r.version + 1, crossed_out_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.return_foreign_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.return_foreign_trip';
        end if;
    else
        raise exception 'no such step' using errcode = 'FI423', detail = r.state;
    end case;
    insert into kernel_workflow_history
        (flow, record_id, version, step, source, target, at, actor, place_id, facts)
        values ('border_gate.trip', p_id, r.version + 1, p_step, r.state, v_to, p_at, v_actor, r.point_id, f);
    insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
        values (p_at, v_actor, p_step, 'border_gate.trip', p_id, r.version + 1, f::text);
    if v_event <> '' then
        insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            values ('border_gate.trip', p_id, r.version + 1, v_event, p_at, v_actor,
                f || jsonb_build_object('source', r.state, 'target', v_to));
    end if;
    version := r.version + 1;
    state := v_to;
end $$;

create or replace function border_gate_trip_fire_many(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
begin
    case p_step
    when 'submit' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.submit_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.direction, r.goods_group, r.planned_on, r.point_id, r.problems
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.submit_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.submit_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.submit_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.submit_trip'
                when r.step_row = 0 and not coalesce((r.problems = '[]'::jsonb), false) then 'FI422 BG-201'
                when r.step_row = 0 and not coalesce((not (border_gate_is_under_moratorium(r.id, r.point_id, r.direction, r.goods_group, greatest(p_at, (r.planned_on::timestamp at time zone 'Asia/Ho_Chi_Minh'))) and border_gate_is_under_moratorium(r.id, r.point_id, r.direction, r.goods_group, greatest(p_at, (r.planned_on::timestamp at time zone 'Asia/Ho_Chi_Minh') + interval '1 day' - interval '1 second')))), false) then 'FI422 BG-016' else '' end as verdict,
                case r.step_row when 0 then 'submitted' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_submitted' end as v_event,
                case r.step_row when 0 then p_at end as new_submitted_at
            from (select l.*, case when l.state in ('draft') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, submitted_at = j.new_submitted_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'auto_accept' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.auto_accept_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.point_id, r.problems, r.risk
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.auto_accept_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.auto_accept_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.auto_accept_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.auto_accept_trip'
                when r.step_row = 0 and not coalesce((r.problems = '[]'::jsonb), false) then 'FI422 BG-201'
                when r.step_row = 0 and not coalesce((r.risk = 'low'), false) then 'FI422 BG-202' else '' end as verdict,
                case r.step_row when 0 then 'accepted' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_accepted' end as v_event,
                case r.step_row when 0 then p_at end as new_accepted_at,
                case r.step_row when 0 then p_at end as new_ticket_at
            from (select l.*, case when l.state in ('submitted') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, accepted_at = j.new_accepted_at, ticket_at = j.new_ticket_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'accept' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.accept_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.point_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.accept_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.accept_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.accept_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.accept_trip' else '' end as verdict,
                case r.step_row when 0 then 'accepted' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_accepted' end as v_event,
                case r.step_row when 0 then p_at end as new_accepted_at,
                case r.step_row when 0 then p_at end as new_ticket_at
            from (select l.*, case when l.state in ('submitted') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, accepted_at = j.new_accepted_at, ticket_at = j.new_ticket_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'request_fix' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.request_fix_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.point_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.request_fix_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.request_fix_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.request_fix_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.request_fix_trip'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then 'FI422 BG-038'
                when r.step_row = 0 and not coalesce((jsonb_array_length(f->'fields') > 0), false) then 'FI422 BG-203' else '' end as verdict,
                case r.step_row when 0 then 'fix_requested' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_fix_requested' end as v_event,
                case r.step_row when 0 then f->'fields' end as new_fix_fields
            from (select l.*, case when l.state in ('submitted') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, fix_fields = j.new_fix_fields
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'resubmit' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.resubmit_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.fix_fields, r.point_id, r.problems
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.resubmit_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.resubmit_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.resubmit_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.resubmit_trip'
                when r.step_row = 0 and not coalesce((f->'changed' <@ r.fix_fields), false) then 'FI422 BG-204'
                when r.step_row = 0 and not coalesce((r.problems = '[]'::jsonb), false) then 'FI422 BG-201' else '' end as verdict,
                case r.step_row when 0 then 'submitted' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_resubmitted' end as v_event,
                case r.step_row when 0 then '[]'::jsonb end as new_fix_fields
            from (select l.*, case when l.state in ('fix_requested') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, fix_fields = j.new_fix_fields
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'amend' then
        perform 1 from border_gate_trip r join unnest(p_ids, p_facts) as w(id, f) on w.id = r.id
            order by r.id for no key update of r;
        if exists (select from border_gate_trip r join unnest(p_ids, p_facts) as w(id, f) on w.id = r.id where (r.state in ('accepted') and (r.slot_id is not null and coalesce((w.f->>'other_hour')::boolean, false))) or (r.state in ('en_route') and (r.slot_id is not null and coalesce((w.f->>'other_hour')::boolean, false))) or (r.state in ('at_buffer') and (r.slot_id is not null and coalesce((w.f->>'other_hour')::boolean, false))) or (r.state in ('called') and (r.slot_id is not null and coalesce((w.f->>'other_hour')::boolean, false)))) then
            return query select * from border_gate_trip_fire_each(p_ids, p_versions, p_step, p_at, p_facts, p_all);
            return;
        end if;
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.amend_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.amend_count, r.point_id, r.problems, r.slot_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.amend_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.amend_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.amend_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.amend_trip'
                when r.step_row = 0 and not coalesce((r.problems = '[]'::jsonb), false) then 'FI422 BG-201'
                when r.step_row = 1 and not exists (select 1 from rights g where g.permission in ('border_gate.amend_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.amend_trip'
                when r.step_row = 1 and not coalesce((r.problems = '[]'::jsonb), false) then 'FI422 BG-201'
                when r.step_row = 2 and not exists (select 1 from rights g where g.permission in ('border_gate.amend_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.amend_trip'
                when r.step_row = 2 and not coalesce((r.problems = '[]'::jsonb), false) then 'FI422 BG-201'
                when r.step_row = 3 and not exists (select 1 from rights g where g.permission in ('border_gate.amend_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.amend_trip'
                when r.step_row = 3 and not coalesce((r.problems = '[]'::jsonb), false) then 'FI422 BG-201'
                when r.step_row = 4 and not exists (select 1 from rights g where g.permission in ('border_gate.amend_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.amend_trip'
                when r.step_row = 4 and not coalesce((r.problems = '[]'::jsonb), false) then 'FI422 BG-201'
                when r.step_row = 4 and not coalesce((exists (select 1 from border_gate_amendment a where a.id = (f->>'amendment')::uuid and a.trip_id = r.id and a.state = 'applied' and (a.consent_of = '' or a.decided_by is not null))), false) then 'FI422 BG-283'
                when r.step_row = 5 and not exists (select 1 from rights g where g.permission in ('border_gate.amend_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.amend_trip'
                when r.step_row = 5 and not coalesce((r.problems = '[]'::jsonb), false) then 'FI422 BG-201'
                when r.step_row = 5 and not coalesce((exists (select 1 from border_gate_amendment a where a.id = (f->>'amendment')::uuid and a.trip_id = r.id and a.state = 'applied' and (a.consent_of = '' or a.decided_by is not null))), false) then 'FI422 BG-283'
                when r.step_row = 6 and not exists (select 1 from rights g where g.permission in ('border_gate.amend_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.amend_trip'
                when r.step_row = 6 and not coalesce((r.problems = '[]'::jsonb), false) then 'FI422 BG-201'
                when r.step_row = 6 and not coalesce((exists (select 1 from border_gate_amendment a where a.id = (f->>'amendment')::uuid and a.trip_id = r.id and a.state = 'applied' and (a.consent_of = '' or a.decided_by is not null))), false) then 'FI422 BG-283' else '' end as verdict,
                case r.step_row when 0 then 'accepted' when 1 then 'en_route' when 2 then 'at_buffer' when 3 then 'called' when 4 then 'arrived' when 5 then 'crossed_in' when 6 then 'in_yard' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_amended' when 1 then 'border_gate.trip_amended' when 2 then 'border_gate.trip_amended' when 3 then 'border_gate.trip_amended' when 4 then 'border_gate.trip_amended' when 5 then 'border_gate.trip_amended' when 6 then 'border_gate.trip_amended' end as v_event,
                case r.step_row when 0 then r.amend_count + 1 when 1 then r.amend_count + 1 when 2 then r.amend_count + 1 when 3 then r.amend_count + 1 when 4 then r.amend_count + 1 when 5 then r.amend_count + 1 when 6 then r.amend_count + 1 end as new_amend_count,
                case r.step_row when 0 then case when not (coalesce((f->>'other_hour')::boolean, false)) then r.slot_id end when 1 then case when not (coalesce((f->>'other_hour')::boolean, false)) then r.slot_id end when 2 then case when not (coalesce((f->>'other_hour')::boolean, false)) then r.slot_id end when 3 then case when not (coalesce((f->>'other_hour')::boolean, false)) then r.slot_id end when 4 then r.slot_id when 5 then r.slot_id when 6 then r.slot_id end as new_slot_id
            from (select l.*, case when l.state in ('accepted') then 0 when l.state in ('en_route') then 1 when l.state in ('at_buffer') then 2 when l.state in ('called') then 3 when l.state in ('arrived') then 4 when l.state in ('crossed_in') then 5 when l.state in ('in_yard') then 6 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, amend_count = j.new_amend_count, slot_id = j.new_slot_id
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'depart' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.depart_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.direction, r.kind, r.point_id, r.slot_id, r.ticket_at
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.depart_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.depart_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.depart_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.depart_trip'
                when r.step_row = 0 and not coalesce((r.slot_id is not null or r.ticket_at is not null), false) then 'FI422 BG-206' else '' end as verdict,
                case r.step_row when 0 then 'en_route' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_departed' end as v_event
            from (select l.*, case when l.state in ('accepted') and (l.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT') and (l.kind <> 'TRANSIT' or l.direction = 'X')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'enter_buffer' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.enter_buffer_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.accepted_at, r.agency_id, r.buffer_id, r.direction, r.effective_at, r.first_arrival_at, r.kind, r.point_id, r.priority, r.slot_id, r.tractor_plate, r.undeclared
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.enter_buffer_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.enter_buffer_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.enter_buffer_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.enter_buffer_trip'
                when r.step_row = 0 and not coalesce((f->>'plate' = r.tractor_plate and (coalesce((f->>'confidence')::numeric, 1) * 100 >= coalesce((select l.value from border_gate_limit l
        where l.code = 'camera_sure_percent' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 90) or (f->>'confirmed')::boolean)), false) then 'FI422 BG-019' else '' end as verdict,
                case r.step_row when 0 then 'at_buffer' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_buffered' end as v_event,
                case r.step_row when 0 then coalesce(r.first_arrival_at, p_at) end as new_first_arrival_at,
                case r.step_row when 0 then coalesce(r.effective_at, case
    when r.priority = 'P0' then p_at
    when r.undeclared or r.slot_id is null then (case when r.undeclared then r.accepted_at else p_at end) + make_interval(mins => coalesce((select l.value from border_gate_limit l
        where l.code = 'no_slot_min' and l.valid_from <= ((case when r.undeclared then r.accepted_at else p_at end) at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or ((case when r.undeclared then r.accepted_at else p_at end) at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 30))
    else (select case when p_at <= s.ends_at or p_at <= s.ends_at + border_gate_blocked_for(r.point_id, '{buffer,entry}', s.begins_at, p_at) then s.begins_at else p_at end
          from border_gate_slotwindow s where s.id = r.slot_id) end) end as new_effective_at,
                case r.step_row when 0 then p_at end as new_buffer_at,
                case r.step_row when 0 then coalesce((f->>'buffer')::uuid, r.buffer_id) end as new_buffer_id
            from (select l.*, case when l.state in ('accepted', 'en_route') and (l.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT') and (l.kind <> 'TRANSIT' or l.direction = 'X')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, first_arrival_at = j.new_first_arrival_at, effective_at = j.new_effective_at, buffer_at = j.new_buffer_at, buffer_id = j.new_buffer_id
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'yard_redirect' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.yard_redirect_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.buffer_id, r.container_type, r.direction, r.kind, r.leg, r.load_state, r.point_id, r.yard_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.yard_redirect_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.yard_redirect_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.yard_redirect_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.yard_redirect_trip'
                when r.step_row = 1 and not exists (select 1 from rights g where g.permission in ('border_gate.yard_redirect_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.yard_redirect_trip'
                when r.step_row = 2 and not exists (select 1 from rights g where g.permission in ('border_gate.yard_redirect_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.yard_redirect_trip'
                when r.step_row = 3 and not exists (select 1 from rights g where g.permission in ('border_gate.yard_redirect_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.yard_redirect_trip'
                when r.step_row = 3 and not coalesce(((select y.capacity > (select count(*) from border_gate_trip t where t.is_live and t.yard_id = y.place_id and t.id <> r.id and (t.is_in_yard or t.state in ('called', 'arrived', 'crossed_in', 'returned_in'))) from border_gate_yard y where y.place_id = coalesce((f->>'yard')::uuid, r.yard_id)) and (select count(*) from border_gate_bay b where b.yard_id = coalesce((f->>'yard')::uuid, r.yard_id) and not b.closed and b.kind = any (array_remove(array[
    case when r.container_type ~ '^..R' then 'reefer' end,
    case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end], null)) and not exists (select 1 from border_gate_trip t where t.yard_id = b.yard_id and t.is_in_yard and t.bay = b.code and t.id <> r.id)) > (select count(*) from border_gate_trip t where t.is_live and t.yard_id = coalesce((f->>'yard')::uuid, r.yard_id) and t.id <> r.id and t.state in ('called', 'arrived', 'crossed_in', 'returned_in') and case when t.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when t.kind in ('EXP_VN', 'EXP_XFER') and (t.leg = 1 or t.load_state = 'REJECTED') or t.kind = 'TRANSIT' and t.direction = 'X' then 'export' else 'import' end = case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end)), false) then 'FI422 BG-030'
                when r.step_row = 4 and not exists (select 1 from rights g where g.permission in ('border_gate.yard_redirect_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.yard_redirect_trip'
                when r.step_row = 4 and not coalesce(((select y.capacity > (select count(*) from border_gate_trip t where t.is_live and t.yard_id = y.place_id and t.id <> r.id and (t.is_in_yard or t.state in ('called', 'arrived', 'crossed_in', 'returned_in'))) from border_gate_yard y where y.place_id = coalesce((f->>'yard')::uuid, r.yard_id)) and (select count(*) from border_gate_bay b where b.yard_id = coalesce((f->>'yard')::uuid, r.yard_id) and not b.closed and b.kind = any (array_remove(array[
    case when r.container_type ~ '^..R' then 'reefer' end,
    case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end], null)) and not exists (select 1 from border_gate_trip t where t.yard_id = b.yard_id and t.is_in_yard and t.bay = b.code and t.id <> r.id)) > (select count(*) from border_gate_trip t where t.is_live and t.yard_id = coalesce((f->>'yard')::uuid, r.yard_id) and t.id <> r.id and t.state in ('called', 'arrived', 'crossed_in', 'returned_in') and case when t.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when t.kind in ('EXP_VN', 'EXP_XFER') and (t.leg = 1 or t.load_state = 'REJECTED') or t.kind = 'TRANSIT' and t.direction = 'X' then 'export' else 'import' end = case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end)), false) then 'FI422 BG-030' else '' end as verdict,
                case r.step_row when 0 then 'accepted' when 1 then 'en_route' when 2 then 'at_buffer' when 3 then 'arrived' when 4 then 'crossed_in' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_redirected' when 1 then 'border_gate.trip_redirected' when 2 then 'border_gate.trip_redirected' when 3 then 'border_gate.trip_redirected' when 4 then 'border_gate.trip_redirected' end as v_event,
                case r.step_row when 0 then (f->>'yard')::uuid when 1 then (f->>'yard')::uuid when 2 then (f->>'yard')::uuid when 3 then r.buffer_id when 4 then r.buffer_id end as new_buffer_id,
                case r.step_row when 0 then r.yard_id when 1 then r.yard_id when 2 then r.yard_id when 3 then (f->>'yard')::uuid when 4 then (f->>'yard')::uuid end as new_yard_id
            from (select l.*, case when l.state in ('accepted') and (l.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then 0 when l.state in ('en_route') and (l.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then 1 when l.state in ('at_buffer') and (l.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then 2 when l.state in ('arrived') and (l.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then 3 when l.state in ('crossed_in') and (l.kind in ('IMP_CN', 'CN_EMPTY_IN', 'AGV', 'NEW_VEHICLE', 'TRANSIT')) then 4 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, buffer_id = j.new_buffer_id, yard_id = j.new_yard_id
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'call' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.call_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.accepted_at, r.agency_id, r.container_type, r.direction, r.goods_group, r.holds, r.kind, r.leg, r.load_state, r.point_id, r.yard_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.call_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.call_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.call_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.call_trip'
                when r.step_row = 0 and not coalesce((coalesce((
        select case
            when c.kind = 'closed' then false
            when not (local.moment >= c.opens and local.moment < c.closes) then false
            when c.kind = 'preregistered' then coalesce(r.accepted_at < c.accepted_before, false)
            else true end
        from (select (p_at at time zone 'Asia/Ho_Chi_Minh')::date as day,
                     (p_at at time zone 'Asia/Ho_Chi_Minh')::time as moment) local
        join border_gate_operatingcalendar c
            on c.point_id = r.point_id and c.direction = r.direction
            and c.valid_from <= local.day and (c.valid_until is null or local.day < c.valid_until)
            and (c.kind <> 'closed' or c.opens is null or local.moment >= c.opens and local.moment < c.closes)
            and strpos(c.weekdays, extract(isodow from local.day)::integer::text) > 0
        order by array_position(array['closed', 'preregistered', 'extended', 'normal'], c.kind::text)
        limit 1), false)), false) then 'FI422 BG-015'
                when r.step_row = 0 and not coalesce((not border_gate_is_under_moratorium(r.id, r.point_id, r.direction, r.goods_group, p_at)), false) then 'FI422 BG-016'
                when r.step_row = 0 and not coalesce(((select y.capacity > (select count(*) from border_gate_trip t where t.is_live and t.yard_id = y.place_id and t.id <> r.id and (t.is_in_yard or t.state in ('called', 'arrived', 'crossed_in', 'returned_in'))) from border_gate_yard y where y.place_id = coalesce((f->>'yard')::uuid, r.yard_id)) and (select count(*) from border_gate_bay b where b.yard_id = coalesce((f->>'yard')::uuid, r.yard_id) and not b.closed and b.kind = any (array_remove(array[
    case when r.container_type ~ '^..R' then 'reefer' end,
    case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end], null)) and not exists (select 1 from border_gate_trip t where t.yard_id = b.yard_id and t.is_in_yard and t.bay = b.code and t.id <> r.id)) > (select count(*) from border_gate_trip t where t.is_live and t.yard_id = coalesce((f->>'yard')::uuid, r.yard_id) and t.id <> r.id and t.state in ('called', 'arrived', 'crossed_in', 'returned_in') and case when t.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when t.kind in ('EXP_VN', 'EXP_XFER') and (t.leg = 1 or t.load_state = 'REJECTED') or t.kind = 'TRANSIT' and t.direction = 'X' then 'export' else 'import' end = case when r.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty' when r.kind in ('EXP_VN', 'EXP_XFER') and (r.leg = 1 or r.load_state = 'REJECTED') or r.kind = 'TRANSIT' and r.direction = 'X' then 'export' else 'import' end)), false) then 'FI422 BG-030'
                when r.step_row = 0 and not coalesce((r.holds = 0), false) then 'FI422 BG-026' else '' end as verdict,
                case r.step_row when 0 then 'called' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_called' end as v_event,
                case r.step_row when 0 then p_at end as new_called_at,
                case r.step_row when 0 then p_at + make_interval(mins => coalesce((select l.value from border_gate_limit l
        where l.code = 'call_min' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 45)) end as new_call_expires_at,
                case r.step_row when 0 then coalesce((f->>'yard')::uuid, r.yard_id) end as new_yard_id
            from (select l.*, case when l.state in ('accepted', 'en_route', 'at_buffer') and (l.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, called_at = j.new_called_at, call_expires_at = j.new_call_expires_at, yard_id = j.new_yard_id
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'call_timeout' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.call_timeout_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.call_expires_at, r.kind, r.miss_count, r.point_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.call_timeout_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.call_timeout_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.call_timeout_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.call_timeout_trip'
                when r.step_row = 0 and not coalesce(((case when not exists (select 1 from border_gate_stoppage w join border_gate_controlpoint b on b.code = w.barrier_id and b.kind = any ('{entry}')
        where w.point_id = r.point_id and w.ended_at is null) then r.call_expires_at end) <= p_at), false) then 'FI422 BG-208' else '' end as verdict,
                case r.step_row when 0 then 'at_buffer' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_call_lapsed' end as v_event,
                case r.step_row when 0 then r.miss_count + 1 end as new_miss_count,
                case r.step_row when 0 then p_at end as new_missed_at,
                case r.step_row when 0 then nullif(r.call_expires_at, r.call_expires_at) end as new_call_expires_at
            from (select l.*, case when l.state in ('called') and (l.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, miss_count = j.new_miss_count, missed_at = j.new_missed_at, call_expires_at = j.new_call_expires_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'extend_call' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.extend_call_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.call_expires_at, r.called_at, r.kind, r.point_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.extend_call_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.extend_call_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.extend_call_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.extend_call_trip'
                when r.step_row = 0 and not coalesce((not exists (select 1 from border_gate_stoppage w join border_gate_controlpoint b on b.code = w.barrier_id and b.kind = any ('{entry}')
        where w.point_id = r.point_id and w.ended_at is null) and r.called_at + make_interval(mins => coalesce((select l.value from border_gate_limit l
        where l.code = 'call_min' and l.valid_from <= (r.called_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (r.called_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 45)) + border_gate_blocked_for(r.point_id, '{entry}', r.called_at, null) > r.call_expires_at), false) then 'FI422 BG-208' else '' end as verdict,
                case r.step_row when 0 then 'called' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_call_extended' end as v_event,
                case r.step_row when 0 then r.called_at + make_interval(mins => coalesce((select l.value from border_gate_limit l
        where l.code = 'call_min' and l.valid_from <= (r.called_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (r.called_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 45)) + border_gate_blocked_for(r.point_id, '{entry}', r.called_at, null) end as new_call_expires_at
            from (select l.*, case when l.state in ('called') and (l.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, call_expires_at = j.new_call_expires_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'cross_in' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.cross_in_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.accepted_at, r.agency_id, r.direction, r.driver_id, r.dwell_limit_h, r.first_arrival_at, r.goods_group, r.holds, r.kind, r.point_id, r.second_driver_id, r.tractor_id, r.tractor_plate, r.trailer_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.cross_in_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.cross_in_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.cross_in_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.cross_in_trip'
                when r.step_row = 0 and not coalesce((f->>'plate' = r.tractor_plate and (coalesce((f->>'confidence')::numeric, 1) * 100 >= coalesce((select l.value from border_gate_limit l
        where l.code = 'camera_sure_percent' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 90) or (f->>'confirmed')::boolean)), false) then 'FI422 BG-019'
                when r.step_row = 0 and not coalesce((not exists (select 1 from border_gate_driver d where d.id in (r.driver_id, r.second_driver_id) and (d.paper_until >= (p_at at time zone 'Asia/Ho_Chi_Minh')::date and coalesce(d.licence_until, (p_at at time zone 'Asia/Ho_Chi_Minh')::date) >= (p_at at time zone 'Asia/Ho_Chi_Minh')::date) is not true) and not exists (select 1 from border_gate_vehicle v where v.id in (r.tractor_id, r.trailer_id) and v.permit_until < (p_at at time zone 'Asia/Ho_Chi_Minh')::date)), false) then 'FI422 BG-007'
                when r.step_row = 0 and not coalesce((r.holds = 0), false) then 'FI422 BG-026'
                when r.step_row = 0 and not coalesce((coalesce((
        select case
            when c.kind = 'closed' then false
            when not (local.moment >= c.opens and local.moment < c.closes) then false
            when c.kind = 'preregistered' then coalesce(r.accepted_at < c.accepted_before, false)
            else true end
        from (select (p_at at time zone 'Asia/Ho_Chi_Minh')::date as day,
                     (p_at at time zone 'Asia/Ho_Chi_Minh')::time as moment) local
        join border_gate_operatingcalendar c
            on c.point_id = r.point_id and c.direction = r.direction
            and c.valid_from <= local.day and (c.valid_until is null or local.day < c.valid_until)
            and (c.kind <> 'closed' or c.opens is null or local.moment >= c.opens and local.moment < c.closes)
            and strpos(c.weekdays, extract(isodow from local.day)::integer::text) > 0
        order by array_position(array['closed', 'preregistered', 'extended', 'normal'], c.kind::text)
        limit 1), false)), false) then 'FI422 BG-015'
                when r.step_row = 0 and not coalesce((not border_gate_is_under_moratorium(r.id, r.point_id, r.direction, r.goods_group, p_at)), false) then 'FI422 BG-016' else '' end as verdict,
                case r.step_row when 0 then 'crossed_in' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_crossed_in' end as v_event,
                case r.step_row when 0 then coalesce(r.first_arrival_at, p_at) end as new_first_arrival_at,
                case r.step_row when 0 then p_at end as new_arrived_at,
                case r.step_row when 0 then p_at end as new_crossed_in_at,
                case r.step_row when 0 then case when r.kind <> 'NEW_VEHICLE' then p_at + make_interval(hours => r.dwell_limit_h) end end as new_dwell_deadline
            from (select l.*, case when l.state in ('accepted') and (l.kind in ('IMP_CN', 'CN_EMPTY_IN', 'AGV', 'NEW_VEHICLE', 'TRANSIT') and (l.kind <> 'TRANSIT' or l.direction = 'N')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, first_arrival_at = j.new_first_arrival_at, arrived_at = j.new_arrived_at, crossed_in_at = j.new_crossed_in_at, dwell_deadline = j.new_dwell_deadline
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'transfer_done' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.transfer_done_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.balance_kg, r.gross_kg, r.kind, r.point_id, r.tolerance_percent, r.unloaded_kg
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.transfer_done_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.transfer_done_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.transfer_done_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.transfer_done_trip'
                when r.step_row = 0 and not coalesce((exists (select 1 from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id where x.id = (f->>'transfer')::uuid and x.state = 'confirmed' and r.id in (l.from_trip_id, l.to_trip_id)) and coalesce((select g.kg * 100 <= r.gross_kg::bigint * (100 + r.tolerance_percent) and (not exists (select 1 from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id where l.from_trip_id = r.id and x.state = 'confirmed' and not x.partial) or g.kg * 100 >= r.gross_kg::bigint * (100 - r.tolerance_percent)) from (select (select sum(o.kg)::integer from (select l.kg from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id where l.from_trip_id = r.id and x.state = 'confirmed' union all select d.kg from border_gate_destruction d where d.trip_id = r.id and not d.taken_over) o)::bigint as kg) g where g.kg is not null), true)), false) then 'FI422 BG-031' else '' end as verdict,
                case r.step_row when 0 then 'in_yard' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_unloaded' end as v_event,
                case r.step_row when 0 then coalesce((select sum(o.kg)::integer from (select l.kg from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id where l.from_trip_id = r.id and x.state = 'confirmed' union all select d.kg from border_gate_destruction d where d.trip_id = r.id and not d.taken_over) o), r.unloaded_kg) end as new_unloaded_kg,
                case r.step_row when 0 then ((select coalesce(sum(l.kg), 0)::integer from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id where l.to_trip_id = r.id and x.state = 'confirmed') - (select coalesce(sum(d.kg), 0)::integer from border_gate_destruction d where d.trip_id = r.id and d.taken_over)) end as new_loaded_kg,
                case r.step_row when 0 then case when r.balance_kg = 0 or exists (select 1 from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id where l.from_trip_id = r.id and x.state = 'confirmed' and not x.partial) then 0 else greatest(0, r.gross_kg - coalesce((select sum(o.kg)::integer from (select l.kg from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id where l.from_trip_id = r.id and x.state = 'confirmed' union all select d.kg from border_gate_destruction d where d.trip_id = r.id and not d.taken_over) o), 0)) end end as new_balance_kg,
                case r.step_row when 0 then p_at end as new_unloaded_at
            from (select l.*, case when l.state in ('in_yard') and (l.kind in ('EXP_XFER', 'IMP_CN', 'IMP_VN_PICKUP', 'CN_EMPTY_IN', 'AGV', 'TRANSIT')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, unloaded_kg = j.new_unloaded_kg, loaded_kg = j.new_loaded_kg, balance_kg = j.new_balance_kg, unloaded_at = j.new_unloaded_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'release_out' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.release_out_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.balance_kg, r.direction, r.fee_state, r.holds, r.kind, r.leg, r.open_entry, r.open_exit, r.point_id, r.tasks_opened, r.two_way
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.release_out_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.release_out_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.release_out_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.release_out_trip'
                when r.step_row = 0 and not coalesce((r.tasks_opened and r.open_entry = 0 and r.open_exit = 0), false) then 'FI422 BG-027'
                when r.step_row = 0 and not coalesce((r.fee_state in ('paid', 'waived', 'deferred', 'not_owed') and not exists (select 1 from border_gate_feedifference d where d.trip_id = r.id and d.settled_at is null and d.amount > 0)), false) then 'FI422 BG-028'
                when r.step_row = 0 and not coalesce((r.holds = 0), false) then 'FI422 BG-026'
                when r.step_row = 0 and not coalesce((r.leg = 1), false) then 'FI422 BG-023'
                when r.step_row = 0 and not coalesce((r.balance_kg = 0), false) then 'FI422 BG-031' else '' end as verdict,
                case r.step_row when 0 then 'released' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_released' end as v_event,
                case r.step_row when 0 then p_at end as new_released_at,
                case r.step_row when 0 then p_at + make_interval(hours => coalesce((select l.value from border_gate_limit l
        where l.code = 'release_h' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 12)) end as new_release_expires_at,
                case r.step_row when 0 then 'line' end as new_released_to
            from (select l.*, case when l.state in ('in_yard') and (l.kind in ('EXP_VN', 'IMP_CN', 'CN_EMPTY_IN', 'AGV', 'TRANSIT') and (l.kind <> 'IMP_CN' or l.two_way) and (l.kind <> 'TRANSIT' or l.direction = 'X')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, released_at = j.new_released_at, release_expires_at = j.new_release_expires_at, released_to = j.new_released_to
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'release_inland' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.release_inland_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.balance_kg, r.direction, r.fee_state, r.gross_kg, r.holds, r.kind, r.leg, r.open_entry, r.open_inland, r.open_return, r.point_id, r.tasks_opened, r.unloaded_kg
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.release_inland_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.release_inland_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.release_inland_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.release_inland_trip'
                when r.step_row = 0 and not coalesce((r.tasks_opened and r.open_entry = 0 and r.open_inland = 0 and r.open_return = 0), false) then 'FI422 BG-027'
                when r.step_row = 0 and not coalesce((r.fee_state in ('paid', 'waived', 'deferred', 'not_owed') and not exists (select 1 from border_gate_feedifference d where d.trip_id = r.id and d.settled_at is null and d.amount > 0)), false) then 'FI422 BG-028'
                when r.step_row = 0 and not coalesce((r.holds = 0), false) then 'FI422 BG-026'
                when r.step_row = 0 and not coalesce((r.kind <> 'EXP_VN' or r.leg = 2 or r.gross_kg > 0 and r.unloaded_kg >= r.gross_kg), false) then 'FI422 BG-023'
                when r.step_row = 0 and not coalesce((r.balance_kg = 0), false) then 'FI422 BG-031' else '' end as verdict,
                case r.step_row when 0 then 'released' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_released' end as v_event,
                case r.step_row when 0 then p_at end as new_released_at,
                case r.step_row when 0 then p_at + make_interval(hours => coalesce((select l.value from border_gate_limit l
        where l.code = 'release_h' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 12)) end as new_release_expires_at,
                case r.step_row when 0 then 'inland' end as new_released_to
            from (select l.*, case when l.state in ('in_yard') and (l.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'NEW_VEHICLE', 'TRANSIT') and (l.kind <> 'TRANSIT' or l.direction = 'N')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, released_at = j.new_released_at, release_expires_at = j.new_release_expires_at, released_to = j.new_released_to
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'release_empty_back' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.release_empty_back_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.balance_kg, r.fee_state, r.holds, r.kind, r.point_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.release_empty_back_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.release_empty_back_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.release_empty_back_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.release_empty_back_trip'
                when r.step_row = 0 and not coalesce((r.balance_kg = 0), false) then 'FI422 BG-031'
                when r.step_row = 0 and not coalesce((r.fee_state in ('paid', 'waived', 'deferred', 'not_owed') and not exists (select 1 from border_gate_feedifference d where d.trip_id = r.id and d.settled_at is null and d.amount > 0)), false) then 'FI422 BG-028'
                when r.step_row = 0 and not coalesce((r.holds = 0), false) then 'FI422 BG-026' else '' end as verdict,
                case r.step_row when 0 then 'released' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_released' end as v_event,
                case r.step_row when 0 then p_at end as new_released_at,
                case r.step_row when 0 then p_at + make_interval(hours => coalesce((select l.value from border_gate_limit l
        where l.code = 'release_h' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 12)) end as new_release_expires_at,
                case r.step_row when 0 then 'line' end as new_released_to
            from (select l.*, case when l.state in ('in_yard') and (l.kind in ('IMP_CN')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, released_at = j.new_released_at, release_expires_at = j.new_release_expires_at, released_to = j.new_released_to
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'cross_out' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.cross_out_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.accepted_at, r.agency_id, r.direction, r.driver_id, r.dwell_deadline, r.dwell_limit_h, r.holds, r.kind, r.point_id, r.release_expires_at, r.second_driver_id, r.tractor_id, r.tractor_plate, r.trailer_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.cross_out_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.cross_out_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.cross_out_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.cross_out_trip'
                when r.step_row = 0 and not coalesce((f->>'plate' = r.tractor_plate and (coalesce((f->>'confidence')::numeric, 1) * 100 >= coalesce((select l.value from border_gate_limit l
        where l.code = 'camera_sure_percent' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 90) or (f->>'confirmed')::boolean)), false) then 'FI422 BG-019'
                when r.step_row = 0 and not coalesce((not exists (select 1 from border_gate_driver d where d.id in (r.driver_id, r.second_driver_id) and (d.paper_until >= (p_at at time zone 'Asia/Ho_Chi_Minh')::date and coalesce(d.licence_until, (p_at at time zone 'Asia/Ho_Chi_Minh')::date) >= (p_at at time zone 'Asia/Ho_Chi_Minh')::date) is not true) and not exists (select 1 from border_gate_vehicle v where v.id in (r.tractor_id, r.trailer_id) and v.permit_until < (p_at at time zone 'Asia/Ho_Chi_Minh')::date)), false) then 'FI422 BG-007'
                when r.step_row = 0 and not coalesce((r.holds = 0), false) then 'FI422 BG-026'
                when r.step_row = 0 and not coalesce((coalesce((
        select case
            when c.kind = 'closed' then false
            when not (local.moment >= c.opens and local.moment < c.closes) then false
            when c.kind = 'preregistered' then coalesce(r.accepted_at < c.accepted_before, false)
            else true end
        from (select (p_at at time zone 'Asia/Ho_Chi_Minh')::date as day,
                     (p_at at time zone 'Asia/Ho_Chi_Minh')::time as moment) local
        join border_gate_operatingcalendar c
            on c.point_id = r.point_id and c.direction = r.direction
            and c.valid_from <= local.day and (c.valid_until is null or local.day < c.valid_until)
            and (c.kind <> 'closed' or c.opens is null or local.moment >= c.opens and local.moment < c.closes)
            and strpos(c.weekdays, extract(isodow from local.day)::integer::text) > 0
        order by array_position(array['closed', 'preregistered', 'extended', 'normal'], c.kind::text)
        limit 1), false)), false) then 'FI422 BG-015'
                when r.step_row = 0 and not coalesce((p_at < r.release_expires_at), false) then 'FI422 BG-210' else '' end as verdict,
                case r.step_row when 0 then 'crossed_out' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_crossed_out' end as v_event,
                case r.step_row when 0 then p_at end as new_crossed_out_at,
                case r.step_row when 0 then case when r.kind = 'EXP_VN' then p_at + make_interval(hours => r.dwell_limit_h) else r.dwell_deadline end end as new_dwell_deadline
            from (select l.*, case when l.state in ('released') and (l.kind in ('EXP_VN', 'IMP_CN', 'CN_EMPTY_IN', 'AGV', 'TRANSIT') and (l.kind <> 'TRANSIT' or l.direction = 'X')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, crossed_out_at = j.new_crossed_out_at, dwell_deadline = j.new_dwell_deadline
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'leave_inland' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.leave_inland_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.direction, r.holds, r.kind, r.point_id, r.tractor_plate
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.leave_inland_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.leave_inland_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.leave_inland_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.leave_inland_trip'
                when r.step_row = 0 and not coalesce((f->>'plate' = r.tractor_plate and (coalesce((f->>'confidence')::numeric, 1) * 100 >= coalesce((select l.value from border_gate_limit l
        where l.code = 'camera_sure_percent' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 90) or (f->>'confirmed')::boolean)), false) then 'FI422 BG-019'
                when r.step_row = 0 and not coalesce((r.holds = 0), false) then 'FI422 BG-026' else '' end as verdict,
                case r.step_row when 0 then 'completed' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_left_inland' end as v_event,
                case r.step_row when 0 then p_at end as new_ended_at
            from (select l.*, case when l.state in ('released') and (l.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'NEW_VEHICLE', 'TRANSIT') and (l.kind <> 'TRANSIT' or l.direction = 'N')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, ended_at = j.new_ended_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'revoke_release' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.revoke_release_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.point_id, r.release_expires_at, r.released_at
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.revoke_release_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.revoke_release_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.revoke_release_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.revoke_release_trip'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then 'FI422 BG-038' else '' end as verdict,
                case r.step_row when 0 then 'in_yard' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_release_revoked' end as v_event,
                case r.step_row when 0 then nullif(r.released_at, r.released_at) end as new_released_at,
                case r.step_row when 0 then nullif(r.release_expires_at, r.release_expires_at) end as new_release_expires_at,
                case r.step_row when 0 then '' end as new_released_to
            from (select l.*, case when l.state in ('released') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, released_at = j.new_released_at, release_expires_at = j.new_release_expires_at, released_to = j.new_released_to
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'finish' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.finish_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.kind, r.point_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.finish_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.finish_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.finish_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.finish_trip' else '' end as verdict,
                case r.step_row when 0 then 'completed' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_finished' end as v_event,
                case r.step_row when 0 then p_at end as new_ended_at
            from (select l.*, case when l.state in ('crossed_out') and (l.kind in ('IMP_CN', 'CN_EMPTY_IN', 'AGV', 'TRANSIT', 'NEW_VEHICLE')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, ended_at = j.new_ended_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'return_in' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.return_in_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.back_id, r.driver_id, r.dwell_deadline, r.fee_state, r.kind, r.point_id, r.second_driver_id, r.tractor_id, r.tractor_plate, r.trailer_id, r.two_way
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.return_in_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.return_in_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.return_in_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.return_in_trip'
                when r.step_row = 0 and not coalesce((f->>'plate' = r.tractor_plate and (coalesce((f->>'confidence')::numeric, 1) * 100 >= coalesce((select l.value from border_gate_limit l
        where l.code = 'camera_sure_percent' and l.valid_from <= (p_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (p_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 90) or (f->>'confirmed')::boolean)), false) then 'FI422 BG-019'
                when r.step_row = 0 and not coalesce((not exists (select 1 from border_gate_driver d where d.id in (r.driver_id, r.second_driver_id) and (d.paper_until >= (p_at at time zone 'Asia/Ho_Chi_Minh')::date and coalesce(d.licence_until, (p_at at time zone 'Asia/Ho_Chi_Minh')::date) >= (p_at at time zone 'Asia/Ho_Chi_Minh')::date) is not true) and not exists (select 1 from border_gate_vehicle v where v.id in (r.tractor_id, r.trailer_id) and v.permit_until < (p_at at time zone 'Asia/Ho_Chi_Minh')::date)), false) then 'FI422 BG-007'
                when r.step_row = 0 and not coalesce((coalesce(f->>'load_state', '') <> 'LOADED' or r.two_way and r.back_id is not null), false) then 'FI422 BG-294' else '' end as verdict,
                case r.step_row when 0 then 'returned_in' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_returned' end as v_event,
                case r.step_row when 0 then 2 end as new_leg,
                case r.step_row when 0 then nullif(r.dwell_deadline, r.dwell_deadline) end as new_dwell_deadline,
                case r.step_row when 0 then coalesce(f->>'load_state', '') end as new_load_state,
                case r.step_row when 0 then p_at end as new_returned_at,
                case r.step_row when 0 then case f->>'load_state' when 'LOADED' then 'none' else r.fee_state end end as new_fee_state
            from (select l.*, case when l.state in ('crossed_out') and (l.kind in ('EXP_VN')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, leg = j.new_leg, dwell_deadline = j.new_dwell_deadline, load_state = j.new_load_state, returned_at = j.new_returned_at, fee_state = j.new_fee_state
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'close_return' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.close_return_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.kind, r.load_state, r.open_inland, r.open_return, r.point_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.close_return_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.close_return_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.close_return_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.close_return_trip'
                when r.step_row = 0 and not coalesce((case r.load_state when 'EMPTY' then true when 'LOADED' then r.open_inland = 0 when 'REJECTED' then r.open_return = 0 and exists (select 1 from border_gate_clearancetask k where k.trip_id = r.id and k.stage = 'RETURN') else false end), false) then 'FI422 BG-027' else '' end as verdict,
                case r.step_row when 0 then 'completed' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_return_closed' end as v_event,
                case r.step_row when 0 then p_at end as new_ended_at
            from (select l.*, case when l.state in ('returned_in') and (l.kind in ('EXP_VN')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, ended_at = j.new_ended_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'cancel' then
        perform 1 from border_gate_trip r join unnest(p_ids, p_facts) as w(id, f) on w.id = r.id
            order by r.id for no key update of r;
        if exists (select from border_gate_trip r join unnest(p_ids, p_facts) as w(id, f) on w.id = r.id where (r.state in ('draft', 'submitted', 'fix_requested', 'accepted', 'en_route', 'at_buffer', 'called') and (r.slot_id is not null and true))) then
            return query select * from border_gate_trip_fire_each(p_ids, p_versions, p_step, p_at, p_facts, p_all);
            return;
        end if;
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.cancel_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.point_id, r.slot_id, r.undeclared
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.cancel_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.cancel_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.cancel_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.cancel_trip'
                when r.step_row = 0 and not coalesce((not (r.undeclared and r.state = 'draft')), false) then 'FI422 BG-540' else '' end as verdict,
                case r.step_row when 0 then 'cancelled' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_cancelled' end as v_event,
                case r.step_row when 0 then p_at end as new_ended_at,
                case r.step_row when 0 then case when not (true) then r.slot_id end end as new_slot_id
            from (select l.*, case when l.state in ('draft', 'submitted', 'fix_requested', 'accepted', 'en_route', 'at_buffer', 'called') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, ended_at = j.new_ended_at, slot_id = j.new_slot_id
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'leave_undeclared' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.leave_undeclared_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.point_id, r.undeclared
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.leave_undeclared_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.leave_undeclared_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.leave_undeclared_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.leave_undeclared_trip'
                when r.step_row = 0 and not coalesce((r.undeclared), false) then 'FI422 BG-541'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then 'FI422 BG-038' else '' end as verdict,
                case r.step_row when 0 then 'cancelled' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_left_undeclared' end as v_event,
                case r.step_row when 0 then p_at end as new_ended_at
            from (select l.*, case when l.state in ('draft') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, ended_at = j.new_ended_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'lapse_undeclared' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.lapse_undeclared_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.point_id, r.undeclared
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.lapse_undeclared_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.lapse_undeclared_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.lapse_undeclared_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.lapse_undeclared_trip'
                when r.step_row = 0 and not coalesce((r.undeclared), false) then 'FI422 BG-541'
                when r.step_row = 0 and not coalesce(((select coalesce(a.seen_again_at, a.seen_at) + make_interval(hours => coalesce((select l.value from border_gate_limit l
        where l.code = 'undeclared_stay_h' and l.valid_from <= (coalesce(a.seen_again_at, a.seen_at) at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (coalesce(a.seen_again_at, a.seen_at) at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 24))
    from border_gate_undeclaredarrival a where a.trip_id = r.id) <= p_at), false) then 'FI422 BG-208' else '' end as verdict,
                case r.step_row when 0 then 'expired' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_lapsed_undeclared' end as v_event,
                case r.step_row when 0 then p_at end as new_ended_at
            from (select l.*, case when l.state in ('draft') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, ended_at = j.new_ended_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'take_over_undeclared' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.take_over_undeclared_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.point_id, r.undeclared
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.take_over_undeclared_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.take_over_undeclared_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.take_over_undeclared_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.take_over_undeclared_trip'
                when r.step_row = 0 and not coalesce((r.undeclared), false) then 'FI422 BG-541' else '' end as verdict,
                case r.step_row when 0 then 'cancelled' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_taken_over' end as v_event,
                case r.step_row when 0 then p_at end as new_ended_at
            from (select l.*, case when l.state in ('draft') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, ended_at = j.new_ended_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'no_show' then
        perform 1 from border_gate_trip r join unnest(p_ids, p_facts) as w(id, f) on w.id = r.id
            order by r.id for no key update of r;
        if exists (select from border_gate_trip r join unnest(p_ids, p_facts) as w(id, f) on w.id = r.id where (r.state in ('accepted', 'en_route') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) and (r.slot_id is not null and true))) then
            return query select * from border_gate_trip_fire_each(p_ids, p_versions, p_step, p_at, p_facts, p_all);
            return;
        end if;
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.no_show_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.kind, r.point_id, r.slot_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.no_show_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.no_show_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.no_show_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.no_show_trip'
                when r.step_row = 0 and not coalesce(((select case when not exists (select 1 from border_gate_stoppage w join border_gate_controlpoint b on b.code = w.barrier_id and b.kind = any ('{buffer,entry}')
        where w.point_id = r.point_id and w.ended_at is null) then s.ends_at + make_interval(mins => b.no_show_minutes) + border_gate_blocked_for(r.point_id, '{buffer,entry}', s.begins_at, null) end from border_gate_slotwindow s, border_gate_bookingrule b where b.valid_from <= (s.ends_at at time zone 'Asia/Ho_Chi_Minh')::date and (b.valid_until is null or (s.ends_at at time zone 'Asia/Ho_Chi_Minh')::date < b.valid_until) and s.id = r.slot_id and not exists (select 1 from border_gate_displacement d where d.trip_id = r.id and d.slot_id = r.slot_id and d.answer = '')) <= p_at), false) then 'FI422 BG-208' else '' end as verdict,
                case r.step_row when 0 then 'no_show' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_not_shown' end as v_event,
                case r.step_row when 0 then p_at end as new_ended_at,
                case r.step_row when 0 then case when not (true) then r.slot_id end end as new_slot_id
            from (select l.*, case when l.state in ('accepted', 'en_route') and (l.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, ended_at = j.new_ended_at, slot_id = j.new_slot_id
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'expire' then
        perform 1 from border_gate_trip r join unnest(p_ids, p_facts) as w(id, f) on w.id = r.id
            order by r.id for no key update of r;
        if exists (select from border_gate_trip r join unnest(p_ids, p_facts) as w(id, f) on w.id = r.id where (r.state in ('submitted', 'fix_requested', 'accepted', 'at_buffer') and (r.slot_id is not null and true))) then
            return query select * from border_gate_trip_fire_each(p_ids, p_versions, p_step, p_at, p_facts, p_all);
            return;
        end if;
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.expire_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.buffer_at, r.expires_at, r.miss_count, r.point_id, r.slot_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.expire_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.expire_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.expire_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.expire_trip'
                when r.step_row = 0 and not coalesce(((case when r.state <> 'at_buffer' then r.expires_at
    when r.miss_count > 0 then coalesce(r.buffer_at + make_interval(hours => coalesce((select l.value from border_gate_limit l
        where l.code = 'expiry_h' and l.valid_from <= (r.buffer_at at time zone 'Asia/Ho_Chi_Minh')::date
            and (l.valid_until is null or (r.buffer_at at time zone 'Asia/Ho_Chi_Minh')::date < l.valid_until)), 72)), r.expires_at) end) <= p_at), false) then 'FI422 BG-208' else '' end as verdict,
                case r.step_row when 0 then 'expired' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_expired' end as v_event,
                case r.step_row when 0 then p_at end as new_ended_at,
                case r.step_row when 0 then case when not (true) then r.slot_id end end as new_slot_id
            from (select l.*, case when l.state in ('submitted', 'fix_requested', 'accepted', 'at_buffer') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, ended_at = j.new_ended_at, slot_id = j.new_slot_id
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'turn_back' then
        perform 1 from border_gate_trip r join unnest(p_ids, p_facts) as w(id, f) on w.id = r.id
            order by r.id for no key update of r;
        if exists (select from border_gate_trip r join unnest(p_ids, p_facts) as w(id, f) on w.id = r.id where (r.state in ('at_buffer', 'arrived', 'in_yard') and (r.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) and (r.slot_id is not null and r.state = 'at_buffer'))) then
            return query select * from border_gate_trip_fire_each(p_ids, p_versions, p_step, p_at, p_facts, p_all);
            return;
        end if;
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.turn_back_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.customs_no, r.kind, r.point_id, r.seal_no, r.slot_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.turn_back_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.turn_back_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.turn_back_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.turn_back_trip'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'reason')) >= 10 and f->>'reason_code' <> ''), false) then 'FI422 BG-038'
                when r.step_row = 0 and not coalesce((r.customs_no = '' and r.seal_no = '' or f->>'customs_consent' <> ''), false) then 'FI422 BG-211' else '' end as verdict,
                case r.step_row when 0 then 'turned_back' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_turned_back' end as v_event,
                case r.step_row when 0 then p_at end as new_ended_at,
                case r.step_row when 0 then case when not (r.state = 'at_buffer') then r.slot_id end end as new_slot_id
            from (select l.*, case when l.state in ('at_buffer', 'arrived', 'in_yard') and (l.kind in ('EXP_VN', 'EXP_XFER', 'IMP_VN_PICKUP', 'TRANSIT')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, ended_at = j.new_ended_at, slot_id = j.new_slot_id
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'divert' then
        perform 1 from border_gate_trip r join unnest(p_ids, p_facts) as w(id, f) on w.id = r.id
            order by r.id for no key update of r;
        if exists (select from border_gate_trip r join unnest(p_ids, p_facts) as w(id, f) on w.id = r.id where (r.state in ('at_buffer', 'arrived', 'in_yard') and (r.kind in ('EXP_VN', 'EXP_XFER')) and (r.slot_id is not null and true))) then
            return query select * from border_gate_trip_fire_each(p_ids, p_versions, p_step, p_at, p_facts, p_all);
            return;
        end if;
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.divert_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.accepted_at, r.agency_id, r.customs_no, r.direction, r.kind, r.point_id, r.seal_no, r.slot_id, r.yard_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.divert_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.divert_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.divert_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.divert_trip'
                when r.step_row = 0 and not coalesce(((f->>'point')::uuid <> r.point_id and coalesce((
        select case
            when c.kind = 'closed' then false
            when not (local.moment >= c.opens and local.moment < c.closes) then false
            when c.kind = 'preregistered' then coalesce(r.accepted_at < c.accepted_before, false)
            else true end
        from (select (p_at at time zone 'Asia/Ho_Chi_Minh')::date as day,
                     (p_at at time zone 'Asia/Ho_Chi_Minh')::time as moment) local
        join border_gate_operatingcalendar c
            on c.point_id = (f->>'point')::uuid and c.direction = r.direction
            and c.valid_from <= local.day and (c.valid_until is null or local.day < c.valid_until)
            and (c.kind <> 'closed' or c.opens is null or local.moment >= c.opens and local.moment < c.closes)
            and strpos(c.weekdays, extract(isodow from local.day)::integer::text) > 0
        order by array_position(array['closed', 'preregistered', 'extended', 'normal'], c.kind::text)
        limit 1), false)), false) then 'FI422 BG-015'
                when r.step_row = 0 and not coalesce((r.customs_no = '' and r.seal_no = '' or f->>'customs_consent' <> ''), false) then 'FI422 BG-211' else '' end as verdict,
                case r.step_row when 0 then 'accepted' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_diverted' end as v_event,
                case r.step_row when 0 then (f->>'point')::uuid end as new_point_id,
                case r.step_row when 0 then nullif(r.yard_id, r.yard_id) end as new_yard_id,
                case r.step_row when 0 then case when not (true) then r.slot_id end end as new_slot_id
            from (select l.*, case when l.state in ('at_buffer', 'arrived', 'in_yard') and (l.kind in ('EXP_VN', 'EXP_XFER')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, point_id = j.new_point_id, yard_id = j.new_yard_id, slot_id = j.new_slot_id
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'choose_point' then
        perform 1 from border_gate_trip r join unnest(p_ids, p_facts) as w(id, f) on w.id = r.id
            order by r.id for no key update of r;
        if exists (select from border_gate_trip r join unnest(p_ids, p_facts) as w(id, f) on w.id = r.id where (r.state in ('accepted', 'en_route') and (r.kind in ('EXP_VN', 'EXP_XFER')) and (r.slot_id is not null and true))) then
            return query select * from border_gate_trip_fire_each(p_ids, p_versions, p_step, p_at, p_facts, p_all);
            return;
        end if;
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.choose_point_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.kind, r.point_id, r.slot_id, r.yard_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.choose_point_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.choose_point_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.choose_point_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.choose_point_trip'
                when r.step_row = 0 and not coalesce((exists (select 1 from border_gate_displacement d where d.trip_id = r.id and d.slot_id = r.slot_id and d.answer = '')), false) then 'FI422 BG-305'
                when r.step_row = 0 and not coalesce(((f->>'point')::uuid <> r.point_id and exists (select 1 from border_gate_crossingpoint c where c.place_id = (f->>'point')::uuid and c.goods_open)), false) then 'FI422 BG-252' else '' end as verdict,
                case r.step_row when 0 then 'accepted' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_diverted' end as v_event,
                case r.step_row when 0 then (f->>'point')::uuid end as new_point_id,
                case r.step_row when 0 then nullif(r.yard_id, r.yard_id) end as new_yard_id,
                case r.step_row when 0 then case when not (true) then r.slot_id end end as new_slot_id
            from (select l.*, case when l.state in ('accepted', 'en_route') and (l.kind in ('EXP_VN', 'EXP_XFER')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, point_id = j.new_point_id, yard_id = j.new_yard_id, slot_id = j.new_slot_id
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'seize' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.seize_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.point_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.seize_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.seize_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.seize_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.seize_trip'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'decision_no')) > 0), false) then 'FI422 BG-212' else '' end as verdict,
                case r.step_row when 0 then 'seized' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_seized' end as v_event,
                case r.step_row when 0 then coalesce(f->>'force', '') end as new_seized_by
            from (select l.*, case when l.state in ('in_yard', 'returned_in') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, seized_by = j.new_seized_by
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'unseize' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.unseize_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.point_id, r.seized_by
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.unseize_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.unseize_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.unseize_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.unseize_trip'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'decision_no')) > 0), false) then 'FI422 BG-212'
                when r.step_row = 0 and not coalesce((f->>'force' = r.seized_by), false) then 'FI422 BG-024' else '' end as verdict,
                case r.step_row when 0 then 'in_yard' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_given_back' end as v_event,
                case r.step_row when 0 then '' end as new_seized_by
            from (select l.*, case when l.state in ('seized') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, seized_by = j.new_seized_by
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    when 'return_foreign' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.return_foreign_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.failed_tasks, r.kind, r.point_id
            from border_gate_trip r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.point_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('border_gate.return_foreign_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 border_gate.return_foreign_trip' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('border_gate.return_foreign_trip') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 border_gate.return_foreign_trip'
                when r.step_row = 0 and not coalesce((r.failed_tasks > 0), false) then 'FI422 BG-213' else '' end as verdict,
                case r.step_row when 0 then 'crossed_out' end as v_to,
                case r.step_row when 0 then 'border_gate.trip_sent_back' end as v_event,
                case r.step_row when 0 then p_at end as new_crossed_out_at
            from (select l.*, case when l.state in ('crossed_in', 'in_yard') and (l.kind in ('IMP_CN', 'NEW_VEHICLE', 'TRANSIT')) then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update border_gate_trip t set state = j.v_to, state_since = p_at,
                version = t.version + 1, crossed_out_at = j.new_crossed_out_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.point_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'border_gate.trip', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.point_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'border_gate.trip', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'border_gate.trip', r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        )
        select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;
    else
        return query select * from border_gate_trip_fire_each(p_ids, p_versions, p_step, p_at, p_facts, p_all);
    end case;
end $$;

create or replace function border_gate_trip_fire_each(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
    w record;
    v_detail text;
begin
    for w in select u.id, u.version, u.f from unnest(p_ids, p_versions, p_facts) as u(id, version, f) order by u.id loop
        begin
            id := w.id; refusal := null; detail := null;
            select o.version, o.state into version, state
                from border_gate_trip_fire(w.id, p_step, p_at, w.version, w.f) o;
        exception when sqlstate 'FI403' or sqlstate 'FI404' or sqlstate 'FI409'
                or sqlstate 'FI422' or sqlstate 'FI423' then
            if p_all then raise; end if;
            get stacked diagnostics v_detail = pg_exception_detail;
            refusal := sqlstate; detail := v_detail; version := null; state := null;
        end;
        return next;
    end loop;
end $$;

create or replace function border_gate_trip_create(
    p_rows jsonb, p_step text, p_at timestamptz, f jsonb
) returns table (id uuid, version integer, state text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
    r border_gate_trip%rowtype;
    v_to text;
    v_event text := '';
    e jsonb;
begin

    for e in select * from jsonb_array_elements(p_rows) loop
        r := jsonb_populate_record(null::border_gate_trip, e);
        case p_step
        when 'create' then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.create_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.create_trip';
            end if;
            v_to := 'draft'; v_event := 'border_gate.trip_drafted';
        when 'walk_up' then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.walk_up_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.walk_up_trip';
            end if;
            v_to := 'draft'; v_event := 'border_gate.trip_found_undeclared';
            r.undeclared := true;
        when 'walk_up_line' then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('border_gate.walk_up_line_trip') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.point_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'border_gate.walk_up_line_trip';
            end if;
            v_to := 'draft'; v_event := 'border_gate.trip_found_undeclared';
            r.undeclared := true;
        else
            raise exception 'no such step' using errcode = 'FI423', detail = '';
        end case;
        r.state := v_to; r.state_since := p_at; r.version := 1; r.created_at := p_at; r.created_by := v_actor;
        insert into border_gate_trip (id, state, state_since, version, created_at, created_by, code, declaration_id, enterprise_id, agency_id, kind, direction, point_id, yard_id, bay, buffer_id, back_id, tractor_id, trailer_id, driver_id, second_driver_id, tractor_plate, trailer_plate, driver_name, supervisor, container_no, container_type, seal_no, reefer_temp, tir_carnet_no, ecmr_ref, goods_title, goods_group, gross_kg, customs_no, priority, priority_basis, risk, nonce, problems, fix_fields, source, note, undeclared, two_way, leg, load_state, tolerance_percent, balance_kg, unloaded_kg, loaded_kg, amend_count, miss_count, released_to, seized_by, dwell_limit_h, dwell_level, planned_on, eta, expires_at, slot_id, submitted_at, accepted_at, ticket_at, effective_at, first_arrival_at, buffer_at, called_at, call_expires_at, missed_at, arrived_at, crossed_in_at, dwell_deadline, yard_in_at, unloaded_at, released_at, release_expires_at, crossed_out_at, returned_at, ended_at, holds, open_entry, open_exit, open_inland, open_return, failed_tasks, tasks_opened, fee_state) values (r.id, r.state, r.state_since, r.version, r.created_at, r.created_by, r.code, r.declaration_id, r.enterprise_id, r.agency_id, r.kind, r.direction, r.point_id, r.yard_id, r.bay, r.buffer_id, r.back_id, r.tractor_id, r.trailer_id, r.driver_id, r.second_driver_id, r.tractor_plate, r.trailer_plate, r.driver_name, r.supervisor, r.container_no, r.container_type, r.seal_no, r.reefer_temp, r.tir_carnet_no, r.ecmr_ref, r.goods_title, r.goods_group, r.gross_kg, r.customs_no, r.priority, r.priority_basis, r.risk, r.nonce, r.problems, r.fix_fields, r.source, r.note, r.undeclared, r.two_way, r.leg, r.load_state, r.tolerance_percent, r.balance_kg, r.unloaded_kg, r.loaded_kg, r.amend_count, r.miss_count, r.released_to, r.seized_by, r.dwell_limit_h, r.dwell_level, r.planned_on, r.eta, r.expires_at, r.slot_id, r.submitted_at, r.accepted_at, r.ticket_at, r.effective_at, r.first_arrival_at, r.buffer_at, r.called_at, r.call_expires_at, r.missed_at, r.arrived_at, r.crossed_in_at, r.dwell_deadline, r.yard_in_at, r.unloaded_at, r.released_at, r.release_expires_at, r.crossed_out_at, r.returned_at, r.ended_at, r.holds, r.open_entry, r.open_exit, r.open_inland, r.open_return, r.failed_tasks, r.tasks_opened, r.fee_state);
        insert into kernel_workflow_history
            (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            values ('border_gate.trip', r.id, 1, p_step, '', v_to, p_at, v_actor, r.point_id, f);
        insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            values (p_at, v_actor, p_step, 'border_gate.trip', r.id, 1, f::text);
        if v_event <> '' then
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
                values ('border_gate.trip', r.id, 1, v_event, p_at, v_actor,
                    f || jsonb_build_object('source', '', 'target', v_to));
        end if;
        id := r.id; version := 1; state := v_to;
        return next;
    end loop;
end $$;

revoke insert, update, delete, truncate on border_gate_trip from tinhso_app;
grant update (accepted_at, agency_id, amend_count, arrived_at, back_id, balance_kg, bay, buffer_at, buffer_id, call_expires_at, called_at, code, container_no, container_type, crossed_in_at, crossed_out_at, customs_no, declaration_id, direction, driver_id, driver_name, dwell_deadline, dwell_level, dwell_limit_h, ecmr_ref, effective_at, ended_at, enterprise_id, eta, expires_at, first_arrival_at, fix_fields, goods_group, goods_title, gross_kg, kind, leg, load_state, loaded_kg, miss_count, missed_at, nonce, note, planned_on, point_id, priority, priority_basis, problems, reefer_temp, release_expires_at, released_at, released_to, returned_at, risk, seal_no, second_driver_id, seized_by, slot_id, source, submitted_at, supervisor, ticket_at, tir_carnet_no, tolerance_percent, tractor_id, tractor_plate, trailer_id, trailer_plate, two_way, undeclared, unloaded_at, unloaded_kg, yard_id, yard_in_at) on border_gate_trip to tinhso_app;
