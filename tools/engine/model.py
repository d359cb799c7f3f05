"""Writes a small model that llama.cpp serves, so that tests have a real engine and no download.

Run as `model.py FILE [--calls]`. It is a Llama of two layers with weights drawn by seed (some
650 kB), a tokenizer of bytes, characters and made-up words, and a chat template. What it says means
nothing. What matters is real: the server's API, its streams, its counts of tokens, what it does
when a client goes away. With `--calls` it calls a tool wherever it may.

Nothing but Python's own library is needed. The format is GGUF, version 3: a header of typed values,
a list of tensors, then their numbers, each at a multiple of 32 bytes.
"""

import array
import random
import struct
import sys

SEED = 20260503
WIDTH = 64
LAYERS = 2
HEADS = 4
KEY_HEADS = 2
INNER = 160
# Tokens of one conversation.
CONTEXT = 8_192
ALIGNMENT = 32

UNKNOWN, BEGIN, END = 0, 1, 2
# How a tokenizer of GGUF marks what a token is.
NORMAL, UNKNOWN_TOKEN, CONTROL, OWN, BYTE = 1, 2, 3, 4, 6
# With its line break: the server takes anything else before it for the text of an answer.
CALL = "<tool_call>\n"

# It shows tools and calls of them, or the server would not make any.
TEMPLATE = """\
{%- if tools %}[tools]
{%- for tool in tools %}
{{ tool | tojson }}
{%- endfor %}
{% endif %}
{%- for message in messages %}[{{ message.role }}] {{ message.content }}
{%- if message.tool_calls %}{%- for tool_call in message.tool_calls %}
<tool_call>
{"name": "{{ tool_call.function.name }}", "arguments": {{ tool_call.function.arguments | tojson }}}
</tool_call>{%- endfor %}{%- endif %}
{% endfor %}
{%- if add_generation_prompt %}[assistant] {% endif %}"""


def vocabulary():
    """The tokens as (text, score, kind). Words have better scores: text is cut into them first."""
    tokens = [("<unk>", 0.0, UNKNOWN_TOKEN), ("<s>", 0.0, CONTROL), ("</s>", 0.0, CONTROL)]
    tokens += [(f"<0x{byte:02X}>", 0.0, BYTE) for byte in range(256)]
    characters = [chr(code) for code in range(0x21, 0x7F)] + ["\u2581"]
    tokens += [(character, -30.0, NORMAL) for character in characters]
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    words = syllables + [a + b for a in syllables[::5] for b in syllables[2::7]]
    tokens += [("\u2581" + word, -1.0 - at / 64, NORMAL) for at, word in enumerate(words)]
    return tokens + [(CALL, 0.0, OWN)]


class Weights:
    """The tensors: by name their shape, the fastest dimension first, and their numbers."""

    def __init__(self, tokens, calls):
        self.calls = calls
        self.draw = random.Random(SEED)
        self.tensors = {}
        self.embeddings(tokens)
        for layer in range(LAYERS):
            self.layer(f"blk.{layer}.")

    def ones(self, name, length):
        self.tensors[name] = ((length,), array.array("f", [1.0] * length))

    def drawn(self, name, width, rows, scale, silent_first_row=False):
        """Rows drawn from a bell. The first row is silent where dimension 0 must stay as it is."""
        numbers = array.array("f", (self.draw.gauss(0.0, scale) for _ in range(width * rows)))
        if silent_first_row:
            numbers[:width] = array.array("f", [0.0] * width)
        self.tensors[name] = ((width, rows), numbers)
        return numbers

    def embeddings(self, tokens):
        """Dimension 0 is the same for every token and no layer writes to it. By it the last matrix
        says how likely a kind of token is: words are, the end of an answer never is, so that an
        answer is as long as it may be."""
        rows = len(tokens)
        into = self.drawn("token_embd.weight", WIDTH, rows, 1.0)
        out = self.drawn("output.weight", WIDTH, rows, 0.5)
        for at, (text, _, kind) in enumerate(tokens):
            likely = {NORMAL: 0.0, BYTE: -20.0}.get(kind, -60.0)
            if text.startswith("\u2581") and len(text) > 1:
                likely = 4.0
            if text == CALL and self.calls:
                likely = 60.0
            into[at * WIDTH] = 4.0
            out[at * WIDTH] = likely
        self.ones("output_norm.weight", WIDTH)

    def layer(self, prefix):
        scale = WIDTH**-0.5
        head = WIDTH // HEADS
        self.ones(prefix + "attn_norm.weight", WIDTH)
        self.ones(prefix + "ffn_norm.weight", WIDTH)
        self.drawn(prefix + "attn_q.weight", WIDTH, HEADS * head, scale)
        self.drawn(prefix + "attn_k.weight", WIDTH, KEY_HEADS * head, scale)
        self.drawn(prefix + "attn_v.weight", WIDTH, KEY_HEADS * head, scale)
        self.drawn(prefix + "attn_output.weight", HEADS * head, WIDTH, scale, True)
        self.drawn(prefix + "ffn_gate.weight", WIDTH, INNER, scale)
        self.drawn(prefix + "ffn_up.weight", WIDTH, INNER, scale)
        self.drawn(prefix + "ffn_down.weight", INNER, WIDTH, INNER**-0.5, True)


def string(text):
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


# How each kind of value is numbered and written.
KINDS = {
    "u32": (4, lambda value: struct.pack("<I", value)),
    "i32": (5, lambda value: struct.pack("<i", value)),
    "f32": (6, lambda value: struct.pack("<f", value)),
    "bool": (7, lambda value: struct.pack("<?", value)),
    "string": (8, string),
}


def value(key, kind, what):
    """One value of the header; a list where `what` is one."""
    number, write = KINDS[kind]
    if isinstance(what, list):
        body = struct.pack("<IIQ", 9, number, len(what)) + b"".join(map(write, what))
    else:
        body = struct.pack("<I", number) + write(what)
    return string(key) + body


def header(tokens):
    texts, scores, kinds = (list(column) for column in zip(*tokens))
    return [
        value("general.architecture", "string", "llama"),
        value("general.name", "string", "tiny"),
        value("general.file_type", "u32", 0),
        value("llama.context_length", "u32", CONTEXT),
        value("llama.embedding_length", "u32", WIDTH),
        value("llama.block_count", "u32", LAYERS),
        value("llama.feed_forward_length", "u32", INNER),
        value("llama.attention.head_count", "u32", HEADS),
        value("llama.attention.head_count_kv", "u32", KEY_HEADS),
        value("llama.attention.layer_norm_rms_epsilon", "f32", 1e-5),
        value("llama.rope.dimension_count", "u32", WIDTH // HEADS),
        value("llama.vocab_size", "u32", len(tokens)),
        value("tokenizer.ggml.model", "string", "llama"),
        value("tokenizer.ggml.pre", "string", "default"),
        value("tokenizer.ggml.tokens", "string", texts),
        value("tokenizer.ggml.scores", "f32", scores),
        value("tokenizer.ggml.token_type", "i32", kinds),
        value("tokenizer.ggml.bos_token_id", "u32", BEGIN),
        value("tokenizer.ggml.eos_token_id", "u32", END),
        value("tokenizer.ggml.unknown_token_id", "u32", UNKNOWN),
        value("tokenizer.ggml.add_bos_token", "bool", True),
        value("tokenizer.ggml.add_space_prefix", "bool", True),
        value("tokenizer.chat_template", "string", TEMPLATE),
    ]


def padding(length):
    return b"\0" * (-length % ALIGNMENT)


def write(path, calls):
    tokens = vocabulary()
    values, tensors = header(tokens), Weights(tokens, calls).tensors
    infos, numbers = b"", b""
    for name, (shape, of_it) in tensors.items():
        if sys.byteorder != "little":
            of_it.byteswap()
        infos += string(name) + struct.pack("<I", len(shape))
        infos += struct.pack(f"<{len(shape)}Q", *shape)
        infos += struct.pack("<IQ", 0, len(numbers))
        numbers += of_it.tobytes()
        numbers += padding(len(numbers))
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values)) + b"".join(values) + infos
    with open(path, "wb") as file:
        file.write(head + padding(len(head)) + numbers)


if __name__ == "__main__":
    options = sys.argv[2:]
    if len(sys.argv) < 2 or options not in ([], ["--calls"]):
        sys.exit(__doc__)
    write(sys.argv[1], calls=bool(options))
