"""Anthropic's own client, as its users have it: both calls, whole and streamed, and a tool."""

import anthropic
from scene import BASE, KEYS, MESSAGES, must, tell

TOOL = {
    "name": "set_lamp",
    "description": "Switches the lamp.",
    "input_schema": {
        "type": "object",
        "properties": {"state": {"enum": ["on", "off"]}},
        "required": ["state"],
    },
}

# One sends its key as `x-api-key`, the other as a bearer's token.
by_key = anthropic.Anthropic(base_url=BASE, api_key=KEYS["chat"], max_retries=0, timeout=60)
by_token = anthropic.Anthropic(
    base_url=BASE, api_key=None, auth_token=KEYS["chat"], max_retries=0, timeout=60
)


def counts(usage):
    return [usage.input_tokens, usage.cache_read_input_tokens or 0, usage.output_tokens]


def messages(client):
    answer = client.messages.create(model="tiny", messages=MESSAGES, max_tokens=16)
    must(answer.stop_reason == "max_tokens" and answer.content[0].text, answer)
    must(answer._request_id, answer)
    tell("/v1/messages", answer._request_id, counts=counts(answer.usage))


def messages_streamed():
    with by_key.messages.stream(model="tiny", messages=MESSAGES, max_tokens=24) as stream:
        pieces = list(stream.text_stream)
        answer = stream.get_final_message()
        request = stream.response.headers["request-id"]
    must(len(pieces) == 24 and answer.usage.output_tokens == 24, answer)
    tell("/v1/messages", request, counts=counts(answer.usage))


def tokens_counted():
    raw = by_key.messages.with_raw_response.count_tokens(model="tiny", messages=MESSAGES)
    must(raw.parse().input_tokens > 8, raw.parse())
    # Nothing was made: nothing is counted.
    tell("/v1/messages/count_tokens", raw.headers["request-id"], counts=[0, 0, 0])


def calls_of_tools():
    asked = {
        "model": "tiny-calls",
        "messages": MESSAGES,
        "tools": [TOOL],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
        "max_tokens": 64,
    }
    answer = by_key.messages.create(**asked)
    must(answer.content[0].type == "tool_use", answer)
    must(answer.content[0].input["state"] in ("on", "off"), answer)
    tell("/v1/messages", answer._request_id, counts=counts(answer.usage))
    with by_key.messages.stream(**asked) as stream:
        answer = stream.get_final_message()
        request = stream.response.headers["request-id"]
    must(answer.content[0].type == "tool_use", answer)
    must(answer.content[0].input["state"] in ("on", "off"), answer)
    tell("/v1/messages", request, counts=counts(answer.usage))


messages(by_key)
messages(by_token)
messages_streamed()
tokens_counted()
calls_of_tools()
