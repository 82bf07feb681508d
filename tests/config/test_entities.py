"""Names of one's own: added to the shipped ones, changed, dropped, and every mistake with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from monitor.config import Config, load
from monitor.config.entities import gazetteer
from monitor.config.showing import effective
from monitor.text.entities import Entity, EntityFinder, shipped_entities

Loader = Callable[[str], Config]
Complaints = Callable[[str], list[tuple[int | None, str, str]]]

OWN = """
[entities.ada-lovelace]
kind = "person"
names = ["Ada Lovelace", "=Ada"]
[entities.llama]
add = ["Llama Nine"]
remove = ["Llama 3"]
[entities.bonsai]
enabled = false
"""


def test_without_tables_the_shipped_names_are_in_effect(configured: Loader) -> None:
    assert gazetteer(configured("")) == shipped_entities()


def test_entities_are_added_changed_and_dropped(configured: Loader) -> None:
    config = configured(OWN)
    entities = {entity.slug: entity for entity in gazetteer(config)}
    assert entities["ada-lovelace"] == Entity("ada-lovelace", "Ada Lovelace", "person", ("Ada Lovelace", "=Ada"))
    assert {"Llama Nine", "Llama 4"} <= set(entities["llama"].names)
    assert "Llama 3" not in entities["llama"].names
    assert "bonsai" not in entities
    found = EntityFinder(entities.values()).find("Ada asked for Llama Nine; ada did not")
    assert [mention.slug for mention in found] == ["ada-lovelace", "llama"]


def test_they_come_back_from_the_compiled_configuration_and_are_shown(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(OWN, encoding="utf-8")
    first, second = load(file), load(file)
    assert first == second
    assert gazetteer(first) == gazetteer(second)
    assert effective(second)["entities"] == {
        "ada-lovelace": {"kind": "person", "names": ["Ada Lovelace", "=Ada"]},
        "llama": {"add": ["Llama Nine"], "remove": ["Llama 3"]},
        "bonsai": {"enabled": False},
    }


def test_they_change_the_hash_of_the_configuration(configured: Loader) -> None:
    assert configured(OWN).hash != configured("").hash


def test_mistakes_are_told_with_line_key_and_what_was_meant(complaints: Complaints) -> None:
    found = complaints("""
[entities.llamma]
add = ["Llama Nine"]
[entities.gemini]
remove = ["Gemini Prro"]
kind = "modle"
[entities.ada]
kind = "person"
names = ["", "OpenAI"]
[entities.opanai]
enabled = false
[entities.grok]
names = []
nmaes = ["Grok"]
[entities.Ada]
kind = "person"
""")
    told = {(line, key): message for line, key, message in found}
    assert 'did you mean "llama"' in told[3, "entities.llamma.add"]
    assert 'did you mean "Gemini Pro"' in told[5, "entities.gemini.remove"]
    assert 'did you mean "model"' in told[6, "entities.gemini.kind"]
    assert '"" cannot be used: it is empty' in [message for _, _, message in found]
    assert "a name of openai already" in told[9, "entities.ada.names"]
    assert 'did you mean "openai"' in told[10, "entities.opanai"]
    assert "no name is left" in told[12, "entities.grok"]
    assert 'did you mean "names"' in told[14, "entities.grok.nmaes"]
    assert "lower-case" in told[15, "entities.Ada"]
