from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Events(Module):
    name = "tinhso.kernel.events"
    label = "kernel_events"
    title = _("events")
