"""The commented file that `config init` writes. Every key stands in it with its default, commented out."""

from __future__ import annotations

import os
from pathlib import Path

TEMPLATE = """\
# Configuration of discourse-monitor. Everything here is optional, and the program never changes this file.
# After a change: `monitor config check` names every mistake; `monitor config show` prints what is in effect.

[interface]
# theme = "dark"              # a file in themes/, shipped or in the folder of this file
# mouse = true
# ascii = false               # draw with ASCII characters only
# frames_per_second = 20

[keys]                        # keys of the app by binding, several parted by commas; `?` in the app lists the bindings
# app.quit = "q,ctrl+q"

[store]
# path = "/var/lib/monitor/monitor.db"   # a relative path starts at the folder of this file
# keep = "400d"               # how long `monitor prune` keeps posts; nothing is pruned by itself

[sentiment]
# scorer = "table"            # or "vader", "model", or one that another package brings; then `monitor rescore`

# A language model for `monitor stories draft --by model`; without one nothing is sent anywhere. Its key is taken from
# the variable ANTHROPIC_API_KEY or OPENAI_API_KEY (MODEL_API_KEY for an endpoint of one's own), or from a file.
# [model]
# api = "ollama"              # or "anthropic", or "openai" for any host that speaks like it
# name = "qwen3:8b"
# endpoint = "http://localhost:11434"
# api_key_file = "model-key"
# tokens_per_day = 200000

# Sources. Those that need no key collect from the start; `monitor sources` lists them.

[sources.bluesky]
# enabled = true

[sources.news]
# enabled = true

[sources.hackernews]
# enabled = true

[sources.arxiv]
# enabled = true

[sources.mastodon]
# enabled = true

# X costs money: it needs a key, here or in the variable X_BEARER_TOKEN, and a ceiling, and reads nothing before.
# No secret stands in this file; a file that is named holds it alone, with mode 0600.

[sources.x]
# bearer_token_file = "x-bearer-token"
# dollars_per_day = 2

# Beats. The shipped ones are in effect unless `replace` is true. A term is a word or phrase ("open weights"),
# a hashtag ("#opensource"), or a regular expression between slashes ('/gpt-?\\d/'; single quotes keep the backslash).
# A text belongs to a beat if it matches one of `any`, each of `all` and none of `none`. A term in `weak` counts like
# one of `any`, but only in a text that the umbrella rule matches or that holds a hint of it, and puts a text in no
# fourth beat. `monitor beats test` tries texts on the rules, `monitor beats apply` tags the stored posts again.

[beats]
# replace = false

# A beat of one's own:
# [beats.chip-exports]
# name = "Chip Exports"
# category = "Policy"
# any = ["export controls", "entity list", '/\\bH[12]00\\b/']
# none = ["potato"]
# weak = ["chips"]

# A shipped beat with another list of terms; what is not named here stays as it is:
# [beats.open-source-ai]
# none = ["open house"]

# A shipped beat left out:
# [beats.ai-consciousness]
# enabled = false

# The umbrella rule: whether a text is about the field at all. It gates the weak terms and fills the beat General. Its
# own weak terms are the hints, which let weak terms of beats count.
[umbrella]
# any = ["artificial intelligence", "machine learning"]
# none = []
# weak = ["algorithm"]
"""


def write_template(file: Path) -> None:
    """Write the commented file where there is none.

    Raises:
        FileExistsError: there is a file already; it is left as it is.
        OSError: it cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(TEMPLATE)
