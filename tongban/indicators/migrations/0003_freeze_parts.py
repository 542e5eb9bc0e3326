"""Months are frozen for parts of a place too: what was kept by organisation is kept by way and code."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0002_report_files")]
    operations = [
        migrations.RemoveConstraint("snapshot", "indicators_frozen_once"),
        migrations.RenameField("snapshot", "organisation", "code"),
        migrations.AddField(
            "snapshot", "way", models.CharField(blank=True, default="", max_length=16), preserve_default=False
        ),
        migrations.AlterField("snapshot", "digest", models.CharField(blank=True, max_length=64)),
        migrations.AddConstraint(
            "snapshot",
            models.UniqueConstraint(
                fields=["pack", "indicator", "month", "way", "code"], name="indicators_frozen_once"
            ),
        ),
    ]
