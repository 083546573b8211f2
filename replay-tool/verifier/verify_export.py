#!/usr/bin/env python3
"""Verifies an export of a Daybook log, independently of Daybook.

    python3 verify_export.py BUNDLE --policy POLICY [--json]

BUNDLE is a folder, or the tar of one. The policy (C2SP tlog-policy) names the keys that are believed; it must come
another way than the bundle. The report begins with the longest that anything in the bundle can have stood unwitnessed.
Ends with 0 if the export is valid, 1 if it is not, 2 if that could not be found out, 3 if something is missing from it.
"""
import argparse, base64, collections, contextlib, hashlib, io, json, re, stat, struct, sys, tarfile
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID
try:
    if sys.version_info < (3, 11):
        raise ImportError
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    print("verify_export: it needs Python 3.11 or newer, and its package cryptography", file=sys.stderr)
    sys.exit(2)

LONGEST_FILE, LONGEST_MANIFEST, LONGEST_NOTE = 256 << 20, 64 << 20, 64 << 10  # bytes; nothing longer is ever read
EPOCH, MICROSECOND = datetime.fromisoformat("1970-01-01T00:00Z"), timedelta(microseconds=1)

def require(fits, otherwise):
    if not fits:
        raise ValueError(otherwise)

# Hashes: of an event, of a stream's name, and of trees over many entries (RFC 9162, section 2.1).
def sha256(*parts): return hashlib.sha256(b"".join(parts)).digest()
def labelled(label, *parts): return sha256(b"daybook/" + label + b"/v1\n\0", *parts)
def s8(text): return bytes([len(text)]) + text.encode("ascii")
def stream_tag(clinic, kind, id): return labelled(b"stream", UUID(clinic).bytes, s8(kind), UUID(id).bytes)
def node(left, right): return sha256(b"\1", left, right)

def event_hash(clinic, event):
    return labelled(
        b"event", UUID(clinic).bytes, s8(event.stream_type), UUID(event.stream_id).bytes,
        struct.pack(">Q", event.sequence), UUID(event.event_id).bytes, bytes.fromhex(event.prev_hash),
        struct.pack(">q", event.recorded_at), s8(event.event_type), s8(event.event_version),
        labelled(b"metadata", event.metadata.encode()), labelled(b"payload", event.payload.encode()),
        bytes.fromhex(event.sealed_sha256))

def tree_root(level):
    """Two and two make a node of the level above; one that is left over goes up as it is."""
    while len(level) > 1:
        pairs = [level[at:at + 2] for at in range(0, len(level), 2)]
        level = [node(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0] if level else sha256()

def proven_root(leaf, index, size, path):
    """The root of a tree of this size with this leaf at this index. The path is of siblings, from the leaf upward."""
    require(index < size, "the tree has no such place")
    while size > 1:
        if index ^ 1 < size:  # it has a sibling
            require(path, "the proof is too short")
            sibling, *path = path
            leaf = node(sibling, leaf) if index % 2 else node(leaf, sibling)
        index, size = index // 2, (size + 1) // 2
    require(not path, "the proof is too long")
    return leaf

# Signatures: keys, signed notes and the policy (C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy).
def encode64(raw): return base64.b64encode(raw).decode()

def decode64(text, length=None):
    raw = base64.b64decode(text, validate=True)
    require(encode64(raw) == text and length in (None, len(raw)), "not base64 of the right length")
    return raw

def read_key(vkey, kind):
    """What a signature names a key by, and the key, its kind in front: 1 signs a log, 4 is a witness's."""
    name, id, key = (vkey.split("+", 2) + ["", ""])[:3]
    raw = decode64(key, 33)
    fits = name and raw[0] == kind and sha256(name.encode(), b"\n", raw)[:4].hex() == id
    require(fits, "not name+id+key, or not a key for this")
    return (name, bytes.fromhex(id)), raw

def open_note(note, keys):
    """Its text, and which of these keys signed it (a witness's: when). One wrong signature by any of them spoils it."""
    text, blank_line, lines = note.rpartition("\n\n")
    require(blank_line and lines.endswith("\n") and "\r" not in note, "not a signed note")
    lines = [re.fullmatch("\u2014 ([^\\s+]+) (\\S+)", line) for line in lines[:-1].split("\n")]
    require(all(lines) and len(lines) <= 64, "a signature line is not one, or there are too many")
    text, signed = text + "\n", {}
    for name, made in [(line[1], decode64(line[2])) for line in lines]:
        require(len(made) > 4, "a signature is too short")
        by, time, seen, made = (name, made[:4]), 0, "", made[4:]
        if by in keys:
            if keys[by][0] == 4:  # a witness also signs when it saw the text
                time, made = int.from_bytes(made[:8], "big"), made[8:]
                seen = "cosignature/v1\ntime %d\n" % time
            try:
                Ed25519PublicKey.from_public_bytes(keys[by][1:]).verify(made, (seen + text).encode())
            except InvalidSignature:
                raise ValueError("a signature of %s is wrong" % name)
            signed[by] = max(time, signed.get(by, 0))
    return text, signed

class Policy:
    """Whose signatures are believed, and how many witnesses must have seen a checkpoint."""
    def __init__(self, text):
        self.logs, self.witnesses, self.quorum = {}, {}, None
        self.groups = {"none": (1, self.witnesses)}  # how many of whom; "none" asks for nobody and counts the first
        free = set()  # witnesses and groups that are in no group yet
        for kind, *words in filter(None, (line.split("#")[0].split() for line in text.split("\n"))):
            name = words[0] if words else None
            known = name in self.witnesses or name in self.groups
            if kind == "log" and len(words) in (1, 2):
                self.logs.update([read_key(name, 1)])
            elif kind == "witness" and len(words) in (2, 3) and not known:
                self.witnesses[name] = read_key(words[1], 4)
                free.add(name)
            elif kind == "group" and len(words) > 2 and not known and free.issuperset(words[2:]):
                how_many, *members = words[1:]
                need = {"any": 1, "all": len(members)}.get(how_many) or int(how_many)
                require(0 < need <= len(members) == len(set(members)), "a group cannot ask for so many members")
                self.groups[name] = (need, members)
                free = free - set(members) | {name}
            elif kind == "quorum" and len(words) == 1 and known and not self.quorum:
                self.quorum = name
            else:
                raise ValueError("no line of a policy, or a name is taken or not declared above: %s %s" % (kind, words))
        require(self.logs and self.quorum, "a policy needs a log line and one quorum line")
        require(len({key for _, key in self.witnesses.values()}) == len(self.witnesses), "one key is one witness")

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
        _, signed = open_note(note, dict(self.witnesses.values()))
        times = {name: signed[by] for name, (by, _) in self.witnesses.items() if by in signed}
        for name, (need, members) in self.groups.items():  # each was declared after its members
            reached = sorted(times[member] for member in members if member in times)
            if len(reached) >= need:
                times[name] = reached[need - 1]
        require(self.quorum in ("none", *times), "too few witnesses have seen it")
        return SimpleNamespace(text=text, origin=origin, size=int(size), root=decode64(root, 32),
                               seen=sorted(self.witnesses.keys() & times), seen_at=times.get(self.quorum))

# JSON: an object has exactly the fields of a shape, a list only such items, and everything else fits a pattern.
TEXT, NAME, HASH, NUMBER = '".*"', '"[a-z0-9-]{1,64}"', '"[0-9a-f]{64}"', "[0-9]{1,19}"
ID = '"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"'
TIME = r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)"'
EVENT = {"position": NUMBER, "stream_type": NAME, "stream_id": ID, "sequence": NUMBER, "event_id": ID,
         "event_type": NAME, "event_version": '"[0-9a-z.-]{0,64}"', "recorded_at": "-?[0-9]{1,16}", "prev_hash": HASH,
         "hash": HASH, "metadata": TEXT, "payload": TEXT, "sealed_sha256": HASH}
SEALED = {"position": NUMBER, "state": '"(open|erased|key-missing)"', "sealed": TEXT}
SCOPE = {"visit": {"visit_id": ID}, "patient": {"patient_id": ID}, "clinic": {}, "time": {"from": TIME, "to": TIME}}
MANIFEST = {"format": '"daybook-export/1"', "clinic_id": ID, "origin": TEXT, "size": NUMBER, "exported_at": TIME,
            "scope": SCOPE, "content": '"(withheld|included)"', "recipient_key": TEXT + "|null", "events": NUMBER,
            "streams": [{"stream_type": NAME, "stream_id": ID, "whole": "true|false"}],
            "files": [{"path": TEXT, "bytes": NUMBER, "sha256": HASH}]}
PATH = r"(?a)(?!.{201})[\w-][\w.-]*(/[\w-][\w.-]*)*"  # it cannot leave its folder

def once(fields):
    require(len(dict(fields)) == len(fields), "a field is there twice")
    return dict(fields)

def strict(value, shape):
    """The value, its fields in the order of its shape."""
    if isinstance(shape, str):
        require(re.fullmatch(shape, json.dumps(value)), "what does not fit is %.50s" % json.dumps(value))
        return value
    require(type(value) is type(shape), "it is not the list, or the object with fields, that it has to be")
    if isinstance(shape, list):
        return [strict(item, shape[0]) for item in value]
    require(value.keys() == shape.keys(), "its fields are not the ones it has to have")
    return {field: strict(value[field], shape[field]) for field in shape}

def find_files(place, there):
    """Where each file is, of a folder or of a tar with nothing else in it: in which file, from where, and how long."""
    if place.is_dir():
        for full in place.rglob("*"):
            status = full.lstat()  # no link is followed, and nothing but a plain file is ever read
            if not stat.S_ISDIR(status.st_mode):
                plain = (full, 0, status.st_size) if stat.S_ISREG(status.st_mode) else None
                there[full.relative_to(place).as_posix()] = plain
        return
    with place.open("rb") as tar:
        for block in iter(lambda: tar.read(512), bytes(512)):
            said = tarfile.TarInfo.frombuf(block, "ascii", "strict")
            plain, begin = tarfile.TarInfo(said.name), tar.tell()
            plain.size = said.size
            require(re.fullmatch(PATH, said.name) and block == plain.tobuf(tarfile.USTAR_FORMAT), "no plain file")
            require(tar.seek(begin + -(-said.size // 512) * 512) <= place.stat().st_size, said.name + ": it is cut off")
            require(said.name not in there, said.name + ": it is there twice")
            there[said.name] = (place, begin, said.size)
        require(tar.read(513) == bytes(512), "something comes after its end, or its end is cut off")

class Examination:
    """Goes through a bundle once, notes everything that is wrong or missing, and goes on to find the rest."""
    def __init__(self, place, policy):
        self.policy, self.there, self.listed = policy, {}, {"manifest.json", "manifest.signed"}
        self.count, self.findings, self.missing, self.checkpoint = 0, [], [], None
        self.events, self.position, self.highest = 0, -1, -1  # how many so far; the last position, and the highest
        self.first, self.last = None, -1 << 63  # when the first was, and the last
        self.streams = {}  # by type and id: the last sequence, the last hash, how many events
        self.logged = collections.Counter()  # how many entries of the log each stream has
        self.destroyed, self.erased = set(), []  # keys that events say are destroyed; (position, key) called erased
        with self.checking("file"):
            find_files(place, self.there)
        require(place.is_dir() or self.there, "a bundle is a folder or a tar of one, and this is neither")

    def expect(self, fits, check, what, position=None):
        self.count += not fits
        if not fits and self.count <= 1000:
            self.findings.append({"check": check, "position": position, "what": what})
        return fits

    def needs(self, there, what):
        if not there and len(self.missing) < 1000:
            self.missing.append(what)
        return there

    @contextlib.contextmanager
    def checking(self, check, position=None):
        """Whatever is wrong in here is a finding of this check."""
        try:
            yield
        except (ValueError, KeyError, TypeError, OSError, RecursionError, tarfile.HeaderError) as problem:
            self.expect(False, check, str(problem), position)

    def read(self, path, most=LONGEST_NOTE):
        require(self.there.get(path), path + ": it is not a plain file of the bundle")
        file, begin, size = self.there[path]
        require(size <= most, path + ": it is too long")
        with file.open("rb") as opened:
            opened.seek(begin)
            return opened.read(size)

    def run(self):
        self.manifest, self.tail, unwitnessed = SimpleNamespace(**dict.fromkeys(MANIFEST)), "not-claimed", None
        with self.checking("manifest"):
            raw = self.read("manifest.json", LONGEST_MANIFEST)
            self.understand(json.loads(raw.decode(), object_pairs_hook=once))
        if self.manifest.format:
            self.check_signatures(raw)
            self.check_files()
            self.check_events()
            self.check_ends()
        if self.checkpoint and self.first is not None:
            since, until = EPOCH + self.first * MICROSECOND, None
            with contextlib.suppress(TypeError, OverflowError):  # not yet, or on a day that there is not
                until = max(since, EPOCH + timedelta(seconds=self.checkpoint.seen_at)).isoformat()
            unwitnessed = {"from": since.isoformat(), "until": until}
        verdict = "invalid" if self.count else "incomplete" if self.missing else "valid"
        return {"unwitnessed": unwitnessed, "verdict": verdict, "events": self.events, "tail": self.tail,
                **{field: vars(self.manifest)[field] for field in ("origin", "scope", "size", "content")},
                "witnesses": self.checkpoint.seen if self.checkpoint else [], "erased": len(self.erased),
                "finding_count": self.count, "findings": self.findings, "missing": self.missing}

    def understand(self, said):
        self.kind = said["scope"]["kind"]
        shape = {**MANIFEST, "scope": {"kind": TEXT, **SCOPE[self.kind]}}
        manifest = SimpleNamespace(**strict({"recipient_key": None, **said}, shape))
        self.subject = manifest.scope.get(self.kind + "_id")  # which visit or patient, if it is of one
        self.tail = "operators-statement" if self.subject else "not-claimed"
        self.whole = {(stream["stream_type"], stream["stream_id"]): stream["whole"] for stream in manifest.streams}
        self.included = manifest.content == "included"  # what is sealed
        self.has_log = any(file["path"].startswith("tile/entries/") for file in manifest.files)
        self.log = enumerate(self.entries() if self.has_log else [])
        times = (manifest.exported_at, manifest.scope.get("from"), manifest.scope.get("to"))
        _, *span = [(datetime.fromisoformat(time) - EPOCH) // MICROSECOND for time in times if time]
        self.span = range(*span) if span else range(-1 << 63, 1 << 63)
        self.manifest = manifest

    def check_signatures(self, raw):
        origin = self.manifest.origin
        with self.checking("statement"):
            signed = self.policy.open(self.read("manifest.signed").decode(), origin)
            require(signed == "%s/export\n%s\n" % (origin, encode64(sha256(raw))), "another manifest was signed")
        with self.checking("checkpoint"):
            head = self.checkpoint = self.policy.believe(self.read("checkpoint").decode())
            same = (head.origin, head.size) == (origin, self.manifest.size)
            self.expect(same, "checkpoint", "it is of another log or size than the manifest says")
            log = ".*/clinics/%s(/([2-9]|[1-9][0-9]+))?" % self.manifest.clinic_id
            require(re.fullmatch(log, origin), "the log's name is not that of the clinic")

    def check_files(self):
        """Exactly the listed files are there, each with its length and hash."""
        for path, size, digest in (file.values() for file in self.manifest.files):
            fits = re.fullmatch(PATH, path) and path not in self.listed
            if self.expect(fits, "manifest", path + ": it is no path for a file, or listed twice"):
                self.listed.add(path)
                fits = self.included or not path.startswith(("sealed/", "keys/"))
                self.expect(fits, "content", path + ": the content is said to be withheld")
                with self.checking("file"):
                    raw = self.read(path, min(size, LONGEST_FILE))
                    require((len(raw), sha256(raw).hex()) == (size, digest), path + ": it is not the listed file")
        for path in self.there.keys() - self.listed:
            self.expect(False, "file", path + ": the manifest does not list it")

    def entries(self):
        """Every entry of the log. If they have the checkpoint's root, nothing can be missing unseen."""
        roots = []
        with self.checking("root"):
            for index in range(-(-self.manifest.size // 256)):
                width = min(256, self.manifest.size - 256 * index)
                path = "tile/entries/%03d" % index if index < 1000 else "tile/entries/x%03d/%03d" % divmod(index, 1000)
                raw = self.read(path + (".p/%d" % width) * (width < 256), width * 75)
                require(re.fullmatch(b"(?s:\0\x49\1.{72}){%d}" % width, raw), path + ": it is not of as many entries")
                entries = [raw[at + 2:at + 75] for at in range(0, len(raw), 75)]
                roots.append(tree_root([sha256(b"\0", entry) for entry in entries]))
                self.logged.update(entry[1:33] for entry in entries)
                yield from entries
            if self.checkpoint:
                require(tree_root(roots) == self.checkpoint.root, "the entries have another root than the checkpoint")
                self.tail = "proven"

    def lines(self, path, shape, check):
        """The lines of a file, each in the one way there is to write it."""
        raw = b""
        with contextlib.suppress(ValueError, OSError):  # what cannot be read was found already
            raw = self.read(path, LONGEST_FILE)
        for line in io.BytesIO(raw):
            with self.checking(check):
                value = strict(json.loads(line.decode()), shape)
                written = json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
                require(line == written.encode(), path + ": a line is written in another way")
                yield SimpleNamespace(**value)

    def check_events(self):
        number = 0
        while "events/%06d.jsonl" % number in self.listed:
            sealed, name, number = {}, "/%06d.jsonl" % number, number + 1
            for line in self.lines("sealed" + name, SEALED, "content") if self.included else []:
                with self.checking("content"):
                    require(line.position not in sealed, "a position is there twice")
                    sealed[line.position] = line.state, decode64(line.sealed)
            for event in self.lines("events" + name, EVENT, "event"):
                self.check_event(event)
                self.check_content(event, *sealed.pop(event.position, (None, b"")))
            for position in sealed:
                self.expect(False, "content", "something sealed is there of an event that is not there", position)

    def check_event(self, event):
        """It is as it was written, and follows on the one before it in its stream and in the log."""
        at, stream = event.position, (event.stream_type, event.stream_id)
        tag, computed = stream_tag(self.manifest.clinic_id, *stream), event_hash(self.manifest.clinic_id, event)
        last, last_hash, count = self.streams.get(stream, (0, tag.hex(), 0))
        whole = self.whole.get(stream) if self.subject else self.kind == "clinic"
        skips = self.subject or self.kind == "time" and self.first is None
        in_order = at > self.position if skips else at == self.position + 1
        self.expect(computed.hex() == event.hash, "event", "its content does not have its hash", at)
        self.expect(in_order, "position", "positions do not go up, or one is missing", at)
        self.expect(event.recorded_at >= self.last, "time", "it is dated before the event before it", at)
        self.expect(event.recorded_at in self.span, "time", "it is outside the time that the export is of", at)
        self.expect(stream in self.whole or not self.subject, "manifest", "the manifest does not name its stream", at)
        next_one = event.sequence == last + 1
        self.expect(not next_one or event.prev_hash == last_hash, "link", "it does not follow on the one before it", at)
        counts_up = next_one or event.sequence > last and not whole
        self.expect(counts_up, "sequence", "its stream does not count up by one", at)
        with self.checking("inclusion", at):
            self.check_inclusion(at, b"\1" + tag + struct.pack(">Q", event.sequence) + computed)
        self.first = event.recorded_at if self.first is None else self.first
        self.events, self.position, self.last = self.events + 1, at, event.recorded_at
        self.highest = max(self.highest, at)
        self.streams[stream] = (event.sequence, event.hash, count + 1)

    def check_inclusion(self, position, entry):
        path, head = "proofs/%d.tlog-proof" % position, self.checkpoint
        if self.has_log:
            if position > self.highest:  # otherwise it is out of order, and the log was read on
                logged = next((logged for at, logged in self.log if at >= position), None)
                require(logged == entry, "it is not the log's entry at its position")
        elif self.needs(path in self.listed, "there is no proof of the event at position %d" % position) and head:
            proof, _, checkpoint = self.read(path).decode().partition("\n\n")
            first, index, *hashes = proof.split("\n")
            require((first, index) == ("c2sp.org/tlog-proof@v1", "index %d" % position), "not a proof of it")
            require(open_note(checkpoint, {})[0] == head.text, "it leads to another checkpoint")
            hashes = [decode64(line, 32) for line in hashes]
            root = proven_root(sha256(b"\0", entry), position, head.size, hashes)
            require(root == head.root, "it does not lead to the root")

    def check_content(self, event, state, sealed):
        """What is sealed is what the event commits to. Whether it opens, only the recipient finds out."""
        at, same = event.position, labelled(b"sealed", sealed).hex() == event.sealed_sha256
        if event.event_type == "patient-key-destroyed":
            with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
                said = json.loads(event.payload, object_pairs_hook=once)
                self.destroyed |= {key["data_key_id"] for key in said["keys"]}
        if state:
            known = same and len(sealed) >= 77 and sealed[0] == 1
            self.expect(known, "content", "what is sealed is of no known form, or not what the event commits to", at)
            self.needs(not known or state != "key-missing", "what opens the event at position %d is nowhere" % at)
            self.erased += [(at, str(UUID(bytes=sealed[1:17])))] if known and state == "erased" else []
        elif self.included:
            self.needs(same, "what is sealed of the event at position %d is not there" % at)

    def check_ends(self):
        """That nothing is missing at the ends."""
        collections.deque(self.log, maxlen=0)  # what of it no event asked for
        self.expect(self.events == self.manifest.events, "manifest", "it speaks of another number of events")
        whole = self.whole.get((self.kind, self.subject)) or not self.subject
        self.expect(whole, "manifest", "the export does not say that what it is of is whole")
        if self.kind == "clinic":
            self.expect(self.events == self.manifest.size, "position", "not every event of the log is here")
            self.needs(self.has_log, "the entries of the log are not there")
        for stream in (stream for stream, whole in self.whole.items() if whole):
            with self.checking("stream-head"):
                self.check_end(stream, "stream-heads/%s/%s" % stream)
        for position, key in self.erased if self.kind in ("patient", "clinic") else []:
            self.expect(key in self.destroyed, "content", "it is called erased, and no event says so", position)
        self.needs(self.events, "there is no event in the bundle")

    def check_end(self, stream, path):
        require(stream in self.streams, path + ": no event of it is here")
        sequence, last, count = self.streams[stream]
        tag, head, origin = stream_tag(self.manifest.clinic_id, *stream), self.checkpoint, self.manifest.origin
        if self.has_log:
            require(self.logged[tag] == count, path + ": the log has another number of events of it")
        elif self.needs(path in self.listed, path + ": there is no statement where it ends") and head:
            root, tag, last = (encode64(raw) for raw in (head.root, tag, bytes.fromhex(last)))
            ends = "%s/stream-head\n%d\n%s\n%s\n%d\n%s\n" % (origin, head.size, root, tag, sequence, last)
            said = self.policy.open(self.read(path).decode(), origin)
            require(said == ends, path + ": it does not end where the operator says")

def main():
    arguments = argparse.ArgumentParser(description="Verifies an export of a Daybook log.")
    arguments.add_argument("bundle", type=Path)
    arguments.add_argument("--policy", type=Path, required=True, help="trust policy; never one from the bundle")
    arguments.add_argument("--json", action="store_true")
    asked = arguments.parse_args()
    try:
        require(asked.bundle.resolve() not in asked.policy.resolve().parents, "the policy lies in the bundle")
        require(asked.policy.stat().st_size <= LONGEST_NOTE, "the policy is too long")
        report = Examination(asked.bundle, Policy(asked.policy.read_bytes().decode())).run()
        print(json.dumps(report, indent=None if asked.json else 2), flush=True)
    except Exception as problem:  # whatever it is, nothing was found out
        print("verify_export: %s" % problem, file=sys.stderr)
        return 2
    return {"valid": 0, "invalid": 1, "incomplete": 3}[report["verdict"]]

if __name__ == "__main__":
    sys.exit(main())
