from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Workflow(Module):
    name = "tinhso.kernel.workflow"
    label = "kernel_workflow"
    title = _("workflow")
