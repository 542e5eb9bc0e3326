"""The search index: owners push entries, the database finds them."""

from __future__ import annotations

from django.db import models

from tongban.search.rules.synonyms import Origin


class Entry(models.Model):
    """One findable thing. `terms` holds its bigrams and pinyin, separated by blanks; `words` what else it is called, by lines."""

    kind = models.CharField(max_length=20)
    pack = models.CharField(max_length=40)
    code = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=400, blank=True)
    terms = models.TextField()
    weight = models.FloatField(default=1.0)
    words = models.TextField(default="", blank=True)
    # What it can be filtered by, as its owner says.
    audience = models.CharField(max_length=40, default="", blank=True)
    org = models.CharField(max_length=64, default="", blank=True)
    org_name = models.CharField(max_length=200, default="", blank=True)
    visits = models.SmallIntegerField(null=True)
    is_online = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "kind", "code"], name="search_entry_once")]
        indexes = [models.Index(fields=["pack", "id"], name="search_entry_latest")]


class Synonym(models.Model):
    """A group of words that mean the same for searching, or what an editor added to one. Never changed, only made and deleted."""

    pack = models.CharField(max_length=40)
    words = models.TextField()
    origin = models.CharField(max_length=4, default=Origin.PACK.value)
    joins = models.CharField(max_length=100, default="", blank=True)


class Missed(models.Model):
    """A search that found nothing, kept for the editors."""

    pack = models.CharField(max_length=40)
    query = models.CharField(max_length=100)
    at = models.DateTimeField()
