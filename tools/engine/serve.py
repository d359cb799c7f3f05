"""Serves a model with llama.cpp's own server, as the package `xllamacpp` carries it.

Run as `serve.py MODEL [--name NAME] [--slots N] [--embeddings] [--port PORT]`. Prints a line with
its address once it answers, and stays until it is killed or its standard input ends: whoever
started it need not be alive to stop it. A server makes embeddings or text, not both.
"""

import argparse
import os
import sys

import xllamacpp

# As in model.py: tokens of one conversation.
CONTEXT = 8_192


def settings(args):
    params = xllamacpp.CommonParams()
    params.model.path = args.model
    params.model_alias = {args.name}
    params.hostnames = ["127.0.0.1"]
    params.port = args.port
    params.n_parallel = args.slots
    params.n_ctx = CONTEXT * args.slots
    # One thread each: the machine has others to serve.
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.endpoint_metrics = True
    params.use_jinja = True
    params.warmup = False
    params.embedding = args.embeddings
    if args.embeddings:
        params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    return params


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--name", default="tiny")
    parser.add_argument("--slots", type=int, default=4)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--embeddings", action="store_true")
    server = xllamacpp.Server(settings(parser.parse_args()))
    print(server.listening_address, flush=True)
    sys.stdin.buffer.read()
    # Without farewells: streams may be under way, and nobody waits for them.
    os._exit(0)


if __name__ == "__main__":
    main()
