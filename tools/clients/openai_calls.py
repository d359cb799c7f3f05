"""OpenAI's own client, as its users have it: every call, whole and streamed, and a tool."""

import json

import openai
from scene import BASE, KEYS, MESSAGES, must, tell

TOOL = {
    "type": "function",
    "function": {
        "name": "set_lamp",
        "description": "Switches the lamp.",
        "parameters": {
            "type": "object",
            "properties": {"state": {"enum": ["on", "off"]}},
            "required": ["state"],
        },
    },
}

client = openai.OpenAI(base_url=BASE + "/v1", api_key=KEYS["chat"], max_retries=0, timeout=60)


def counts(usage):
    """Input without what came from a cache, that, and output: as the gateway keeps them."""
    if hasattr(usage, "input_tokens"):
        cached = usage.input_tokens_details.cached_tokens or 0
        return [usage.input_tokens - cached, cached, usage.output_tokens]
    details = getattr(usage, "prompt_tokens_details", None)
    cached = (details and details.cached_tokens) or 0
    return [usage.prompt_tokens - cached, cached, getattr(usage, "completion_tokens", 0) or 0]


def models():
    names = [model.id for model in client.models.list()]
    must(names == ["tiny", "tiny-calls", "tiny-embed"], names)


def chat():
    raw = client.chat.completions.with_raw_response.create(
        model="tiny", messages=MESSAGES, max_tokens=16
    )
    answer = raw.parse()
    must(answer.usage.completion_tokens == 16 and answer.choices[0].message.content, answer)
    must(answer._request_id == raw.headers["x-request-id"], answer)
    tell("/v1/chat/completions", answer._request_id, counts=counts(answer.usage))


def chat_streamed(usage):
    options = {"stream_options": {"include_usage": True}} if usage else {}
    raw = client.chat.completions.with_raw_response.create(
        model="tiny", messages=MESSAGES, max_tokens=24, stream=True, **options
    )
    said, told = 0, None
    for chunk in raw.parse():
        said += sum(bool(choice.delta.content) for choice in chunk.choices)
        told = chunk.usage or told
        must("timings" not in (chunk.model_extra or {}), chunk)
    must(said == 24, said)
    # What was not asked for is not seen.
    must((told is not None) == usage, told)
    more = {"counts": counts(told)} if usage else {"output": 24}
    tell("/v1/chat/completions", raw.headers["x-request-id"], **more)


def completions():
    raw = client.completions.with_raw_response.create(model="tiny", prompt="one", max_tokens=8)
    answer = raw.parse()
    must(answer.choices[0].text, answer)
    tell("/v1/completions", raw.headers["x-request-id"], counts=counts(answer.usage))
    raw = client.completions.with_raw_response.create(
        model="tiny", prompt="one", max_tokens=8, stream=True
    )
    text = "".join(choice.text for chunk in raw.parse() for choice in chunk.choices)
    must(text, text)
    tell("/v1/completions", raw.headers["x-request-id"], output=8)


def embeddings():
    raw = client.embeddings.with_raw_response.create(model="tiny-embed", input=["one", "two"])
    answer = raw.parse()
    must([len(one.embedding) for one in answer.data] == [64, 64], answer)
    tell("/v1/embeddings", raw.headers["x-request-id"], counts=counts(answer.usage))


def responses():
    raw = client.responses.with_raw_response.create(
        model="tiny", input="Please say something.", max_output_tokens=12
    )
    answer = raw.parse()
    must(answer.output_text, answer)
    tell("/v1/responses", raw.headers["x-request-id"], counts=counts(answer.usage))
    raw = client.responses.with_raw_response.create(
        model="tiny", input="Please say something.", max_output_tokens=12, stream=True
    )
    kinds, last = [], None
    for event in raw.parse():
        kinds.append(event.type)
        last = event
    must(kinds[0] == "response.created" and kinds[-1] == "response.completed", kinds)
    must(kinds.count("response.output_text.delta") == 12, kinds)
    tell("/v1/responses", raw.headers["x-request-id"], counts=counts(last.response.usage))


def calls_of_tools():
    asked = {
        "model": "tiny-calls",
        "messages": MESSAGES,
        "tools": [TOOL],
        "tool_choice": "required",
        "parallel_tool_calls": False,
        "max_tokens": 64,
    }
    raw = client.chat.completions.with_raw_response.create(**asked)
    call = raw.parse().choices[0].message.tool_calls[0].function
    must(call.name == "set_lamp", call)
    must(json.loads(call.arguments)["state"] in ("on", "off"), call)
    tell("/v1/chat/completions", raw.headers["x-request-id"], counts=counts(raw.parse().usage))
    raw = client.chat.completions.with_raw_response.create(**asked, stream=True)
    name, arguments = None, ""
    for chunk in raw.parse():
        for call in (chunk.choices[0].delta.tool_calls or []) if chunk.choices else []:
            name = call.function.name or name
            arguments += call.function.arguments or ""
    must(name == "set_lamp" and json.loads(arguments)["state"] in ("on", "off"), arguments)
    tell("/v1/chat/completions", raw.headers["x-request-id"])


models()
chat()
chat_streamed(usage=True)
chat_streamed(usage=False)
completions()
embeddings()
responses()
calls_of_tools()
