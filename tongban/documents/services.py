"""Issue numbered papers, print them again, serve them; publish templates."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from tongban.audit import services as audit
from tongban.core import db, specs, time
from tongban.core.actor import Actor
from tongban.core.specs import Placed
from tongban.documents import permissions, queries, rules
from tongban.documents.models import Paper, Service, TemplateVersion
from tongban.documents.rules import Kind, Served, TemplateFault, TemplateSpec, Way
from tongban.jobs import services as jobs
from tongban.rules import masking
from tongban.rules.errors import Conflict, Invalid
from tongban.rules.specs import canonical, digest

FILE = "templates.yaml"


def issue(kind: rules.Kind, *, organisation: str, word: str, subject_id: UUID, body: rules.Body) -> Paper:
    """Issue a paper under the next number of its organisation, kind and year, inside the caller's transaction.

    It keeps the template in force now and is drawn by that one for ever.
    """
    at = time.now()
    year = time.day_of(at).year
    code, version = queries.in_force(organisation, kind)
    serial = jobs.next_serial(f"paper:{organisation}:{kind}:{year}")
    paper = Paper(
        kind=kind.value,
        organisation=organisation,
        year=year,
        serial=serial,
        number=rules.number(word, kind, year, serial),
        title=rules.TITLES[kind],
        subject_id=subject_id,
        template_code=code,
        template_version=version,
        body=dataclasses.asdict(body),
        issued_at=at,
        check_code=secrets.token_hex(10),
    )
    db.insert_many(Paper, [paper])
    return paper


@transaction.atomic
def reprint(paper_id: UUID, *, by: Actor) -> Paper:
    """Count a reprint (补打); its number is printed on it. The caller has decided that the actor may. Raises NotFound."""
    Paper.objects.filter(pk=paper_id).update(reprints=F("reprints") + 1)
    paper = queries.paper(paper_id)
    audit.record(
        "documents.reprinted",
        "paper",
        paper.pk,
        by=by,
        organisation=paper.organisation,
        reason=f"第 {paper.reprints} 次",
    )
    return paper


# Service


@transaction.atomic
def serve(papers: Sequence[Paper], served: Served, *, has_consent: bool, word: str, by: Actor) -> Paper:
    """Record that papers of one subject were served, and issue the proof (送达回证). The caller has decided that the actor may.

    Source: 民事诉讼法 (2023) art. 87–95. Raises Invalid; Conflict for a paper that was served before.
    """
    if not papers:
        raise Invalid("documents.service", "有 1 处要改", fields={"papers": "至少选一份文书"})
    issued_on = max(time.day_of(paper.issued_at) for paper in papers)
    flaws = rules.service_flaws(served, issued_on=issued_on, today=time.today(), has_consent=has_consent)
    if flaws:
        raise Invalid("documents.service", f"有 {len(flaws)} 处要改", fields=flaws)
    first = papers[0]
    proof = issue(
        Kind.SERVICE,
        organisation=first.organisation,
        word=word,
        subject_id=first.subject_id,
        body=_proof(papers, served),
    )
    kept = {name for name, _ in rules.PROVED_BY[served.way]} | {"note"}
    values = {
        name: getattr(served, name) if name in kept else ""
        for name in ("witness", "entrusted_to", "waybill", "announced_in", "note")
    }
    try:
        with transaction.atomic():
            Service.objects.bulk_create(
                Service(
                    paper=paper, proof=proof, way=served.way.value, recipient=served.recipient, served_on=served.served_on,
                    effective_on=rules.effective_on(served), by_name=by.name[:60], at=time.now(),
                    announced_days=served.announced_days if served.way is Way.ANNOUNCED else None, **values,
                )
                for paper in papers
            )  # fmt: skip
    except IntegrityError as problem:
        raise Conflict("documents.served", "有文书已经登记过送达，没有重复登记", remedy="刷新看最新状态") from problem
    for paper in papers:
        audit.record(
            "documents.served", "paper", paper.pk, by=by, organisation=paper.organisation, reason=served.way.value
        )
    return proof


def _proof(papers: Sequence[Paper], served: Served) -> rules.Body:
    facts = [
        ("受送达人", served.recipient),
        ("送达方式", rules.WAY_WORDS[served.way]),
        ("送达日期", str(served.served_on)),
    ]
    facts += [(words, getattr(served, name)) for name, words in rules.PROVED_BY[served.way]]
    if served.way is Way.ANNOUNCED:
        facts.append(("公告期", f"{served.announced_days} 日，{rules.effective_on(served)} 视为送达"))
    facts += [("说明", served.note)] if served.note else []
    return rules.Body(
        addressee="", paragraphs=("下列文书已经送达：",), head=("序号", "文书", "文号"),
        rows=tuple((str(n), paper.title, paper.number) for n, paper in enumerate(papers, 1)), facts=tuple(facts),
        closing=("受送达人签名或者盖章：＿＿＿＿＿＿　　送达人：＿＿＿＿＿＿",) if served.way in (Way.DIRECT, Way.LEFT) else (),
        basis=("《中华人民共和国行政许可法》第四十四条", "《中华人民共和国民事诉讼法》关于送达的规定"),
        signed_by=papers[0].body["signed_by"],
    )  # fmt: skip


# Templates of the pack


def differences(pack: str, templates: list[Placed[TemplateSpec]]) -> tuple[list[str], list[str], list[str]]:
    """Return the codes of templates to create, to change and to retire."""
    return specs.differences(TemplateVersion, TemplateSpec, pack, _wanted(pack, templates))


def apply(pack: str, templates: list[Placed[TemplateSpec]], *, at: datetime) -> None:
    """Bring the templates of a pack into force; those edited on screen stay as long as the pack says what it said."""
    specs.apply(TemplateVersion, TemplateSpec, pack, _wanted(pack, templates), at=at)


def exported(pack: str) -> list[tuple[str, str, object]]:
    """Return (file, list key, body) of each template in force."""
    return [(file, "templates", body) for file, body in specs.exported(TemplateVersion, TemplateSpec, pack)]


def _wanted(pack: str, templates: list[Placed[TemplateSpec]]) -> list[Placed[TemplateSpec]]:
    """Return what shall be in force: the pack, but for templates that were edited or made on screen since."""
    given: dict[str, TemplateVersion] = {}
    for row in TemplateVersion.objects.filter(pack=pack, is_from_screen=False).order_by("version"):
        given[row.code] = row
    have = queries.templates(pack)
    wanted = []
    for placed in templates:
        last, now = given.get(placed.code), have.get(placed.code)
        is_as_given = last is not None and not last.is_retired and last.digest == digest(placed.spec)
        wanted.append(Placed(placed.code, now.spec, now.file, now.position) if now and is_as_given else placed)
    named = {placed.code for placed in templates}
    return wanted + [
        Placed(code, row.spec, row.file, row.position)
        for code, row in have.items()
        if code not in named and code not in given
    ]


def flaw(spec: TemplateSpec) -> TemplateFault | None:
    """Return what keeps a template from drawing a paper, by drawing samples of every kind it is for."""
    kinds = [spec.kind] if spec.kind else [Kind.GRANT, Kind.CORRECTION, Kind.SERVICE]
    try:
        for kind in kinds:
            queries.preview(kind, rules.sample(kind), org=spec.org, text=spec.text)
    except TemplateFault as fault:
        return fault
    return None


# Templates on the screen


@transaction.atomic
def publish_template(kind: Kind | None, text: str, *, org: str, seen: int, reason: str, by: Actor) -> TemplateVersion:
    """Publish the template of an organisation for a kind of paper, or for all; papers issued before stay as they are.

    `seen` is the version that the editor began from, 0 for none. Raises NotAllowed, Invalid (`text` with its line), Conflict.
    """
    permissions.require_edit(org, by=by)
    text = text.replace("\r\n", "\n").strip()
    if not 1 <= len(text) <= rules.MOST_TEXT:
        raise Invalid("documents.template", "有 1 处要改", fields={"text": f"模板 1 至 {rules.MOST_TEXT} 个字符"})
    name = rules.TITLES[kind] if kind else "全部文书"
    spec = TemplateSpec(code=rules.code_of(org, kind), name=name, org=org, kind=kind, text=text)
    last = _last(spec.code, seen)
    fields: dict[str, str] = {}
    reason = masking.normal(reason)
    if not 5 <= len(reason) <= 200:
        fields["reason"] = "写明为什么改，5 至 200 个字"
    fault = flaw(spec)
    if fault:
        fields["text"] = str(fault)
    if fields:
        raise Invalid("documents.template", f"有 {len(fields)} 处要改，没有发布", fields=fields)
    if last is not None and not last.is_retired and last.digest == digest(spec):
        raise Conflict("documents.same", "和现行的一版完全一样，没有发布", remedy="改了再发布")
    return _add(spec, seen, reason, by, is_retired=False)


@transaction.atomic
def retire_template(kind: Kind | None, *, org: str, seen: int, reason: str, by: Actor) -> TemplateVersion:
    """Let an organisation go back to the template of the place or of this release. Raises NotAllowed, Invalid, Conflict."""
    permissions.require_edit(org, by=by)
    last = _last(rules.code_of(org, kind), seen)
    if last is None or last.is_retired:
        raise Conflict("documents.no_template", "本单位没有在用的这种模板", remedy="刷新看最新状态")
    reason = masking.normal(reason)
    if not 5 <= len(reason) <= 200:
        raise Invalid("documents.template", "有 1 处要改", fields={"reason": "写明为什么停用，5 至 200 个字"})
    return _add(TemplateSpec.model_validate_json(last.body), seen, reason, by, is_retired=True)


def _last(code: str, seen: int) -> TemplateVersion | None:
    rows = TemplateVersion.objects.select_for_update().filter(pack=settings.PLACE, code=code)
    last = rows.order_by("-version").first()
    if (last.version if last else 0) != seen:
        raise _moved_on()
    return last


def _moved_on() -> Conflict:
    return Conflict("documents.moved_on", "你打开以后，这个模板又发布了新版，没有发布你的", remedy="打开新版，把你的改动再做一次")  # fmt: skip


def _add(spec: TemplateSpec, seen: int, reason: str, by: Actor, *, is_retired: bool) -> TemplateVersion:
    row = TemplateVersion(
        pack=settings.PLACE, code=spec.code, version=seen + 1, file=FILE, body=canonical(spec), digest=digest(spec),
        is_retired=is_retired, effective_from=time.now(), is_from_screen=True, reason=reason, published_by_id=by.account_id,
        published_by_name=by.name[:60],
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as problem:  # Somebody published the same number at this very moment.
        raise _moved_on() from problem
    verb = "retired" if is_retired else "published"
    audit.record(f"documents.template_{verb}", "template", f"{spec.code}@{row.version}", by=by, organisation=spec.org)
    return row
