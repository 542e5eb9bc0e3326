"""A case knows its place, so that the cases of a month are counted without reading their joint cases."""

from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery


def fill(apps, schema_editor):
    """Give every case the place of its joint case."""
    of_joint = apps.get_model("cases", "JointCase").objects.filter(pk=OuterRef("joint_case_id"))
    apps.get_model("cases", "Case").objects.update(pack=Subquery(of_joint.values("pack")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0006_findings_by_moment'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='case', name='cases_accepted'),
        migrations.RemoveIndex(model_name='case', name='cases_closed'),
        migrations.AddField(
            model_name='case',
            name='pack',
            field=models.CharField(default='', max_length=40),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=Q(('accepted_at__isnull', False)), fields=['pack', 'accepted_at', 'organisation', 'region', 'item_code', 'joint_case'], name='cases_accepted'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=Q(('closed_at__isnull', False)), fields=['pack', 'closed_at', 'state', 'due_on', 'organisation', 'region', 'item_code', 'joint_case'], name='cases_closed'),
        ),
    ]
