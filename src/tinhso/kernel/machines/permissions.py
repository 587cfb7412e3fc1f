"""Who lets machines act for an agency and be told of its events."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.permissions import bundle, permission

KEEP_CLIENTS = permission("kernel_machines.keep_clients", _("connect machines of one's agency"))

CLIENT_KEEPER = bundle("client_keeper", title=_("Keeper of an agency's machines"), permissions=[KEEP_CLIENTS])
