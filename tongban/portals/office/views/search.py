"""搜索用词: what people looked for and did not find, and the groups of words that mean the same."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tongban.core.actor import Actor
from tongban.portals.office.views import shell
from tongban.rules.errors import DomainError, Invalid, NotAllowed, NotFound
from tongban.search import queries, services
from tongban.search.rules.synonyms import Group

A_PAGE = 40


@dataclass(frozen=True)
class GroupRow:
    """A group in the list."""

    key: str
    pack: str
    desk: str
    is_off: bool


def editor(request: HttpRequest) -> tuple[Actor, str]:
    """Return the officer who acts and the organisation that keeps the words. Raises NotAllowed for others."""
    by = shell.staff(request)
    keeper = shell.keeper(by)
    if not queries.may_edit(keeper, by=by):
        raise NotAllowed(
            "search.not_editor",
            "搜索用词由政务数据管理部门的负责人和管理员维护，你没有这个权限",
            remedy="请联系他们添加",
        )
    return by, keeper


@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Show what was missed and the groups; add words to a group, or a new group."""
    by, keeper = editor(request)
    if request.method == "GET":
        return _home(request, by, keeper)
    sent = request.POST
    try:
        fresh = services.add_words(
            settings.PLACE, sent.get("words", ""), to=sent.get("to", "").strip()[:40], keeper=keeper, by=by
        )
    except (Invalid, NotFound) as refusal:
        return _home(request, by, keeper, refusal=refusal)
    shell.tell(request, f"已加上“{'、'.join(fresh)}”，现在起就能搜到。")
    return HttpResponseRedirect(reverse("office:search"))


def _home(request: HttpRequest, by: Actor, keeper: str, *, refusal: DomainError | None = None) -> HttpResponse:
    find = request.GET.get("find", "").strip()[:40]
    groups = [row for row in queries.groups(settings.PLACE) if not find or any(find in word for word in row.words)]
    page = _page(request, len(groups))
    errors = _errors(refusal)
    sent = request.POST if request.method == "POST" else request.GET
    return shell.show(
        request, "search_words", by=by, menu="search", missed=queries.missed(settings.PLACE, keeper=keeper, by=by),
        groups=[_row(group) for group in groups[(page - 1) * A_PAGE : page * A_PAGE]], count=len(groups), find=find,
        before=page - 1, after=page + 1 if page * A_PAGE < len(groups) else 0, words=sent.get("words", "")[:400], to=sent.get("to", "")[:40],
        errors=errors, anchors=[(f"w-{name}", text) for name, text in errors.items()],
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _errors(refusal: DomainError | None) -> dict[str, str]:
    if refusal is None:
        return {}
    if isinstance(refusal, Invalid) and refusal.fields:
        return refusal.fields
    return {"to": f"{refusal.message}；{refusal.remedy}"}


def _page(request: HttpRequest, count: int) -> int:
    text = request.GET.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1
    return max(1, min(number, -(-count // A_PAGE)))


def _row(group: Group) -> GroupRow:
    return GroupRow(group.key, "、".join(group.pack), "、".join(group.desk), group.is_off)


@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, key: str) -> HttpResponse:
    """Show a group; change or remove the words of the desk, switch a group of the pack off or on."""
    by, keeper = editor(request)
    row = queries.group(settings.PLACE, key)
    if request.method == "GET":
        return _group(request, by, row, "、".join(row.desk))
    act, text = request.POST.get("act", ""), request.POST.get("words", "")
    try:
        if act in ("off", "on"):
            services.switch_group(settings.PLACE, key, on=act == "on", keeper=keeper, by=by)
        else:
            services.change_group(settings.PLACE, key, "" if act == "remove" else text, keeper=keeper, by=by)
    except Invalid as refusal:
        return _group(request, by, row, text, refusal=refusal)
    told = {"off": "已停用这一组，搜索不再用它。", "on": "已恢复这一组。", "remove": "已删除在这里加的词。"}
    shell.tell(request, told.get(act, "已保存，现在起按新的词搜。"))
    return HttpResponseRedirect(reverse("office:search"))


def _group(request: HttpRequest, by: Actor, row: Group, words: str, *, refusal: Invalid | None = None) -> HttpResponse:
    errors = refusal.fields if refusal else {}
    return shell.show(
        request, "search_group", by=by, menu="search", group=row, pack="、".join(row.pack), words=words, errors=errors,
        anchors=[("w-words", text) for text in errors.values()], status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
def dismiss(request: HttpRequest) -> HttpResponse:
    """Forget a missed search that needs no words."""
    by, keeper = editor(request)
    query = request.POST.get("query", "")[:100]
    services.dismiss(settings.PLACE, query, keeper=keeper, by=by)
    shell.tell(request, f"“{query}”不再列出；再有人搜会重新出现。")
    return HttpResponseRedirect(reverse("office:search"))
