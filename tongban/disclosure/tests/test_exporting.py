"""The export as linked data, over the API and on the command line, of the whole catalogue of 洪湖."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from django.test import Client
from rdflib import Graph
from rdflib.namespace import RDF

from tongban.catalogue import queries as catalogue
from tongban.catalogue.tests.factories import publish
from tongban.catalogue.tests.test_cpsv import CPSV, CV, breaches
from tongban.core.cli import Output
from tongban.disclosure import cli
from tongban.rules.errors import Invalid, NotFound
from tongban.themes.models import ThemeVersion
from tongban.themes.queries import composing

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("own_caches"),
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
]
TURTLE, LINKED = "/api/v1/catalogue/cpsv.ttl", "/api/v1/catalogue/cpsv.jsonld"


def graph_at(path: str) -> Graph:
    answer = Client().get(path)
    kind = answer["Content-Type"].partition(";")[0]
    return Graph().parse(data=b"".join(answer.streaming_content), format=kind)


def test_whole_catalogue_keeps_to_the_profile(honghu: str) -> None:
    graph = graph_at(TURTLE)
    assert list(breaches(graph)) == []
    prepared = [item for item in catalogue.items(honghu).values() if item.prepared]
    assert len(set(graph.subjects(RDF.type, CPSV.PublicService))) == len(prepared) > 50
    assert len(set(graph.subjects(RDF.type, CV.Event))) == len(composing.themes(honghu)) > 10


def test_json_ld_and_turtle_say_the_same(honghu: str) -> None:
    assert set(graph_at(LINKED)) == set(graph_at(TURTLE))


@pytest.mark.parametrize("path", [TURTLE, LINKED])
def test_what_is_known_is_not_sent_again_until_something_is_published(honghu: str, path: str) -> None:
    etag = Client().get(path)["ETag"]
    assert Client().get(path, headers={"If-None-Match": etag}).status_code == 304
    publish("business-licence", name="二")
    assert Client().get(path, headers={"If-None-Match": etag}).status_code == 200
    assert Client().get(path, headers={"If-None-Match": etag, "Host": "localhost"}).status_code == 200


def test_another_theme_is_another_export(honghu: str) -> None:
    etag = Client().get(TURTLE)["ETag"]
    row = ThemeVersion.objects.filter(pack=honghu).latest("pk")
    ThemeVersion.objects.create(
        pack=honghu, code=row.code, version=row.version + 1, file=row.file, body=row.body, digest="0", is_retired=True,
        effective_from=row.effective_from,
    )  # fmt: skip
    assert Client().get(TURTLE)["ETag"] != etag


def export(*words: str) -> tuple[int, argparse.Namespace]:
    parser = argparse.ArgumentParser()
    cli.add_commands(parser.add_subparsers())
    args = parser.parse_args(["catalogue", "export", *words])
    return args.run(args, Output(as_json=False)), args


@pytest.mark.parametrize("form", ["turtle", "jsonld"])
def test_command_writes_the_same_into_a_file(honghu: str, tmp_path: Path, form: str) -> None:
    out = tmp_path / "out"
    assert export(honghu, "--format", form, "--out", str(out), "--base", "http://testserver")[0] == 0
    assert set(Graph().parse(out, format={"jsonld": "json-ld"}.get(form, form))) == set(graph_at(TURTLE))
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_command_writes_to_the_screen(honghu: str, capsys: pytest.CaptureFixture[str]) -> None:
    export(honghu)
    assert len(Graph().parse(data=capsys.readouterr().out, format="turtle")) > 1000


@pytest.mark.parametrize("base", ["", "tongban", "ftp://a.example/", "http://a b/", "http://a>b/"])
def test_base_that_is_no_address_is_refused_and_no_file_is_left(honghu: str, tmp_path: Path, base: str) -> None:
    with pytest.raises(Invalid):
        export(honghu, "--base", base, "--out", str(tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


def test_place_that_is_not_there_is_not_found(honghu: str) -> None:
    with pytest.raises(NotFound):
        export("no-such")


def test_subscriptions_are_kept_on_the_command_line(honghu: str, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: str) -> str:
        parser = argparse.ArgumentParser()
        cli.add_commands(parser.add_subparsers())
        args = parser.parse_args(["catalogue", *words])
        assert args.run(args, Output(as_json=False)) == 0
        return capsys.readouterr().out

    made = run("subscribe", honghu, "https://a.example/hook")
    assert "https://a.example/hook" in run("subscriptions", honghu)
    assert "不再通知" in run("unsubscribe", made.split()[1])
    assert "没有通知的网址" in run("subscriptions", honghu)
