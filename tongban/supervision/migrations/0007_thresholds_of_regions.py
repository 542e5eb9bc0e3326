"""Thresholds may be those of one region."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supervision", "0006_find_cards_to_cure")]
    operations = [
        migrations.AddField("thresholdversion", "region", models.CharField(blank=True, default="", max_length=12)),
    ]
