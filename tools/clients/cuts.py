"""Streams that their clients leave: three counts of each, and whether the engine goes on.

Prints a last line with what the clients read, what the engine counts, and how long after a client
had gone the engine had nothing under way.
"""

import json
import random
import time

import anthropic
import openai
from scene import BASE, KEYS, MESSAGES, SCENE, counter, must, tell

# What each stream is asked for: more than the engine makes in a second.
ASKED = 8_000
WAIT_SECONDS = 60


def by_openai(after):
    client = openai.OpenAI(base_url=BASE + "/v1", api_key=KEYS["chat"], max_retries=0)
    raw = client.chat.completions.with_raw_response.create(
        model="tiny", messages=MESSAGES, max_tokens=ASKED, stream=True
    )
    stream, read = raw.parse(), 0
    for chunk in stream:
        read += sum(bool(choice.delta.content) for choice in chunk.choices)
        if read >= after:
            break
    stream.close()
    return "/v1/chat/completions", raw.headers["x-request-id"], read


def by_anthropic(after):
    client = anthropic.Anthropic(base_url=BASE, api_key=KEYS["chat"], max_retries=0)
    read = 0
    with client.messages.stream(model="tiny", messages=MESSAGES, max_tokens=ASKED) as stream:
        request = stream.response.headers["request-id"]
        for _ in stream.text_stream:
            read += 1
            if read >= after:
                break
    return "/v1/messages", request, read


def idle():
    """Waits until the engine has nothing under way; gives the seconds."""
    began = time.monotonic()
    while counter("requests_processing") > 0:
        must(time.monotonic() < began + WAIT_SECONDS, "the engine goes on")
        time.sleep(0.02)
    return round(time.monotonic() - began, 3)


def main():
    draw = random.Random(SCENE["seed"])
    before, read, longest = counter("tokens_predicted_total"), 0, 0.0
    for number in range(SCENE["cuts"]):
        left = (by_anthropic if number % 3 == 2 else by_openai)(draw.randint(1, 300))
        longest = max(longest, idle())
        call, request, of_it = left
        tell(call, request, read=of_it)
        read += of_it
    made = counter("tokens_predicted_total") - before
    print(json.dumps({"read": read, "made": made, "asked": ASKED, "longest": longest}))


main()
