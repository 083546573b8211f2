#!/usr/bin/env python3
"""Verifies an export of a Daybook log, independently of Daybook.

    python3 verify_export.py FOLDER --policy POLICY [--json]

It needs the standard library and one package for Ed25519 (`cryptography`). The policy (C2SP tlog-policy) names the keys that
are believed; it must come another way than the bundle. Ends with 0 if the export is valid, 1 if something is not as it was
written, 2 if that could not be found out, 3 if nothing is wrong but something is missing.
"""

import argparse
import base64
import hashlib
import json
import re
import struct
import sys
import uuid
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

NAME = re.compile(r"[a-z0-9-]{1,64}\Z")
HEX32 = re.compile(r"[0-9a-f]{64}\Z")
PATH = re.compile(r"(?!.{201})[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*\Z")
LONGEST_FILE, LONGEST_MANIFEST, LONGEST_NOTE = 256 << 20, 64 << 20, 64 << 10
LISTED = 1000


class Wrong(Exception):
    """Something is not as it has to be; says what."""


# --- hashes ----------------------------------------------------------------------------------------------------------

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def label(name):
    return b"daybook/" + name.encode() + b"/v1\n\0"


def s8(text):
    return bytes([len(text.encode())]) + text.encode()


def stream_tag(clinic, kind, stream):
    return sha256(label("stream"), clinic.bytes, s8(kind), stream.bytes)


def event_hash(clinic, event):
    return sha256(
        label("event"), clinic.bytes, s8(event["stream_type"]), uuid.UUID(event["stream_id"]).bytes,
        struct.pack(">Q", event["sequence"]), uuid.UUID(event["event_id"]).bytes, bytes.fromhex(event["prev_hash"]),
        struct.pack(">q", event["recorded_at"]), s8(event["event_type"]), s8(event["event_version"]),
        sha256(label("metadata"), event["metadata"].encode()), sha256(label("payload"), event["payload"].encode()),
        bytes.fromhex(event["sealed_sha256"]))


def log_entry(tag, sequence, event):
    return b"\x01" + tag + struct.pack(">Q", sequence) + event


def leaf(entry):
    return sha256(b"\0", entry)


def node(left, right):
    return sha256(b"\x01", left, right)


class Tree:
    """Grows a Merkle tree (RFC 9162) leaf by leaf: the roots of its complete subtrees, widest first."""

    def __init__(self):
        self.size, self.roots = 0, []

    def push(self, hashed):
        carry, size = hashed, self.size
        while size & 1:
            carry, size = node(self.roots.pop(), carry), size >> 1
        self.roots.append(carry)
        self.size += 1

    def root(self):
        if not self.roots:
            return sha256(b"")
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node(left, root)
        return root


def included(hashed, index, size, path, root):
    """RFC 9162, 2.1.3.2."""
    if index >= size:
        return False
    first, second, result = index, size - 1, hashed
    for sibling in path:
        if second == 0:
            return False
        if first & 1 or first == second:
            result = node(sibling, result)
            while first and not first & 1:
                first, second = first >> 1, second >> 1
        else:
            result = node(result, sibling)
        first, second = first >> 1, second >> 1
    return second == 0 and result == root


# --- signed notes and the policy -------------------------------------------------------------------------------------

def decode64(text, length=None):
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Wrong("not base64")
    if base64.b64encode(raw).decode() != text or length not in (None, len(raw)):
        raise Wrong("not base64 of the right length")
    return raw


class Key:
    """A vkey: name, id, kind (1 signs a log, 4 witnesses it) and Ed25519 key."""

    def __init__(self, vkey, kind):
        parts = vkey.split("+", 2)
        if len(parts) != 3 or not parts[0]:
            raise Wrong("a key is name+id+key")
        raw = decode64(parts[2], 33)
        if raw[0] != kind:
            raise Wrong("a key of another kind")
        self.name, self.raw = parts[0], raw[1:]
        self.id = sha256(self.name.encode(), b"\n", raw)[:4]
        if self.id.hex() != parts[1]:
            raise Wrong("the id is not that of the name and the key")

    def verify(self, text, signature):
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text.encode())
            return True
        except (InvalidSignature, ValueError):
            return False


def split_note(note):
    """The text of a note and its signatures, none of them checked."""
    at = note.rfind("\n\n")
    if "\r" in note or at < 0 or not note.endswith("\n"):
        raise Wrong("not a signed note")
    signatures = []
    for line in note[at + 2:-1].split("\n"):
        words = line.split(" ")
        if len(words) != 3 or words[0] != "\u2014" or len(signatures) >= 64:
            raise Wrong("a signature line is not one")
        raw = decode64(words[2])
        if len(raw) < 5:
            raise Wrong("a signature is too short")
        signatures.append((words[1], raw[:4], raw[4:]))
    return note[:at + 1], signatures


class Policy:
    def __init__(self, text):
        self.logs, self.witnesses, self.groups, self.quorum = [], {}, {}, False
        grouped = set()
        for line in text.split("\n"):
            words = line.split("#")[0].split()
            if not words:
                continue
            elif words[0] == "log" and len(words) in (2, 3):
                self.logs.append(Key(words[1], 1))
            elif words[0] == "witness" and len(words) in (3, 4):
                self.new(words[1])
                key = Key(words[2], 4)
                if any(key.raw == other.raw for other in self.witnesses.values()):
                    raise Wrong("one key is one witness")
                self.witnesses[words[1]] = key
            elif words[0] == "group" and len(words) > 3:
                self.new(words[1])
                members = words[3:]
                if any(m not in self.witnesses and m not in self.groups or m in grouped for m in members):
                    raise Wrong("a member of a group is not declared above, or is in a group already")
                if len(set(members)) != len(members):
                    raise Wrong("a member is named twice")
                grouped.update(members)
                need = {"any": 1, "all": len(members)}.get(words[2]) or int(words[2])
                if not 0 < need <= len(members):
                    raise Wrong("a group cannot ask for so many")
                self.groups[words[1]] = (need, members)
            elif words[0] == "quorum" and len(words) == 2 and self.quorum is False:
                if words[1] != "none" and words[1] not in self.witnesses and words[1] not in self.groups:
                    raise Wrong("the quorum is not declared above")
                self.quorum = None if words[1] == "none" else words[1]
            else:
                raise Wrong("not a line of a policy: " + words[0])
        if not self.logs or self.quorum is False:
            raise Wrong("a policy needs a log line and a quorum line")

    def new(self, name):
        if name == "none" or name in self.witnesses or name in self.groups:
            raise Wrong("a name is used twice")

    def open(self, note, origin):
        """The text, if a key of this log signed it; every signature of such a key must be right."""
        text, signatures = split_note(note)
        problem = "the policy names no key for the log"
        for key in (key for key in self.logs if key.name == origin):
            own = [signature for name, id, signature in signatures if (name, id) == (key.name, key.id)]
            if own and all(len(one) == 64 and key.verify(text, one) for one in own):
                return text
            problem = "the signature of the log's key is wrong or not there"
        raise Wrong(problem)

    def believe(self, note):
        """Origin, size, root and the witnesses of a checkpoint that is believed."""
        text, signatures = split_note(note)
        origin = text.split("\n")[0]
        self.open(note, origin)
        lines = text.split("\n")
        if len(lines) < 4:
            raise Wrong("not a checkpoint")
        size, root = number(lines[1]), decode64(lines[2], 32)
        if lines[3:] != [""] and "" in lines[3:-1]:
            raise Wrong("not a checkpoint")
        seen = set()
        for name, witness in self.witnesses.items():
            for by, id, signature in signatures:
                if (by, id) != (witness.name, witness.id):
                    continue
                time = struct.unpack(">Q", signature[:8])[0] if len(signature) == 72 else 0
                if not witness.verify("cosignature/v1\ntime %d\n%s" % (time, text), signature[8:]):
                    raise Wrong("a witness's signature is wrong")
                seen.add(name)
        if self.quorum is not None and not self.saw(self.quorum, seen):
            raise Wrong("too few witnesses have seen this checkpoint")
        return origin, size, root, sorted(seen)

    def saw(self, name, seen):
        if name in self.groups:
            need, members = self.groups[name]
            return sum(self.saw(member, seen) for member in members) >= need
        return name in seen


def number(text):
    if not re.fullmatch("0|[1-9][0-9]{0,19}", text):
        raise Wrong("not a number")
    return int(text)


# --- the bundle ------------------------------------------------------------------------------------------------------

class Examination:
    def __init__(self, root, policy):
        self.root, self.policy = root, policy
        self.count, self.findings, self.missing = 0, [], []
        self.manifest, self.files, self.believed = {}, set(), None
        self.streams, self.named, self.last, self.events = {}, {}, None, 0
        self.logged, self.tree, self.tile, self.first, self.broken = {}, Tree(), [], 0, None

    def wrong(self, check, what, position=None):
        self.count += 1
        if len(self.findings) < LISTED:
            self.findings.append({"check": check, "position": position, "what": what})

    def read(self, path, most):
        if not PATH.match(path):
            raise Wrong("a path leaves the folder, or could")
        full = self.root / path
        if full.is_symlink() or not full.is_file():
            raise Wrong(path + ": it is not a plain file")
        if full.stat().st_size > most:
            raise Wrong(path + ": it is too long")
        return full.read_bytes()

    def text(self, path):
        try:
            return self.read(path, LONGEST_NOTE).decode()
        except UnicodeDecodeError:
            raise Wrong(path + ": it is not UTF-8")

    def run(self):
        try:
            raw = self.read("manifest.json", LONGEST_MANIFEST)
            self.manifest = strict(json.loads(raw), MANIFEST)
        except (Wrong, ValueError, RecursionError) as problem:
            self.wrong("manifest", "manifest.json: %s" % problem)
            return self.report("not-claimed")
        self.clinic, self.scope = uuid.UUID(self.manifest["clinic_id"]), self.manifest["scope"]
        self.kind, self.origin, self.size = self.scope["kind"], self.manifest["origin"], self.manifest["size"]
        self.statement(raw)
        self.listing()
        try:
            self.believed = self.policy.believe(self.text("checkpoint"))
            if self.believed[:2] != (self.origin, self.size) or not self.origin.endswith("/clinics/%s" % self.clinic):
                self.wrong("checkpoint", "it is of another log or size than the manifest says")
        except Wrong as problem:
            self.wrong("checkpoint", str(problem))
        self.has_entries = any(path.startswith("tile/entries/") for path in self.files)
        for part in self.manifest["streams"]:
            self.named[(part["stream_type"], uuid.UUID(part["stream_id"]))] = part["whole"]
        self.follow()
        proven = self.finish_entries()
        self.finish()
        stated = self.kind in ("visit", "patient")
        return self.report("proven" if proven else "operators-statement" if stated else "not-claimed")

    def statement(self, raw):
        try:
            text = self.policy.open(self.text("manifest.signed"), self.origin)
            if text != "%s/export\n%s\n" % (self.origin, base64.b64encode(sha256(raw)).decode()):
                raise Wrong("the manifest is not the one that was signed")
        except Wrong as problem:
            self.wrong("statement", str(problem))

    def listing(self):
        for file in self.manifest["files"]:
            path = file["path"]
            if not PATH.match(path) or path in self.files or path in ("manifest.json", "manifest.signed"):
                self.wrong("manifest", "no path for a file")
                continue
            self.files.add(path)
            try:
                raw = self.read(path, min(file["bytes"], LONGEST_FILE))
                if len(raw) != file["bytes"] or sha256(raw).hex() != file["sha256"]:
                    raise Wrong(path + ": it is not the file that the manifest lists")
            except Wrong as problem:
                self.wrong("file", str(problem))
        for full in sorted(self.root.rglob("*")):
            path = full.relative_to(self.root).as_posix()
            if (full.is_symlink() or not full.is_dir()) and path not in self.files | {"manifest.json", "manifest.signed"}:
                self.wrong("file", path + ": the manifest does not list it")

    # Events.

    def follow(self):
        index = 0
        while "events/%06d.jsonl" % index in self.files:
            path = "events/%06d.jsonl" % index
            index += 1
            try:
                *lines, rest = self.read(path, LONGEST_FILE).split(b"\n")
            except Wrong:
                continue
            for line in [line + b"\n" for line in lines] + ([rest] if rest else []):
                try:
                    event = strict(json.loads(line), EVENT)
                    if json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" != line:
                        raise Wrong("it is written in another way than the one there is")
                except (Wrong, ValueError, RecursionError) as problem:
                    self.wrong("event", "%s: not an event: %s" % (path, problem))
                    continue
                self.event(event)

    def event(self, event):
        self.events += 1
        position, sequence = event["position"], event["sequence"]
        stream = (event["stream_type"], uuid.UUID(event["stream_id"]))
        computed = event_hash(self.clinic, event)
        if computed.hex() != event["hash"]:
            self.wrong("event", "its content does not have its hash", position)
        contiguous = self.kind in ("clinic", "time")
        if self.last is None:
            if self.kind == "clinic" and position != 0:
                self.wrong("position", "the log does not begin with it", position)
        elif position <= self.last[0] or contiguous and position != self.last[0] + 1:
            self.wrong("position", "positions do not go up, or one is missing", position)
        if self.last and event["recorded_at"] < self.last[1]:
            self.wrong("time", "it is dated before the event before it", position)
        if self.kind == "time" and not micros(self.scope["from"]) <= event["recorded_at"] < micros(self.scope["to"]):
            self.wrong("time", "it is outside the time that the export is of", position)
        self.last = (position, event["recorded_at"])
        tag = stream_tag(self.clinic, *stream)
        if not contiguous and stream not in self.named:
            self.wrong("manifest", "the manifest does not name its stream", position)
        whole = self.kind == "clinic" or not contiguous and self.named.get(stream, False)
        before, before_hash, count = self.streams.get(stream, (0, tag.hex(), 0))
        if sequence == before + 1:
            if event["prev_hash"] != before_hash:
                self.wrong("link", "it does not follow on the event before it", position)
        elif whole or sequence <= before:
            self.wrong("sequence", "the numbers of its stream do not count up by one", position)
        self.streams[stream] = (sequence, event["hash"], count + 1)
        self.inclusion(position, log_entry(tag, sequence, computed))

    def inclusion(self, position, entry):
        if self.has_entries:
            if self.entry_at(position) != entry:
                self.wrong("inclusion", "it is not the log's entry at its position", position)
            return
        path = "proofs/%d.tlog-proof" % position
        if path not in self.files:
            self.missing.append("there is no proof of the event at position %d" % position)
            return
        try:
            lines = self.text(path).split("\n")
            if len(lines) < 3 or lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("index "):
                raise Wrong("not a proof")
            end = lines.index("") if "" in lines else len(lines)
            index, hashes = number(lines[1][6:]), [decode64(line, 32) for line in lines[2:end]]
            if len(hashes) > 64 or index != position:
                raise Wrong("a proof of something else")
            if self.believed:
                origin, size, root, _ = self.believed
                head = "%s\n%d\n%s\n" % (origin, size, base64.b64encode(root).decode())
                if split_note("\n".join(lines[end + 1:]))[0] != head:
                    raise Wrong("it leads to another checkpoint")
                if not included(leaf(entry), index, size, hashes, root):
                    raise Wrong("it does not lead to the checkpoint's root")
        except Wrong as problem:
            self.wrong("inclusion", str(problem), position)

    # All entries of the log.

    def entry_at(self, position):
        if not self.first <= position < self.size:
            return None
        while not self.broken and position >= self.first + len(self.tile) and self.tree.size < self.size:
            self.next_tile()
        within = position - self.first
        return self.tile[within] if within < len(self.tile) else None

    def next_tile(self):
        self.first = self.tree.size
        width = min(256, self.size - self.first)
        rest, groups = divmod(self.first // 256, 1000)[0], ["%03d" % (self.first // 256 % 1000)]
        while rest:
            rest, group = divmod(rest, 1000)
            groups.insert(0, "x%03d" % group)
        path = "tile/entries/" + "/".join(groups) + (".p/%d" % width if width < 256 else "")
        self.tile = []
        try:
            raw = self.read(path, width * 75)
            if len(raw) != width * 75:
                raise Wrong(path + ": it is too short")
        except Wrong as problem:
            self.broken = str(problem)
            return
        for at in range(0, len(raw), 75):
            entry = raw[at + 2:at + 75]
            if raw[at:at + 2] != b"\0\x49" or entry[0] != 1:
                self.broken = path + ": an entry is not one"
            self.tree.push(leaf(entry))
            self.tile.append(entry)
            self.logged[entry[1:33]] = self.logged.get(entry[1:33], 0) + 1

    def finish_entries(self):
        if not self.has_entries:
            return False
        while not self.broken and self.tree.size < self.size:
            self.next_tile()
        if self.broken:
            self.wrong("root", self.broken)
        elif self.believed and self.believed[1:3] != (self.tree.size, self.tree.root()):
            self.wrong("root", "the entries of the log have another root than the checkpoint")
        else:
            return self.believed is not None
        return False

    # The ends.

    def finish(self):
        if self.events != self.manifest["events"]:
            self.wrong("manifest", "the manifest speaks of another number of events")
        if self.kind == "clinic":
            if self.events != self.size:
                self.wrong("position", "not every event of the log is here")
            if not self.has_entries:
                self.missing.append("the entries of the log are not there")
        elif self.kind != "time":
            own = (self.kind, uuid.UUID(self.scope[self.kind + "_id"]))
            if not self.named.get(own):
                self.wrong("manifest", "the export does not say that what it is of is whole")
        for stream, whole in self.named.items():
            if not whole:
                continue
            tag = stream_tag(self.clinic, *stream)
            if stream not in self.streams:
                self.wrong("stream-head", "%s/%s: no event of it is here" % stream)
            elif self.has_entries:
                if self.logged.get(tag, 0) != self.streams[stream][2]:
                    self.wrong("stream-head", "%s/%s: the log has another number of events of it" % stream)
            else:
                self.stream_head(stream, tag)
        if self.events == 0:
            self.missing.append("there is no event in the bundle")

    def stream_head(self, stream, tag):
        path = "stream-heads/%s/%s" % stream
        if path not in self.files:
            self.missing.append("%s/%s: there is no statement where it ends" % stream)
            return
        try:
            text = self.policy.open(self.text(path), self.origin)
            sequence, last, _ = self.streams[stream]
            if self.believed:
                encoded = [base64.b64encode(one).decode() for one in (self.believed[2], tag, bytes.fromhex(last))]
                ends = (self.origin, self.believed[1], encoded[0], encoded[1], sequence, encoded[2])
                if text != "%s/stream-head\n%d\n%s\n%s\n%d\n%s\n" % ends:
                    raise Wrong("%s/%s: it does not end where the operator says" % stream)
        except Wrong as problem:
            self.wrong("stream-head", str(problem))

    def report(self, tail):
        verdict = "invalid" if self.count else "incomplete" if self.missing else "valid"
        return {"verdict": verdict, "origin": self.manifest.get("origin"), "scope": self.manifest.get("scope"),
                "events": self.events, "size": self.manifest.get("size"), "tail": tail,
                "witnesses": self.believed[3] if self.believed else [], "content": self.manifest.get("content"),
                "finding_count": self.count, "findings": self.findings, "missing": self.missing[:LISTED]}


# --- shapes of the JSON ----------------------------------------------------------------------------------------------

def unsigned(value):
    return type(value) is int and 0 <= value < 1 << 63


def is_uuid(value):
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value)


def micros(text):
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    delta = at - datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    return (delta.days * 86400 + delta.seconds) * 1000000 + delta.microseconds


def name(value):
    return isinstance(value, str) and NAME.match(value)


def hash32(value):
    return isinstance(value, str) and HEX32.match(value)


def string(value):
    return isinstance(value, str)


def scope(value):
    shapes = {"visit": {"visit_id": is_uuid}, "patient": {"patient_id": is_uuid}, "clinic": {},
              "time": {"from": micros_or_none, "to": micros_or_none}}
    kind = value.get("kind") if isinstance(value, dict) else None
    return kind in shapes and strict(value, {"kind": string, **shapes[kind]})


def micros_or_none(value):
    try:
        micros(value)
        return True
    except (AttributeError, TypeError, ValueError):
        return False


def list_of(shape):
    return lambda value: isinstance(value, list) and all(strict(one, shape) for one in value)


def strict(value, shape):
    """The value, if it has exactly these fields, each as it has to be."""
    if not isinstance(value, dict) or set(value) != set(shape):
        raise Wrong("its fields are not the ones it has to have")
    for field, fits in shape.items():
        if not fits(value[field]):
            raise Wrong("%s does not fit" % field)
    return value


EVENT = {"position": unsigned, "stream_type": name, "stream_id": is_uuid, "sequence": unsigned, "event_id": is_uuid,
         "event_type": name, "event_version": lambda value: string(value) and len(value.encode()) <= 64,
         "recorded_at": lambda value: type(value) is int and abs(value) < 1 << 62, "prev_hash": hash32, "hash": hash32,
         "metadata": string, "payload": string, "sealed_sha256": hash32}
MANIFEST = {"format": lambda value: value == "daybook-export/1", "clinic_id": is_uuid, "origin": string,
            "size": unsigned, "exported_at": micros_or_none, "scope": scope, "content": lambda value: value == "withheld",
            "streams": list_of({"stream_type": name, "stream_id": is_uuid, "whole": lambda value: type(value) is bool}),
            "events": unsigned, "files": list_of({"path": string, "bytes": unsigned, "sha256": hash32})}


def main():
    arguments = argparse.ArgumentParser(description="Verifies an export of a Daybook log.")
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--policy", type=Path, required=True, help="trust policy; never one that came with the bundle")
    arguments.add_argument("--json", action="store_true")
    asked = arguments.parse_args()
    try:
        if asked.folder.resolve() in asked.policy.resolve().parents:
            raise Wrong("the policy lies in the bundle; use one that came another way")
        if not asked.folder.is_dir():
            raise Wrong("a bundle is a folder, and this is none: %s" % asked.folder)
        policy = Policy(asked.policy.read_bytes()[:LONGEST_NOTE].decode())
    except (Wrong, OSError, ValueError) as problem:
        print("verify_export: %s" % problem, file=sys.stderr)
        return 2
    report = Examination(asked.folder, policy).run()
    if asked.json:
        print(json.dumps(report, indent=2))
    else:
        print(report["verdict"].upper())
        print("%s events of a log of %s; tail: %s" % (report["events"], report["size"], report["tail"]))
        for finding in report["findings"]:
            place = "" if finding["position"] is None else "position %d: " % finding["position"]
            print("  wrong: %s%s (%s)" % (place, finding["what"], finding["check"]))
        for missing in report["missing"]:
            print("  missing: %s" % missing)
    return {"valid": 0, "invalid": 1, "incomplete": 3}[report["verdict"]]


if __name__ == "__main__":
    sys.exit(main())
