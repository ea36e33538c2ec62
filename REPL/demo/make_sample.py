#!/usr/bin/env python3
"""Makes usage.csv.gz, the traffic of the demo, from a published trace of real Claude Code sessions.

    python3 make_sample.py weka_claude_code.csv.gz [-o usage.csv.gz]

The input is a CSV with the columns ts (seconds from the start of its session), model, input_tokens, output_tokens, session
and derived_cached_input_tokens; README.md says where the sessions come from and how that file was made of them.

Real and unchanged: the model, the token counts, the order of a session's requests and the time between them.
Made up here: which account and key a session belongs to, and when it starts.

Nothing is random: what looks drawn is a SHA-256 of the session's name, so every Python 3 makes the same file.
"""
import argparse, csv, datetime, gzip, hashlib, io

SEED = "payg demo, October 2026"
START = datetime.datetime(2026, 10, 1)
END = datetime.datetime(2026, 11, 1)
# Not in the price list that payg ships: it has other spellings of them only.
UNPRICED = ("claude-sonnet-4-20250514", "claude-opus-4-1-20250805")
LONGEST_HOURS, MOST_REQUESTS = 24, 330

# Account, key, how many requests it should have (whole sessions, so a few more), from which day of October to which.
PLACES = [
    ("ada", "laptop", 450, 1, 31), ("ada", "old-script", 60, 5, 30),
    ("birch", "alice", 550, 1, 31), ("birch", "bob", 420, 1, 31), ("birch", "ci", 420, 1, 31), ("birch", "dana", 300, 5, 31),
    ("cedar", "main", 520, 1, 31),
    ("delta", "main", 700, 1, 31),
    ("ember", "prod", 1300, 1, 31), ("ember", "staging", 350, 1, 31),
    ("fable", "main", 360, 1, 31),
    ("grove", "main", 400, 1, 31),
    ("haven", "main", 420, 1, 31),
    ("iris", "main", 800, 1, 31),
    ("juno", "main", 380, 1, 20),
    ("kite", "main", 420, 1, 31),
    ("lark", "chat", 300, 1, 31),
]


def draw(*words):
    """A whole number that looks drawn and depends on the words alone."""
    return int(hashlib.sha256(":".join((SEED,) + words).encode()).hexdigest()[:15], 16)


def read(path):
    sessions = {}
    with gzip.open(path, "rt", newline="") if path.endswith(".gz") else open(path, newline="") as file:
        for row in csv.DictReader(file):
            whole, _, part = row["ts"].partition(".")
            row["ms"] = int(whole) * 1000 + int((part + "000")[:3])
            sessions.setdefault(row["session"], []).append(row)
    return sessions


def choose(sessions):
    """Which sessions go where: the places take turns, each taking sessions while it has room for them."""
    order = sorted(sessions, key=lambda name: draw("order", name))
    short = [
        name for name in order
        if sessions[name][-1]["ms"] < LONGEST_HOURS * 3_600_000 and len(sessions[name]) <= MOST_REQUESTS
    ]
    is_old = {name: any(row["model"] in UNPRICED for row in sessions[name]) for name in short}
    left = {True: [n for n in short if is_old[n]], False: [n for n in short if not is_old[n]]}
    room = {place: place[2] for place in PLACES}
    chosen = []
    while any(count > 0 for count in room.values()):
        for place in PLACES:
            shelf = left[place[1] == "old-script"]
            # Not one session of 300 requests where 60 are wanted.
            fits = [name for name in shelf if len(sessions[name]) <= max(room[place] * 5 // 4, 12)]
            if room[place] > 0 and fits:
                name = fits[0]
                shelf.remove(name)
                room[place] -= len(sessions[name])
                chosen.append((place, name))
    return chosen


def begins(place, name, length):
    """When a session begins: on a weekday between seven and seven, so that it ends before the month does."""
    account, key, _, first, last = place
    days = [START + datetime.timedelta(days=day - 1) for day in range(first, last + 1)]
    for tries in range(1000):
        day = days[draw("day", name, str(tries)) % len(days)]
        at = day + datetime.timedelta(seconds=7 * 3600 + draw("second", name, str(tries)) % (12 * 3600))
        if day.weekday() < 5 and at + datetime.timedelta(milliseconds=length) < END:
            return at
    raise SystemExit(f"no place in the month for {name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trace")
    parser.add_argument("-o", default="usage.csv.gz")
    options = parser.parse_args()
    sessions = read(options.trace)
    rows = []
    chosen = choose(sessions)
    for place, name in chosen:
        start = begins(place, name, sessions[name][-1]["ms"])
        for number, row in enumerate(sessions[name], 1):
            at = start + datetime.timedelta(milliseconds=row["ms"])
            text = at.strftime("%Y-%m-%dT%H:%M:%S") + (f".{at.microsecond // 1000:03}".rstrip("0") if at.microsecond else "")
            rows.append((at, name, number, [
                text + "Z", place[0], place[1], f"{name}-{number}", row["model"], row["input_tokens"],
                row["derived_cached_input_tokens"], row["output_tokens"],
            ]))
    rows.sort(key=lambda row: row[:3])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow("ts account key id model input_tokens cached_tokens output_tokens".split())
    writer.writerows(row[3] for row in rows)
    plain = text.getvalue().encode()
    # Level and header are fixed; what zlib makes of it may still differ from one version of it to the next.
    packed = gzip.compress(plain, 9, mtime=0)
    with open(options.o, "wb") as file:
        file.write(packed)
    print(f"{len(rows)} requests of {len(chosen)} sessions, {len(packed)} bytes")
    print(f"{hashlib.sha256(plain).hexdigest()}  unpacked")
    print(f"{hashlib.sha256(packed).hexdigest()}  {options.o}")


if __name__ == "__main__":
    main()
