"""Language models: asking one that the configuration names, within its ceilings, for text or for checked JSON.

Three forms of API are spoken: Anthropic's Messages, `/chat/completions` as OpenAI and many others offer it (llama.cpp,
vLLM, gateways), and Ollama's own. Which one, where, and how much it may use up says the table `[model]`.

    from monitor.models import ModelError, Question, open_model

    async with open_model(config, store) as model:        # ModelError("configuration", ...) where none is configured
        reply = await model.ask(Question(system, user, schema))
    reply.data      # what the schema describes, already held against it; None without a schema
    reply.text, reply.model, reply.tokens

Where no event loop runs, such as in a thread of its own, `monitor.models.blocking.ask_all(config, store, questions)`
does the same for several questions, one after the other, and gives for each a `Reply` or a `ModelError`.

What a question can take at most is counted in the store before it is sent, what it did not take is given back; the
ceilings hold across restarts and processes. An answer that is no JSON of the schema is asked for once more. Whatever
else can happen is a `ModelError` with a sentence for a person, and a `kind` for a program:

    configuration   nothing can come before somebody changes something: no model, no key, a key that is refused
    budget          a ceiling of ours is reached; `retry_after` seconds to the end of its period
    unreachable     no answer now: overloaded, out of time, broken off; `retry_after` where the host said so
    declined        the model would not answer
    cut             the answer did not fit into `most_tokens`
    unreadable      twice something else than what was asked for

A model's answer is text from outside, like a post: it is cleaned before it is shown, and nothing it says is believed.
Data goes into `user`, never into `system`, each piece with a number of its own by which the answer can name it.

Schemas are of objects, arrays, texts, numbers and booleans with `enum`, `items`, `properties`; every object has
`required` with all of its properties and `additionalProperties` false, which the hosts ask for
(`monitor.models.schemas.an_object` makes one).
"""

from monitor.models.asking import Model
from monitor.models.nouns import ModelError, Question, Reply
from monitor.models.opening import open_model

__all__ = ["Model", "ModelError", "Question", "Reply", "open_model"]
