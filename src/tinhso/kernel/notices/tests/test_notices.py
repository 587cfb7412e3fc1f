from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.identity.models import Person
from tinhso.kernel.notices import actions, delivery, jobs, kinds, metrics, queries
from tinhso.kernel.notices.channels.contract import Message
from tinhso.kernel.notices.channels.mail import Mail
from tinhso.kernel.notices.kinds import notice
from tinhso.kernel.notices.models import CarriedMessage, Carrier, Delivery, Notice

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    """Kinds of this test only."""
    monkeypatch.setattr(kinds.KINDS, "_entries", {})
    notice(
        "tests.called",
        title="Call",
        texts={"vi": "Xe {plate} vào cửa {gate}", "en": "{plate}: go to {gate}", "zh-hans": "{plate} 请到 {gate}"},
        channels=("app", "sms"),
        sms_fields=("plate", "gate"),
        urgent=True,
    )
    notice("tests.paid", title="Paid", texts={"vi": "Đã thu {sum}", "en": "Paid {sum}"}, channels=("email",))


@pytest.fixture
def driver():
    return Person.objects.create(full_name="An", phone="0900000001", email="an@example.vn", language="vi")


def call(driver, key="e1", at=NOON, **fields):
    fields = fields or {"plate": "98C-214.37", "gate": "3"}
    return actions.send("tests.called", to=[driver.pk], event_key=key, by=SYSTEM, at=at, url="/luot-xe/1/", **fields)


def carry_all():
    """Do what the jobs would do now, whatever their time."""
    for way in Delivery.objects.filter(state=Delivery.WAITING).order_by("pk"):
        delivery.deliver(way.pk)


def states():
    return dict(Delivery.objects.values_list("channel", "state"))


def test_one_event_is_told_to_one_person_once(driver):
    call(driver)

    again = call(driver, plate="another", gate="4")

    assert again == []
    assert Notice.objects.count() == 1


def test_the_same_words_are_not_said_again_within_ten_minutes(driver):
    call(driver, "e1")

    soon = call(driver, "e2", at=NOON + timedelta(minutes=9))
    later = call(driver, "e3", at=NOON + timedelta(minutes=11))

    assert (len(soon), len(later)) == (0, 1)


def test_a_received_push_spares_the_text_message(driver):
    call(driver)

    carry_all()

    assert states() == {"push": "received", "sms": "not_needed"}
    assert [one.channel for one in CarriedMessage.objects.all()] == ["push"]


def test_without_a_push_receipt_the_text_message_goes_out_after_sixty_seconds(driver):
    Carrier.objects.create(channel="push", wrong=True)
    call(driver)
    waits = Delivery.objects.get(channel="sms").due_at - Delivery.objects.get(channel="push").due_at

    carry_all()

    assert waits == timedelta(seconds=60)
    assert states() == {"push": "sent", "sms": "sent"}
    assert CarriedMessage.objects.get(channel="sms").text == "Xe 98C-214.37 vào cửa 3"


def test_a_notice_that_was_read_needs_no_text_message(driver):
    Carrier.objects.create(channel="push", wrong=True)
    made = call(driver)

    actions.read(recipient=driver.pk, at=NOON, notice=made[0].pk)

    assert states()["sms"] == "not_needed"


def test_the_receipt_of_the_app_spares_the_text_message(driver):
    made = call(driver)

    assert actions.receive(recipient=driver.pk, notice=made[0].pk)
    assert not actions.receive(recipient=uuid7(), notice=made[0].pk)

    assert states() == {"push": "received", "sms": "not_needed"}


def test_a_carrier_that_is_down_is_tried_again_and_given_up(driver):
    Carrier.objects.create(channel="push", down=True)
    call(driver)
    push = Delivery.objects.get(channel="push")

    pauses = []
    for _ in range(delivery.MOST_TRIES):
        delivery.deliver(push.pk)
        push.refresh_from_db()
        pauses.append(round((push.due_at - clock.real()).total_seconds()))

    assert pauses[:5] == [5, 10, 20, 40, 80]
    assert (push.state, push.tries) == ("failed", delivery.MOST_TRIES)


def test_a_carrier_that_recovers_delivers(driver):
    carrier = Carrier.objects.create(channel="push", down=True)
    call(driver)
    carry_all()
    carrier.down = False
    carrier.save()

    delivery.deliver(Delivery.objects.get(channel="push").pk)

    assert states()["push"] == "received"


def test_one_delivery_is_never_carried_by_two(driver):
    call(driver)
    push = Delivery.objects.get(channel="push")

    delivery.deliver(push.pk)
    delivery.deliver(push.pk)

    assert CarriedMessage.objects.filter(channel="push").count() == 1


def test_what_a_stopped_process_left_is_taken_up_again(driver):
    call(driver)
    Delivery.objects.filter(channel="push").update(
        state=Delivery.SENDING, changed_at=clock.real() - timedelta(minutes=3)
    )

    taken = delivery.sweep()

    assert taken == 1
    assert states()["push"] == "waiting"


def test_an_urgent_notice_is_said_again_three_times_until_read(driver):
    call(driver)
    carry_all()

    said = [delivery.repeat(NOON + timedelta(minutes=minute)) for minute in (4, 5, 9, 10, 15, 20)]

    assert said == [0, 1, 0, 1, 1, 0]


def test_a_read_notice_is_not_said_again(driver):
    call(driver)
    actions.read(recipient=driver.pk, at=NOON)

    assert delivery.repeat(NOON + timedelta(minutes=6)) == 0


def test_e_mail_goes_in_the_recipients_language(driver):
    Person.objects.filter(pk=driver.pk).update(language="en")

    actions.send("tests.paid", to=[driver.pk], event_key="e1", by=SYSTEM, at=NOON, sum="1.000 đ")
    carry_all()

    assert CarriedMessage.objects.get(channel="email").text == "Paid 1.000 đ"


def test_a_letter_ends_with_the_whole_address_of_its_page(driver, settings):
    settings.SITE_URL = "https://so.example.vn"

    actions.send("tests.paid", to=[driver.pk], event_key="e1", by=SYSTEM, at=NOON, url="/thong-bao/", sum="1.000 đ")
    carry_all()

    assert CarriedMessage.objects.get(channel="email").text == "Đã thu 1.000 đ\n\nhttps://so.example.vn/thong-bao/"


def test_the_real_mail_carrier_sends_a_letter(mailoutbox):
    Mail().carry(Message("an@example.vn", "Call", "Go to 3"))

    assert (mailoutbox[0].subject, mailoutbox[0].to) == ("Call", ["an@example.vn"])


def test_a_driver_without_a_persons_record_is_reached_by_his_number():
    driver = actions.Recipient(uuid7(), phone="0900000002", language="zh-hans")

    actions.send("tests.called", to=[driver], event_key="e1", by=SYSTEM, at=NOON, plate="桂F12345", gate="3")

    way = Delivery.objects.select_related("notice").get(channel="sms")
    assert delivery.message_of(way).text == "桂F12345 请到 3"


def test_a_text_message_may_not_carry_a_persons_data():
    words = {"vi": "Chào {driver_name}", "en": "Hello {driver_name}"}

    with pytest.raises(ValueError, match="not allowed"):
        notice("tests.hello", title="Hello", texts=words, channels=("sms",))
    with pytest.raises(ValueError, match="personal"):
        notice("tests.hello", title="Hello", texts=words, channels=("sms",), sms_fields=("driver_name",))


def test_words_in_both_languages_of_the_state_are_compulsory():
    with pytest.raises(ValueError, match="vi and en"):
        notice("tests.hello", title="Hello", texts={"vi": "Chào"})


@pytest.mark.parametrize(("hour", "waits_until"), [(21, 21), (22, 6), (3, 6), (6, 6), (12, 12)])
def test_what_is_not_urgent_does_not_wake_anybody(hour, waits_until):
    due = NOON.replace(hour=hour, minute=0)

    assert actions.after_quiet(due).hour == waits_until
    assert actions.after_quiet(due) >= due


def test_the_text_is_shown_in_the_readers_language(driver):
    made = call(driver)[0]

    with translation.override("en"):
        assert made.text == "98C-214.37: go to 3"


def test_the_number_of_the_bell_costs_one_query(driver, django_assert_num_queries):
    call(driver)

    with django_assert_num_queries(1):
        assert queries.unread_count(driver.pk) == 1


@pytest.fixture
def quietly():
    notice("tests.came", title="Came", texts={"vi": "Xe {plate} đã đến", "en": "{plate} came"}, quiet=True)


def test_a_quiet_notice_is_listed_apart_and_counts_nowhere(driver, quietly):
    call(driver)
    actions.send("tests.came", to=[driver.pk], event_key="e2", by=SYSTEM, at=NOON, plate="98C-214.37")

    assert queries.unread_count(driver.pk) == 1
    assert [one.kind for one in queries.notices_of(driver.pk, quiet=True)] == ["tests.came"]
    assert [one.kind for one in queries.notices_of(driver.pk, quiet=False)] == ["tests.called"]
    assert not Delivery.objects.filter(notice__quiet=True).exists()
    assert actions.read(recipient=driver.pk, at=NOON) == 1


def test_many_people_are_told_in_as_many_queries_as_one(quietly, django_assert_num_queries):
    people = [actions.Recipient(uuid7()) for _ in range(30)]

    with django_assert_num_queries(3):  # a savepoint, the notices, its end
        made = actions.send("tests.came", to=people, event_key="e1", by=SYSTEM, at=NOON, plate="98C-214.37")
    again = actions.send("tests.came", to=people, event_key="e1", by=SYSTEM, at=NOON, plate="98C-214.37")

    assert (len(made), again) == (30, [])


def test_what_is_quiet_can_neither_be_urgent_nor_a_message():
    for loud in ({"urgent": True}, {"channels": ("app", "email")}):
        with pytest.raises(ValueError, match="quiet"):
            notice("tests.loud", title="Loud", texts={"vi": "Xe", "en": "Car"}, quiet=True, **loud)


def test_quiet_notices_are_forgotten_after_a_week(driver, quietly):
    call(driver)
    actions.send("tests.came", to=[driver.pk], event_key="e2", by=SYSTEM, at=NOON, plate="98C-214.37")
    Notice.objects.update(created_at=clock.real() - timedelta(days=8))

    jobs.forget_quiet_notices(NOON)

    assert [one.kind for one in Notice.objects.all()] == ["tests.called"]


def test_the_figure_of_deliveries_has_words_for_channels_and_states(driver):
    call(driver)

    with translation.override("vi"):
        told = {tuple(map(str, map(metrics.title_of, ("channel", "state"), key))) for key in metrics.deliveries()}

    assert ("SMS", "Chờ gửi") in told
