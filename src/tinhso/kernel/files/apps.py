from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Files(Module):
    name = "tinhso.kernel.files"
    label = "kernel_files"
    title = _("files")
    slug = "tep"
