"""People apart from their accounts: a person may have no account, one, or lose it, and stays the same person."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7


class Person(models.Model):
    """A citizen, official, member of a firm's staff or foreign driver."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    full_name = models.CharField(_("full name"), max_length=120)
    nationality = models.CharField(_("nationality"), max_length=2, default="VN")
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=8, default="vi")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.full_name

    def actor(self) -> Actor:
        return Actor(self.id, "person", self.full_name)


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Account:
        account = self.model(username=username, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """A way to sign in; what the holder may do is never here but in grants (kernel.access)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="account")
    username = models.CharField(_("user name"), max_length=80, unique=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    demo = models.BooleanField(default=False)  # signs in with one tap in the demo profile, nowhere else at all
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = AccountManager()

    def __str__(self) -> str:
        return self.username


class Device(models.Model):
    """A tablet or another thing of ours at a place; it signs with the private half of `public_key`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=120)
    public_key = models.TextField(_("public key"))
    place_code = models.CharField(_("place"), max_length=40, blank=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    def actor(self) -> Actor:
        return Actor(self.id, "machine", self.name)


class Credential(models.Model):
    """What keys and links share: whom they stand for, how long, and that they can be revoked. Real clock."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    holder_id = models.UUIDField(_("holder"), default=uuid7, db_index=True)
    name = models.CharField(_("name"), max_length=120)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def is_open(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


class ApiKey(Credential):
    """A machine's key: only its digest is kept. Several keys of one holder let a key be changed without a gap."""

    prefix = models.CharField(_("beginning"), max_length=16)
    digest = models.BinaryField(max_length=32, unique=True)
    certificate = models.BinaryField(max_length=32, null=True)  # SHA-256 of the only one that it comes with
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    def actor(self) -> Actor:
        return Actor(self.holder_id, "machine", self.name)


class AccessLink(Credential):
    """A link for someone without an account, opened with a code sent to the phone; bound to one holder.

    The token of the link and the code are kept as digests. Failures are counted over the life of the link.
    """

    record_kind = models.CharField(max_length=80, blank=True)
    record_id = models.UUIDField(null=True, blank=True, db_index=True)
    phone = models.CharField(_("phone"), max_length=20)
    language = models.CharField(_("language"), max_length=8, default="vi")
    path = models.CharField(max_length=200, default="/")  # the page that opens
    token_digest = models.BinaryField(max_length=32, unique=True)
    code_digest = models.BinaryField(max_length=32, null=True)
    code_expires_at = models.DateTimeField(null=True)
    code_sent_at = models.DateTimeField(null=True)
    codes_sent = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)

    def actor(self) -> Actor:
        return Actor(self.holder_id, "link", self.name)

    def stands_for(self, record_id: UUID) -> bool:
        return self.record_id == record_id
