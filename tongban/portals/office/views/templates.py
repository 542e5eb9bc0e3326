"""文书模板: how each kind of paper of an organisation is drawn; edited as text, tried on a real paper, published with a reason."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tongban.core.actor import Actor
from tongban.documents import queries, rules, services
from tongban.documents.rules import TITLES, Body, Kind, TemplateFault
from tongban.orgs import queries as orgs
from tongban.portals.office.views import shell
from tongban.rules.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound

ALL = "all"
# What a template finds in `d`, for who writes one.
VARIABLES = (
    ("d.title", "文书名称"), ("d.number", "文号"), ("d.issuer", "出具机关"), ("d.addressee", "送给谁，可能为空"), ("d.paragraphs", "正文各段"),
    ("d.head、d.rows", "表格的表头和各行，可能没有"), ("d.widths", "各列的宽度比"), ("d.facts", "一项一行的要点"), ("d.closing", "结尾各段"),
    ("d.basis", "依据"), ("d.remedy", "救济渠道，可能为空"), ("d.signed_by、d.date", "落款和日期"), ("d.check_code", "核验码"),
    ("d.demo", "是否演示环境"), ("d.copy、d.copied_on", "第几次补打、日期；0 为不是补打"), ("sys.inputs.qr", "核验二维码（SVG）"),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A kind of paper with the template that counts for an organisation."""

    slug: str
    name: str
    used: str
    is_own: bool


def admin(request: HttpRequest) -> Actor:
    """Return the officer who acts. Raises NotAllowed for who administers nothing."""
    by = shell.staff(request)
    if not queries.own_organisations(by):
        raise NotAllowed(
            "documents.not_admin", "文书模板由本单位的管理员修改，你没有这个权限", remedy="请本单位管理员修改"
        )
    return by


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The kinds of paper of the actor's organisations, and by which template each is drawn."""
    by = admin(request)
    known = queries.templates(settings.PLACE)
    names = orgs.organisations(settings.PLACE)
    found = [
        (code, names[code].name, [_row(code, kind, known) for kind in (None, *Kind)])
        for code in queries.own_organisations(by)
    ]
    return shell.show(request, "template_list", by=by, menu="templates", rows=found)


def _row(org: str, kind: Kind | None, known: dict[str, queries.Published[rules.TemplateSpec]]) -> Row:
    own = rules.code_of(org, kind)
    specs = {code: row.spec for code, row in known.items()}
    code = rules.chosen(specs, org=org, kind=kind) if kind else (own if own in known else "")
    words = "本版自带"
    if code:
        where = "本单位" if specs[code].org else "全市"
        words = f"{where}“{specs[code].name}”第 {known[code].version} 版"
    return Row(
        kind.value.replace("_", "-") if kind else ALL,
        TITLES[kind] if kind else "全部文书（没有单独模板的）",
        words,
        own in known,
    )


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, org: str, kind: str) -> HttpResponse:
    """Edit the template of an organisation for a kind of paper; try it; publish it; or go back to the common one."""
    by = admin(request)
    wanted = _kind(kind)
    if org not in queries.own_organisations(by):
        raise NotFound("documents.no_template", "没有找到这个模板，或者它不归你改", remedy="从文书模板里选择")
    if request.method == "GET":
        return _shown(request, org, wanted, by=by, text=_start(request, org, wanted), seen=_number(org, wanted))
    sent = request.POST
    text, seen = (
        sent.get("text", "").replace("\r\n", "\n"),
        int(sent["seen"]) if sent.get("seen", "").isdecimal() else 0,
    )
    try:
        if sent.get("act") == "publish":
            row = services.publish_template(wanted, text, org=org, seen=seen, reason=sent.get("reason", ""), by=by)
            shell.tell(request, f"已发布第 {row.version} 版。以前出具的文书不变，以后出具的用这一版。")
        elif sent.get("act") == "retire":
            services.retire_template(wanted, org=org, seen=seen, reason=sent.get("reason", ""), by=by)
            shell.tell(request, "已停用本单位的这个模板。")
        else:
            return _shown(request, org, wanted, by=by, text=text, seen=seen)
    except (Invalid, Conflict) as refusal:
        return _shown(request, org, wanted, by=by, text=text, seen=seen, refusal=refusal)
    return HttpResponseRedirect(reverse("office:template", args=[org, kind]))


def _kind(slug: str) -> Kind | None:
    if slug == ALL:
        return None
    found = next((kind for kind in Kind if kind.value.replace("_", "-") == slug), None)
    if found is None:
        raise NotFound("documents.no_kind", "没有这种文书", remedy="从文书模板里选择")
    return found


def _number(org: str, kind: Kind | None) -> int:
    rows = queries.history(settings.PLACE, rules.code_of(org, kind))
    return rows[0].version if rows else 0


def _start(request: HttpRequest, org: str, kind: Kind | None) -> str:
    """Return the text to begin from: a version that was asked for, the one in use, or that of this release."""
    code = rules.code_of(org, kind)
    versions = {str(row.version): row.version for row in queries.history(settings.PLACE, code)}
    wanted = versions.get(request.GET.get("from", ""))
    if wanted:
        return queries.template_text(code, wanted)
    known = queries.templates(settings.PLACE)
    if code in known:
        return known[code].spec.text
    return queries.template_text(*queries.in_force(org, kind or Kind.GRANT))


def _body(org: str, kind: Kind, *, is_real: bool) -> tuple[Body, str]:
    """Return what the template is tried on: the last paper of the organisation, else a sample, and what it is."""
    row = queries.latest(org, kind) if is_real else None
    if row is None:
        return rules.sample(kind), "示例内容"
    return queries.body_of(row), f"最近的一份：{row.number}"


def _shown(
    request: HttpRequest, org: str, kind: Kind | None, *, by: Actor, text: str, seen: int, refusal: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    tried = kind or Kind.GRANT
    body, tried_on = _body(org, tried, is_real=request.POST.get("try") != "sample")
    pages, fault = [], None
    try:
        pages = queries.preview(tried, body, org=org, text=text[: rules.MOST_TEXT] or " ")
    except TemplateFault as found:
        fault = found
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    errors = list(fields.items()) or ([("text", str(fault))] if fault else [])
    lines = text.split("\n")
    return shell.show(
        request, "template_edit", by=by, menu="templates", org=org, org_name=orgs.organisations(settings.PLACE)[org].name,
        kind=kind, slug=kind.value.replace("_", "-") if kind else ALL, name=TITLES[kind] if kind else "全部文书", source=text, seen=seen,
        pages=pages, fault=fault, fault_line=lines[fault.line - 1][:200] if fault and fault.line <= len(lines) else "",
        tried=TITLES[tried], tried_on=tried_on, is_sample=request.POST.get("try") == "sample", fields=fields, errors=errors,
        refusal=refusal, reason=request.POST.get("reason", ""), versions=queries.history(settings.PLACE, rules.code_of(org, kind)),
        variables=VARIABLES, lines=len(lines), status=refusal.status if refusal else 422 if fault and request.POST else 200,
    )  # fmt: skip
