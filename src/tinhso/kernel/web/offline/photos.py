"""Photographs come last: their digests went with the event, the pictures follow when the network allows.

An event names one as `photo`, several as `photos`.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.audit.binding import acting_as
from tinhso.kernel.base.errors import Invalid, NotFound
from tinhso.kernel.files.actions import attach
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.web.offline.declare import OfflineApp
from tinhso.kernel.web.offline.inbox import officer_of
from tinhso.kernel.web.offline.models import OfflineDevice, OfflineEvent

PURPOSE = "photo"


def take_photo(*, app: OfflineApp, device: OfflineDevice, digest: str, picture: bytes, at: datetime) -> None:
    """Attach the picture to the event that named its digest; again changes nothing.

    Raises Invalid when it is another picture, NotFound when no event of the device named it, and what kernel.files
    refuses (type, size, malware).
    """
    if hashlib.sha256(picture).hexdigest() != digest:
        raise Invalid(_("this is not the picture that the event named"), field="photo")
    named = Q(payload__photo=digest) | Q(payload__photos__contains=[digest])
    event = OfflineEvent.objects.filter(named, device=device).first()
    if event is None:
        raise NotFound
    kind = app.attachable(event)
    if Attachment.objects.filter(kind=kind, record_id=event.pk, original=digest).exists():
        return
    officer = officer_of(event)
    with acting_as(officer):
        attach(picture, name=f"{event.seq}.jpg", kind=kind, record_id=event.pk, purpose=PURPOSE, by=officer,
               at=at)  # fmt: skip
