"""政务大厅: what was received at which window, by whom, from whom."""

from __future__ import annotations

from django.db import models

from tongban.core.db import new_id


class Reception(models.Model):
    """An application as a window received it (收件登记): the window, the clerk, the person whose identity was checked."""

    id = models.UUIDField(primary_key=True, default=new_id)
    joint_case = models.OneToOneField("cases.JointCase", on_delete=models.PROTECT, related_name="reception")
    window = models.ForeignKey("orgs.Window", on_delete=models.PROTECT, related_name="+")
    presence = models.ForeignKey("orgs.Presence", on_delete=models.PROTECT, null=True, related_name="+")
    received_by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["window", "-at"], name="hall_receptions")]
