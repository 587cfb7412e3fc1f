"""Rights over the demonstration."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.permissions import bundle, permission

SET_CLOCK = permission("kernel_demo.set_clock", _("set the speed of the demo's clock"))
bundle("operator", permissions=[SET_CLOCK])
