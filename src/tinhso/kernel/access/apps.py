from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Access(Module):
    name = "tinhso.kernel.access"
    label = "kernel_access"
    title = _("access")

    def ready(self) -> None:
        """Keep the roles in step with the rooms' bundles."""
        super().ready()
        from tinhso.kernel.access import sync

        post_migrate.connect(sync.after_migrate, sender=self, dispatch_uid="kernel_access.synchronise")
