from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Jobs(Module):
    name = "tinhso.kernel.jobs"
    label = "kernel_jobs"
    title = _("jobs")
