"""What both clients raise where a request is refused: their own exception for each case."""

import threading
import time

import anthropic
import openai
from scene import BASE, KEYS, MESSAGES, must, refused, tell


def of_openai(key, **more):
    more = {"max_retries": 0, "timeout": 60, **more}
    return openai.OpenAI(base_url=BASE + "/v1", api_key=key, **more).chat.completions


def of_anthropic(key, **more):
    more = {"max_retries": 0, "timeout": 60, **more}
    return anthropic.Anthropic(base_url=BASE, api_key=key, **more).messages


def both(asked, by_openai, by_anthropic, key="chat", more=lambda error: True):
    """Asks both; each is (exception, status)."""
    asked = {"model": "tiny", "messages": MESSAGES, "max_tokens": 4, **asked}
    key = KEYS.get(key, key)
    refused(*by_openai, lambda: of_openai(key).create(**asked), more)
    refused(*by_anthropic, lambda: of_anthropic(key).create(**asked), more)


def waits(error):
    """Whether it says when to try again."""
    return int(error.response.headers["retry-after"]) >= 1


def whose_fault():
    both({}, (openai.AuthenticationError, 401), (anthropic.AuthenticationError, 401), "wrong")
    nobody = {"model": "none"}
    both(nobody, (openai.NotFoundError, 404), (anthropic.NotFoundError, 404))
    # The gateway's own refusal, then the engine's, which passes as it is.
    bad = {"max_tokens": -4}
    both(bad, (openai.BadRequestError, 400), (anthropic.BadRequestError, 400))
    bad = {"messages": [{"role": "user", "content": 7}]}
    both(bad, (openai.BadRequestError, 400), (anthropic.BadRequestError, 400))
    long = {"messages": [{"role": "user", "content": "ka " * 40_000}]}
    both(long, (openai.APIStatusError, 413), (anthropic.RequestTooLargeError, 413))


def no_capacity():
    # Its only replica leaves; another's does not exist.
    leaving = {"model": "leaving"}
    overloaded = (anthropic.OverloadedError, 529)
    both(leaving, (openai.InternalServerError, 503), overloaded, more=waits)
    gone = {"model": "gone"}
    both(gone, (openai.InternalServerError, 502), (anthropic.InternalServerError, 500))


def entitlement():
    """A lease of one request at a time, and nobody may wait."""
    asked = {"model": "tiny", "messages": MESSAGES}
    held = of_openai(KEYS["narrow"]).create(**asked, max_tokens=7_000, stream=True)
    next(iter(held))
    limited = (openai.RateLimitError, 429), (anthropic.RateLimitError, 429)
    both({}, *limited, key="narrow", more=waits)

    # A client that tries again, as clients do unless told otherwise, comes in once there is room.
    def let_go():
        time.sleep(0.3)
        held.close()

    threading.Thread(target=let_go).start()
    patient = of_openai(KEYS["narrow"], max_retries=5)
    answer = patient.create(**asked, max_tokens=4)
    must(answer.usage.completion_tokens == 4, answer)
    tell("/v1/chat/completions", answer._request_id)


whose_fault()
no_capacity()
entitlement()
