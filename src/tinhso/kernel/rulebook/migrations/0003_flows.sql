-- digest: aa6d8a91077d66500932c90314b18111

create or replace function kernel_rulebook_rulechange_fire(
    p_id uuid, p_step text, p_at timestamptz, p_version integer, f jsonb,
    out version integer, out state text
) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    r kernel_rulebook_rulechange%rowtype;
    v_actor uuid := tinhso_actor();
    v_to text;
    v_event text := '';
begin
    select * into r from kernel_rulebook_rulechange where id = p_id for no key update;
    if r.id is null then
        raise exception 'no such record' using errcode = 'FI404';
    end if;
    if p_version is not null and r.version <> p_version then
        raise exception 'stale' using errcode = 'FI409';
    end if;
    case p_step
    when 'propose' then
        if r.state in ('drafted') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.draft_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'kernel_rulebook.draft_change';
            end if;
            if not coalesce((btrim(r.document_no) <> '' and btrim(r.source) <> ''), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'RB-001', hint = 'DOCUMENT';
            end if;
            if not coalesce((exists (select 1 from kernel_rulebook_rowchange w where w.change_id = r.id)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'RB-002', hint = 'ROWS';
            end if;
            if not coalesce((r.effective_on > (p_at at time zone 'Asia/Ho_Chi_Minh')::date), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'RB-003', hint = 'FUTURE';
            end if;
            if not coalesce((not exists (select 1 from kernel_rulebook_rowchange w where w.change_id = r.id and not
 kernel_access_may(v_actor, w.propose_right::text, null::uuid, null::uuid, null::uuid, null::uuid, p_at))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'RB-006', hint = 'RIGHTS';
            end if;
            v_to := 'proposed';
            v_event := 'kernel_rulebook.change_proposed';
            update kernel_rulebook_rulechange set state = v_to, state_since = p_at, version = r.version + 1, proposed_by = v_actor, proposed_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.draft_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'kernel_rulebook.draft_change';
        end if;
    when 'approve' then
        if r.state in ('proposed') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.decide_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'kernel_rulebook.decide_change';
            end if;
            if not coalesce((v_actor not in (r.created_by, r.proposed_by)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'RB-004', hint = 'FOUR-EYES';
            end if;
            if not coalesce((r.effective_on > (p_at at time zone 'Asia/Ho_Chi_Minh')::date), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'RB-003', hint = 'FUTURE';
            end if;
            if not coalesce((not exists (select 1 from kernel_rulebook_rowchange w where w.change_id = r.id and not
 kernel_access_may(v_actor, w.approve_right::text, null::uuid, null::uuid, null::uuid, null::uuid, p_at))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'RB-006', hint = 'RIGHTS';
            end if;
            v_to := 'approved';
            v_event := 'kernel_rulebook.change_approved';
            update kernel_rulebook_rulechange set state = v_to, state_since = p_at, version = r.version + 1, decided_by = v_actor, decided_at = p_at, decision_note = coalesce(f->>'reason', '') where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.decide_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'kernel_rulebook.decide_change';
        end if;
    when 'reject' then
        if r.state in ('proposed') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.decide_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'kernel_rulebook.decide_change';
            end if;
            if not coalesce((v_actor not in (r.created_by, r.proposed_by)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'RB-004', hint = 'FOUR-EYES';
            end if;
            if not coalesce((not exists (select 1 from kernel_rulebook_rowchange w where w.change_id = r.id and not
 kernel_access_may(v_actor, w.approve_right::text, null::uuid, null::uuid, null::uuid, null::uuid, p_at))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'RB-006', hint = 'RIGHTS';
            end if;
            if not coalesce((length(btrim(coalesce(f->>'reason', ''))) >= 10), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'RB-010', hint = 'REASON';
            end if;
            v_to := 'rejected';
            v_event := 'kernel_rulebook.change_rejected';
            update kernel_rulebook_rulechange set state = v_to, state_since = p_at, version = r.version + 1, decided_by = v_actor, decided_at = p_at, decision_note = coalesce(f->>'reason', '') where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.decide_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'kernel_rulebook.decide_change';
        end if;
    when 'withdraw' then
        if r.state in ('drafted', 'proposed') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.draft_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'kernel_rulebook.draft_change';
            end if;
            if not coalesce((v_actor in (r.created_by, coalesce(r.proposed_by, r.created_by))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'RB-005', hint = 'OWN';
            end if;
            v_to := 'withdrawn';
            v_event := 'kernel_rulebook.change_withdrawn';
            update kernel_rulebook_rulechange set state = v_to, state_since = p_at, version = r.version + 1 where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.draft_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'kernel_rulebook.draft_change';
        end if;
    when 'revoke' then
        if r.state in ('approved') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.decide_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'kernel_rulebook.decide_change';
            end if;
            if not coalesce((r.effective_on > (p_at at time zone 'Asia/Ho_Chi_Minh')::date), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'RB-003', hint = 'FUTURE';
            end if;
            if not coalesce((not exists (select 1 from kernel_rulebook_rowchange w where w.change_id = r.id and not
 kernel_access_may(v_actor, w.approve_right::text, null::uuid, null::uuid, null::uuid, null::uuid, p_at))), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'RB-006', hint = 'RIGHTS';
            end if;
            if not coalesce((length(btrim(coalesce(f->>'reason', ''))) >= 10), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'RB-010', hint = 'REASON';
            end if;
            v_to := 'withdrawn';
            v_event := 'kernel_rulebook.change_revoked';
            update kernel_rulebook_rulechange set state = v_to, state_since = p_at, version = r.version + 1, decided_by = v_actor, decided_at = p_at, decision_note = coalesce(f->>'reason', '') where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.decide_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'kernel_rulebook.decide_change';
        end if;
    when 'take_effect' then
        if r.state in ('approved') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.take_effect_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'kernel_rulebook.take_effect_change';
            end if;
            if not coalesce(((r.effective_on::timestamp at time zone 'Asia/Ho_Chi_Minh') <= p_at), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'RB-003', hint = 'DUE';
            end if;
            v_to := 'in_force';
            v_event := 'kernel_rulebook.change_in_force';
            update kernel_rulebook_rulechange set state = v_to, state_since = p_at, version = r.version + 1, in_force_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.take_effect_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'kernel_rulebook.take_effect_change';
        end if;
    else
        raise exception 'no such step' using errcode = 'FI423', detail = r.state;
    end case;
    insert into kernel_workflow_history
        (flow, record_id, version, step, source, target, at, actor, place_id, facts)
        values ('kernel_rulebook.change', p_id, r.version + 1, p_step, r.state, v_to, p_at, v_actor, null::uuid, f);
    insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
        values (p_at, v_actor, p_step, 'kernel_rulebook.change', p_id, r.version + 1, f::text);
    if v_event <> '' then
        insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            values ('kernel_rulebook.change', p_id, r.version + 1, v_event, p_at, v_actor,
                f || jsonb_build_object('source', r.state, 'target', v_to));
    end if;
    version := r.version + 1;
    state := v_to;
end $$;

create or replace function kernel_rulebook_rulechange_fire_many(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
begin
    case p_step
    when 'propose' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.draft_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.document_no, r.effective_on, r.source
            from kernel_rulebook_rulechange r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('kernel_rulebook.draft_change') and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 kernel_rulebook.draft_change' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('kernel_rulebook.draft_change') and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then 'FI403 kernel_rulebook.draft_change'
                when r.step_row = 0 and not coalesce((btrim(r.document_no) <> '' and btrim(r.source) <> ''), false) then 'FI422 RB-001'
                when r.step_row = 0 and not coalesce((exists (select 1 from kernel_rulebook_rowchange w where w.change_id = r.id)), false) then 'FI422 RB-002'
                when r.step_row = 0 and not coalesce((r.effective_on > (p_at at time zone 'Asia/Ho_Chi_Minh')::date), false) then 'FI422 RB-003'
                when r.step_row = 0 and not coalesce((not exists (select 1 from kernel_rulebook_rowchange w where w.change_id = r.id and not
 kernel_access_may(v_actor, w.propose_right::text, null::uuid, null::uuid, null::uuid, null::uuid, p_at))), false) then 'FI422 RB-006' else '' end as verdict,
                case r.step_row when 0 then 'proposed' end as v_to,
                case r.step_row when 0 then 'kernel_rulebook.change_proposed' end as v_event,
                case r.step_row when 0 then v_actor end as new_proposed_by,
                case r.step_row when 0 then p_at end as new_proposed_at
            from (select l.*, case when l.state in ('drafted') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update kernel_rulebook_rulechange t set state = j.v_to, state_since = p_at,
                version = t.version + 1, proposed_by = j.new_proposed_by, proposed_at = j.new_proposed_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'kernel_rulebook.change', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, null::uuid, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'kernel_rulebook.change', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'kernel_rulebook.change', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'approve' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.decide_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.created_by, r.effective_on, r.proposed_by
            from kernel_rulebook_rulechange r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('kernel_rulebook.decide_change') and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 kernel_rulebook.decide_change' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('kernel_rulebook.decide_change') and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then 'FI403 kernel_rulebook.decide_change'
                when r.step_row = 0 and not coalesce((v_actor not in (r.created_by, r.proposed_by)), false) then 'FI422 RB-004'
                when r.step_row = 0 and not coalesce((r.effective_on > (p_at at time zone 'Asia/Ho_Chi_Minh')::date), false) then 'FI422 RB-003'
                when r.step_row = 0 and not coalesce((not exists (select 1 from kernel_rulebook_rowchange w where w.change_id = r.id and not
 kernel_access_may(v_actor, w.approve_right::text, null::uuid, null::uuid, null::uuid, null::uuid, p_at))), false) then 'FI422 RB-006' else '' end as verdict,
                case r.step_row when 0 then 'approved' end as v_to,
                case r.step_row when 0 then 'kernel_rulebook.change_approved' end as v_event,
                case r.step_row when 0 then v_actor end as new_decided_by,
                case r.step_row when 0 then p_at end as new_decided_at,
                case r.step_row when 0 then coalesce(f->>'reason', '') end as new_decision_note
            from (select l.*, case when l.state in ('proposed') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update kernel_rulebook_rulechange t set state = j.v_to, state_since = p_at,
                version = t.version + 1, decided_by = j.new_decided_by, decided_at = j.new_decided_at, decision_note = j.new_decision_note
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'kernel_rulebook.change', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, null::uuid, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'kernel_rulebook.change', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'kernel_rulebook.change', r.id, r.version, r.v_event, p_at, v_actor,
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
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.decide_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.created_by, r.proposed_by
            from kernel_rulebook_rulechange r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('kernel_rulebook.decide_change') and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 kernel_rulebook.decide_change' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('kernel_rulebook.decide_change') and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then 'FI403 kernel_rulebook.decide_change'
                when r.step_row = 0 and not coalesce((v_actor not in (r.created_by, r.proposed_by)), false) then 'FI422 RB-004'
                when r.step_row = 0 and not coalesce((not exists (select 1 from kernel_rulebook_rowchange w where w.change_id = r.id and not
 kernel_access_may(v_actor, w.approve_right::text, null::uuid, null::uuid, null::uuid, null::uuid, p_at))), false) then 'FI422 RB-006'
                when r.step_row = 0 and not coalesce((length(btrim(coalesce(f->>'reason', ''))) >= 10), false) then 'FI422 RB-010' else '' end as verdict,
                case r.step_row when 0 then 'rejected' end as v_to,
                case r.step_row when 0 then 'kernel_rulebook.change_rejected' end as v_event,
                case r.step_row when 0 then v_actor end as new_decided_by,
                case r.step_row when 0 then p_at end as new_decided_at,
                case r.step_row when 0 then coalesce(f->>'reason', '') end as new_decision_note
            from (select l.*, case when l.state in ('proposed') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update kernel_rulebook_rulechange t set state = j.v_to, state_since = p_at,
                version = t.version + 1, decided_by = j.new_decided_by, decided_at = j.new_decided_at, decision_note = j.new_decision_note
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'kernel_rulebook.change', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, null::uuid, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'kernel_rulebook.change', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'kernel_rulebook.change', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'withdraw' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.draft_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.created_by, r.proposed_by
            from kernel_rulebook_rulechange r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('kernel_rulebook.draft_change') and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 kernel_rulebook.draft_change' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('kernel_rulebook.draft_change') and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then 'FI403 kernel_rulebook.draft_change'
                when r.step_row = 0 and not coalesce((v_actor in (r.created_by, coalesce(r.proposed_by, r.created_by))), false) then 'FI422 RB-005' else '' end as verdict,
                case r.step_row when 0 then 'withdrawn' end as v_to,
                case r.step_row when 0 then 'kernel_rulebook.change_withdrawn' end as v_event
            from (select l.*, case when l.state in ('drafted', 'proposed') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update kernel_rulebook_rulechange t set state = j.v_to, state_since = p_at,
                version = t.version + 1
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'kernel_rulebook.change', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, null::uuid, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'kernel_rulebook.change', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'kernel_rulebook.change', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'revoke' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.decide_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.effective_on
            from kernel_rulebook_rulechange r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('kernel_rulebook.decide_change') and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 kernel_rulebook.decide_change' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('kernel_rulebook.decide_change') and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then 'FI403 kernel_rulebook.decide_change'
                when r.step_row = 0 and not coalesce((r.effective_on > (p_at at time zone 'Asia/Ho_Chi_Minh')::date), false) then 'FI422 RB-003'
                when r.step_row = 0 and not coalesce((not exists (select 1 from kernel_rulebook_rowchange w where w.change_id = r.id and not
 kernel_access_may(v_actor, w.approve_right::text, null::uuid, null::uuid, null::uuid, null::uuid, p_at))), false) then 'FI422 RB-006'
                when r.step_row = 0 and not coalesce((length(btrim(coalesce(f->>'reason', ''))) >= 10), false) then 'FI422 RB-010' else '' end as verdict,
                case r.step_row when 0 then 'withdrawn' end as v_to,
                case r.step_row when 0 then 'kernel_rulebook.change_revoked' end as v_event,
                case r.step_row when 0 then v_actor end as new_decided_by,
                case r.step_row when 0 then p_at end as new_decided_at,
                case r.step_row when 0 then coalesce(f->>'reason', '') end as new_decision_note
            from (select l.*, case when l.state in ('approved') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update kernel_rulebook_rulechange t set state = j.v_to, state_since = p_at,
                version = t.version + 1, decided_by = j.new_decided_by, decided_at = j.new_decided_at, decision_note = j.new_decision_note
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'kernel_rulebook.change', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, null::uuid, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'kernel_rulebook.change', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'kernel_rulebook.change', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'take_effect' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.take_effect_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.effective_on
            from kernel_rulebook_rulechange r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('kernel_rulebook.take_effect_change') and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 kernel_rulebook.take_effect_change' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('kernel_rulebook.take_effect_change') and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then 'FI403 kernel_rulebook.take_effect_change'
                when r.step_row = 0 and not coalesce(((r.effective_on::timestamp at time zone 'Asia/Ho_Chi_Minh') <= p_at), false) then 'FI422 RB-003' else '' end as verdict,
                case r.step_row when 0 then 'in_force' end as v_to,
                case r.step_row when 0 then 'kernel_rulebook.change_in_force' end as v_event,
                case r.step_row when 0 then p_at end as new_in_force_at
            from (select l.*, case when l.state in ('approved') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update kernel_rulebook_rulechange t set state = j.v_to, state_since = p_at,
                version = t.version + 1, in_force_at = j.new_in_force_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'kernel_rulebook.change', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, null::uuid, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'kernel_rulebook.change', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'kernel_rulebook.change', r.id, r.version, r.v_event, p_at, v_actor,
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
        return query select * from kernel_rulebook_rulechange_fire_each(p_ids, p_versions, p_step, p_at, p_facts, p_all);
    end case;
end $$;

create or replace function kernel_rulebook_rulechange_fire_each(
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
                from kernel_rulebook_rulechange_fire(w.id, p_step, p_at, w.version, w.f) o;
        exception when sqlstate 'FI403' or sqlstate 'FI404' or sqlstate 'FI409'
                or sqlstate 'FI422' or sqlstate 'FI423' then
            if p_all then raise; end if;
            get stacked diagnostics v_detail = pg_exception_detail;
            refusal := sqlstate; detail := v_detail; version := null; state := null;
        end;
        return next;
    end loop;
end $$;

create or replace function kernel_rulebook_rulechange_create(
    p_rows jsonb, p_step text, p_at timestamptz, f jsonb
) returns table (id uuid, version integer, state text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
    r kernel_rulebook_rulechange%rowtype;
    v_to text;
    v_event text := '';
    e jsonb;
begin

    for e in select * from jsonb_array_elements(p_rows) loop
        r := jsonb_populate_record(null::kernel_rulebook_rulechange, e);
        case p_step
        when 'create' then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('kernel_rulebook.draft_change') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and g.agency_id is null and g.unit_id is null and g.place_id is null and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'kernel_rulebook.draft_change';
            end if;
            v_to := 'drafted'; v_event := 'kernel_rulebook.change_drafted';
        else
            raise exception 'no such step' using errcode = 'FI423', detail = '';
        end case;
        r.state := v_to; r.state_since := p_at; r.version := 1; r.created_at := p_at; r.created_by := v_actor;
        insert into kernel_rulebook_rulechange (id, state, state_since, version, created_at, created_by, title, summary, document_no, source, effective_on, proposed_by, proposed_at, decided_by, decided_at, decision_note, in_force_at) values (r.id, r.state, r.state_since, r.version, r.created_at, r.created_by, r.title, r.summary, r.document_no, r.source, r.effective_on, r.proposed_by, r.proposed_at, r.decided_by, r.decided_at, r.decision_note, r.in_force_at);
        insert into kernel_workflow_history
            (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            values ('kernel_rulebook.change', r.id, 1, p_step, '', v_to, p_at, v_actor, null::uuid, f);
        insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            values (p_at, v_actor, p_step, 'kernel_rulebook.change', r.id, 1, f::text);
        if v_event <> '' then
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
                values ('kernel_rulebook.change', r.id, 1, v_event, p_at, v_actor,
                    f || jsonb_build_object('source', '', 'target', v_to));
        end if;
        id := r.id; version := 1; state := v_to;
        return next;
    end loop;
end $$;

revoke insert, update, delete, truncate on kernel_rulebook_rulechange from tinhso_app;
grant update (decided_at, decided_by, decision_note, document_no, effective_on, in_force_at, proposed_at, proposed_by, source, summary, title) on kernel_rulebook_rulechange to tinhso_app;
