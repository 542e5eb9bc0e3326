"""The search index: owners push entries, the database finds them."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One findable thing. `terms` holds its bigrams, synonyms' bigrams and pinyin, separated by blanks."""

    kind = models.CharField(max_length=20)
    pack = models.CharField(max_length=40)
    code = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=400, blank=True)
    terms = models.TextField()
    weight = models.FloatField(default=1.0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "kind", "code"], name="search_entry_once")]


class Synonym(models.Model):
    """A group of words that mean the same for searching."""

    pack = models.CharField(max_length=40)
    words = models.CharField(max_length=400)


class Missed(models.Model):
    """A search that found nothing, kept for the editors."""

    pack = models.CharField(max_length=40)
    query = models.CharField(max_length=100)
    at = models.DateTimeField()
