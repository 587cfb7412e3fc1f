"""The rights of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.permissions import permission

REPLAY = permission("kernel_workflow.replay_records", _("put in records with their past"), system=True)
