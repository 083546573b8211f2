#!/usr/bin/env python3
"""Verifies an export of a Daybook log, independently of Daybook.

    python3 verify_export.py BUNDLE --policy POLICY [--json]

BUNDLE is a folder, or the tar of one. It needs the standard library and one package for Ed25519 (`cryptography`). The policy
(C2SP tlog-policy) names the keys that are believed; it must come another way than the bundle. Ends with 0 if the export is
valid, 1 if something is not as it was written, 2 if that could not be found out, 3 if something is missing.
"""

import argparse, base64, contextlib, hashlib, json, re, struct, sys, uuid
from datetime import datetime, timedelta
from pathlib import Path
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LONGEST_FILE, LONGEST_MANIFEST, LONGEST_NOTE, LISTED = 256 << 20, 64 << 20, 64 << 10, 1000

class Wrong(Exception):
    """Something is not as it has to be; says what."""

def require(fits, otherwise):
    if not fits:
        raise Wrong(otherwise)

# --- hashes: of an event, of its place in the log, and of trees over many (RFC 9162) -------------------------------------

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def part(name, content):
    return sha256(b"daybook/" + name + b"/v1\n\0", content)

def s8(text):
    return bytes([len(text.encode())]) + text.encode()

def stream_tag(clinic, kind, stream):
    return part(b"stream", clinic.bytes + s8(kind) + uuid.UUID(stream).bytes)

def event_hash(clinic, event):
    return part(b"event", b"".join([
        clinic.bytes, s8(event["stream_type"]), uuid.UUID(event["stream_id"]).bytes, struct.pack(">Q", event["sequence"]),
        uuid.UUID(event["event_id"]).bytes, bytes.fromhex(event["prev_hash"]), struct.pack(">q", event["recorded_at"]),
        s8(event["event_type"]), s8(event["event_version"]), part(b"metadata", event["metadata"].encode()),
        part(b"payload", event["payload"].encode()), bytes.fromhex(event["sealed_sha256"])]))

def node(left, right):
    return sha256(b"\x01", left, right)

class Tree:
    """Grows leaf by leaf; keeps the roots of its complete subtrees, widest first."""
    def __init__(self):
        self.size, self.roots = 0, []

    def push(self, hashed):
        size, self.size = self.size, self.size + 1
        while size & 1:
            hashed, size = node(self.roots.pop(), hashed), size >> 1
        self.roots.append(hashed)

    def root(self):
        root = self.roots[-1] if self.roots else sha256()
        for left in reversed(self.roots[:-1]):
            root = node(left, root)
        return root

def included(result, index, size, path, root):
    """Whether a leaf is in a tree: section 2.1.3.2."""
    first, second = index, size - 1
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
    return index < size and second == 0 and result == root

# --- signed notes and the policy (C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy) -----------------------

def encode64(raw):
    return base64.b64encode(raw).decode()

def decode64(text, length=None):
    with contextlib.suppress(ValueError):
        raw = base64.b64decode(text, validate=True)
        if encode64(raw) == text and length in (None, len(raw)):
            return raw
    raise Wrong("not base64 of the right length")

def number(text):
    require(re.fullmatch("0|[1-9][0-9]{0,19}", text), "not a number")
    return int(text)

class Key:
    """A vkey: name, id, kind (1 signs a log, 4 witnesses it) and Ed25519 key."""
    def __init__(self, vkey, kind):
        name, *rest = vkey.split("+", 2)
        require(name and len(rest) == 2, "a key is name+id+key")
        raw = decode64(rest[1], 33)
        self.name, self.raw, self.id = name, raw[1:], sha256(name.encode(), b"\n", raw)[:4]
        require(raw[0] == kind and self.id.hex() == rest[0], "not a key of this kind with this id")

    def check(self, text, signature, otherwise):
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            raise Wrong(otherwise)

    def own(self, signatures):
        return [signature for name, id, signature in signatures if (name, id) == (self.name, self.id)]

def split_note(note):
    """The text of a note and its signatures, none of them checked."""
    at = note.rfind("\n\n")
    require("\r" not in note and at >= 0 and note.endswith("\n"), "not a signed note")
    lines, signatures = [line.split(" ") for line in note[at + 2:-1].split("\n")], []
    for words in lines:
        require(len(words) == 3 and words[0] == "\u2014" and len(lines) <= 64, "a signature line is not one")
        raw = decode64(words[2])
        require(len(raw) >= 5, "a signature is too short")
        signatures.append((words[1], raw[:4], raw[4:]))
    return note[:at + 1], signatures

class Policy:
    """Whose signatures are believed, and how many witnesses must have seen a checkpoint."""
    def __init__(self, text):
        self.logs, self.witnesses, self.groups, quorums, grouped = [], {}, {}, [], []
        for words in (line.split("#")[0].split() for line in text.split("\n")):
            kind, names = words[0] if words else "", [*self.witnesses, *self.groups]
            if kind == "log" and len(words) in (2, 3):
                self.logs.append(Key(words[1], 1))
            elif kind == "witness" and len(words) in (3, 4):
                key = Key(words[2], 4)
                require(all(key.raw != other.raw for other in self.witnesses.values()), "one key is one witness")
                self.witnesses[words[1]] = key
            elif kind == "group" and len(words) > 3:
                members = words[3:]
                grouped += members
                require(set(members) <= set(names), "a member of a group is not declared above")
                require(len(set(grouped)) == len(grouped), "a member of a group is in a group already")
                need = {"any": 1, "all": len(members)}.get(words[2]) or number(words[2])
                require(0 < need <= len(members), "a group cannot ask for so many")
                self.groups[words[1]] = (need, members)
            elif kind == "quorum" and len(words) == 2:
                require(words[1] in ["none", *names], "the quorum is not declared above")
                quorums.append(words[1])
            else:
                require(not words, "not a line of a policy: " + kind)
            require(kind not in ("witness", "group") or words[1] not in ["none", *names], "a name is used twice")
        require(self.logs and len(quorums) == 1, "a policy needs a log line and one quorum line")
        self.quorum = quorums[0]

    def open(self, note, origin):
        """The text of a note that this log signed. Every signature by the log's key must be right."""
        text, signatures = split_note(note)
        problem = Wrong("the policy names no key for the log")
        for key in (key for key in self.logs if key.name == origin):
            try:
                require(key.own(signatures), "the log's key did not sign it")
                for one in key.own(signatures):
                    key.check(text, one, "the signature of the log's key is wrong")
                return text
            except Wrong as refusal:
                problem = refusal
        raise problem

    def believe(self, note):
        """Origin, size, root and witnesses of a checkpoint that the log signed and enough witnesses have seen."""
        text, signatures = split_note(note)
        origin, *rest = text.split("\n")
        self.open(note, origin)
        require(len(rest) >= 3 and (rest[2:] == [""] or "" not in rest[2:-1]), "not a checkpoint")
        seen = set()
        for name, witness in self.witnesses.items():
            for raw in witness.own(signatures):
                require(len(raw) == 72, "a witness's signature is too short")
                signed = "cosignature/v1\ntime %d\n%s" % (*struct.unpack(">Q", raw[:8]), text)
                witness.check(signed, raw[8:], "a witness's signature is wrong")
                seen.add(name)
        require(self.saw(self.quorum, seen), "too few witnesses have seen this checkpoint")
        return origin, number(rest[0]), decode64(rest[1], 32), sorted(seen)

    def saw(self, name, seen):
        need, members = self.groups.get(name, (0, []))
        if name in self.groups:
            return sum(self.saw(member, seen) for member in members) >= need
        return name in seen or name == "none"

# --- the shapes of the JSON: exactly these fields, each as it has to be ---------------------------------------------------

def micros(text):
    return (datetime.fromisoformat(text.replace("Z", "+00:00")) - datetime.fromisoformat("1970-01-01T00:00:00+00:00")) \
        // timedelta(microseconds=1)

def like(pattern):
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value)

def integer(least):
    return lambda value: type(value) is int and least <= value < 1 << 63

def strict(value, shape):
    require(isinstance(value, dict) and set(value) == set(shape), "its fields are not the ones it has to have")
    for field, fits in shape.items():
        require(fits(value[field]), field + " does not fit")
    return value

def strict_line(line, shape):
    """A line of JSON, in the one way there is to write it."""
    value = strict(json.loads(line), shape)
    written = json.dumps({field: value[field] for field in shape}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    require(line == written, "it is written in another way")
    return value

def list_of(shape):
    return lambda value: isinstance(value, list) and all(strict(one, shape) for one in value)

def scope(value):
    fields = {"visit": {"visit_id": ID}, "patient": {"patient_id": ID}, "clinic": {}, "time": {"from": TIME, "to": TIME}}
    return strict(value, {"kind": like("|".join(fields)), **fields.get(value["kind"], {})})

HASH, NAME, TEXT, NATURAL = like("[0-9a-f]{64}"), like("[a-z0-9-]{1,64}"), like("(?s:.*)"), integer(0)
ID = like("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = like(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
PATH = like(r"(?a)(?!.{201})[\w-][\w.-]*(/[\w-][\w.-]*)*")
EVENT = {"position": NATURAL, "stream_type": NAME, "stream_id": ID, "sequence": NATURAL, "event_id": ID, "event_type": NAME,
         "event_version": lambda value: TEXT(value) and len(value.encode()) <= 64, "recorded_at": integer(-1 << 62),
         "prev_hash": HASH, "hash": HASH, "metadata": TEXT, "payload": TEXT, "sealed_sha256": HASH}
MANIFEST = {"format": like("daybook-export/1"), "clinic_id": ID, "origin": TEXT, "size": NATURAL, "exported_at": TIME,
            "scope": scope, "content": like("withheld|included"), "events": NATURAL,
            "streams": list_of({"stream_type": NAME, "stream_id": ID, "whole": lambda value: type(value) is bool}),
            "files": list_of({"path": TEXT, "bytes": NATURAL, "sha256": HASH})}
SEALED = {"position": NATURAL, "state": like("open|erased|key-missing"), "sealed": TEXT}

# --- the bundle: plain files in a folder, or in a tar, each under the one header (POSIX.1-1988 ustar) that it has there ---

def tar_header(path, size):
    cuts = [("", path), *((path[:at], path[at + 1:]) for at in range(len(path)) if path[at] == "/")]
    prefix, name = next((cut for cut in cuts if len(cut[0]) <= 155 and len(cut[1]) <= 100), ("", ""))
    fields = [(name, 100), ("0000644", 8), ("0000000", 8), ("0000000", 8), ("%011o" % size, 12), ("00000000000", 12),
              (" " * 8, 8), ("0", 101), ("ustar\x0000", 88), (prefix, 167)]
    header = b"".join(text.encode().ljust(length, b"\0") for text, length in fields)
    return header[:148] + b"%06o\0 " % sum(header) + header[156:]

class Bundle:
    def __init__(self, place):
        self.members, self.fault = {}, None  # path: (file, where it begins in it, how long it is); None if it is no plain file
        if not place.is_dir():
            require(place.is_file(), "a bundle is a folder or a tar of one, and this is neither")
            return self.look(place)
        for full in place.rglob("*"):
            plain = full.is_file() and not full.is_symlink()
            if plain or full.is_symlink() or not full.is_dir():
                self.members[full.relative_to(place).as_posix()] = (full, 0, full.stat().st_size) if plain else None

    def look(self, place):
        at, length, tar = 0, place.stat().st_size, place.open("rb")
        try:
            while len(block := tar.read(512)) == 512 and block != bytes(512):
                name, prefix = (field.split(b"\0")[0].decode() for field in (block[:100], block[345:500]))
                path, size = prefix + "/" * bool(prefix) + name, int("0" + block[124:135].decode(), 8)
                require(PATH(path) and block == tar_header(path, size), "it has something other than a plain file")
                member, at = (place, at + 512, size), at + 512 + -(-size // 512) * 512
                require(at <= length and path not in self.members, path + ": it is cut off, or there twice")
                self.members[path] = member
                tar.seek(at)
            require(block + tar.read() == bytes(1024), "something comes after its end, or its end is cut off")
        except (Wrong, ValueError) as problem:
            self.fault = str(problem)
        require(self.members, "a bundle is a folder or a tar of one, and this is neither: %s" % self.fault)

    def read(self, path, most):
        require(PATH(path) and self.members.get(path), path + ": it is not a plain file of the bundle")
        file, at, size = self.members[path]
        require(size <= most, path + ": it is too long")
        with file.open("rb") as opened:
            opened.seek(at)
            return opened.read(size)

class Examination:
    """Goes through a bundle once, notes everything that is wrong or missing, and goes on to find the rest."""
    def __init__(self, bundle, policy):
        self.bundle, self.policy, self.believed = bundle, policy, None
        self.count, self.findings, self.missing, self.files = 0, [], [], set()
        self.streams, self.last, self.events = {}, None, 0  # (type, id): (sequence, hash, how many)
        self.tree, self.tile, self.first, self.broken, self.logged = Tree(), [], 0, None, {}
        self.destroyed, self.erased = set(), []  # data keys that events say are destroyed; (position, key) called erased

    def wrong(self, check, what, position=None):
        self.count += 1
        self.findings += [{"check": check, "position": position, "what": what}][:LISTED - len(self.findings)]

    @contextlib.contextmanager
    def finding(self, check, about="", position=None):
        """Whatever is wrong in here is a finding of this check."""
        try:
            yield
        except (Wrong, OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
            self.wrong(check, "%s%s" % (about and about + ": ", problem), position)

    def text(self, path):
        return self.bundle.read(path, LONGEST_NOTE).decode()

    def run(self):
        self.manifest = dict.fromkeys(MANIFEST)
        with self.finding("manifest", "manifest.json"):
            raw = self.bundle.read("manifest.json", LONGEST_MANIFEST)
            manifest = json.loads(raw)
            optional = {"recipient_key": TEXT} if isinstance(manifest, dict) and "recipient_key" in manifest else {}
            self.manifest = strict(manifest, {**MANIFEST, **optional})
        if not self.manifest["format"]:
            with self.finding("file"):
                require(not self.bundle.fault, self.bundle.fault)
            return self.report("not-claimed")
        self.clinic, self.scope, self.origin, self.size = (
            uuid.UUID(self.manifest["clinic_id"]), *(self.manifest[field] for field in ("scope", "origin", "size")))
        self.kind = self.scope["kind"]
        self.named = {(part["stream_type"], part["stream_id"]): part["whole"] for part in self.manifest["streams"]}
        with self.finding("statement"):
            signed = self.policy.open(self.text("manifest.signed"), self.origin)
            require(signed == "%s/export\n%s\n" % (self.origin, encode64(sha256(raw))), "another manifest was signed")
        self.listing()
        with self.finding("checkpoint"):
            self.believed = self.policy.believe(self.text("checkpoint"))
            require(self.believed[:2] == (self.origin, self.size), "it is of another log or size than the manifest says")
            name = re.fullmatch(r".*/clinics/(\S+?)(/([2-9]|[1-9][0-9]+))?", self.origin)
            require(name and name[1] == str(self.clinic), "the log's name is not that of the clinic")
        self.has_entries = any(path.startswith("tile/entries/") for path in self.files)
        self.follow()
        proven = self.finish_entries()
        self.finish()
        stated = "operators-statement" if self.kind in ("visit", "patient") else "not-claimed"
        return self.report("proven" if proven else stated)

    def listing(self):
        """Exactly the listed files are there, each with its length and hash."""
        known = {"manifest.json", "manifest.signed"}
        for file in self.manifest["files"]:
            path = file["path"]
            if not PATH(path) or path in known | self.files:
                self.wrong("manifest", "no path for a file")
                continue
            self.files.add(path)
            with self.finding("file"):
                raw = self.bundle.read(path, min(file["bytes"], LONGEST_FILE))
                fits = len(raw) == file["bytes"] and sha256(raw).hex() == file["sha256"]
                require(fits, path + ": it is not the file that the manifest lists")
        for path in sorted(set(self.bundle.members) - known - self.files) * (not self.bundle.fault):
            self.wrong("file", path + ": the manifest does not list it")
        with self.finding("file"):
            require(not self.bundle.fault, self.bundle.fault)

    def follow(self):
        index = 0
        while (path := "events/%06d.jsonl" % index) in self.files:
            index += 1
            events = []
            for line in self.lines(path):
                event = None
                with self.finding("event", path + ": not an event"):
                    event = strict_line(line, EVENT)
                if event:
                    self.event(event)
                    events.append(event)
            self.content("sealed/%06d.jsonl" % (index - 1), events)

    def lines(self, path):
        with contextlib.suppress(Wrong):  # found already, when it was compared with the manifest
            return self.bundle.read(path, LONGEST_FILE).splitlines(keepends=True)
        return []

    def content(self, path, events):
        """What is sealed is what the events commit to. Whether it opens, only the recipient finds out."""
        for event in (event for event in events if event["event_type"] == "patient-key-destroyed"):
            with contextlib.suppress(ValueError, KeyError, TypeError):
                self.destroyed |= {key["data_key_id"] for key in json.loads(event["payload"])["keys"]}
        if self.manifest["content"] == "withheld":
            return
        sealed = {}
        for line in self.lines(path) if path in self.files else []:
            with self.finding("content", path):
                line = strict_line(line, SEALED)
                raw = decode64(line["sealed"])
                require(line["position"] not in sealed, "a position is there twice")
                sealed[line["position"]] = line["state"], raw
        for position, committed in ((event["position"], event["sealed_sha256"]) for event in events):
            if position not in sealed and committed != part(b"sealed", b"").hex():
                self.missing.append("what is sealed of the event at position %d is not there" % position)
            if position in sealed:
                state, raw = sealed.pop(position)
                with self.finding("content", position=position):
                    require(part(b"sealed", raw).hex() == committed, "what is sealed is not what the event commits to")
                    require(len(raw) >= 77 and raw[0] == 1, "what is sealed is of no known form")
                    if state == "erased":
                        self.erased.append((position, str(uuid.UUID(bytes=raw[1:17]))))
                    elif state == "key-missing":
                        self.missing.append("what opens the event at position %d is nowhere" % position)
        for position in sealed:
            self.wrong("content", "something sealed is there of an event that is not there", position)

    def event(self, event):
        """As it was written, following on the one before it in its stream and in the log, and in the log at its place."""
        self.events += 1
        position, sequence, time = event["position"], event["sequence"], event["recorded_at"]
        stream, computed = (event["stream_type"], event["stream_id"]), event_hash(self.clinic, event)
        contiguous, (at, earlier) = self.kind in ("clinic", "time"), self.last or (None, time)
        tag = stream_tag(self.clinic, *stream)
        before, before_hash, count = self.streams.get(stream, (0, tag.hex(), 0))
        whole = self.kind == "clinic" or not contiguous and self.named.get(stream, False)
        out_of_order = position <= at or contiguous and position != at + 1 if self.last else self.kind == "clinic" and position
        within = self.kind != "time" or micros(self.scope["from"]) <= time < micros(self.scope["to"])
        for is_wrong, check, what in [
            (computed.hex() != event["hash"], "event", "its content does not have its hash"),
            (out_of_order, "position", "positions do not go up, or one is missing"),
            (time < earlier, "time", "it is dated before the event before it"),
            (not within, "time", "it is outside the time that the export is of"),
            (not contiguous and stream not in self.named, "manifest", "the manifest does not name its stream"),
            (sequence == before + 1 and event["prev_hash"] != before_hash, "link", "it does not follow on the one before"),
            (sequence != before + 1 and (whole or sequence <= before), "sequence", "its stream does not count up by one"),
        ]:
            if is_wrong:
                self.wrong(check, what, position)
        self.last, self.streams[stream] = (position, time), (sequence, event["hash"], count + 1)
        self.inclusion(position, b"\x01" + tag + struct.pack(">Q", sequence) + computed)

    def inclusion(self, position, entry):
        path = "proofs/%d.tlog-proof" % position
        if not self.has_entries and path not in self.files:
            self.missing.append("there is no proof of the event at position %d" % position)
            return
        with self.finding("inclusion", position=position):
            if self.has_entries:
                return require(self.entry_at(position) == entry, "it is not the log's entry at its position")
            head, _, checkpoint = self.text(path).partition("\n\n")
            first, index, *hashes = head.split("\n")
            require(first == "c2sp.org/tlog-proof@v1" and index == "index %d" % position, "not a proof of it")
            hashes = [decode64(line, 32) for line in hashes]
            require(len(hashes) <= 64, "a longer proof than any tree is high")
            if self.believed:
                origin, size, root, _ = self.believed
                same = split_note(checkpoint)[0] == "%s\n%d\n%s\n" % (origin, size, encode64(root))
                require(same, "it leads to another checkpoint")
                require(included(sha256(b"\0", entry), position, size, hashes, root), "it does not lead to the root")

    # All entries of the log, where they are there, read in order beside the events.

    def entry_at(self, position):
        while position >= self.first + len(self.tile) and self.next_tile():
            pass
        return self.tile[position - self.first] if 0 <= position - self.first < len(self.tile) else None

    def next_tile(self):
        if self.broken or self.tree.size >= self.size:
            return False
        self.first, self.tile = self.tree.size, []
        width, index = min(256, self.size - self.first), self.first // 256
        path = "%03d" % (index % 1000)
        while index := index // 1000:
            path = "x%03d/%s" % (index % 1000, path)
        path = "tile/entries/" + path + (".p/%d" % width if width < 256 else "")
        try:
            raw = self.bundle.read(path, width * 75)
            require(len(raw) == width * 75, path + ": it is too short")
        except Wrong as problem:
            self.broken = str(problem)
            return False
        for at in range(0, len(raw), 75):
            entry = raw[at + 2:at + 75]
            if raw[at:at + 3] != b"\0\x49\x01":
                self.broken = path + ": an entry is not one"
            self.tree.push(sha256(b"\0", entry))
            self.tile.append(entry)
            self.logged[entry[1:33]] = self.logged.get(entry[1:33], 0) + 1
        return True

    def finish_entries(self):
        """Whether all entries are there and have the checkpoint's root: then nothing can be missing unseen."""
        while self.has_entries and self.next_tile():
            pass
        whole = self.has_entries and self.believed and self.believed[1:3] == (self.tree.size, self.tree.root())
        if self.has_entries and (self.broken or self.believed and not whole):
            self.wrong("root", self.broken or "the entries of the log have another root than the checkpoint")
        return bool(whole and not self.broken)

    def finish(self):
        """That nothing is missing at the ends."""
        if self.events != self.manifest["events"]:
            self.wrong("manifest", "the manifest speaks of another number of events")
        if self.kind == "clinic" and self.events != self.size:
            self.wrong("position", "not every event of the log is here")
        if self.kind == "clinic" and not self.has_entries:
            self.missing.append("the entries of the log are not there")
        if self.kind in ("visit", "patient") and not self.named.get((self.kind, self.scope[self.kind + "_id"])):
            self.wrong("manifest", "the export does not say that what it is of is whole")
        for stream in (stream for stream, whole in self.named.items() if whole):
            path, tag = "stream-heads/%s/%s" % stream, stream_tag(self.clinic, *stream)
            with self.finding("stream-head", "%s/%s" % stream):
                require(stream in self.streams, "no event of it is here")
                sequence, last, count = self.streams[stream]
                if self.has_entries:
                    require(self.logged.get(tag, 0) == count, "the log has another number of events of it")
                elif path not in self.files:
                    self.missing.append("%s/%s: there is no statement where it ends" % stream)
                else:
                    said = self.policy.open(self.text(path), self.origin)
                    root = self.believed and encode64(self.believed[2])
                    ends = (self.origin, self.size, root, encode64(tag), sequence, encode64(bytes.fromhex(last)))
                    ends = "%s/stream-head\n%d\n%s\n%s\n%d\n%s\n" % ends
                    require(not self.believed or said == ends, "it does not end where the operator says")
        if self.manifest["content"] == "withheld" and any(path.startswith(("sealed/", "keys/")) for path in self.files):
            self.wrong("content", "the content is said to be withheld, and some of it is there")
        for position, key in self.erased * (self.kind in ("patient", "clinic")):
            if key not in self.destroyed:
                self.wrong("content", "it is called erased, and no event says so", position)
        if self.events == 0:
            self.missing.append("there is no event in the bundle")

    def report(self, tail):
        verdict = "invalid" if self.count else "incomplete" if self.missing else "valid"
        return {"verdict": verdict, "events": self.events, "tail": tail, "witnesses": self.believed[3] if self.believed else [],
                **{field: self.manifest[field] for field in ("origin", "scope", "size", "content")},
                "erased": len(self.erased), "finding_count": self.count, "findings": self.findings, "missing": self.missing[:LISTED]}

def main():
    arguments = argparse.ArgumentParser(description="Verifies an export of a Daybook log.")
    arguments.add_argument("bundle", type=Path)
    arguments.add_argument("--policy", type=Path, required=True, help="trust policy; never one that came with the bundle")
    arguments.add_argument("--json", action="store_true")
    asked = arguments.parse_args()
    try:
        require(asked.bundle.resolve() not in asked.policy.resolve().parents, "the policy lies in the bundle")
        policy = Policy(asked.policy.read_bytes()[:LONGEST_NOTE].decode())
        report = Examination(Bundle(asked.bundle), policy).run()
    except (Wrong, OSError, ValueError) as problem:
        print("verify_export: %s" % problem, file=sys.stderr)
        return 2
    if asked.json:
        print(json.dumps(report, indent=2))
    else:
        print("%s\n%s events of a log of %s; tail: %s" % (*map(report.get, ("verdict", "events", "size", "tail")),))
        for found in report["findings"]:
            print("  wrong: %s, position %s: %s" % (found["check"], found["position"], found["what"]))
        for missing in report["missing"]:
            print("  missing: %s" % missing)
    return {"valid": 0, "invalid": 1, "incomplete": 3}[report["verdict"]]

if __name__ == "__main__":
    sys.exit(main())
