"""`tongban seat`: put an account on a post, so that an organisation gets its first administrator."""

from __future__ import annotations

import argparse

from django.conf import settings
from django.db import transaction

from tongban.core.cli import Output
from tongban.identity.queries import account_named
from tongban.orgs.models import Post
from tongban.orgs.services import staffing
from tongban.rules.errors import NotFound


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `seat`."""
    parser = commands.add_parser("seat", help="让账号坐到岗位上")
    parser.add_argument("username", metavar="ACCOUNT")
    parser.add_argument("organisation", metavar="机构")
    parser.add_argument("post", metavar="岗位", nargs="?", default="管理员")
    parser.set_defaults(run=run_seat)


@transaction.atomic
def run_seat(args: argparse.Namespace, out: Output) -> int:
    """Put an account on a post."""
    post = Post.objects.filter(
        organisation__pack=settings.PLACE, organisation__code=args.organisation, name=args.post
    ).first()
    account = account_named(args.username)
    if post is None or account is None or account.kind != "staff":
        raise NotFound("orgs.no_post", "没有这个工作人员账号，或没有这个机构和岗位", remedy="检查三个名称")
    seat = staffing.give_seat(post, account)
    out.result({"seat": str(seat.pk)}, text=f"{account.name}已坐到 {post.name}")
    return 0
