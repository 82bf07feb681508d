"""One model behind three forms of API, with everything that a host may do instead of answering."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config import Config, load
from monitor.models import ModelError, Question, Reply, open_model
from monitor.models.blocking import ask_all
from monitor.models.opening import is_in_the_clear
from monitor.models.schemas import a_list, a_text, an_object
from monitor.store.writer import Writer
from tests.models.model_server import PATHS, ModelServer, Turn

APIS = tuple(PATHS)
SCHEMA = an_object(mood=a_text("the mood", ("glad", "sad")), posts=a_list({"type": "integer"}))
GLAD = json.dumps({"mood": "glad", "posts": [1, 2]})
QUESTION = Question("Say the mood.", "A post of somebody's.", SCHEMA, 50)

Configure = Callable[..., Config]


@pytest.fixture
def configure(host: ModelServer, tmp_path: Path) -> Configure:
    def made(api: str, **more: object) -> Config:
        file = tmp_path / "config.toml"
        file.write_text(host.table(api, **more), encoding="utf-8")
        return load(file)

    return made


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "monitor.db"


async def asked(config: Config, store: Path, question: Question = QUESTION) -> Reply:
    async with open_model(config, store) as model:
        return await model.ask(question)


async def failed(config: Config, store: Path, question: Question = QUESTION) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await asked(config, store, question)
    return caught.value


def spent(store: Path) -> float:
    """Tokens that are counted today."""
    from monitor.store.reader import open_reader

    with open_reader(store) as reader:
        rows = reader._connection.execute("SELECT max(spent) FROM spending WHERE period = 'day'")
        return float(rows.fetchone()[0] or 0)


@pytest.mark.parametrize("api", APIS)
async def test_an_answer_in_json_is_read_in_every_form(host, configure, store, api):
    host.turns = [Turn(GLAD, thinking="Hm, {not json}")]
    reply = await asked(configure(api), store)
    assert (reply.data, reply.model, reply.tokens) == (json.loads(GLAD), "test-model-1-20261101", 120)
    (request,) = host.asked
    assert request.path == PATHS[api]
    assert request.body["model"] == "test-model-1"
    assert "Say the mood." in request.system
    assert "JSON" in request.system
    assert request.user == "A post of somebody's."
    assert not {"temperature", "top_p", "top_k"} & set(request.body)
    assert spent(store) == 120


async def test_each_form_is_given_the_schema_in_its_own_way(host, configure, store):
    host.turns = [Turn(GLAD)]
    for api in APIS:
        await asked(configure(api, context_tokens=9000), store)
    messages, completions, own = (request.body for request in host.asked)
    assert messages["output_config"] == {"format": {"type": "json_schema", "schema": SCHEMA}}
    assert messages["max_tokens"] == 50
    assert host.asked[0].headers["anthropic-version"] == "2023-06-01"
    assert completions["response_format"]["json_schema"] == {"name": "answer", "strict": True, "schema": SCHEMA}
    assert completions["max_tokens"] == 50
    assert own["format"] == SCHEMA
    assert own["options"] == {"num_ctx": 9000, "num_predict": 50}


@pytest.mark.parametrize("api", APIS)
async def test_plain_text_needs_no_schema(host, configure, store, api):
    host.turns = [Turn("<think>Should I?</think>\n\nGood day.")]
    reply = await asked(configure(api), store, Question("Greet.", "Somebody."))
    assert (reply.text, reply.data) == ("Good day.", None)
    assert not {"output_config", "response_format", "format"} & set(host.asked[0].body)


@pytest.mark.parametrize(
    "text", [f"```json\n{GLAD}\n```", f"<think>{{}}</think>{GLAD}", f"  {GLAD}\n"], ids=["fenced", "thought", "spaces"]
)
async def test_json_is_found_in_its_wrappings(host, configure, store, text):
    host.turns = [Turn(text)]
    assert (await asked(configure("openai"), store)).data["mood"] == "glad"


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The mood is glad.", "it is no JSON"),
        ('{"mood": "glad", "posts": [1', "it is no JSON"),
        ('{"mood": "glad"}', "the answer lacks posts"),
        ('{"mood": "angry", "posts": []}', "the answer.mood is none of glad, sad"),
        ('{"mood": "sad", "posts": [true]}', "the answer.posts[0] is no integer"),
        ('{"mood": "sad", "posts": [], "more": 1}', "properties that were not asked for"),
        ('{"mood": "sad", "posts": [NaN]}', "it is no JSON"),
        ("[]", "the answer is no object"),
    ],
)
async def test_what_is_not_of_the_schema_is_asked_for_once_more(host, configure, store, api, text, reason):
    host.turns = [Turn(text), Turn(GLAD)]
    reply = await asked(configure(api), store)
    assert (reply.data["mood"], reply.tokens, len(host.asked)) == ("glad", 240, 2)
    assert reason in host.asked[1].user
    assert host.asked[1].user.startswith("A post of somebody's.")
    host.asked.clear()
    host.turns = [Turn(text)]
    error = await failed(configure(api), store)
    assert (error.kind, len(host.asked)) == ("unreadable", 2)
    assert reason in str(error)


@pytest.mark.parametrize("api", APIS)
async def test_a_refusal_and_a_cut_answer_are_told_apart(host, configure, store, api):
    for end, kind in (("declined", "declined"), ("cut", "cut"), ("tools", "unreadable")):
        if (api, end) != ("ollama", "declined"):
            host.asked.clear()
            host.turns = [Turn(GLAD, end=end)]
            error = await failed(configure(api), store)
            assert (error.kind, len(host.asked)) == (kind, 1)


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        (400, "configuration", "refuses the question (400)"),
        (401, "configuration", "refuses the key (401)"),
        (402, "configuration", "wants to be paid"),
        (404, "configuration", "does not know the model test-model-1"),
        (500, "unreachable", "answered 500"),
        (529, "unreachable", "answered 529"),
        (429, "unreachable", "may have used up what it may spend"),
    ],
)
async def test_statuses_become_sentences(host, configure, store, monkeypatch, api, status, kind, told):
    monkeypatch.setenv("MODEL_API_KEY", "s3cr3t-key")
    host.turns = [Turn(status=status, error="no: s3cr3t-key \x1b[31mred")]
    error = await failed(configure(api), store)
    assert (error.kind, told in str(error)) == (kind, True), str(error)
    assert "s3cr3t" not in str(error)
    assert "\x1b" not in str(error)
    assert len(host.asked) == 1


async def test_a_host_that_asks_to_wait_a_moment_is_asked_again(host, configure, store):
    host.turns = [Turn(status=429, error="slow down", headers={"Retry-After": "0"}), Turn(GLAD)]
    assert (await asked(configure("anthropic"), store)).data["mood"] == "glad"
    assert spent(store) == 120


async def test_a_host_that_asks_to_wait_long_is_left(host, configure, store):
    host.turns = [Turn(status=429, error="slow down", headers={"Retry-After": "3600"})]
    error = await failed(configure("anthropic"), store)
    assert (error.kind, error.retry_after, len(host.asked), spent(store)) == ("unreachable", 3600.0, 1, 0)


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b"{}", b'{"choices": [7]}', b'{"content": "x"}', b"\xff" * 50])
@pytest.mark.parametrize("api", APIS)
async def test_an_answer_of_another_form_is_no_answer(host, configure, store, api, raw):
    host.turns = [Turn(raw=raw)]
    assert (await failed(configure(api), store)).kind == "unreadable"


async def test_an_error_within_a_success_is_an_error(host, configure, store):
    host.turns = [Turn(error="overloaded_error")]
    error = await failed(configure("anthropic"), store)
    assert (error.kind, "overloaded_error" in str(error)) == ("unreachable", True)


async def test_a_host_that_knows_no_schemas_is_asked_for_any_json(host, configure, store):
    complaint = "This response_format type is unavailable now"
    host.turns = [Turn(status=400, error=complaint), Turn(GLAD)]
    async with open_model(configure("openai"), store) as model:
        assert (await model.ask(QUESTION)).data["mood"] == "glad"
        assert (await model.ask(QUESTION)).data["mood"] == "glad"
    formats = [request.body["response_format"]["type"] for request in host.asked]
    assert formats == ["json_schema", "json_object", "json_object"]


async def test_a_host_that_calls_the_limit_otherwise_is_asked_so(host, configure, store):
    complaint = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    host.turns = [Turn(status=400, error=complaint), Turn(GLAD)]
    await asked(configure("openai"), store)
    assert host.asked[1].body["max_completion_tokens"] == 50
    assert "max_tokens" not in host.asked[1].body


async def test_a_host_that_refuses_every_way_is_left(host, configure, store):
    host.turns = [Turn(status=400, error="max_tokens? max_completion_tokens? response_format?")]
    assert (await failed(configure("openai"), store)).kind == "configuration"
    assert len(host.asked) == 3


@pytest.mark.parametrize(("api", "header"), [("anthropic", "x-api-key"), ("openai", "authorization")])
async def test_the_key_is_sent_and_never_that_of_another_address(host, configure, store, monkeypatch, api, header):
    host.turns = [Turn(GLAD)]
    monkeypatch.setenv("ANTHROPIC_API_KEY", "for-anthropic")
    monkeypatch.setenv("OPENAI_API_KEY", "for-openai")
    await asked(configure(api), store)
    assert header not in host.asked[0].headers
    monkeypatch.setenv("MODEL_API_KEY", "for-this-one")
    await asked(configure(api), store)
    assert "for-this-one" in host.asked[1].headers[header]


async def test_a_key_may_lie_in_a_file(host, configure, store, tmp_path):
    host.turns = [Turn(GLAD)]
    (tmp_path / "key").write_text("from-a-file\n")
    (tmp_path / "key").chmod(0o600)
    await asked(configure("anthropic", api_key_file="key"), store)
    assert host.asked[0].headers["x-api-key"] == "from-a-file"
    error = await failed(configure("anthropic", api_key_file="nowhere"), store)
    assert str(error) == "The key of the model: the file that api_key_file in [model] names is not there."


async def test_the_usual_address_needs_its_key(store, tmp_path):
    file = tmp_path / "config.toml"
    file.write_text('[model]\napi = "anthropic"\nname = "claude-sonnet-5-5"\n')
    error = await failed(load(file), store)
    assert error.kind == "configuration"
    assert "set ANTHROPIC_API_KEY" in str(error)


@pytest.mark.parametrize(
    ("endpoint", "is_refused"),
    [
        ("http://models.example.com/v1", True),
        ("http://203.0.113.7:8080/v1", False),
        ("http://8.8.8.8/v1", True),
        ("https://models.example.com/v1", False),
        ("http://localhost:8080/v1", False),
        ("http://10.0.0.7/v1", False),
        ("http://[::1]:8080/v1", False),
        ("http://gpu-box:8080/v1", False),
        ("http://gpu.lan:8080/v1", False),
    ],
)
def test_a_key_does_not_leave_the_network_in_the_clear(configure, monkeypatch, endpoint, is_refused):
    settings = configure("openai", endpoint=endpoint).model
    assert is_in_the_clear(settings) is is_refused


async def test_a_key_in_the_clear_is_not_sent(configure, store, monkeypatch):
    monkeypatch.setenv("MODEL_API_KEY", "s3cr3t")
    error = await failed(configure("openai", endpoint="http://models.example.com/v1"), store)
    assert (error.kind, "in the clear" in str(error)) == ("configuration", True)


async def test_without_a_model_none_is_asked(store):
    error = await failed(load(), store)
    assert (error.kind, "give [model] an api" in str(error)) == ("configuration", True)


async def test_a_ceiling_holds_across_restarts_and_is_met_before_asking(host, configure, store):
    host.turns = [Turn(GLAD, tokens=(1500, 500))]
    config = configure("anthropic", tokens_per_day=4000)
    await asked(config, store)
    assert spent(store) == 2000
    await asked(config, store)
    assert spent(store) == 4000
    error = await failed(config, store)
    assert (error.kind, len(host.asked)) == ("budget", 2)
    assert "4,000 of 4,000 tokens today" in str(error)
    assert "tokens_per_day in [model]" in str(error)
    assert 0 < (error.retry_after or 0) <= 86_400
    with Writer(store):
        assert spent(store) == 4000


async def test_an_answer_that_takes_more_than_was_counted_is_counted_whole(host, configure, store):
    host.turns = [Turn(GLAD, tokens=(30_000, 500))]
    await asked(configure("openai"), store)
    assert spent(store) == 30_500


async def test_what_a_host_did_not_take_up_costs_nothing_and_what_it_may_have_does(host, configure, store):
    host.turns = [Turn(status=401, error="who are you?")]
    await failed(configure("openai"), store)
    assert spent(store) == 0
    host.turns = [Turn(status=500, error="oh")]
    await failed(configure("openai"), store)
    assert spent(store) > 1000


async def test_a_question_too_long_for_the_context_is_not_asked(host, configure, store):
    long = QUESTION._replace(user="word " * 9000)
    error = await failed(configure("ollama", context_tokens=10_000), store, long)
    assert (error.kind, "context_tokens" in str(error), host.asked) == ("configuration", True, [])


async def test_the_time_out_is_that_of_the_configuration(host, configure, store):
    import threading

    gate = threading.Event()

    def slow(_: object) -> Turn:
        gate.wait(20)
        return Turn(GLAD)

    host.turns = [slow]
    try:
        error = await failed(configure("ollama", timeout_seconds=1), store)
    finally:
        gate.set()
    assert (error.kind, "in time" in str(error)) == ("unreachable", True)
    assert len(host.asked) == 1


async def test_a_host_that_is_not_there(configure, store):
    config = configure("ollama")
    config = config._replace(model=config.model._replace(endpoint="http://127.0.0.1:1", timeout_seconds=1))
    error = await failed(config, store)
    assert (error.kind, "refused the connection" in str(error), spent(store)) == ("unreachable", True, 0)


async def test_what_models_use_up_is_no_source(host, configure, store):
    from monitor.store.reader import open_reader

    host.turns = [Turn(GLAD)]
    await asked(configure("openai"), store)
    with open_reader(store) as reader:
        assert reader.sources(1 << 60) == ()


def test_several_questions_without_a_loop(host, configure, store):
    host.turns = [Turn(GLAD), Turn(GLAD, end="declined"), Turn(GLAD)]
    first, second, third = ask_all(configure("openai"), store, [QUESTION] * 3)
    assert isinstance(first, Reply)
    assert isinstance(second, ModelError)
    assert isinstance(third, Reply)
    host.asked.clear()
    host.turns = [Turn(status=401, error="no")]
    kinds = [answer.kind for answer in ask_all(configure("openai"), store, [QUESTION] * 3)]
    assert (kinds, len(host.asked)) == (["configuration"] * 3, 1)
