"""What the scripts here share: where things are, and how they tell what they found.

Each script is run as `SCRIPT.py SCENE`, where SCENE is a JSON object: `base`, the gateway's URL;
`engine`, the URL of the engine behind it; `keys` by name. It checks what the client must see, and
fails where it does not. It prints a line of JSON for each answer, so that whoever ran it can hold
the gateway's records against it.
"""

import json
import sys
import urllib.request

SCENE = json.loads(sys.argv[1])
BASE = SCENE["base"]
KEYS = SCENE["keys"]
MESSAGES = [{"role": "user", "content": "Please say something."}]


def tell(call, request, **more):
    """An answer to `call`, whose client was told that the request's id is `request`."""
    print(json.dumps({"call": call, "id": request, **more}), flush=True)


def must(true, *what):
    if not true:
        sys.exit(f"not as it must be: {what}")


def refused(kind, status, call, more=lambda error: True):
    """Has `call` fail with that exception of the client and that status."""
    try:
        call()
    except kind as error:
        must(error.status_code == status, kind.__name__, status, error)
        must(more(error), "the rest of it", error, dict(error.response.headers), error.body)
        print(json.dumps({"refused": status, "as": type(error).__name__}), flush=True)
        return error
    sys.exit(f"{kind.__name__} was to be raised")


def counter(name):
    """One of the engine's own counters."""
    with urllib.request.urlopen(SCENE["engine"] + "/metrics", timeout=10) as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith(f"llamacpp:{name} "):
                return int(float(line.split()[1]))
    sys.exit(f"the engine counts no {name}")
