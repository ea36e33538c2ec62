#!/usr/bin/env python3
"""A payment provider for payg that moves no money: the name of the card says what happens.

    card visa, or any other   paid
    card declined-…           declined
    card pending-…            pending
    card failed-…             failed
"""
import json
import sys

REASONS = {"declined": "insufficient funds", "failed": "the bank does not answer"}


def say(line):
    print(json.dumps(line), flush=True)


def decide(request):
    outcome = request["card"].split("-")[0]
    if outcome not in ("declined", "pending", "failed"):
        outcome = "paid"
    if request["amount_nano"] % 10_000_000 != 0:
        return {"answer": "failed", "reason": "a card cannot be charged a part of a cent"}
    return {"answer": outcome, "reason": REASONS.get(outcome, "")}


# A real provider hands the key on to the card network, or keeps its answers on disk: it may be restarted.
answers = {}
say({"payg": 1, "ready": True, "name": "example", "summary": "moves no money, and says what the card is called"})
for line in sys.stdin:
    request = json.loads(line)
    key = request["key"]
    if key not in answers:
        answers[key] = decide(request)
        print(f"{request['kind']} {request['amount_nano']} for {key}: {answers[key]['answer']}", file=sys.stderr)
    say({"key": key, **answers[key]})
