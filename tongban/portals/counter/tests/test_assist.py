"""What helpers, the people they help and the service bureau notice of 帮代办."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tongban.attachments.models import File
from tongban.attachments.tests.factories import image, upload
from tongban.cases.tests.factories import open_hotel
from tongban.core import time
from tongban.hall.services import reception
from tongban.hall.tests.factories import helper, helping
from tongban.identity.models import Account, Party
from tongban.identity.tests.factories import citizen
from tongban.notices.models import Notice
from tongban.orgs.models import Assistance
from tongban.orgs.tests.factories import officer, window_clerk
from tongban.themes.models import Draft

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]


@pytest.fixture
def person() -> Account:
    return citizen()


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def sheet(person: Account, **changed: object) -> dict[str, object]:
    code = Party.objects.get(pk=person.person_id).code
    until = str(time.today() + timedelta(days=30))
    return {"code": code, "scope": "all", "consent": "code", "expires_on": until} | changed


def test_mandate_by_code_from_asking_to_acting(person: Account) -> None:
    client = signed_in(window_clerk(name="帮示例"))
    page = client.post("/counter/assist/new", sheet(person), follow=True)
    assert "本人说出的授权码" in text(page)
    row = Assistance.objects.get()
    assert client.post(f"/counter/assist/{row.pk}/begin").status_code == 403
    code = re.sub(r"\D", "", Notice.objects.get(title__startswith="帮代办授权码").title)
    wrong = client.post(f"/counter/assist/{row.pk}/agree", {"consent_code": f"{(int(code) + 1) % 10**6:06d}"})
    assert wrong.status_code == 422 and "授权码不对" in text(wrong)
    assert "有效" in text(client.post(f"/counter/assist/{row.pk}/agree", {"consent_code": code}, follow=True))
    client.post(f"/counter/assist/{row.pk}/begin")
    said = f'正在替 <b>张*</b> 代办，授权到 <span class="num">{row.expires_on}</span>'
    for path in ("find", "track", "transfers", "today", "me", "assist"):
        assert said in text(client.get(f"/counter/{path}"))
    client.post("/counter/leave")
    assert "正在替" not in text(client.get("/counter/find"))


def test_signed_paper_is_kept_and_a_missing_one_named(person: Account) -> None:
    client = signed_in(window_clerk())
    page = client.post("/counter/assist/new", sheet(person, consent="paper"))
    assert page.status_code == 422 and "请上传本人签字的授权书扫描件" in text(page)
    client.post("/counter/assist/new", sheet(person, consent="paper", paper=upload("a.png", image())))
    row = Assistance.objects.get(consented_at__isnull=False)
    assert File.objects.get().pk == row.paper_id
    assert client.get(f"/counter/assist/{row.pk}/paper").content == image()
    other = signed_in(window_clerk("hall-02"))
    assert other.get(f"/counter/assist/{row.pk}/paper").status_code == 404
    assert other.get(f"/counter/assist/{row.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"code": "123"}, "刷身份证"),
        ({"scope": "some"}, "请选择授权办哪几件"),
        ({"scope": "some", "covers": "item:nothing"}, "请选择授权办哪几件"),
        ({"expires_on": "morgen"}, "请填到期日"),
        ({"expires_on": "2001-01-01"}, "一年以内"),
        ({"consent": "nod"}, "请选择本人怎么同意"),
        ({"name": "别人"}, "姓名和这个身份证号码登记的不一致"),
    ],
)
def test_wrong_part_of_a_mandate_is_named(person: Account, changed: dict[str, object], said: str) -> None:
    page = signed_in(window_clerk()).post("/counter/assist/new", sheet(person, **changed))
    assert page.status_code == 422
    assert said in text(page)


def test_only_what_the_mandate_names_is_offered_and_begun(person: Account) -> None:
    clerk, row = helper(person, covers={"item:signboard-rules-query": "招牌设置规范查询"})
    here = helping(clerk, row).presence_id
    client = signed_in(clerk)
    assert "招牌设置规范查询" in text(client.get(f"/counter/here/{here}/?q=招牌设置规范查询"))
    assert "我要开酒店" not in text(client.get(f"/counter/here/{here}/?q=开酒店"))
    refused = client.post(f"/counter/here/{here}/start", {"what": "theme:honghu-12"}, follow=True)
    assert "不在授权里" in text(refused)
    client.post(f"/counter/here/{here}/start", {"what": "item:signboard-rules-query"})
    draft = Draft.objects.get()
    assert client.get(f"/counter/here/{here}/{draft.pk}/").status_code == 200
    Assistance.objects.update(covers={"item:other": "别的"})
    assert "不在授权里" in text(client.get(f"/counter/here/{here}/{draft.pk}/"))


def test_revoked_mandate_ends_the_pages_at_once_in_words(person: Account) -> None:
    clerk, row = helper(person)
    here = helping(clerk, row).presence_id
    client, own = signed_in(clerk), signed_in(person)
    assert "撤销授权" in text(own.get("/me/helpers"))
    assert "撤销给帮示例的帮代办授权" in text(own.get(f"/me/helpers/{row.pk}/revoke"))
    own.post(f"/me/helpers/{row.pk}/revoke")
    page = client.get(f"/counter/here/{here}/")
    assert page.status_code == 403 and "已被本人撤销" in text(page)
    assert client.get("/counter/").status_code == 200
    assert "已被本人撤销" in text(own.get("/me/helpers"))


def test_stranger_does_not_revoke_or_score(person: Account) -> None:
    clerk, row = helper(person)
    by = helping(clerk, row)
    joint = open_hotel(by)
    reception.receive(joint, by=by)
    stranger = signed_in(citizen("王示例", 2))
    assert stranger.post(f"/me/helpers/{row.pk}/revoke").status_code == 404
    assert stranger.post(f"/me/helpers/{joint.pk}/score", {"score": "5"}).status_code == 404
    assert Client().get("/me/helpers").status_code == 302


def test_person_scores_and_the_bureau_reads_it(person: Account) -> None:
    clerk, row = helper(person)
    by = helping(clerk, row)
    joint = open_hotel(by)
    reception.receive(joint, by=by)
    own, address = signed_in(person), f"/me/helpers/{joint.pk}/score"
    for wrong in ("", "6", "12", "x"):
        assert own.post(address, {"score": wrong}).status_code == 422
    assert "评分已记下" in text(own.post(address, {"score": "4", "text": "很耐心"}, follow=True))
    assert own.post(address, {"score": "5"}).status_code == 409
    page = text(signed_in(officer("data", "管理员")).get("/work/windows/helpers"))
    assert "帮示例" in page and "4.0" in page and "很耐心" in page
    assert "很耐心" not in text(signed_in(officer("market", "管理员")).get("/work/windows/helpers"))
    assert signed_in(officer("data", "受理岗")).get("/work/windows/helpers").status_code == 403
