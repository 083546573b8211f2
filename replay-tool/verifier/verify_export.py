#!/usr/bin/env python3
"""Verifies an export of a Daybook log, independently of Daybook, up to the first thing that is wrong.

    python3 verify_export.py BUNDLE --policy POLICY

BUNDLE is a folder; a tar of one is unpacked first. The policy (C2SP tlog-policy) names the keys that are believed, and
must come another way than the bundle. The report begins with the longest that anything in it can be unwitnessed.
Ends with 0 if the export is valid, 1 if it is not, 2 if that could not be found out, 3 if something is missing from it.
"""
import argparse, base64, collections, contextlib, hashlib, io, itertools, json, os, re, stat, sys
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID
try:
    from datetime import UTC, datetime, timedelta  # there is a UTC since Python 3.11
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    print("verify_export: it needs Python 3.11 or newer, and its package cryptography", file=sys.stderr)
    sys.exit(2)

LONGEST_FILE, LONGEST_MANIFEST, LONGEST_NOTE = 256 << 20, 64 << 20, 64 << 10  # bytes; nothing longer is ever read
EPOCH, YEAR_10000 = datetime(1970, 1, 1, tzinfo=UTC), 253402300800  # in seconds since then; a year has four digits
WRONG = ValueError, KeyError, TypeError, OverflowError, RecursionError, OSError

def require(fits, otherwise):
    if not fits:
        raise ValueError(otherwise)

# Hashes: of an event, of a stream's name, and of trees over many entries (RFC 9162, section 2.1).
def sha256(*parts): return hashlib.sha256(b"".join(parts)).digest()
def labelled(label, *parts): return sha256(b"daybook/" + label + b"/v1\n\0", *parts)
def s8(text): return bytes([len(text)]) + text.encode("ascii")
def u64(number): return number.to_bytes(8, "big")
def stream_tag(clinic, kind, id): return labelled(b"stream", UUID(clinic).bytes, s8(kind), UUID(id).bytes)
def node(left, right): return sha256(b"\1", left, right)
def half(size): return 1 << (size - 1).bit_length() - 1  # to the left is the largest full tree that is smaller

def event_hash(clinic, event):
    return labelled(
        b"event", UUID(clinic).bytes, s8(event.stream_type), UUID(event.stream_id).bytes, u64(event.sequence),
        UUID(event.event_id).bytes, bytes.fromhex(event.prev_hash), event.recorded_at.to_bytes(8, "big", signed=True),
        s8(event.event_type), s8(event.event_version), labelled(b"metadata", event.metadata.encode()),
        labelled(b"payload", event.payload.encode()), bytes.fromhex(event.sealed_sha256))

def tree_root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256()
    return node(tree_root(leaves[:half(len(leaves))]), tree_root(leaves[half(len(leaves)):]))

def proven_root(leaf, index, size, path):
    """The root of a tree of this size with this leaf at this index. The path is of siblings, from the leaf upward."""
    if size < 2:
        require(index < size and not path, "the proof is too long, or the tree has no such place")
        return leaf
    require(path, "the proof is too short")
    *path, sibling = path
    if index < half(size):
        return node(proven_root(leaf, index, half(size), path), sibling)
    return node(sibling, proven_root(leaf, index - half(size), size - half(size), path))

# Signatures: keys, signed notes and the policy (C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy).
def encode64(raw): return base64.b64encode(raw).decode()
def decode64(text, length=None):
    raw = base64.b64decode(text, validate=True)
    require(encode64(raw) == text and length in (None, len(raw)), "not base64 of the right length")
    return raw

def read_key(vkey, kind):
    """What a signature names a key by, and the key, its kind in front: 1 signs a log, 4 is a witness's."""
    name, id, key = vkey.split("+", 2)
    raw = decode64(key, 33)
    require(name and raw[0] == kind and sha256(name.encode(), b"\n", raw)[:4].hex() == id, "it is not a key for this")
    return (name, bytes.fromhex(id)), raw

def open_note(note, keys):
    """Its text, and which of these keys signed it (a witness's: when). One wrong signature by any of them spoils it."""
    text, blank_line, lines = note.rpartition("\n\n")
    require(blank_line and lines.endswith("\n") and "\r" not in note, "not a signed note")
    lines = [re.fullmatch("\u2014 ([^\\s+]+) (\\S+)", line) for line in lines[:-1].split("\n")]
    require(all(lines) and len(lines) <= 64, "a signature line is not one, or there are too many")
    text, signed = text + "\n", {}
    for name, raw in [(line[1], decode64(line[2])) for line in lines]:
        require(len(raw) > 4, "a signature is too short")
        by, made, time, says = (name, raw[:4]), raw[4:], 0, ""
        if by in keys:
            if keys[by][0] == 4:  # a witness also signs when it saw the text
                time, made = int.from_bytes(made[:8], "big"), made[8:]
                says = "cosignature/v1\ntime %d\n" % time
            try:
                Ed25519PublicKey.from_public_bytes(keys[by][1:]).verify(made, (says + text).encode())
            except InvalidSignature:
                raise ValueError("a signature of %s is wrong" % name)
            signed[by] = max(time, signed.get(by, 0))
    return text, signed

class Policy:
    """Whose signatures are believed, and how many witnesses must have seen a checkpoint."""
    def __init__(self, text):
        self.logs, self.witnesses, self.names, self.quorum = {}, {}, {}, None  # keys; what witnesses' keys are named by
        self.groups = {"none": (1, self.witnesses)}  # how many of whom; "none" asks for nobody and counts the first
        free = set()  # witnesses and groups that are in no group yet
        for kind, name, *words in filter(None, (line.split("#")[0].split() for line in text.split("\n"))):
            if kind == "log":
                by, key = read_key(name, 1)
                fits, self.logs[by] = len(words) < 2 and by not in self.logs, key
            elif kind == "quorum":
                fits, self.quorum = name in self.groups and not words and not self.quorum, name
            elif kind == "witness":
                by, key = read_key(words[0], 4)
                fits = len(words) < 3 and name not in self.groups and key not in self.witnesses.values()
                self.groups[name], self.names[name], self.witnesses[by] = (1, [by]), by, key
                free.add(name)
            else:
                how_many, *members = words
                need = {"any": 1, "all": len(members)}.get(how_many) or int(how_many)
                fits = kind == "group" and name not in self.groups
                fits = fits and 0 < need <= len(members) == len(free.intersection(members))
                self.groups[name], free = (need, members), free - set(members) | {name}
            require(fits, "it cannot be read, or names a thing twice or before it is there: %s %s" % (kind, name))
        require(self.logs and self.quorum, "a policy needs a log line and one quorum line")

    def open(self, note, origin):
        """The text of a note that this log signed."""
        text, signed = open_note(note, {by: key for by, key in self.logs.items() if by[0] == origin})
        require(signed, "it is not signed by a key that the policy names for this log")
        return text

    def believe(self, note):
        """What a checkpoint says that its log signed and enough witnesses have seen, and who of them and when."""
        origin, size, root = note.split("\n", 3)[:3]
        text = "%s\n%d\n%s\n" % (origin, int(size), root)
        require(self.open(note, origin).startswith(text), "its size is written in another way")
        _, times = open_note(note, self.witnesses)
        seen = sorted(name for name, by in self.names.items() if by in times)
        for name, (need, members) in self.groups.items():  # each was declared after its members
            reached = sorted(times[member] for member in members if member in times)
            times.update({name: reached[need - 1]} if len(reached) >= need else {})
        require(self.quorum in ("none", *times), "too few witnesses have seen it")
        seen_at = times.get(self.quorum, YEAR_10000)
        return SimpleNamespace(text=text, origin=origin, size=int(size), root=decode64(root, 32), seen=seen,
                               seen_at=EPOCH + timedelta(seconds=seen_at) if seen_at < YEAR_10000 else None)

# JSON: the shapes of what is read are patterns of how Python writes it.
def shape(**fields): return r"\{%s\}" % ", ".join('"%s": (?:%s)' % field for field in fields.items())
def several(item): return r"\[(?:%s(?:, %s)*+)?\]" % (item, item)

TEXT, NAME, HASH, NUMBER = r'"(?:[^"\\]|\\.)*+"', '"[a-z0-9-]{1,64}"', '"[0-9a-f]{64}"', "[0-9]{1,19}"
ID = '"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"'
TIME = r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(?:\d{3}){1,3}(?<!000))?Z"'
PATH = '"(?![^"]{201})[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*"'  # it cannot leave its folder
SCOPE = "|".join([shape(kind='"visit"', visit_id=ID), shape(kind='"patient"', patient_id=ID), shape(kind='"clinic"'),
                  shape(kind='"time"', **{"from": TIME, "to": TIME})])
STREAM, FILE = shape(stream_type=NAME, stream_id=ID, whole="true|false"), shape(path=PATH, bytes=NUMBER, sha256=HASH)
MANIFEST = shape(format='"daybook-export/1"', clinic_id=ID, origin=TEXT, size=NUMBER, exported_at=TIME, scope=SCOPE,
                 content='"(?:withheld|included)"(?:, "recipient_key": %s)?' % TEXT,
                 streams=several(STREAM), events=NUMBER, files=several(FILE))
EVENT = shape(position=NUMBER, stream_type=NAME, stream_id=ID, sequence=NUMBER, event_id=ID, event_type=NAME,
              event_version='"[0-9a-z.-]{1,64}"', recorded_at="-?" + NUMBER, prev_hash=HASH, hash=HASH, metadata=TEXT,
              payload=TEXT, sealed_sha256=HASH)
SEALED = shape(position=NUMBER, state='"(?:open|erased|key-missing)"', sealed=TEXT)

def parse(raw, pattern, end="", **layout):
    """What is written in the one way there is, so that nobody can read something else in it."""
    value = json.loads(raw.decode())
    require((json.dumps(value, ensure_ascii=False, **layout) + end).encode() == raw, "it is written in another way")
    require(re.fullmatch(pattern, json.dumps(value)), "it has other fields, or what is in them is of another form")
    return SimpleNamespace(**value)

class Examination(SimpleNamespace):
    """Goes through a bundle once, from the manifest to the ends, and stops at the first thing that is wrong."""
    def run(self):
        self.report = report = {"unwitnessed": None, "verdict": "invalid", "events": 0, "finding": None, "missing": []}
        try:
            self.check_manifest()
            self.check_files()
            self.check_events()
            self.check_ends()
            report["verdict"] = "incomplete" if report["missing"] else "valid"
        except WRONG as problem:
            report["finding"] = {**self.at, "what": self.where + (str(problem) or type(problem).__name__)}
        return report

    def check(self, check, position=None, fits=True, otherwise=None, where=""):
        """This fits, and what is wrong from here on is a finding of this check."""
        self.at, self.where = {"check": check, "position": position}, where
        require(fits, otherwise)

    def needs(self, there, what):
        """Whether this is there. What is not makes a bundle incomplete, and does not end the examination."""
        if not there and len(self.report["missing"]) < 1000:
            self.report["missing"].append(what)
        return there

    def read(self, path, most=LONGEST_NOTE):
        status = (self.root / path).lstat()  # no link is followed
        require(stat.S_ISREG(status.st_mode) and status.st_size <= most, path + ": it is no plain file, or too long")
        return (self.root / path).read_bytes()

    def check_manifest(self):
        """The operator signed it, and the checkpoint that it is of is believed."""
        self.check("manifest")
        raw = self.read("manifest.json", LONGEST_MANIFEST)
        said = self.manifest = parse(raw, MANIFEST, indent=2)
        scope, now = said.scope, said.exported_at
        self.kind, self.subject = scope["kind"], scope.get(scope["kind"] + "_id")  # of which visit or patient it is
        times = (now, scope.get("from", "0001-01-01T00Z"), scope.get("to", now))
        _, self.time, self.end = map(datetime.fromisoformat, times)
        self.whole = {(stream["stream_type"], stream["stream_id"]): stream["whole"] for stream in said.streams}
        self.listed = {"manifest.json", "manifest.signed", *(file["path"] for file in said.files)}
        require(len(self.listed) == len(said.files) + 2, "a file is listed twice")
        self.has_log = any(path.startswith("tile/entries/") for path in self.listed)
        self.report.update(origin=said.origin, scope=said.scope, size=said.size, content=said.content)
        self.check("statement")
        signed = self.policy.open(self.read("manifest.signed").decode(), said.origin)
        require(signed == "%s/export\n%s\n" % (said.origin, encode64(sha256(raw))), "another manifest was signed")
        self.check("checkpoint")
        self.head = self.policy.believe(self.read("checkpoint").decode())
        require((self.head.origin, self.head.size) == (said.origin, said.size), "the manifest speaks of another one")
        require(re.fullmatch(".*/clinics/%s(/([2-9]|[1-9][0-9]+))?" % said.clinic_id, said.origin), "of another clinic")

    def check_files(self):
        """Exactly the listed files are there, each with its length and hash."""
        withheld = self.manifest.content == "withheld" and any(re.match("sealed/|keys/", path) for path in self.listed)
        self.check("content", None, not withheld, "the content is said to be withheld, and some of it is there")
        self.check("file")
        folders, there = [""], set()
        for folder in folders:  # and for those that are found in them; no link is followed
            for entry in os.scandir(self.root / folder):
                path = folder + entry.name
                folders.append(path + "/") if entry.is_dir(follow_symlinks=False) else there.add(path)
        differ = self.listed ^ there
        require(not differ, "they are listed and not there, or there and not listed: %s" % sorted(differ)[:3])
        for path, size, digest in map(dict.values, self.manifest.files):
            raw = self.read(path, min(size, LONGEST_FILE))
            require((len(raw), sha256(raw).hex()) == (size, digest), path + ": it is not the listed file")

    def lines(self, path, shape, check):
        raw = self.read(path, LONGEST_FILE) if path in self.listed else b""
        for number, line in enumerate(io.BytesIO(raw), 1):
            self.check(check, where="%s, line %d: " % (path, number))
            yield parse(line, shape, "\n", separators=(",", ":"))

    def check_events(self):
        """Each event, and beside it what is sealed of it."""
        self.log = enumerate(self.entries() if self.has_log else [])
        self.logged = collections.Counter()  # how many entries of the log each stream has
        self.streams, self.position = {}, -1  # of each its last sequence and hash, and how many; of the last event
        self.destroyed, self.erased = set(), {}  # keys that events say are destroyed; keys called erased, by position
        names = map("/{:06}.jsonl".format, itertools.count())
        for name in itertools.takewhile(lambda name: "events" + name in self.listed, names):
            lines = [*self.lines("sealed" + name, SEALED, "content")]
            sealed = {line.position: (line.state, decode64(line.sealed)) for line in lines}
            require(len(sealed) == len(lines), "a position is there twice")
            for event in self.lines("events" + name, EVENT, "event"):
                self.check_event(event)
                self.check_content(event, *sealed.pop(event.position, (None, b"")))
            self.check("content", min(sealed, default=None), not sealed, "no event is there that this is sealed of")

    def check_event(self, event):
        """It is as it was written, and follows on the one before it in its stream and in the log."""
        at, stream = event.position, (event.stream_type, event.stream_id)
        self.check("event", at)
        time = EPOCH + timedelta(microseconds=event.recorded_at)  # or it fails: a year has four digits
        tag, computed = stream_tag(self.manifest.clinic_id, *stream), event_hash(self.manifest.clinic_id, event)
        require(computed.hex() == event.hash, "its content does not have its hash")
        skips = self.subject or self.kind == "time" and not self.streams
        self.check("position", at, at == self.position + 1 or skips and at > self.position, "it is out of order")
        in_time = self.time <= time and (self.kind != "time" or time < self.end)
        self.check("time", at, in_time, "it is before the one before it, or outside the time that the export is of")
        self.check("manifest", at, stream in self.whole or not self.subject, "the manifest does not name its stream")
        last, last_hash, count = self.streams.get(stream, (0, tag.hex(), 0))
        next_one, whole = event.sequence == last + 1, self.whole.get(stream) if self.subject else self.kind == "clinic"
        self.check("link", at, not next_one or event.prev_hash == last_hash, "it does not follow on the one before it")
        self.check("sequence", at, next_one or event.sequence > last and not whole, "its stream does not count up")
        self.check_inclusion(at, b"\1" + tag + u64(event.sequence) + computed)
        if not self.streams:
            until = self.head.seen_at and max(time, self.head.seen_at).isoformat()
            self.report["unwitnessed"] = {"from": time.isoformat(), "until": until}
        self.position, self.time, self.streams[stream] = at, time, (event.sequence, event.hash, count + 1)
        self.report["events"] += 1

    def check_inclusion(self, position, entry):
        """It is the log's entry at its position: by all entries where they are there, or by a proof of its own."""
        path = "proofs/%d.tlog-proof" % position
        if self.has_log:
            logged = next((logged for at, logged in self.log if at == position), None)
            self.check("inclusion", position, logged == entry, "it is not the log's entry at its position")
        elif self.needs(path in self.listed, "there is no proof of the event at position %d" % position):
            self.check("inclusion", position)
            form = r"(?s)c2sp\.org/tlog-proof@v1\nindex %d\n((?:\S+\n)*)\n(.*)" % position
            proof = re.fullmatch(form, self.read(path).decode())
            require(proof, "not a proof of it")
            require(open_note(proof[2], {})[0] == self.head.text, "its proof leads to another checkpoint")
            siblings = [decode64(line, 32) for line in proof[1].split()]
            root = proven_root(sha256(b"\0", entry), position, self.head.size, siblings)
            require(root == self.head.root, "its proof does not lead to the root")

    def entries(self):
        """Every entry of the log, tile by tile. If they have the checkpoint's root, nothing can be missing unseen."""
        roots = []
        for index in range(-(-self.head.size // 256)):
            self.check("root")
            width = min(256, self.head.size - 256 * index)
            path = "tile/entries/%03d" % index if index < 1000 else "tile/entries/x%03d/%03d" % divmod(index, 1000)
            raw = self.read(path + (".p/%d" % width) * (width < 256), width * 75)
            require(re.fullmatch(b"(?s:\0\x49\1.{72}){%d}" % width, raw), path + ": it is not of as many entries")
            entries = [raw[at + 2:at + 75] for at in range(0, len(raw), 75)]
            roots.append(tree_root([sha256(b"\0", entry) for entry in entries]))
            self.logged.update(entry[1:33] for entry in entries)
            yield from entries
        self.check("root", None, tree_root(roots) == self.head.root, "they have another root than the checkpoint")

    def check_content(self, event, state, sealed):
        """What is sealed is what the event commits to. Whether it opens, only the recipient finds out."""
        at, same = event.position, labelled(b"sealed", sealed).hex() == event.sealed_sha256
        if event.event_type == "patient-key-destroyed":
            with contextlib.suppress(*WRONG):  # what cannot be read destroys nothing
                said = parse(event.payload.encode(), r"\{.*\}", separators=(",", ":"))
                self.destroyed |= {key["data_key_id"] for key in vars(said)["keys"]}
        if state:
            self.check("content", at, same and len(sealed) >= 77 and sealed[0] == 1, "the event commits to another")
            self.needs(state != "key-missing", "what opens the event at position %d is nowhere" % at)
            if state == "erased":
                self.erased[at] = str(UUID(bytes=sealed[1:17]))
        elif self.manifest.content == "included":
            self.needs(same, "what is sealed of the event at position %d is not there" % at)

    def check_ends(self):
        """Nothing is missing: of the log, of what the export is of, and of each stream that is said to be whole."""
        collections.deque(self.log, maxlen=0)  # the entries that no event asked for
        events, is_all = self.report["events"], self.kind == "clinic"
        self.check("manifest", None, events == self.manifest.events, "it speaks of another number of events")
        require(not self.subject or self.whole.get((self.kind, self.subject)), "it does not say that it is whole")
        self.check("position", None, not is_all or events == self.head.size, "not every event of the log is here")
        self.needs(not is_all or self.has_log, "the entries of the log are not there")
        self.needs(events, "there is no event in the bundle")
        for stream in filter(self.whole.get, self.whole):
            self.check_end(stream, "stream-heads/%s/%s" % stream)
        for position, key in self.erased.items() if self.kind in ("patient", "clinic") else []:
            self.check("content", position, key in self.destroyed, "it is called erased, and no event says so")
        tail = "proven" if self.has_log else "operators-statement" if self.subject else "not-claimed"
        self.report.update(tail=tail, erased=len(self.erased), witnesses=self.head.seen)

    def check_end(self, stream, path):
        """It ends where the log ends it, or at least where the operator says."""
        self.check("stream-head", None, stream in self.streams, path + ": no event of it is here")
        tag, (sequence, last, count) = stream_tag(self.manifest.clinic_id, *stream), self.streams[stream]
        if self.has_log:
            require(self.logged[tag] == count, path + ": the log has another number of events of it")
        elif self.needs(path in self.listed, path + ": there is no statement where it ends"):
            said = self.policy.open(self.read(path).decode(), self.head.origin).split("\n")
            root, tag, last = map(encode64, (self.head.root, tag, bytes.fromhex(last)))
            ends = [self.head.origin + "/stream-head", str(self.head.size), root, tag, str(sequence), last, ""]
            require(said == ends, path + ": it does not end where the operator says")

def main():
    arguments = argparse.ArgumentParser(description="Verifies an export of a Daybook log.")
    arguments.add_argument("bundle", type=Path)
    arguments.add_argument("--policy", type=Path, required=True, help="trust policy; never one from the bundle")
    asked = arguments.parse_args()
    try:
        require(asked.bundle.is_dir(), "a bundle is a folder; unpack a tar of one with tar, into a folder of its own")
        require(asked.bundle.resolve() not in asked.policy.resolve().parents, "the policy lies in the bundle")
        require(asked.policy.stat().st_size <= LONGEST_NOTE, "the policy is too long")
        report = Examination(root=asked.bundle, policy=Policy(asked.policy.read_bytes().decode())).run()
        print(json.dumps(report, indent=2), flush=True)
    except Exception as problem:  # whatever it is, nothing was found out
        print("verify_export: %s" % problem, file=sys.stderr)
        return 2
    return {"valid": 0, "invalid": 1, "incomplete": 3}[report["verdict"]]

if __name__ == "__main__":
    sys.exit(main())
