from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Metrics(Module):
    name = "tinhso.kernel.metrics"
    label = "kernel_metrics"
    title = _("figures")
