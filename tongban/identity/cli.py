"""`tongban account create`, `tongban token create`."""

from __future__ import annotations

import argparse
import getpass
import sys

from django.db import transaction

from tongban.core.actor import Actor
from tongban.core.cli import Output
from tongban.identity import rules, services
from tongban.identity.models import Account
from tongban.rules import masking
from tongban.rules.errors import Conflict, Invalid


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands `account` and `token`."""
    verbs = commands.add_parser("account", help="账号").add_subparsers(dest="verb", required=True)
    parser = verbs.add_parser("create", help="建账号；密码从标准输入读")
    parser.add_argument("username", metavar="ACCOUNT")
    parser.add_argument("--name", required=True, help="姓名")
    parser.add_argument("--kind", choices=["citizen", "staff"], default="staff")
    parser.set_defaults(run=run_account)
    verbs = commands.add_parser("token", help="接口令牌").add_subparsers(dest="verb", required=True)
    parser = verbs.add_parser("create", help="给账号发一个令牌，只显示一次")
    parser.add_argument("username", metavar="ACCOUNT")
    parser.set_defaults(run=run_token)


@transaction.atomic
def run_account(args: argparse.Namespace, out: Output) -> int:
    """Create an account with a password from standard input."""
    username, name = masking.normal(args.username).lower(), masking.normal(args.name)
    problems = {"ACCOUNT": rules.username_problem(username, least=2), "--name": rules.name_problem(name)}
    found = {field: problem for field, problem in problems.items() if problem}
    if found:
        raise Invalid("identity.account", "账号没有建", remedy="按提示改正", fields=found)
    password = getpass.getpass("密码：") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    problem = rules.password_problem(password, kind=args.kind, words=(username,))
    if problem:
        raise Invalid("identity.password", problem, remedy="换一个密码，从标准输入给出")
    if Account.objects.filter(username=username).exists():
        raise Conflict("identity.taken", f"账号“{username}”已有人用", remedy="换一个账号名")
    account = services.create_account(username, password, name=name, kind=args.kind)
    out.result({"id": str(account.pk), "account": account.username}, text=f"已建账号 {account.username}")
    return 0


def run_token(args: argparse.Namespace, out: Output) -> int:
    """Print a new token."""
    token = services.create_token(args.username, by=Actor.system("命令行"))
    out.result({"token": token}, text=token)
    return 0
