"""The API as programs meet it: one answer to a key, nothing kept of a refusal, refusals for all that is malformed."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tongban.attachments.models import File
from tongban.attachments.tests.factories import pdf
from tongban.cases.models import Case, JointCase
from tongban.core.actor import Actor
from tongban.identity.services import create_token
from tongban.identity.tests.factories import citizen
from tongban.orgs.tests.factories import officer
from tongban.themes.queries import composing
from tongban.themes.tests.factories import HOTEL, HOTEL_ANSWERS, given, values

pytestmark = pytest.mark.django_db
APPLICATIONS = "/api/v1/applications"


@pytest.fixture
def client(honghu: str) -> Client:
    token = create_token(citizen().username, by=Actor.system())
    return Client(headers={"Authorization": f"Bearer {token}"})


def application() -> dict[str, Any]:
    plan = composing.compose_theme("honghu", HOTEL, HOTEL_ANSWERS)
    return {
        "theme": HOTEL, "answers": HOTEL_ANSWERS, "fields": values(plan),
        "materials": [{"type": code, "way": "counter"} for code in given(plan)],
    }  # fmt: skip


def with_file(name: str = "a.pdf", content: bytes | None = None) -> dict[str, Any]:
    body = application()
    sent = {"name": name, "content": base64.b64encode(pdf() if content is None else content).decode()}
    body["materials"][0] |= {"way": "upload", "files": [sent]}
    return body


def send(client: Client, body: object, key: str = "k") -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body)
    return client.post(APPLICATIONS, raw, content_type="application/json", headers={"Idempotency-Key": key})


def test_same_key_and_body_give_the_same_answer_and_keep_a_file_sent_along_once(client: Client) -> None:
    first, second = send(client, with_file()), send(client, with_file())
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (JointCase.objects.count(), File.objects.count()) == (1, 1)


def test_same_key_with_another_body_is_refused(client: Client) -> None:
    assert send(client, application()).status_code == 201
    other = application()
    other["fields"]["premises-name"] = "别的字号"
    assert send(client, other).json()["code"] == "jobs.key_reused"


@pytest.mark.parametrize("name", ["premises-name", "no-such"])
def test_refused_application_keeps_no_file(client: Client, name: str) -> None:
    body = with_file()
    body["fields"][name] = ""
    before = set(Path(settings.FILES_DIR).rglob("*"))
    assert send(client, body).status_code == 422
    assert not File.objects.exists()
    assert {path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()} <= before


def test_same_material_twice_is_refused(client: Client) -> None:
    body = application()
    body["materials"].append(body["materials"][0])
    assert send(client, body).json()["code"] == "api.material_twice"


@pytest.mark.parametrize("content", ["中文", "***", "A"])
def test_content_that_is_no_base64_is_refused(client: Client, content: str) -> None:
    body = with_file()
    body["materials"][0]["files"][0]["content"] = content
    assert send(client, body).json()["code"] == "api.base64"


MALFORMED = {
    "empty": b"", "no json": b"{", "list": b"[]", "null": b"null", "number": b"1", "deep": b"[" * 50_000, "not utf-8": b'{"a":"\xff"}',
    "nul": b'{"theme":"a\\u0000"}', "nul in a name": b'{"answers":{"\\u0000":"a"}}', "surrogate": b'{"theme":"\\ud800"}',
    "unknown": b'{"theme":"x","nope":1}', "types": b'{"theme":1,"answers":[],"fields":[]}', "huge": b'{"theme":"' + b"x" * 1_100_000 + b'"}',
}  # fmt: skip


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("url", [APPLICATIONS, f"/api/v1/themes/{HOTEL}/compose"])
def test_malformed_body_is_refused_in_the_one_form(client: Client, url: str, raw: bytes) -> None:
    answer = client.post(url, raw, content_type="application/json", headers={"Idempotency-Key": "k"})
    assert 400 <= answer.status_code < 500
    assert set(answer.json()) == {"code", "message", "remedy", "facts"}


@pytest.mark.parametrize(("method", "url", "status"), [("GET", "/api/v1/nope", 404), ("DELETE", APPLICATIONS, 405)])
def test_wrong_address_and_method_are_refused_in_the_one_form(
    client: Client, method: str, url: str, status: int
) -> None:
    answer = client.generic(method, url)
    assert answer.status_code == status
    assert set(answer.json()) == {"code", "message", "remedy", "facts"}


def test_every_operation_says_how_it_refuses(client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    operations = [operation for path in paths.values() for operation in path.values()]
    assert len(operations) >= 16
    for operation in operations:
        wanted = {"400", "404", "413", "422"} | (
            {"401", "403", "409", "415", "429"} if operation.get("security") else set()
        )
        assert wanted <= set(operation["responses"]), operation["operationId"]


def test_stale_view_of_a_case_tells_a_stranger_nothing(client: Client) -> None:
    send(client, application())
    case = Case.objects.get(item_code="business-licence")
    token = create_token(officer("police").username, by=Actor.system())
    stranger = Client(headers={"Authorization": f"Bearer {token}"})
    for act in ("accept", "grant", "steps/review/pass"):
        answer = stranger.post(f"/api/v1/cases/{case.pk}/{act}", '{"seen": 99}', content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (404, "case.none")
