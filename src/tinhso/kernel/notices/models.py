"""Notices to people, each way by which they go out, and what the simulated ways have carried."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.notices.kinds import KINDS
from tinhso.kernel.rulebook.models import DatedRow, one_at_a_time


class Notice(models.Model):
    """One notice to one person about one event. Its words are made when it is shown, in the reader's language.

    A quiet one is there to be looked up: it is never unread, goes out by no way and is forgotten after a week.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=80)
    recipient = models.UUIDField()
    event_key = models.CharField(max_length=120)
    language = models.CharField(max_length=8, default="vi")
    fields = models.JSONField(default=dict)
    digest = models.BinaryField(max_length=16)
    url = models.CharField(max_length=300, blank=True, default="")
    urgent = models.BooleanField(default=False)
    quiet = models.BooleanField(default=False)
    repeats = models.SmallIntegerField(default=0)
    at = models.DateTimeField(_("time"))
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "event_key", "recipient"], name="kernel_notices_once_per_event")
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="kernel_notices_list"),
            models.Index(fields=["recipient", "-id"], name="kernel_notices_aloud", condition=Q(quiet=False)),
            models.Index(fields=["recipient"], name="kernel_notices_unread", condition=Q(read_at=None, quiet=False)),
            models.Index(fields=["at"], name="kernel_notices_urgent", condition=Q(read_at=None, urgent=True)),
            models.Index(fields=["created_at"], name="kernel_notices_quiet", condition=Q(quiet=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_key}"

    @property
    def title(self) -> Any:
        return KINDS.get(self.kind).title if self.kind in KINDS else self.kind

    @property
    def text(self) -> str:
        if self.kind not in KINDS:
            return ""
        language = translation.get_language() or self.language
        return KINDS.get(self.kind).text(language, self.fields, at=self.at)


class Delivery(models.Model):
    """One way out of one notice. Times are the machine's; `reference` is the carrier's own number."""

    PUSH, SMS, EMAIL, ZALO = "push", "sms", "email", "zalo"
    WAITING, SENDING, SENT, RECEIVED = "waiting", "sending", "sent", "received"
    FAILED, NOT_NEEDED = "failed", "not_needed"
    CHANNELS: ClassVar[list[tuple[str, Any]]] = [
        (PUSH, _("push")),
        (SMS, "SMS"),
        (EMAIL, _("e-mail")),
        (ZALO, "Zalo"),
    ]
    STATES: ClassVar[list[tuple[str, Any]]] = [
        (WAITING, _("waiting")),
        (SENDING, _("being sent")),
        (SENT, _("sent")),
        (RECEIVED, _("received")),
        (FAILED, _("not delivered")),
        (NOT_NEEDED, _("not needed")),
    ]

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=CHANNELS)
    address = models.CharField(max_length=254)
    state = models.CharField(max_length=12, choices=STATES, default=WAITING)
    tries = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()
    changed_at = models.DateTimeField(auto_now=True)
    reference = models.CharField(max_length=80, blank=True, default="")
    error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="kernel_notices_one_way_each")]
        indexes = [
            models.Index(fields=["due_at"], name="kernel_notices_open", condition=Q(state__in=("waiting", "sending")))
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class PushBrowser(models.Model):
    """A browser in which somebody has asked for notices: where its push service listens, and for whom it is sealed."""

    holder = models.UUIDField(db_index=True)
    session_key = models.CharField(max_length=40)
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.holder)


class CarrierLight(models.Model):
    """When a carrier last took something and when it last failed, by the machine's clock; noted twice a minute."""

    channel = models.CharField(primary_key=True, max_length=8)
    answered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return self.channel


class ZaloPass(models.Model):
    """The pair of passes by which Zalo lets us in, sealed: one lives a day, the other brings the next pair, once."""

    began_with = models.BinaryField(max_length=32)
    access = models.BinaryField()
    refresh = models.BinaryField()
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.ends_at:%Y-%m-%d %H:%M}"


class Carrier(models.Model):
    """How a simulated carrier behaves: slow, wrong (takes it and loses it) or down. Switched in operation."""

    channel = models.CharField(primary_key=True, max_length=8)
    delay_ms = models.PositiveIntegerField(_("delay in milliseconds"), default=0)
    wrong = models.BooleanField(_("loses messages"), default=False)
    down = models.BooleanField(_("down"), default=False)

    def __str__(self) -> str:
        return self.channel


class CarriedMessage(models.Model):
    """What a simulated carrier took, to be looked at in place of a telephone."""

    channel = models.CharField(max_length=8)
    address = models.CharField(max_length=254)
    title = models.CharField(max_length=200, blank=True, default="")
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.channel} {self.address}"


class NoticeWords(DatedRow):
    """What a kind of notice says, its places in braces. Without words for text messages they say the same.

    A room whose own people keep the words of its notices has a table of this shape.
    """

    kind = models.CharField(_("kind of notice"), max_length=80)
    text_vi = models.CharField(_("words in Vietnamese"), max_length=300)
    text_en = models.CharField(_("words in English"), max_length=300)
    text_zh = models.CharField(_("words in Chinese"), max_length=300, blank=True)
    sms_vi = models.CharField(
        _("text message in Vietnamese"),
        max_length=160,
        blank=True,
        help_text=_("Only where messages say less than the words above"),
    )
    sms_en = models.CharField(_("text message in English"), max_length=160, blank=True)
    sms_zh = models.CharField(_("text message in Chinese"), max_length=160, blank=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.kind


class NoticeText(NoticeWords):
    """Words of the kinds of all rooms that have no table of their own."""

    class Meta:
        ordering: ClassVar = ["id"]
        constraints = one_at_a_time("kernel_notices_notice_text", "kind")
