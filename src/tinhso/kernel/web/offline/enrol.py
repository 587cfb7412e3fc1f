"""A device gets its identity, its place and the people who work with it; and loses them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Invalid, Refusal
from tinhso.kernel.identity.actions import revoke as revoke_credential
from tinhso.kernel.identity.models import Device
from tinhso.kernel.web.offline.declare import OfflineApp, Spot
from tinhso.kernel.web.offline.models import OfflineDevice, OfflineDuty

KIND = "kernel_web.offline_device"
HALF = 32


class DeviceUnknown(Refusal):
    """No such device, or it did not sign what it sent."""

    code, status = "device-unknown", 403
    message = _("this device is not enrolled here: enrol it again")


@transaction.atomic
def enrol(
    *, app: OfflineApp, name: str, spots: Iterable[Spot], public_key: str, by: Actor, at: datetime
) -> OfflineDevice:
    """Take a device in, at one place; its public key is P-256, raw, in base64. Raises Forbidden or Invalid."""
    chosen = list(spots)
    if len({(spot.place_id, spot.group) for spot in chosen}) != 1:
        raise Invalid(_("choose control points of one place"), field="spots")
    place = chosen[0].place_id
    for right, agency in {(spot.right or app.enrol, spot.agency_id) for spot in chosen}:
        require(by, right, on=Where(place=place, agency=agency), at=at)
    _public(public_key)
    device = Device.objects.create(
        name=name.strip()[:120] or str(app.title), public_key=public_key, place_code=chosen[0].code[:40]
    )
    made = OfflineDevice.objects.create(
        device=device,
        app=app.name,
        place_id=place,
        spots=[spot.code for spot in chosen],
        enrolled_at=at,
        enrolled_by=by.id,
    )
    record("kernel_web.enrol_device", by=by, at=at, kind=KIND, record_id=device.pk, app=app.name, place=str(place))
    return made


def take_duty(*, device: OfflineDevice, by: Actor, at: datetime) -> OfflineDuty:
    """Who signed in works with this device from now on, also while there is no network."""
    duty, made = OfflineDuty.objects.get_or_create(
        device=device, officer_id=by.id, defaults={"name": by.name[:120], "began_at": at}
    )
    if made:
        record("kernel_web.take_duty", by=by, at=at, kind=KIND, record_id=device.pk)
    return duty


def revoke(*, app: OfflineApp, device: OfflineDevice, by: Actor, at: datetime) -> None:
    """Lock a lost device: it gets no list, what it sends is done by nobody, and it is told to forget. Forbidden."""
    require(by, app.enrol, on=Where(place=device.place_id), at=at)
    revoke_credential(credential=device.device, by=by, at=at)


def signed_by(device: OfflineDevice, body: bytes, signature: str) -> None:
    """Raises DeviceUnknown unless the device's own key signed exactly these bytes."""
    try:
        raw = base64.b64decode(signature, validate=True)
        if len(raw) != 2 * HALF:
            raise DeviceUnknown
        halves = (int.from_bytes(raw[:HALF], "big"), int.from_bytes(raw[HALF:], "big"))
        _public(device.device.public_key).verify(encode_dss_signature(*halves), body, ec.ECDSA(hashes.SHA256()))
    except (binascii.Error, InvalidSignature):
        raise DeviceUnknown from None


def device_of(app: OfflineApp, device_id: UUID) -> OfflineDevice:
    """Raises DeviceUnknown."""
    found = OfflineDevice.objects.select_related("device").filter(pk=device_id, app=app.name).first()
    if found is None:
        raise DeviceUnknown
    return found


def _public(text: str) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error):
        raise Invalid(_("the key of the device cannot be read"), field="public_key") from None
