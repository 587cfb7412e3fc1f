"""What a person keeps of the look, and what is known of devices that work without network."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.web.offline.models import (
    EventState,
    OfflineDevice,
    OfflineDuty,
    OfflineEvent,
    OfflineList,
    OfflinePeriod,
    Resolution,
)

__all__ = [
    "EventState",
    "OfflineDevice",
    "OfflineDuty",
    "OfflineEvent",
    "OfflineList",
    "OfflinePeriod",
    "Preference",
    "Resolution",
]


class Preference(models.Model):
    """One choice of one person about how something is shown; never about what may be seen."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    holder_id = models.UUIDField(_("whose choice"))
    name = models.CharField(_("name of the choice"), max_length=80)
    value = models.JSONField(_("what was chosen"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["holder_id", "name"], name="kernel_web_preference_once")]

    def __str__(self) -> str:
        return self.name
