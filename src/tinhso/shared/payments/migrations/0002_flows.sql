-- digest: ffac0564b1b00b858ce69928a706d8e5

create or replace function shared_payments_obligation_fire(
    p_id uuid, p_step text, p_at timestamptz, p_version integer, f jsonb,
    out version integer, out state text
) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    r shared_payments_obligation%rowtype;
    v_actor uuid := tinhso_actor();
    v_to text;
    v_event text := '';
begin
    select * into r from shared_payments_obligation where id = p_id for no key update;
    if r.id is null then
        raise exception 'no such record' using errcode = 'FI404';
    end if;
    if p_version is not null and r.version <> p_version then
        raise exception 'stale' using errcode = 'FI409';
    end if;
    case p_step
    when 'receive' then
        if r.state in ('open') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.record_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.record_payment';
            end if;
            if not coalesce(((f->>'amount')::bigint > 0 and r.received + (f->>'amount')::bigint < r.amount), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'PM-003', hint = 'PART';
            end if;
            v_to := 'open';
            v_event := 'shared_payments.obligation_part_paid';
            update shared_payments_obligation set state = v_to, state_since = p_at, version = r.version + 1, received = r.received + (f->>'amount')::bigint where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.record_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.record_payment';
        end if;
    when 'pay' then
        if r.state in ('open') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.record_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.record_payment';
            end if;
            if not coalesce(((f->>'amount')::bigint > 0 and r.received + (f->>'amount')::bigint = r.amount), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'PM-003', hint = 'WHOLE';
            end if;
            v_to := 'paid';
            v_event := 'shared_payments.obligation_paid';
            update shared_payments_obligation set state = v_to, state_since = p_at, version = r.version + 1, received = r.received + (f->>'amount')::bigint, paid_at = p_at, receipt_no = f->>'receipt_no', method = f->>'method' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.record_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.record_payment';
        end if;
    when 'collect' then
        if r.state in ('open') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.collect_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.collect_payment';
            end if;
            if not coalesce(((f->>'amount')::bigint > 0 and r.received + (f->>'amount')::bigint = r.amount), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'PM-003', hint = 'WHOLE';
            end if;
            v_to := 'paid';
            v_event := 'shared_payments.obligation_paid';
            update shared_payments_obligation set state = v_to, state_since = p_at, version = r.version + 1, received = r.received + (f->>'amount')::bigint, paid_at = p_at, receipt_no = f->>'receipt_no', method = f->>'method' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.collect_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.collect_payment';
        end if;
    when 'cancel' then
        if r.state in ('open') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.keep_obligation') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.keep_obligation';
            end if;
            v_to := 'cancelled';
            v_event := 'shared_payments.obligation_cancelled';
            update shared_payments_obligation set state = v_to, state_since = p_at, version = r.version + 1 where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.keep_obligation') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.keep_obligation';
        end if;
    when 'expire' then
        if r.state in ('open') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.keep_obligation') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.keep_obligation';
            end if;
            v_to := 'expired';
            v_event := 'shared_payments.obligation_expired';
            update shared_payments_obligation set state = v_to, state_since = p_at, version = r.version + 1 where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.keep_obligation') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.keep_obligation';
        end if;
    when 'remind' then
        if r.state in ('open') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.keep_obligation') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.keep_obligation';
            end if;
            v_to := 'open';
            v_event := 'shared_payments.obligation_due_soon';
            update shared_payments_obligation set state = v_to, state_since = p_at, version = r.version + 1, remind_at = null where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.keep_obligation') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.keep_obligation';
        end if;
    when 'begin_refund' then
        if r.state in ('paid') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.ask_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.ask_refund';
            end if;
            if not coalesce(((f->>'amount')::bigint > 0 and (f->>'amount')::bigint = r.received - r.given_back - r.going_back), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'PM-025', hint = 'ALL-LEFT';
            end if;
            v_to := 'refunding';
            v_event := 'shared_payments.obligation_refund_begun';
            update shared_payments_obligation set state = v_to, state_since = p_at, version = r.version + 1, going_back = r.going_back + (f->>'amount')::bigint where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.ask_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.ask_refund';
        end if;
    when 'begin_part' then
        if r.state in ('paid') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.ask_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.ask_refund';
            end if;
            if not coalesce(((f->>'amount')::bigint > 0 and (f->>'amount')::bigint < r.received - r.given_back - r.going_back), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'PM-025', hint = 'SOME-LEFT';
            end if;
            v_to := 'paid';
            update shared_payments_obligation set state = v_to, state_since = p_at, version = r.version + 1, going_back = r.going_back + (f->>'amount')::bigint where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.ask_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.ask_refund';
        end if;
    when 'refund' then
        if r.state in ('refunding') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.record_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.record_payment';
            end if;
            if not coalesce(((f->>'amount')::bigint > 0 and (f->>'amount')::bigint <= r.going_back and r.given_back + (f->>'amount')::bigint = r.received), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'PM-025', hint = 'GONE';
            end if;
            v_to := 'refunded';
            v_event := 'shared_payments.obligation_refunded';
            update shared_payments_obligation set state = v_to, state_since = p_at, version = r.version + 1, going_back = r.going_back - (f->>'amount')::bigint, given_back = r.given_back + (f->>'amount')::bigint, refunded_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.record_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.record_payment';
        end if;
    when 'refund_part' then
        if r.state in ('paid') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.record_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.record_payment';
            end if;
            if not coalesce(((f->>'amount')::bigint > 0 and (f->>'amount')::bigint <= r.going_back and r.given_back + (f->>'amount')::bigint < r.received), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'PM-025', hint = 'PART-GONE';
            end if;
            v_to := 'paid';
            v_event := 'shared_payments.obligation_part_refunded';
            update shared_payments_obligation set state = v_to, state_since = p_at, version = r.version + 1, going_back = r.going_back - (f->>'amount')::bigint, given_back = r.given_back + (f->>'amount')::bigint where id = p_id;
        elsif r.state in ('refunding') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.record_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.record_payment';
            end if;
            if not coalesce(((f->>'amount')::bigint > 0 and (f->>'amount')::bigint <= r.going_back and r.given_back + (f->>'amount')::bigint < r.received), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'PM-025', hint = 'PART-GONE';
            end if;
            v_to := 'refunding';
            v_event := 'shared_payments.obligation_part_refunded';
            update shared_payments_obligation set state = v_to, state_since = p_at, version = r.version + 1, going_back = r.going_back - (f->>'amount')::bigint, given_back = r.given_back + (f->>'amount')::bigint where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.record_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.record_payment';
        end if;
    when 'keep' then
        if r.state in ('paid', 'refunding') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.approve_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.approve_refund';
            end if;
            if not coalesce(((f->>'amount')::bigint > 0 and (f->>'amount')::bigint <= r.going_back), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'PM-025', hint = 'ON-ITS-WAY';
            end if;
            v_to := 'paid';
            v_event := 'shared_payments.obligation_refund_refused';
            update shared_payments_obligation set state = v_to, state_since = p_at, version = r.version + 1, going_back = r.going_back - (f->>'amount')::bigint where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.approve_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.approve_refund';
        end if;
    when 'take_back' then
        if r.state in ('paid', 'refunding') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.ask_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.ask_refund';
            end if;
            if not coalesce(((f->>'amount')::bigint > 0 and (f->>'amount')::bigint <= r.going_back), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'PM-025', hint = 'ON-ITS-WAY';
            end if;
            v_to := 'paid';
            v_event := 'shared_payments.obligation_refund_refused';
            update shared_payments_obligation set state = v_to, state_since = p_at, version = r.version + 1, going_back = r.going_back - (f->>'amount')::bigint where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.ask_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.ask_refund';
        end if;
    else
        raise exception 'no such step' using errcode = 'FI423', detail = r.state;
    end case;
    insert into kernel_workflow_history
        (flow, record_id, version, step, source, target, at, actor, place_id, facts)
        values ('shared_payments.obligation', p_id, r.version + 1, p_step, r.state, v_to, p_at, v_actor, r.place_id, f);
    insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
        values (p_at, v_actor, p_step, 'shared_payments.obligation', p_id, r.version + 1, f::text);
    if v_event <> '' then
        insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            values ('shared_payments.obligation', p_id, r.version + 1, v_event, p_at, v_actor,
                f || jsonb_build_object('source', r.state, 'target', v_to));
    end if;
    version := r.version + 1;
    state := v_to;
end $$;

create or replace function shared_payments_obligation_fire_many(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
begin
    case p_step
    when 'receive' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.record_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.amount, r.place_id, r.received
            from shared_payments_obligation r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.record_payment') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.record_payment' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.record_payment') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.record_payment'
                when r.step_row = 0 and not coalesce(((f->>'amount')::bigint > 0 and r.received + (f->>'amount')::bigint < r.amount), false) then 'FI422 PM-003' else '' end as verdict,
                case r.step_row when 0 then 'open' end as v_to,
                case r.step_row when 0 then 'shared_payments.obligation_part_paid' end as v_event,
                case r.step_row when 0 then r.received + (f->>'amount')::bigint end as new_received
            from (select l.*, case when l.state in ('open') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_obligation t set state = j.v_to, state_since = p_at,
                version = t.version + 1, received = j.new_received
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.obligation', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.obligation', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.obligation', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'pay' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.record_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.amount, r.place_id, r.received
            from shared_payments_obligation r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.record_payment') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.record_payment' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.record_payment') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.record_payment'
                when r.step_row = 0 and not coalesce(((f->>'amount')::bigint > 0 and r.received + (f->>'amount')::bigint = r.amount), false) then 'FI422 PM-003' else '' end as verdict,
                case r.step_row when 0 then 'paid' end as v_to,
                case r.step_row when 0 then 'shared_payments.obligation_paid' end as v_event,
                case r.step_row when 0 then r.received + (f->>'amount')::bigint end as new_received,
                case r.step_row when 0 then p_at end as new_paid_at,
                case r.step_row when 0 then f->>'receipt_no' end as new_receipt_no,
                case r.step_row when 0 then f->>'method' end as new_method
            from (select l.*, case when l.state in ('open') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_obligation t set state = j.v_to, state_since = p_at,
                version = t.version + 1, received = j.new_received, paid_at = j.new_paid_at, receipt_no = j.new_receipt_no, method = j.new_method
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.obligation', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.obligation', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.obligation', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'collect' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.collect_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.amount, r.place_id, r.received
            from shared_payments_obligation r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.collect_payment') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.collect_payment' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.collect_payment') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.collect_payment'
                when r.step_row = 0 and not coalesce(((f->>'amount')::bigint > 0 and r.received + (f->>'amount')::bigint = r.amount), false) then 'FI422 PM-003' else '' end as verdict,
                case r.step_row when 0 then 'paid' end as v_to,
                case r.step_row when 0 then 'shared_payments.obligation_paid' end as v_event,
                case r.step_row when 0 then r.received + (f->>'amount')::bigint end as new_received,
                case r.step_row when 0 then p_at end as new_paid_at,
                case r.step_row when 0 then f->>'receipt_no' end as new_receipt_no,
                case r.step_row when 0 then f->>'method' end as new_method
            from (select l.*, case when l.state in ('open') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_obligation t set state = j.v_to, state_since = p_at,
                version = t.version + 1, received = j.new_received, paid_at = j.new_paid_at, receipt_no = j.new_receipt_no, method = j.new_method
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.obligation', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.obligation', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.obligation', r.id, r.version, r.v_event, p_at, v_actor,
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
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.keep_obligation') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.place_id
            from shared_payments_obligation r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.keep_obligation') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.keep_obligation' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.keep_obligation') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.keep_obligation' else '' end as verdict,
                case r.step_row when 0 then 'cancelled' end as v_to,
                case r.step_row when 0 then 'shared_payments.obligation_cancelled' end as v_event
            from (select l.*, case when l.state in ('open') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_obligation t set state = j.v_to, state_since = p_at,
                version = t.version + 1
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.obligation', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.obligation', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.obligation', r.id, r.version, r.v_event, p_at, v_actor,
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
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.keep_obligation') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.place_id
            from shared_payments_obligation r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.keep_obligation') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.keep_obligation' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.keep_obligation') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.keep_obligation' else '' end as verdict,
                case r.step_row when 0 then 'expired' end as v_to,
                case r.step_row when 0 then 'shared_payments.obligation_expired' end as v_event
            from (select l.*, case when l.state in ('open') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_obligation t set state = j.v_to, state_since = p_at,
                version = t.version + 1
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.obligation', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.obligation', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.obligation', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'remind' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.keep_obligation') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.place_id, r.remind_at
            from shared_payments_obligation r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.keep_obligation') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.keep_obligation' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.keep_obligation') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.keep_obligation' else '' end as verdict,
                case r.step_row when 0 then 'open' end as v_to,
                case r.step_row when 0 then 'shared_payments.obligation_due_soon' end as v_event,
                case r.step_row when 0 then nullif(r.remind_at, r.remind_at) end as new_remind_at
            from (select l.*, case when l.state in ('open') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_obligation t set state = j.v_to, state_since = p_at,
                version = t.version + 1, remind_at = j.new_remind_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.obligation', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.obligation', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.obligation', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'begin_refund' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.ask_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.given_back, r.going_back, r.place_id, r.received
            from shared_payments_obligation r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.ask_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.ask_refund' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.ask_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.ask_refund'
                when r.step_row = 0 and not coalesce(((f->>'amount')::bigint > 0 and (f->>'amount')::bigint = r.received - r.given_back - r.going_back), false) then 'FI422 PM-025' else '' end as verdict,
                case r.step_row when 0 then 'refunding' end as v_to,
                case r.step_row when 0 then 'shared_payments.obligation_refund_begun' end as v_event,
                case r.step_row when 0 then r.going_back + (f->>'amount')::bigint end as new_going_back
            from (select l.*, case when l.state in ('paid') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_obligation t set state = j.v_to, state_since = p_at,
                version = t.version + 1, going_back = j.new_going_back
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.obligation', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.obligation', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.obligation', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'begin_part' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.ask_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.given_back, r.going_back, r.place_id, r.received
            from shared_payments_obligation r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.ask_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.ask_refund' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.ask_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.ask_refund'
                when r.step_row = 0 and not coalesce(((f->>'amount')::bigint > 0 and (f->>'amount')::bigint < r.received - r.given_back - r.going_back), false) then 'FI422 PM-025' else '' end as verdict,
                case r.step_row when 0 then 'paid' end as v_to,
                case r.step_row when 0 then '' end as v_event,
                case r.step_row when 0 then r.going_back + (f->>'amount')::bigint end as new_going_back
            from (select l.*, case when l.state in ('paid') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_obligation t set state = j.v_to, state_since = p_at,
                version = t.version + 1, going_back = j.new_going_back
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.obligation', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.obligation', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.obligation', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'refund' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.record_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.given_back, r.going_back, r.place_id, r.received
            from shared_payments_obligation r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.record_payment') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.record_payment' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.record_payment') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.record_payment'
                when r.step_row = 0 and not coalesce(((f->>'amount')::bigint > 0 and (f->>'amount')::bigint <= r.going_back and r.given_back + (f->>'amount')::bigint = r.received), false) then 'FI422 PM-025' else '' end as verdict,
                case r.step_row when 0 then 'refunded' end as v_to,
                case r.step_row when 0 then 'shared_payments.obligation_refunded' end as v_event,
                case r.step_row when 0 then r.going_back - (f->>'amount')::bigint end as new_going_back,
                case r.step_row when 0 then r.given_back + (f->>'amount')::bigint end as new_given_back,
                case r.step_row when 0 then p_at end as new_refunded_at
            from (select l.*, case when l.state in ('refunding') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_obligation t set state = j.v_to, state_since = p_at,
                version = t.version + 1, going_back = j.new_going_back, given_back = j.new_given_back, refunded_at = j.new_refunded_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.obligation', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.obligation', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.obligation', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'refund_part' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.record_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.given_back, r.going_back, r.place_id, r.received
            from shared_payments_obligation r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.record_payment') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.record_payment' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.record_payment') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.record_payment'
                when r.step_row = 0 and not coalesce(((f->>'amount')::bigint > 0 and (f->>'amount')::bigint <= r.going_back and r.given_back + (f->>'amount')::bigint < r.received), false) then 'FI422 PM-025'
                when r.step_row = 1 and not exists (select 1 from rights g where g.permission in ('shared_payments.record_payment') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.record_payment'
                when r.step_row = 1 and not coalesce(((f->>'amount')::bigint > 0 and (f->>'amount')::bigint <= r.going_back and r.given_back + (f->>'amount')::bigint < r.received), false) then 'FI422 PM-025' else '' end as verdict,
                case r.step_row when 0 then 'paid' when 1 then 'refunding' end as v_to,
                case r.step_row when 0 then 'shared_payments.obligation_part_refunded' when 1 then 'shared_payments.obligation_part_refunded' end as v_event,
                case r.step_row when 0 then r.going_back - (f->>'amount')::bigint when 1 then r.going_back - (f->>'amount')::bigint end as new_going_back,
                case r.step_row when 0 then r.given_back + (f->>'amount')::bigint when 1 then r.given_back + (f->>'amount')::bigint end as new_given_back
            from (select l.*, case when l.state in ('paid') then 0 when l.state in ('refunding') then 1 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_obligation t set state = j.v_to, state_since = p_at,
                version = t.version + 1, going_back = j.new_going_back, given_back = j.new_given_back
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.obligation', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.obligation', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.obligation', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'keep' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.approve_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.going_back, r.place_id
            from shared_payments_obligation r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.approve_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.approve_refund' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.approve_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.approve_refund'
                when r.step_row = 0 and not coalesce(((f->>'amount')::bigint > 0 and (f->>'amount')::bigint <= r.going_back), false) then 'FI422 PM-025' else '' end as verdict,
                case r.step_row when 0 then 'paid' end as v_to,
                case r.step_row when 0 then 'shared_payments.obligation_refund_refused' end as v_event,
                case r.step_row when 0 then r.going_back - (f->>'amount')::bigint end as new_going_back
            from (select l.*, case when l.state in ('paid', 'refunding') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_obligation t set state = j.v_to, state_since = p_at,
                version = t.version + 1, going_back = j.new_going_back
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.obligation', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.obligation', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.obligation', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'take_back' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.ask_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.going_back, r.place_id
            from shared_payments_obligation r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.ask_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.ask_refund' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.ask_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.ask_refund'
                when r.step_row = 0 and not coalesce(((f->>'amount')::bigint > 0 and (f->>'amount')::bigint <= r.going_back), false) then 'FI422 PM-025' else '' end as verdict,
                case r.step_row when 0 then 'paid' end as v_to,
                case r.step_row when 0 then 'shared_payments.obligation_refund_refused' end as v_event,
                case r.step_row when 0 then r.going_back - (f->>'amount')::bigint end as new_going_back
            from (select l.*, case when l.state in ('paid', 'refunding') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_obligation t set state = j.v_to, state_since = p_at,
                version = t.version + 1, going_back = j.new_going_back
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.obligation', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.obligation', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.obligation', r.id, r.version, r.v_event, p_at, v_actor,
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
        return query select * from shared_payments_obligation_fire_each(p_ids, p_versions, p_step, p_at, p_facts, p_all);
    end case;
end $$;

create or replace function shared_payments_obligation_fire_each(
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
                from shared_payments_obligation_fire(w.id, p_step, p_at, w.version, w.f) o;
        exception when sqlstate 'FI403' or sqlstate 'FI404' or sqlstate 'FI409'
                or sqlstate 'FI422' or sqlstate 'FI423' then
            if p_all then raise; end if;
            get stacked diagnostics v_detail = pg_exception_detail;
            refusal := sqlstate; detail := v_detail; version := null; state := null;
        end;
        return next;
    end loop;
end $$;

create or replace function shared_payments_obligation_create(
    p_rows jsonb, p_step text, p_at timestamptz, f jsonb
) returns table (id uuid, version integer, state text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
    r shared_payments_obligation%rowtype;
    v_to text;
    v_event text := '';
    e jsonb;
begin

    for e in select * from jsonb_array_elements(p_rows) loop
        r := jsonb_populate_record(null::shared_payments_obligation, e);
        case p_step
        when 'create' then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.keep_obligation') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.keep_obligation';
            end if;
            if not coalesce((r.amount > 0 and r.received = 0 and r.amount = (select sum((x->>'amount')::bigint) from jsonb_array_elements(r.shares) x)), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'PM-001', hint = 'ADDS-UP';
            end if;
            v_to := 'open'; v_event := '';
        else
            raise exception 'no such step' using errcode = 'FI423', detail = '';
        end case;
        r.state := v_to; r.state_since := p_at; r.version := 1; r.created_at := p_at; r.created_by := v_actor;
        insert into shared_payments_obligation (id, state, state_since, version, created_at, created_by, payee_id, agency_id, place_id, payer_id, payer_name, source, record_id, reference, amount, received, going_back, given_back, title_vi, title_en, details, shares, is_demo, due_at, remind_at, expires_at, token, method, receipt_no, paid_at, refunded_at) values (r.id, r.state, r.state_since, r.version, r.created_at, r.created_by, r.payee_id, r.agency_id, r.place_id, r.payer_id, r.payer_name, r.source, r.record_id, r.reference, r.amount, r.received, r.going_back, r.given_back, r.title_vi, r.title_en, r.details, r.shares, r.is_demo, r.due_at, r.remind_at, r.expires_at, r.token, r.method, r.receipt_no, r.paid_at, r.refunded_at);
        insert into kernel_workflow_history
            (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            values ('shared_payments.obligation', r.id, 1, p_step, '', v_to, p_at, v_actor, r.place_id, f);
        insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            values (p_at, v_actor, p_step, 'shared_payments.obligation', r.id, 1, f::text);
        if v_event <> '' then
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
                values ('shared_payments.obligation', r.id, 1, v_event, p_at, v_actor,
                    f || jsonb_build_object('source', '', 'target', v_to));
        end if;
        id := r.id; version := 1; state := v_to;
        return next;
    end loop;
end $$;

revoke insert, update, delete, truncate on shared_payments_obligation from tinhso_app;
grant update (agency_id, amount, details, due_at, expires_at, given_back, going_back, is_demo, method, paid_at, payee_id, payer_id, payer_name, place_id, receipt_no, received, record_id, reference, refunded_at, remind_at, shares, source, title_en, title_vi, token) on shared_payments_obligation to tinhso_app;


create or replace function shared_payments_refund_fire(
    p_id uuid, p_step text, p_at timestamptz, p_version integer, f jsonb,
    out version integer, out state text
) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    r shared_payments_refund%rowtype;
    v_actor uuid := tinhso_actor();
    v_to text;
    v_event text := '';
begin
    select * into r from shared_payments_refund where id = p_id for no key update;
    if r.id is null then
        raise exception 'no such record' using errcode = 'FI404';
    end if;
    if p_version is not null and r.version <> p_version then
        raise exception 'stale' using errcode = 'FI409';
    end if;
    case p_step
    when 'approve' then
        if r.state in ('asked', 'failed') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.approve_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.approve_refund';
            end if;
            if not coalesce((r.created_by <> v_actor), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'PM-007', hint = 'TWO-PEOPLE';
            end if;
            v_to := 'approved';
            update shared_payments_refund set state = v_to, state_since = p_at, version = r.version + 1, approved_by = v_actor, approved_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.approve_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.approve_refund';
        end if;
    when 'reject' then
        if r.state in ('asked', 'failed') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.approve_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.approve_refund';
            end if;
            if not coalesce((length(btrim(f->>'reason')) >= 10), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'PM-008', hint = 'REASON';
            end if;
            v_to := 'rejected';
            update shared_payments_refund set state = v_to, state_since = p_at, version = r.version + 1, note = f->>'reason' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.approve_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.approve_refund';
        end if;
    when 'withdraw' then
        if r.state in ('asked') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.ask_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.ask_refund';
            end if;
            if not coalesce((r.created_by = v_actor), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'PM-026', hint = 'OWN';
            end if;
            v_to := 'rejected';
            update shared_payments_refund set state = v_to, state_since = p_at, version = r.version + 1, note = f->>'reason' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.ask_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.ask_refund';
        end if;
    when 'send' then
        if r.state in ('approved') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.send_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.send_refund';
            end if;
            v_to := 'sent';
            update shared_payments_refund set state = v_to, state_since = p_at, version = r.version + 1, bank_txn = f->>'bank_txn', sent_at = p_at where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.send_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.send_refund';
        end if;
    when 'settle' then
        if r.state in ('sent') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.send_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.send_refund';
            end if;
            v_to := 'settled';
            v_event := 'shared_payments.refund_settled';
            update shared_payments_refund set state = v_to, state_since = p_at, version = r.version + 1, settled_at = p_at, shares = coalesce(f->'shares', '[]'::jsonb) where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.send_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.send_refund';
        end if;
    when 'hand_over' then
        if r.state in ('approved') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.collect_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.collect_payment';
            end if;
            v_to := 'settled';
            v_event := 'shared_payments.refund_settled';
            update shared_payments_refund set state = v_to, state_since = p_at, version = r.version + 1, settled_at = p_at, shares = coalesce(f->'shares', '[]'::jsonb), note = f->>'note' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.collect_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.collect_payment';
        end if;
    when 'fail' then
        if r.state in ('approved', 'sent') then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.send_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.send_refund';
            end if;
            v_to := 'failed';
            v_event := 'shared_payments.refund_failed';
            update shared_payments_refund set state = v_to, state_since = p_at, version = r.version + 1, note = f->>'note' where id = p_id;
        elsif exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.send_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.send_refund';
        end if;
    else
        raise exception 'no such step' using errcode = 'FI423', detail = r.state;
    end case;
    insert into kernel_workflow_history
        (flow, record_id, version, step, source, target, at, actor, place_id, facts)
        values ('shared_payments.refund', p_id, r.version + 1, p_step, r.state, v_to, p_at, v_actor, r.place_id, f);
    insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
        values (p_at, v_actor, p_step, 'shared_payments.refund', p_id, r.version + 1, f::text);
    if v_event <> '' then
        insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            values ('shared_payments.refund', p_id, r.version + 1, v_event, p_at, v_actor,
                f || jsonb_build_object('source', r.state, 'target', v_to));
    end if;
    version := r.version + 1;
    state := v_to;
end $$;

create or replace function shared_payments_refund_fire_many(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
begin
    case p_step
    when 'approve' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.approve_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.created_by, r.place_id
            from shared_payments_refund r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.approve_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.approve_refund' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.approve_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.approve_refund'
                when r.step_row = 0 and not coalesce((r.created_by <> v_actor), false) then 'FI422 PM-007' else '' end as verdict,
                case r.step_row when 0 then 'approved' end as v_to,
                case r.step_row when 0 then '' end as v_event,
                case r.step_row when 0 then v_actor end as new_approved_by,
                case r.step_row when 0 then p_at end as new_approved_at
            from (select l.*, case when l.state in ('asked', 'failed') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_refund t set state = j.v_to, state_since = p_at,
                version = t.version + 1, approved_by = j.new_approved_by, approved_at = j.new_approved_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.refund', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.refund', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.refund', r.id, r.version, r.v_event, p_at, v_actor,
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
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.approve_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.place_id
            from shared_payments_refund r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.approve_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.approve_refund' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.approve_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.approve_refund'
                when r.step_row = 0 and not coalesce((length(btrim(f->>'reason')) >= 10), false) then 'FI422 PM-008' else '' end as verdict,
                case r.step_row when 0 then 'rejected' end as v_to,
                case r.step_row when 0 then '' end as v_event,
                case r.step_row when 0 then f->>'reason' end as new_note
            from (select l.*, case when l.state in ('asked', 'failed') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_refund t set state = j.v_to, state_since = p_at,
                version = t.version + 1, note = j.new_note
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.refund', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.refund', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.refund', r.id, r.version, r.v_event, p_at, v_actor,
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
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.ask_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.created_by, r.place_id
            from shared_payments_refund r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.ask_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.ask_refund' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.ask_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.ask_refund'
                when r.step_row = 0 and not coalesce((r.created_by = v_actor), false) then 'FI422 PM-026' else '' end as verdict,
                case r.step_row when 0 then 'rejected' end as v_to,
                case r.step_row when 0 then '' end as v_event,
                case r.step_row when 0 then f->>'reason' end as new_note
            from (select l.*, case when l.state in ('asked') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_refund t set state = j.v_to, state_since = p_at,
                version = t.version + 1, note = j.new_note
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.refund', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.refund', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.refund', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'send' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.send_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.place_id
            from shared_payments_refund r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.send_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.send_refund' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.send_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.send_refund' else '' end as verdict,
                case r.step_row when 0 then 'sent' end as v_to,
                case r.step_row when 0 then '' end as v_event,
                case r.step_row when 0 then f->>'bank_txn' end as new_bank_txn,
                case r.step_row when 0 then p_at end as new_sent_at
            from (select l.*, case when l.state in ('approved') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_refund t set state = j.v_to, state_since = p_at,
                version = t.version + 1, bank_txn = j.new_bank_txn, sent_at = j.new_sent_at
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.refund', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.refund', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.refund', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'settle' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.send_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.place_id
            from shared_payments_refund r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.send_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.send_refund' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.send_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.send_refund' else '' end as verdict,
                case r.step_row when 0 then 'settled' end as v_to,
                case r.step_row when 0 then 'shared_payments.refund_settled' end as v_event,
                case r.step_row when 0 then p_at end as new_settled_at,
                case r.step_row when 0 then coalesce(f->'shares', '[]'::jsonb) end as new_shares
            from (select l.*, case when l.state in ('sent') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_refund t set state = j.v_to, state_since = p_at,
                version = t.version + 1, settled_at = j.new_settled_at, shares = j.new_shares
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.refund', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.refund', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.refund', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'hand_over' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.collect_payment') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.place_id
            from shared_payments_refund r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.collect_payment') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.collect_payment' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.collect_payment') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.collect_payment' else '' end as verdict,
                case r.step_row when 0 then 'settled' end as v_to,
                case r.step_row when 0 then 'shared_payments.refund_settled' end as v_event,
                case r.step_row when 0 then p_at end as new_settled_at,
                case r.step_row when 0 then coalesce(f->'shares', '[]'::jsonb) end as new_shares,
                case r.step_row when 0 then f->>'note' end as new_note
            from (select l.*, case when l.state in ('approved') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_refund t set state = j.v_to, state_since = p_at,
                version = t.version + 1, settled_at = j.new_settled_at, shares = j.new_shares, note = j.new_note
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.refund', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.refund', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.refund', r.id, r.version, r.v_event, p_at, v_actor,
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
    when 'fail' then
        return query
        with rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.send_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until)
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f, r.agency_id, r.place_id
            from shared_payments_refund r join wanted w on w.id = r.id
            order by r.id for no key update of r
        ), judged as materialized (
            select r.id, r.state, r.f, r.place_id, case when r.want is not null and r.version <> r.want then 'FI409'
                when r.step_row is null then case when exists (select 1 from rights g where g.permission in ('shared_payments.send_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI423' else 'FI403 shared_payments.send_refund' end
                when r.step_row = 0 and not exists (select 1 from rights g where g.permission in ('shared_payments.send_refund') and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then 'FI403 shared_payments.send_refund' else '' end as verdict,
                case r.step_row when 0 then 'failed' end as v_to,
                case r.step_row when 0 then 'shared_payments.refund_failed' end as v_event,
                case r.step_row when 0 then f->>'note' end as new_note
            from (select l.*, case when l.state in ('approved', 'sent') then 0 end as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), changed as (
            update shared_payments_refund t set state = j.v_to, state_since = p_at,
                version = t.version + 1, note = j.new_note
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event, j.place_id
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select 'shared_payments.refund', r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, r.place_id, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, 'shared_payments.refund', r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select 'shared_payments.refund', r.id, r.version, r.v_event, p_at, v_actor,
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
        return query select * from shared_payments_refund_fire_each(p_ids, p_versions, p_step, p_at, p_facts, p_all);
    end case;
end $$;

create or replace function shared_payments_refund_fire_each(
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
                from shared_payments_refund_fire(w.id, p_step, p_at, w.version, w.f) o;
        exception when sqlstate 'FI403' or sqlstate 'FI404' or sqlstate 'FI409'
                or sqlstate 'FI422' or sqlstate 'FI423' then
            if p_all then raise; end if;
            get stacked diagnostics v_detail = pg_exception_detail;
            refusal := sqlstate; detail := v_detail; version := null; state := null;
        end;
        return next;
    end loop;
end $$;

create or replace function shared_payments_refund_create(
    p_rows jsonb, p_step text, p_at timestamptz, f jsonb
) returns table (id uuid, version integer, state text) language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
    r shared_payments_refund%rowtype;
    v_to text;
    v_event text := '';
    e jsonb;
begin

    for e in select * from jsonb_array_elements(p_rows) loop
        r := jsonb_populate_record(null::shared_payments_refund, e);
        case p_step
        when 'create' then
            if not exists (select 1 from kernel_access_right g where g.holder_id = v_actor and g.permission in ('shared_payments.ask_refund') and g.valid_from <= p_at and (g.valid_until is null or p_at < g.valid_until) and (g.agency_id is null or g.agency_id = r.agency_id) and g.unit_id is null and (g.place_id is null or g.place_id = r.place_id) and (g.record_id is null or g.record_id = r.id)) then
                raise exception 'forbidden' using errcode = 'FI403', detail = 'shared_payments.ask_refund';
            end if;
            if not coalesce((r.amount > 0 and length(btrim(r.reason)) >= 10), false) then
                raise exception 'refused' using errcode = 'FI422', detail = 'PM-008', hint = 'ASKED-WHY';
            end if;
            v_to := 'asked'; v_event := 'shared_payments.refund_asked';
        else
            raise exception 'no such step' using errcode = 'FI423', detail = '';
        end case;
        r.state := v_to; r.state_since := p_at; r.version := 1; r.created_at := p_at; r.created_by := v_actor;
        insert into shared_payments_refund (id, state, state_since, version, created_at, created_by, payee_id, agency_id, place_id, obligation_id, line_id, cause, amount, reason, way, to_bin, to_account, to_name, shares, note, approved_by, approved_at, sent_at, settled_at, bank_txn) values (r.id, r.state, r.state_since, r.version, r.created_at, r.created_by, r.payee_id, r.agency_id, r.place_id, r.obligation_id, r.line_id, r.cause, r.amount, r.reason, r.way, r.to_bin, r.to_account, r.to_name, r.shares, r.note, r.approved_by, r.approved_at, r.sent_at, r.settled_at, r.bank_txn);
        insert into kernel_workflow_history
            (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            values ('shared_payments.refund', r.id, 1, p_step, '', v_to, p_at, v_actor, r.place_id, f);
        insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            values (p_at, v_actor, p_step, 'shared_payments.refund', r.id, 1, f::text);
        if v_event <> '' then
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
                values ('shared_payments.refund', r.id, 1, v_event, p_at, v_actor,
                    f || jsonb_build_object('source', '', 'target', v_to));
        end if;
        id := r.id; version := 1; state := v_to;
        return next;
    end loop;
end $$;

revoke insert, update, delete, truncate on shared_payments_refund from tinhso_app;
grant update (agency_id, amount, approved_at, approved_by, bank_txn, cause, line_id, note, obligation_id, payee_id, place_id, reason, sent_at, settled_at, shares, to_account, to_bin, to_name, way) on shared_payments_refund to tinhso_app;
