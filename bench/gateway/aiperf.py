"""A profile of AIPerf's against a gateway before llama.cpp's own server: does it complete, and are
its counts of tokens those of our records?

    python3 bench/gateway/aiperf.py [--requests 40] [--binary target/release/leasehold]

AIPerf (PyPI) is installed into target/bench/gateway/aiperf: 1.2 GB and more than a minute, too much
for every run of the tests. It needs what `./test` installs into target/tools/clients, too.
"""

import argparse
import json
import subprocess
import sys
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import targets
from run import ROOT, WORK, install, wait_for

PORT = 9111
CLIENTS = ROOT / "target/tools/clients/bin/python"


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--binary", type=Path, default=ROOT / "target/release/leasehold")
    return parser.parse_args()


def models(port):
    """Asks what makes no record."""
    headers = {"authorization": f"Bearer {targets.KEY}"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/models", headers=headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.loads(answer.read())["data"][0]["id"]


def engine(place):
    """llama.cpp's server with the small model, and its address."""
    tools = ROOT / "tools/engine"
    subprocess.run([CLIENTS, tools / "model.py", place / "m.gguf"], check=True)
    command = [CLIENTS, tools / "serve.py", place / "m.gguf", "--name", "m"]
    pipe = subprocess.PIPE
    quiet = {"stdin": pipe, "stdout": pipe, "stderr": subprocess.DEVNULL}
    serving = subprocess.Popen(command, **quiet)
    return serving, serving.stdout.readline().decode().strip()


def tokenizer(place):
    """A tokenizer of bytes: AIPerf makes its prompts with one, and looks for none elsewhere."""
    write = """
import json, sys
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
letters = sorted(pre_tokenizers.ByteLevel.alphabet())
numbered = {letter: at for at, letter in enumerate([*letters, "<end>"])}
made = Tokenizer(models.BPE(vocab=numbered, merges=[]))
made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
made.decoder = decoders.ByteLevel()
made.save(sys.argv[1] + "/tokenizer.json")
kind = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<end>"}
open(sys.argv[1] + "/tokenizer_config.json", "w").write(json.dumps(kind))
kind = {"model_type": "llama", "vocab_size": len(numbered)}
open(sys.argv[1] + "/config.json", "w").write(json.dumps(kind))
"""
    folder = place / "tokenizer"
    folder.mkdir(exist_ok=True)
    python = WORK / "aiperf/venv/bin/python"
    subprocess.run([python, "-c", write, folder], check=True)
    return folder


def profile(place, count):
    """Runs AIPerf; gives what it found of each request."""
    command = [WORK / "aiperf/venv/bin/aiperf", "profile", "--model", "m"]
    command += ["--url", f"http://127.0.0.1:{PORT}", "--endpoint-type", "chat", "--streaming"]
    command += ["--api-key", targets.KEY, "--tokenizer", tokenizer(place)]
    command += ["--use-server-token-count", "--concurrency", "4", "--request-count", str(count)]
    command += ["--synthetic-input-tokens-mean", "100", "--output-tokens-mean", "64"]
    command += ["--artifact-dir", place / "found", "--ui", "none", "--no-gpu-telemetry"]
    subprocess.run(command, check=True, timeout=300, stdout=subprocess.DEVNULL)
    lines = (place / "found/profile_export.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def total(found, name):
    return sum(int(one["metrics"][name]["value"]) for one in found)


def main():
    args = options()
    install("aiperf")
    target = targets.leasehold(WORK, args.binary, "aiperf-gateway", PORT, more="[health]\npath = ''\n")
    place = WORK / "aiperf-gateway"
    serving, url = engine(place)
    table = json.loads((place / "table.json").read_text())
    table["models"][0]["replicas"][0]["url"] = url
    (place / "table.json").write_text(json.dumps(table))
    gateway = subprocess.Popen(target.command)
    try:
        wait_for(lambda: models(PORT), 20, "the gateway")
        found = profile(place, args.requests)
    finally:
        gateway.terminate()
        gateway.wait()
        serving.kill()
    command = [args.binary, "gateway", "records", place / "state/meter"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    records = [json.loads(line) for line in said.splitlines()]
    records = [record for record in records if record["call"] == "/v1/chat/completions"]
    ours = {
        "requests": len(records),
        "input": sum(record["input"] + record["cached"] for record in records),
        "output": sum(record["output"] for record in records),
    }
    theirs = {
        "requests": len(found),
        "input": total(found, "input_sequence_length"),
        "output": total(found, "output_sequence_length"),
    }
    print(json.dumps({"aiperf": theirs, "records": ours}))
    sys.exit(0 if ours == theirs else "the counts differ")


if __name__ == "__main__":
    main()
