#!/usr/bin/env python3
"""Verifies an export of a Daybook log, independently of Daybook.

    python3 verify_export.py BUNDLE --policy POLICY [--json]

BUNDLE is a folder, or the tar of one. It needs Python 3.11 and one package for Ed25519 (`cryptography`). The policy
(C2SP tlog-policy) names the keys that are believed; it must come another way than the bundle. Ends with 0 if the export
is valid, 1 if something is not as it was written, 2 if that could not be found out, 3 if something is missing.
"""
import argparse, base64, collections, contextlib, hashlib, io, json, re, stat, struct, sys, tarfile
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID
try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    print("verify_export: it needs the package cryptography (pip install cryptography)", file=sys.stderr)
    sys.exit(2)

LONGEST_FILE, LONGEST_MANIFEST, LONGEST_NOTE = 256 << 20, 64 << 20, 64 << 10  # bytes; nothing longer is ever read
EPOCH, MICROSECOND = datetime.fromisoformat("1970-01-01T00:00Z"), timedelta(microseconds=1)

class Wrong(ValueError):
    """Something is not as it has to be; says what."""

def require(fits, otherwise):
    if not fits:
        raise Wrong(otherwise)

# Hashes: of an event, of a stream's name, and of trees over many entries (RFC 9162, section 2.1).
def sha256(*parts): return hashlib.sha256(b"".join(parts)).digest()
def labelled(label, *parts): return sha256(b"daybook/" + label + b"/v1\n\0", *parts)
def s8(text): return bytes([len(text)]) + text.encode("ascii")
def stream_tag(clinic, kind, id): return labelled(b"stream", UUID(clinic).bytes, s8(kind), UUID(id).bytes)
def node(left, right): return sha256(b"\x01", left, right)

def event_hash(clinic, event):
    return labelled(
        b"event", UUID(clinic).bytes, s8(event.stream_type), UUID(event.stream_id).bytes,
        struct.pack(">Q", event.sequence), UUID(event.event_id).bytes, bytes.fromhex(event.prev_hash),
        struct.pack(">q", event.recorded_at), s8(event.event_type), s8(event.event_version),
        labelled(b"metadata", event.metadata.encode()), labelled(b"payload", event.payload.encode()),
        bytes.fromhex(event.sealed_sha256))

def tree_root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256()
    left = 1 << (len(leaves) - 1).bit_length() - 1  # as many as a complete tree has, and fewer than all
    return node(tree_root(leaves[:left]), tree_root(leaves[left:]))

def proven_root(leaf, index, size, path):
    """The root of a tree of this size with this leaf at this index. The path is of siblings, from the leaf upward."""
    require(index < size and bool(path) == (size > 1), "a proof of another length, or of no place in the tree")
    if size == 1:
        return leaf
    left = 1 << (size - 1).bit_length() - 1
    if index < left:
        return node(proven_root(leaf, index, left, path[:-1]), path[-1])
    return node(path[-1], proven_root(leaf, index - left, size - left, path[:-1]))

# Signatures: keys, signed notes and the policy (C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy).
def encode64(raw): return base64.b64encode(raw).decode()

def decode64(text, length=None):
    raw = base64.b64decode(text, validate=True)
    require(encode64(raw) == text and length in (None, len(raw)), "not base64 of the right length")
    return raw

class Key:
    """A key of kind 1 signs a log, one of kind 4 is a witness's."""
    def __init__(self, vkey, kind):
        name, id, key = (vkey.split("+", 2) + ["", ""])[:3]
        raw = decode64(key, 33)
        self.name, self.kind, self.raw, self.id = name, kind, raw[1:], sha256(name.encode(), b"\n", raw)[:4]
        require(name and raw[0] == kind and self.id.hex() == id, "not name+id+key, or not a key for this")

    def signed(self, text, signatures):
        """Whether this key signed the text. One wrong signature that is said to be by it spoils the whole note."""
        own = [raw[4:] for name, raw in signatures if (name, raw[:4]) == (self.name, self.id)]
        for raw in own:
            seen = ""
            if self.kind == 4:  # a witness also signs when it saw the text
                seen, raw = "cosignature/v1\ntime %d\n" % int.from_bytes(raw[:8], "big"), raw[8:]
            try:
                Ed25519PublicKey.from_public_bytes(self.raw).verify(raw, (seen + text).encode())
            except InvalidSignature:
                raise Wrong("a signature of %s is wrong" % self.name)
        return bool(own)

def split_note(note):
    """The text of a note and its signatures, none of them checked: a key's name, and its id before what it made."""
    text, blank_line, lines = note.rpartition("\n\n")
    require(blank_line and lines.endswith("\n") and "\r" not in note, "not a signed note")
    lines = [re.fullmatch("\u2014 ([^\\s+]+) (\\S+)", line) for line in lines[:-1].split("\n")]
    require(all(lines) and len(lines) <= 64, "a signature line is not one, or there are too many")
    signatures = [(line[1], decode64(line[2])) for line in lines]
    require(all(len(raw) > 4 for _, raw in signatures), "a signature is too short")
    return text + "\n", signatures

class Policy:
    """Whose signatures are believed, and how many witnesses must have seen a checkpoint."""
    def __init__(self, text):
        self.logs, self.witnesses, self.groups, self.quorum = [], {}, {"none": (0, [])}, None
        free = set()  # witnesses and groups that are in no group yet
        for words in (line.split("#")[0].split() for line in text.split("\n")):
            names = {*self.witnesses, *self.groups}
            match words:
                case ["log", vkey] | ["log", vkey, _]:
                    self.logs.append(Key(vkey, 1))
                case ["witness", name, vkey] | ["witness", name, vkey, _] if name not in names:
                    self.witnesses[name] = Key(vkey, 4)
                    free.add(name)
                case ["group", name, how_many, *members] if name not in names and free.issuperset(members):
                    need = {"any": 1, "all": len(members)}.get(how_many) or int(how_many)
                    require(0 < need <= len(members) == len(set(members)), "a group cannot ask for so many members")
                    self.groups[name] = (need, members)
                    free = free - set(members) | {name}
                case ["quorum", name] if name in names and not self.quorum:
                    self.quorum = name
                case _:
                    require(not words, "no line of a policy, or a name is taken or not declared above: %s" % words)
        require(self.logs and self.quorum, "a policy needs a log line and one quorum line")
        require(len({key.raw for key in self.witnesses.values()}) == len(self.witnesses), "one key is one witness")

    def open(self, note, origin):
        """The text of a note that this log signed."""
        text, signatures = split_note(note)
        signed = [key.signed(text, signatures) for key in self.logs if key.name == origin]
        require(any(signed), "it is not signed by a key that the policy names for this log")
        return text

    def witnesses_of(self, note):
        """Those who have seen a checkpoint, if they are enough."""
        seen = sorted(name for name, key in self.witnesses.items() if key.signed(*split_note(note)))
        require(self.is_satisfied(seen, self.quorum), "too few witnesses have seen it")
        return seen

    def is_satisfied(self, seen, name):
        if name not in self.groups:
            return name in seen
        need, members = self.groups[name]
        return sum(self.is_satisfied(seen, member) for member in members) >= need

# JSON: an object has exactly the fields of a shape, each written as its pattern says.
TEXT, NAME, HASH, NUMBER = '".*"', '"[a-z0-9-]{1,64}"', '"[0-9a-f]{64}"', "[0-9]{1,19}"
ID = '"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"'
TIME = r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)"'
EVENT = {"position": NUMBER, "stream_type": NAME, "stream_id": ID, "sequence": NUMBER, "event_id": ID,
         "event_type": NAME, "event_version": '"[0-9a-z.-]{0,64}"', "recorded_at": "-?[0-9]{1,18}", "prev_hash": HASH,
         "hash": HASH, "metadata": TEXT, "payload": TEXT, "sealed_sha256": HASH}
SEALED = {"position": NUMBER, "state": '"(open|erased|key-missing)"', "sealed": TEXT}
MANIFEST = {"format": '"daybook-export/1"', "clinic_id": ID, "origin": TEXT, "size": NUMBER, "exported_at": TIME,
            "scope": "{.*}", "content": '"(withheld|included)"', "recipient_key": TEXT, "streams": r"\[.*\]",
            "events": NUMBER, "files": r"\[.*\]"}
SCOPE = {"visit": {"visit_id": ID}, "patient": {"patient_id": ID}, "clinic": {}, "time": {"from": TIME, "to": TIME}}
STREAM = {"stream_type": NAME, "stream_id": ID, "whole": "true|false"}
FILE = {"path": TEXT, "bytes": NUMBER, "sha256": HASH}
PATH = r"(?a)(?!.{201})[\w-][\w.-]*(/[\w-][\w.-]*)*"  # it cannot leave its folder

def read_json(raw):
    def once(fields):
        require(len(dict(fields)) == len(fields), "a field is there twice")
        return dict(fields)
    return json.loads(raw.decode(), object_pairs_hook=once)

def strict(value, shape):
    require(isinstance(value, dict) and value.keys() == shape.keys(), "its fields are not the ones it has to have")
    for field, pattern in shape.items():
        require(re.fullmatch(pattern, json.dumps(value[field])), field + " does not fit")
    return {field: value[field] for field in shape}

def files_of(place):
    """The files of a folder, or of a tar with nothing else in it: in which file each is, from where, and how long."""
    if place.is_dir():
        for full in place.rglob("*"):
            status = full.lstat()  # no link is followed, and nothing but a plain file is ever read
            if not stat.S_ISDIR(status.st_mode):
                plain = (full, 0, status.st_size) if stat.S_ISREG(status.st_mode) else None
                yield full.relative_to(place).as_posix(), plain
        return
    with place.open("rb") as tar:
        while (block := tar.read(512)) != bytes(512):
            said = tarfile.TarInfo.frombuf(block, "ascii", "strict")
            plain, begin = tarfile.TarInfo(said.name), tar.tell()
            plain.size = said.size
            require(re.fullmatch(PATH, said.name) and block == plain.tobuf(tarfile.USTAR_FORMAT), "no plain file")
            require(tar.seek(begin + -(-said.size // 512) * 512) <= place.stat().st_size, said.name + ": it is cut off")
            yield said.name, (place, begin, said.size)
        require(tar.read(513) == bytes(512), "something comes after its end, or its end is cut off")

class Examination:
    """Goes through a bundle once, notes everything that is wrong or missing, and goes on to find the rest."""
    def __init__(self, place, policy):
        self.policy, self.there, self.files = policy, {}, {"manifest.json", "manifest.signed"}
        self.count, self.findings, self.missing, self.root, self.witnesses = 0, [], [], None, []
        self.events, self.position, self.time = 0, -1, -1 << 63  # how many so far, and where and when the last was
        self.streams = {}  # by type and id: the last sequence, the last hash, how many events
        self.log = []  # all entries of the log, if they are there
        self.destroyed, self.erased = set(), []  # keys that events say are destroyed; (position, key) called erased
        with self.checking("file"):
            for path, where in files_of(place):
                require(path not in self.there, path + ": it is there twice")
                self.there[path] = where
        require(place.is_dir() or self.there, "a bundle is a folder or a tar of one, and this is neither")

    def expect(self, fits, check, what, position=None):
        self.count += not fits
        if not fits and self.count <= 1000:
            self.findings.append({"check": check, "position": position, "what": what})

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
        self.manifest, tail = dict.fromkeys(MANIFEST), "not-claimed"
        with self.checking("manifest"):
            raw = self.read("manifest.json", LONGEST_MANIFEST)
            self.understand(read_json(raw))
        if self.manifest["format"]:
            self.check_signatures(raw)
            self.check_files()
            self.has_log = any(path.startswith("tile/entries/") for path in self.files)
            proven = self.has_log and self.read_log()
            self.check_events()
            self.check_ends()
            tail = "proven" if proven else "operators-statement" if self.subject else "not-claimed"
        verdict = "invalid" if self.count else "incomplete" if self.missing else "valid"
        return {"verdict": verdict, "events": self.events, "tail": tail, "witnesses": self.witnesses,
                **{field: self.manifest[field] for field in ("origin", "scope", "size", "content")},
                "erased": len(self.erased), "finding_count": self.count, "findings": self.findings,
                "missing": self.missing[:1000]}

    def understand(self, manifest):
        strict({"recipient_key": "", **manifest}, MANIFEST)
        scope = strict(manifest["scope"], {"kind": TEXT, **SCOPE[manifest["scope"]["kind"]]})
        streams = [strict(stream, STREAM) for stream in manifest["streams"]]
        self.listed = [strict(file, FILE) for file in manifest["files"]]
        self.whole = {(stream["stream_type"], stream["stream_id"]): stream["whole"] for stream in streams}
        self.clinic, self.origin, self.size = manifest["clinic_id"], manifest["origin"], manifest["size"]
        self.kind, self.subject = scope["kind"], scope.get(scope["kind"] + "_id")  # which visit or patient, if of one
        times = (manifest["exported_at"], scope.get("from"), scope.get("to"))
        _, *span = [(datetime.fromisoformat(time) - EPOCH) // MICROSECOND for time in times if time]
        self.span = range(*span) if span else range(-1 << 63, 1 << 63)
        self.withheld, self.manifest = manifest["content"] == "withheld", manifest

    def check_signatures(self, raw):
        with self.checking("statement"):
            signed = self.policy.open(self.read("manifest.signed").decode(), self.origin)
            require(signed == "%s/export\n%s\n" % (self.origin, encode64(sha256(raw))), "another manifest was signed")
        with self.checking("checkpoint"):
            note = self.read("checkpoint").decode()
            text, self.witnesses = self.policy.open(note, self.origin), self.policy.witnesses_of(note)
            root = decode64((text.split("\n") + [""])[2], 32)
            self.checkpoint = "%s\n%d\n%s\n" % (self.origin, self.size, encode64(root))
            require(text.startswith(self.checkpoint), "it is of another log or size than the manifest says")
            self.root = root
            log = ".*/clinics/%s(/([2-9]|[1-9][0-9]+))?" % self.clinic
            require(re.fullmatch(log, self.origin), "the log's name is not that of the clinic")

    def check_files(self):
        """Exactly the listed files are there, each with its length and hash."""
        for path, size, digest in (file.values() for file in self.listed):
            if not re.fullmatch(PATH, path) or path in self.files:
                self.expect(False, "manifest", path + ": it is no path for a file, or listed twice")
                continue
            self.files.add(path)
            with self.checking("file"):
                raw = self.read(path, min(size, LONGEST_FILE))
                require((len(raw), sha256(raw).hex()) == (size, digest), path + ": it is not the file that is listed")
        for path in self.there.keys() - self.files:
            self.expect(False, "file", path + ": the manifest does not list it")

    def read_log(self):
        """Whether all entries of the log are there, with the checkpoint's root: then nothing can be missing unseen."""
        roots = []
        with self.checking("root"):
            for index in range(-(-self.size // 256)):
                width, path = min(256, self.size - 256 * index), "tile/entries/%03d" % index
                if index > 999:  # and below a million: no manifest can list so many files
                    path = "tile/entries/x%03d/%03d" % divmod(index, 1000)
                raw = self.read(path + (".p/%d" % width) * (width < 256), width * 75)
                tile = [raw[at:at + 75] for at in range(0, width * 75, 75)]
                require(all(len(entry) == 75 and entry[:3] == b"\0\x49\x01" for entry in tile), "an entry is not one")
                self.log += [entry[2:] for entry in tile]
                roots.append(tree_root([sha256(b"\0", entry[2:]) for entry in tile]))
            require(self.root in (None, tree_root(roots)), "the entries have another root than the checkpoint")
            return self.root is not None

    def lines(self, path, shape, check):
        """The lines of a file, each in the one way there is to write it."""
        raw = b""
        with contextlib.suppress(Wrong, OSError):  # a file that is not there, or not the listed one, is found already
            raw = self.read(path, LONGEST_FILE)
        for line in io.BytesIO(raw):
            with self.checking(check):
                value = strict(read_json(line), shape)
                written = json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
                require(line == written.encode(), path + ": a line is written in another way")
                yield SimpleNamespace(**value)

    def check_events(self):
        number = 0
        while (name := "/%06d.jsonl" % number) and "events" + name in self.files:
            sealed, number = {}, number + 1
            for line in self.lines("sealed" + name, SEALED, "content") if not self.withheld else []:
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
        tag, computed = stream_tag(self.clinic, *stream), event_hash(self.clinic, event)
        last, last_hash, count = self.streams.get(stream, (0, tag.hex(), 0))
        whole = self.whole.get(stream) if self.subject else self.kind == "clinic"
        skips = self.subject or self.kind == "time" and self.events == 0
        in_order = at > self.position if skips else at == self.position + 1
        self.expect(computed.hex() == event.hash, "event", "its content does not have its hash", at)
        self.expect(in_order, "position", "positions do not go up, or one is missing", at)
        self.expect(event.recorded_at >= self.time, "time", "it is dated before the event before it", at)
        self.expect(event.recorded_at in self.span, "time", "it is outside the time that the export is of", at)
        self.expect(stream in self.whole or not self.subject, "manifest", "the manifest does not name its stream", at)
        if event.sequence == last + 1:
            self.expect(event.prev_hash == last_hash, "link", "it does not follow on the one before it", at)
        else:
            self.expect(event.sequence > last and not whole, "sequence", "its stream does not count up by one", at)
        self.events, self.position, self.time = self.events + 1, at, event.recorded_at
        self.streams[stream] = (event.sequence, event.hash, count + 1)
        with self.checking("inclusion", at):
            self.check_inclusion(at, b"\x01" + tag + struct.pack(">Q", event.sequence) + computed)

    def check_inclusion(self, position, entry):
        path = "proofs/%d.tlog-proof" % position
        if self.has_log:
            require(self.log[position:position + 1] == [entry], "it is not the log's entry at its position")
        elif path not in self.files:
            self.missing.append("there is no proof of the event at position %d" % position)
        elif self.root:  # otherwise there is nothing that it could lead to
            proof, _, checkpoint = self.read(path).decode().partition("\n\n")
            first, index, *hashes = proof.split("\n")
            require((first, index) == ("c2sp.org/tlog-proof@v1", "index %d" % position), "not a proof of it")
            require(split_note(checkpoint)[0] == self.checkpoint, "it leads to another checkpoint")
            hashes = [decode64(line, 32) for line in hashes]
            root = proven_root(sha256(b"\0", entry), position, self.size, hashes)
            require(root == self.root, "it does not lead to the root")

    def check_content(self, event, state, sealed):
        """What is sealed is what the event commits to. Whether it opens, only the recipient finds out."""
        at, same = event.position, labelled(b"sealed", sealed).hex() == event.sealed_sha256
        if event.event_type == "patient-key-destroyed":
            with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
                self.destroyed |= {key["data_key_id"] for key in read_json(event.payload.encode())["keys"]}
        if state:
            known = same and len(sealed) >= 77 and sealed[0] == 1
            self.expect(known, "content", "what is sealed is of no known form, or not what the event commits to", at)
            if known and state == "erased":
                self.erased.append((at, str(UUID(bytes=sealed[1:17]))))
            if known and state == "key-missing":
                self.missing.append("what opens the event at position %d is nowhere" % at)
        elif not self.withheld and not same:
            self.missing.append("what is sealed of the event at position %d is not there" % at)

    def check_ends(self):
        """That nothing is missing at the ends."""
        self.expect(self.events == self.manifest["events"], "manifest", "it speaks of another number of events")
        none_sealed = not any(path.startswith(("sealed/", "keys/")) for path in self.files)
        self.expect(none_sealed or not self.withheld, "content", "it is said to be withheld, and some of it is there")
        whole = self.whole.get((self.kind, self.subject)) or not self.subject
        self.expect(whole, "manifest", "the export does not say that what it is of is whole")
        all_here = self.events == self.size or self.kind != "clinic"
        self.expect(all_here, "position", "not every event of the log is here")
        if self.kind == "clinic" and not self.has_log:
            self.missing.append("the entries of the log are not there")
        logged = collections.Counter(entry[1:33] for entry in self.log)
        for stream in (stream for stream, whole in self.whole.items() if whole):
            with self.checking("stream-head"):
                self.check_end(stream, logged)
        for position, key in self.erased if self.kind in ("patient", "clinic") else []:
            self.expect(key in self.destroyed, "content", "it is called erased, and no event says so", position)
        if self.events == 0:
            self.missing.append("there is no event in the bundle")

    def check_end(self, stream, logged):
        path, tag = "stream-heads/%s/%s" % stream, stream_tag(self.clinic, *stream)
        require(stream in self.streams, path + ": no event of it is here")
        sequence, last, count = self.streams[stream]
        if self.has_log:
            require(logged[tag] == count, path + ": the log has another number of events of it")
        elif path not in self.files:
            self.missing.append(path + ": there is no statement where it ends")
        elif self.root:  # otherwise the log itself has no end that is known
            said = self.policy.open(self.read(path).decode(), self.origin)
            root, tag, last = (encode64(raw) for raw in (self.root, tag, bytes.fromhex(last)))
            ends = "%s/stream-head\n%d\n%s\n%s\n%d\n%s\n" % (self.origin, self.size, root, tag, sequence, last)
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
    except Exception as problem:  # whatever it is, nothing was found out
        print("verify_export: %s" % problem, file=sys.stderr)
        return 2
    print(json.dumps(report, indent=None if asked.json else 2))
    return {"valid": 0, "invalid": 1, "incomplete": 3}[report["verdict"]]

if __name__ == "__main__":
    sys.exit(main())
