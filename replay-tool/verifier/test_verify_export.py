"""What the small verifier is made of, against published vectors and by hand; and hostile bundles, each signed by an
operator who puts in whatever he likes.

    python3 -m unittest test_verify_export
"""

import ast
import contextlib
import hashlib
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import tracemalloc
import unittest
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import verify_export
from verify_export import (EPOCH, WRONG, Policy, decode64, encode64, event_hash, labelled, node, open_note, proven_root,
                           read_key, sha256, stream_tag, tree_root)

CLINIC, VISIT = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
LOG = "daybook.example/clinics/demo+582eaded+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
CHECKPOINT = ("daybook.example/clinics/demo\n5\nGFwSVzlOix3QR8GJpQ+1mOMiHEszrnPzfY3iziLATnw=\n\n"
              "\u2014 daybook.example/clinics/demo WC6t7ctSEo/r6bWmTai0Jqa2iCDCj+R3GBqKwmUnxG6J6p7lSa1HOQ3OtIoRU5TI0FS"
              "hvKmqSimAyE6eQ8CBXylwOwU=\n")
WITNESS_KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32) for seed in (1, 2)]
WITNESSES = ["w.example+%s+%s" % (sha256(b"w.example\n", raw)[:4].hex(), encode64(raw))
             for raw in (b"\x04" + key.public_key().public_bytes_raw() for key in WITNESS_KEYS)]


def seen_at(*times, text=CHECKPOINT.partition("\n\n")[0] + "\n"):
    """The signature lines of the witnesses, who saw a checkpoint at these times or (None) did not see it."""
    lines = ""
    for vkey, key, time in zip(WITNESSES, WITNESS_KEYS, times):
        if time is not None:
            name, id, _ = vkey.split("+", 2)
            made = key.sign(("cosignature/v1\ntime %d\n%s" % (time, text)).encode())
            lines += "\u2014 %s %s\n" % (name, encode64(bytes.fromhex(id) + time.to_bytes(8, "big") + made))
    return lines


class Hashes(unittest.TestCase):
    def test_trees_have_the_roots_of_rfc_6962(self):
        leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
        roots = ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                 "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                 "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                 "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                 "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                 "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                 "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                 "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                 "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"]
        hashed = [sha256(b"\0", bytes.fromhex(leaf)) for leaf in leaves]
        for size, root in enumerate(roots):
            self.assertEqual(tree_root(hashed[:size]).hex(), root)

    def test_a_tree_over_the_roots_of_its_tiles_is_the_tree_over_its_leaves(self):
        for size in (1, 255, 256, 257, 511, 512, 513, 1000, 1024, 1500):
            leaves = [hashlib.sha256(b"%d" % i).digest() for i in range(size)]
            tiles = [tree_root(leaves[at:at + 256]) for at in range(0, size, 256)]
            self.assertEqual(tree_root(tiles), tree_root(leaves), size)

    def test_an_event_has_the_hash_of_the_ledgers_vector(self):
        tag = stream_tag(CLINIC, "visit", VISIT)
        self.assertEqual(tag.hex(), "f716b396fdaf36953539c8fa4145fa3bf44dba573a0ad9204d5e2524173ec290")
        sealed = bytes.fromhex(
            "0155555555555555555555555555555555000102030405060708090a0b75fc1808543325f9cf0b1ecd6ef6293ca2e6f81e36acf"
            "c5bfdcdcc5c5f9ab6e64195291fc673549cce213ab7985b7cc4f85d62ac1567959ffe2f91726e7725")
        event = SimpleNamespace(
            stream_type="visit", stream_id=VISIT, sequence=1, event_id="41414141-4141-4141-4141-414141414141",
            prev_hash=tag.hex(), recorded_at=1793000000123456, event_type="scheduled", event_version="1.0",
            metadata='{"actor":"front-desk-7","reason":"scheduling"}',
            payload='{"starts_at":"2026-11-24T15:00:00Z","reason":{"$phi":0}}',
            sealed_sha256=labelled(b"sealed", sealed).hex())
        expected = "74469e28c8a77252cedeb83918186b90b693bf969c91b3bef1416cdc605a7fee"
        self.assertEqual(event_hash(CLINIC, event).hex(), expected)

    def test_every_leaf_of_every_small_tree_is_in_it_and_nowhere_else(self):
        def path(index, leaves):
            half = 1
            while half * 2 < len(leaves):
                half *= 2
            if len(leaves) == 1:
                return []
            if index < half:
                return path(index, leaves[:half]) + [tree_root(leaves[half:])]
            return path(index - half, leaves[half:]) + [tree_root(leaves[:half])]

        def proves(leaf, index, size, proof, root):
            try:
                return proven_root(leaf, index, size, proof) == root
            except ValueError:
                return False

        for size in range(1, 20):
            leaves = [hashlib.sha256(bytes([i])).digest() for i in range(size)]
            root = tree_root(leaves)
            for index in range(size):
                proof = path(index, leaves)
                for other in range(size + 2):
                    fits = proves(leaves[index], other, size, proof, root)
                    self.assertEqual(fits, other == index, (size, index, other))
                self.assertFalse(proves(leaves[index], index, size, proof + [leaves[0]], root))
                self.assertFalse(proves(leaves[index], index, size, [leaves[0]] + proof, root))
                self.assertFalse(proof and proves(leaves[index], index, size, proof[:-1], root))
        self.assertEqual(node(leaves[0], leaves[1]), sha256(b"\x01", leaves[0], leaves[1]))


class Notes(unittest.TestCase):
    def test_the_public_vector_of_a_signed_note(self):
        by, key = read_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", 1)
        text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
        note = text + ("\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
                       "otpRZb6KE6RyyBwJnAM=\n")
        self.assertEqual(open_note(note, {by: key}), (text, {by: 0}))
        self.assertEqual(open_note(note, {}), (text, {}))
        self.assertEqual(open_note(note, {("PeterNeumann", bytes(4)): key, ("somebody", by[1]): key}), (text, {}))
        self.assertRaises(WRONG, open_note, note.replace("!", "?").replace("y", "i", 1), {by: key})
        wrong = "\u2014 PeterNeumann %s\n" % encode64(by[1] + bytes(64))
        self.assertRaisesRegex(ValueError, "of PeterNeumann is wrong", open_note, note + wrong, {by: key})
        self.assertEqual(open_note(note + wrong.replace("PeterNeumann", "somebody"), {by: key}), (text, {by: 0}))

    def test_the_ledgers_checkpoint_is_believed_and_nothing_that_was_changed_in_it(self):
        origin = "daybook.example/clinics/demo"
        policy = Policy("log %s\nquorum none\n" % LOG)
        self.assertEqual(policy.open(CHECKPOINT, origin), CHECKPOINT.partition("\n\n")[0] + "\n")
        head = policy.believe(CHECKPOINT)
        self.assertEqual((head.origin, head.size, head.seen, head.seen_at), (origin, 5, [], None))
        self.assertRaises(ValueError, policy.open, CHECKPOINT, "daybook.example/clinics/other")
        for at in range(len(CHECKPOINT)):
            changed = CHECKPOINT[:at] + ("x" if CHECKPOINT[at] != "x" else "y") + CHECKPOINT[at + 1:]
            self.assertRaises(WRONG, policy.open, changed, origin)
        for changed in ("", "\n", CHECKPOINT[:-1], CHECKPOINT + "\n", CHECKPOINT.replace("\n", "\r\n")):
            self.assertRaises(WRONG, policy.open, changed, origin)

    def test_a_signature_line_is_read_in_one_form(self):
        text = CHECKPOINT.partition("\n\n")[0] + "\n"
        self.assertEqual(open_note(CHECKPOINT + "\u2014 x AAAAAAA=\n" * 63, {}), (text, {}))
        for line in ["", "x", "- x AAAAAAA=", "\u2014  AAAAAAA=", "\u2014 a+b AAAAAAA=", "\u2014 a\tb AAAAAAA=",
                     "\u2014 a\u00a0b AAAAAAA=", "\u2014 x  AAAAAAA=", "\u2014 x AAAAAAA= ", "\u2014 x AAAAAAA",
                     "\u2014 x AAAAAA==", "\u2014 x AAAAAAB=", "\n".join(["\u2014 x AAAAAAA="] * 64)]:
            self.assertRaises(ValueError, open_note, CHECKPOINT + line + "\n", {})

    def test_a_policy_counts_nobody_twice_and_takes_no_line_it_does_not_know(self):
        first, second = WITNESSES
        lines = "log %s\nwitness a %s\nwitness b %s\n" % (LOG, first, second)
        nobody, a, b, both = (None, None), (7, None), (None, 9), (7, 9)
        for asked, enough in [
            ("group g all a b\nquorum g # both\n", {both: 9}), ("group g any a\ngroup h 2 g b\nquorum h", {both: 9}),
            ("group g 1 a b\nquorum g\n", {a: 7, b: 9, both: 7}), ("quorum b", {b: 9, both: 9}),
            ("quorum none", {nobody: None, a: 7, b: 9, both: 7}),
        ]:
            policy = Policy(lines + asked)
            for seen in (nobody, a, b, both):
                if seen in enough:
                    head = policy.believe(CHECKPOINT + seen_at(*seen))
                    self.assertEqual(head.seen_at, enough[seen] and EPOCH + timedelta(seconds=enough[seen]), asked)
                    self.assertEqual(head.seen, [name for name, time in zip("ab", seen) if time], asked)
                else:
                    self.assertRaises(ValueError, policy.believe, CHECKPOINT + seen_at(*seen))
        twice = CHECKPOINT + seen_at(7) + seen_at(8)
        self.assertEqual(Policy(lines + "quorum a").believe(twice).seen_at, EPOCH + timedelta(seconds=8))
        self.assertRaises(ValueError, Policy(lines + "group g 2 a b\nquorum g").believe, twice)
        for wrong in (seen_at(7, text=""), seen_at(7)[:-9] + "A" * 7 + "=\n"):
            self.assertRaises(WRONG, Policy(lines + "quorum none").believe, CHECKPOINT + wrong)
        for wrong in ["", "log %s" % LOG, "quorum none", "log %s\nquorum nobody" % LOG,
                      "log %s\nquorum none\nquorum none" % LOG, "log %s\nlog %s\nquorum none" % (LOG, LOG),
                      "log %s\nwitness a %s\nwitness b %s\nquorum a" % (LOG, first, first),
                      "log %s\nwitness a %s\nwitness a %s\nquorum a" % (LOG, first, second),
                      "log %s\nwitness a %s\ngroup a any a\nquorum a" % (LOG, first),
                      "log %s\nwitness a %s\ngroup g 2 a\nquorum g" % (LOG, first),
                      "log %s\nwitness a %s\ngroup g 0 a\nquorum g" % (LOG, first),
                      "log %s\nwitness a %s\ngroup g some a\nquorum g" % (LOG, first),
                      "log %s\nwitness a %s\ngroup g 2 a a\nquorum g" % (LOG, first),
                      "log %s\nwitness a %s\ngroup g any a\ngroup h any a\nquorum g" % (LOG, first),
                      "log %s\nwitness a %s\ngroup g any h\ngroup h any g\nquorum g" % (LOG, first),
                      "log %s\ngroup g any none\nquorum g" % LOG, "log %s\ngroup g all\nquorum g" % LOG,
                      "log %s\nwitness none %s\nquorum none" % (LOG, first),
                      "log %s\nquorum none\ntrust everybody" % LOG,
                      "log %s\nquorum none" % LOG.replace("582eaded", "582eadee"),
                      "log %s\nquorum none" % first, "log %s\nwitness a %s\nquorum a" % (LOG, LOG)]:
            self.assertRaises(ValueError, Policy, wrong)

    def test_there_is_one_way_to_write_base64(self):
        self.assertEqual(decode64("AA=="), b"\0")
        for wrong in ("AA", "AA==\n", "AB==", "A A=", "=AA=", "\u0410A=="):
            self.assertRaises(ValueError, decode64, wrong)
        self.assertRaises(ValueError, decode64, "AA==", 2)


class Made:
    """An export of a visit of three events, by an operator whose key the policy names."""
    KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    ORIGIN = "daybook.test/clinics/" + CLINIC
    LINE, HEAD, PROOF = "events/000000.jsonl", "stream-heads/visit/" + VISIT, "proofs/1.tlog-proof"

    def __init__(self, folder, entries=False, more=0, events=3):
        self.root, self.policy = folder / "bundle", folder / "policy"
        shutil.rmtree(self.root, ignore_errors=True)
        folder.mkdir(exist_ok=True)
        raw = b"\x01" + self.KEY.public_key().public_bytes_raw()
        self.id = sha256(self.ORIGIN.encode(), b"\n", raw)[:4]
        self.policy.write_text("log %s+%s+%s\nquorum none\n" % (self.ORIGIN, self.id.hex(), encode64(raw)))
        tag = stream_tag(CLINIC, "visit", VISIT)
        last, lines, leaves, log = tag, b"", [], []
        for number in range(events):
            event = {"position": number, "stream_type": "visit", "stream_id": VISIT, "sequence": number + 1,
                     "event_id": "33333333-3333-3333-3333-%012d" % (333333333330 + number), "event_type": "arrived",
                     "event_version": "1.0", "recorded_at": 1793000000000000 + number, "prev_hash": last.hex(),
                     "hash": "", "metadata": "{}", "payload": '{"caf\u00e9":"\u2028"}',
                     "sealed_sha256": labelled(b"sealed").hex()}
            last = event_hash(CLINIC, SimpleNamespace(**event))
            event["hash"] = last.hex()
            lines += json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            log.append(b"\x01" + tag + (number + 1).to_bytes(8, "big") + last)
            leaves.append(sha256(b"\0", log[-1]))
        log += (b"\x01" + sha256(b"%d" % number) + bytes(40) for number in range(more))  # of other streams
        leaves += (sha256(b"\0", entry) for entry in log[events:])
        root = encode64(tree_root(leaves))
        checkpoint = self.signed("%s\n%d\n%s\n" % (self.ORIGIN, len(log), root))
        self.write("checkpoint", checkpoint)
        self.write(self.LINE, lines)
        if entries:
            for number, tile in enumerate(log[at:at + 256] for at in range(0, len(log), 256)):
                path = "tile/entries/%03d" % number + (".p/%d" % len(tile) if len(tile) < 256 else "")
                self.write(path, b"".join(b"\0\x49" + entry for entry in tile))
        else:
            paths = [[leaves[1], leaves[2]], [leaves[0], leaves[2]], [node(leaves[0], leaves[1])]]
            for number, path in enumerate(paths if events == 3 else []):
                proof = ["c2sp.org/tlog-proof@v1", "index %d" % number, *map(encode64, path), "", checkpoint]
                self.write("proofs/%d.tlog-proof" % number, "\n".join(proof))
            head = (self.ORIGIN, len(log), root, encode64(tag), events, encode64(last))
            self.write(self.HEAD, self.signed("%s/stream-head\n%d\n%s\n%s\n%d\n%s\n" % head))
        self.manifest = {
            "format": "daybook-export/1", "clinic_id": CLINIC, "origin": self.ORIGIN, "size": len(log),
            "exported_at": "2026-11-29T12:00:00.123456789Z", "scope": {"kind": "visit", "visit_id": VISIT},
            "content": "withheld", "streams": [{"stream_type": "visit", "stream_id": VISIT, "whole": True}],
            "events": events}
        self.cover()

    def signed(self, text):
        return "%s\n\u2014 %s %s\n" % (text, self.ORIGIN, encode64(self.id + self.KEY.sign(text.encode())))

    def write(self, path, content):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(content if isinstance(content, bytes) else content.encode())

    def sign_manifest(self, raw):
        self.write("manifest.json", raw)
        self.write("manifest.signed", self.signed("%s/export\n%s\n" % (self.ORIGIN, encode64(sha256(raw)))))

    def listed(self):
        """What is there, as a manifest lists it."""
        files = (full for full in sorted(self.root.rglob("*")) if full.is_file())
        files = [full for full in files if not full.name.startswith("manifest.")]
        return [{"path": full.relative_to(self.root).as_posix(), "bytes": full.stat().st_size,
                 "sha256": sha256(full.read_bytes()).hex()} for full in files]

    def cover(self, **said):
        """Lists what is there, and signs that: whoever can do this is the operator."""
        said = {**self.manifest, "files": self.listed(), **said}
        self.sign_manifest(json.dumps(said, indent=2, ensure_ascii=False).encode(errors="surrogatepass"))


class Hostile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.made = Made(self.folder)

    def report(self):
        """How it ends, and what it says; nothing if it could not find out."""
        said = io.StringIO()
        asked = ["verify_export", str(self.made.root), "--policy", str(self.made.policy)]
        with mock.patch.object(sys, "argv", asked), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = verify_export.main()
        self.assertIn(code, (0, 1, 2, 3))
        return code, json.loads(said.getvalue()) if code != 2 else {"finding": None}

    def verdict(self):
        """How it ends, and the check that failed."""
        code, report = self.report()
        self.assertEqual(report["finding"] is not None, code == 1)
        return code, report["finding"] and report["finding"]["check"]

    def is_invalid(self, check):
        self.assertEqual(self.verdict(), (1, check))

    def in_little_memory(self, place):
        """How it ends as a program of its own that may not have more than a gigabyte, and what it says."""
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        command = [sys.executable, "-B", verify_export.__file__, str(place), "--policy", str(self.made.policy)]
        ended = subprocess.run(command, capture_output=True, preexec_fn=limit, timeout=60)
        self.assertNotIn(b"MemoryError", ended.stderr)
        return ended.returncode, ended.stdout

    def test_what_nobody_changed_is_valid(self):
        self.assertEqual(self.verdict(), (0, None))
        self.made = Made(self.folder / "other", entries=True)
        self.assertEqual(self.verdict(), (0, None))

    def test_what_an_export_does_not_claim_or_cannot_show_is_not_valid(self):
        stream = {"stream_type": "visit", "stream_id": VISIT, "whole": False}
        self.made.cover(streams=[stream])
        self.assertEqual(self.verdict(), (1, "manifest"))
        self.made.cover(scope={"kind": "clinic"})
        self.assertEqual(self.verdict(), (3, None))
        self.made.cover(scope={"kind": "time", "from": "2026-10-26T00:00:00Z", "to": "2026-10-27T00:00:00Z"})
        self.assertEqual(self.verdict(), (0, None))
        self.made.cover(scope={"kind": "time", "from": "2026-10-26T00:00:00Z", "to": "2026-10-26T01:00:00Z"})
        self.assertEqual(self.verdict(), (1, "time"))

    def test_json_that_others_read_otherwise_is_refused(self):
        raw = (self.made.root / "manifest.json").read_bytes()
        for changed in [
            raw.replace(b'"size": 3', b'"size": 1, "size": 3'), raw.replace(b'"kind"', b'"kind": "clinic", "kind"'),
            raw.replace(b'"size": 3', b'"size": NaN'), raw.replace(b'"size": 3', b'"size": Infinity'),
            raw.replace(b'"size": 3', b'"size": 3.0'), raw.replace(b'"size": 3', b'"size": -3'),
            raw.replace(b'"size": 3', b'"size": 3e0'), raw.replace(b'"size": 3', b'"size": 1' + b"0" * 30),
            raw.replace(b'"size": 3', b'"size": 1' + b"0" * 10000), raw.replace(b'"size": 3', b'"size": true'),
            raw.replace(b'"whole": true', b'"whole": 1'), raw.replace(b'"whole": true', b'"whole": "true"'),
            raw.replace(b'"files": [', b'"files": [' + b"[" * 100000), raw.replace(b'"files": [', b'"files": [7,'),
            b"[" * 100000, b"[]", b"null", b"", b"\xff", b"\xef\xbb\xbf" + raw, raw + b"x",
            raw.decode().encode("utf-16"),
            raw.replace(b"2026-11-29", b"2026-02-30"), raw.replace(b'"kind": "visit"', b'"kind": ["visit"]'),
            raw.replace(CLINIC.encode(), CLINIC.replace("-", "").encode()), raw.replace(b'"events": 3', b'"more": 3'),
            raw.replace(b'"withheld"', b'"withheld\\n"'), raw.replace(b'"format"', b'"f\xc3\xb6rmat"'),
        ]:
            self.assertNotEqual(changed, raw)
            self.made.sign_manifest(changed)
            self.assertEqual(self.verdict(), (1, "manifest"), changed[:300])

    def test_an_event_that_others_read_otherwise_is_none(self):
        raw = (self.made.root / Made.LINE).read_bytes()
        for old, new in [
            (b'"sequence":1', b'"sequence":NaN'), (b'"sequence":1', b'"sequence":1e0'),
            (b'"sequence":1', b'"sequence":01'), (b'"sequence":1', b'"sequence":1' + b"0" * 20),
            (b'"sequence":1', b'"sequence":1' + b"0" * 5000),
            (b'"sequence":1', b'"sequence":1,"sequence":1'), (b'"sequence":1', b'"sequence":true'),
            (b'"recorded_at":1', b'"recorded_at":1' + b"0" * 20), (b'"payload":', b'"payload":' + b"[" * 100000),
            (b'"payload":"', b'"payload":"\xff'), (b'"payload":"', b'"payload":"\\ud800'),
            (b'"payload":"', b'"payload":"\0'),
            ("\u00e9".encode(), b"\\u00e9"), ("\u2028".encode(), b"\\u2028"), (b'"1.0"', b'"1.' + b"0" * 300 + b'"'),
            (b"\n", b" \n"), (b"\n", b"\r\n"), (b'{"position"', b'{ "position"'), (VISIT.encode(), VISIT.encode()[1:]),
        ]:
            self.assertNotEqual(raw.replace(old, new, 1), raw)
            self.made.write(Made.LINE, raw.replace(old, new, 1))
            self.made.cover()
            self.is_invalid("event")

    def test_what_is_wrong_first_is_told_with_its_check_and_where_it_is(self):
        raw = (self.made.root / Made.LINE).read_bytes().split(b"\n")
        changed = [raw[0], raw[1].replace(b"{", b"{ ", 1), raw[2].replace(b"1", b"2"), b""]
        self.made.write(Made.LINE, b"\n".join(changed))
        self.made.cover()
        code, report = self.report()
        self.assertEqual((code, report["verdict"], report["events"]), (1, "invalid", 1))
        what = "events/000000.jsonl, line 2: it is written in another way"
        self.assertEqual(report["finding"], {"check": "event", "position": None, "what": what})
        raw[1] = raw[1].replace(b"arrived", b"allowed")
        self.made.write(Made.LINE, b"\n".join(raw))
        self.made.cover()
        code, report = self.report()
        what = "its content does not have its hash"
        self.assertEqual((code, report["finding"]), (1, {"check": "event", "position": 1, "what": what}))

    def test_what_is_missing_does_not_hide_what_is_wrong_after_it(self):
        (self.made.root / "proofs/0.tlog-proof").unlink()
        self.made.cover()
        code, report = self.report()
        self.assertEqual((code, report["verdict"], len(report["missing"])), (3, "incomplete", 1))
        self.made.cover(events=4)
        self.is_invalid("manifest")

    def test_a_tar_is_not_found_out_and_its_folder_is(self):
        tar = self.folder / "bundle.tar"
        subprocess.run(["tar", "-cf", str(tar), "-C", str(self.made.root), "."], check=True)
        self.assertEqual(self.in_little_memory(tar), (2, b""))
        shutil.rmtree(self.made.root)
        self.made.root.mkdir()
        subprocess.run(["tar", "-xf", str(tar), "-C", str(self.made.root)], check=True)
        self.assertEqual(self.verdict(), (0, None))

    def test_a_payload_that_nobody_can_read_destroys_no_key_and_does_not_stop_the_examination(self):
        raw = (self.made.root / Made.LINE).read_text()
        for payload in ["[" * 100000, '{"keys":[{"data_key_id":[]}]}', '{"keys":7}', "NaN", "\\ud800"]:
            event = json.loads(raw.split("\n")[0])
            event.update(event_type="patient-key-destroyed", payload=payload)
            self.made.write(Made.LINE, json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n")
            self.made.cover()
            self.is_invalid("event")

    def test_a_proof_or_a_statement_that_is_no_text_is_nothing(self):
        for path, check in [(Made.PROOF, "inclusion"), (Made.HEAD, "stream-head"), ("checkpoint", "checkpoint")]:
            for content in [b"\xff", b"", b"\n" * 70000, (self.made.root / path).read_bytes() + b"\n" * 66000]:
                made = self.made = Made(self.folder)
                made.write(path, content)
                made.cover()
                self.is_invalid(check)

    def test_the_numbers_of_a_checkpoint_have_one_form_and_its_name_is_the_clinics(self):
        text = (self.made.root / "checkpoint").read_text().partition("\n\n")[0] + "\n"
        for size in ["03", "+3", "3 ", "4", "\u0663", "", "3\n"]:
            self.made.write("checkpoint", self.made.signed(text.replace("\n3\n", "\n%s\n" % size)))
            self.made.cover()
            self.is_invalid("checkpoint")
        self.made = Made(self.folder)
        self.made.cover(clinic_id=VISIT)
        self.is_invalid("checkpoint")

    def test_no_path_leaves_the_bundle(self):
        for path in ["../policy", "/etc/hostname", "events/../../policy", "a//b", "a\\b", "a\nb", ".hidden", "",
                     "a" * 201, "\ud800", "\u00e9", "a/", "a\0b"]:
            self.made.cover(files=[{"path": path, "bytes": 1, "sha256": "0" * 64}])
            self.is_invalid("manifest")

    def test_no_link_is_followed_and_nothing_but_a_plain_file_is_opened(self):
        elsewhere = self.folder / "elsewhere"
        elsewhere.write_bytes((self.made.root / Made.PROOF).read_bytes())
        (self.made.root / Made.PROOF).unlink()
        for place in [lambda full: full.symlink_to(elsewhere), lambda full: full.symlink_to(full),
                      lambda full: full.symlink_to("/dev/zero"), lambda full: full.mkdir(), os.mkfifo]:
            place(self.made.root / Made.PROOF)
            self.is_invalid("file")
            with contextlib.suppress(OSError):
                (self.made.root / Made.PROOF).rmdir()
            (self.made.root / Made.PROOF).unlink(missing_ok=True)
        (self.made.root / Made.PROOF).write_bytes(elsewhere.read_bytes())
        (self.made.root / "more").symlink_to(self.made.root)
        self.is_invalid("file")

    def test_names_that_no_bundle_has_are_told_and_do_no_harm(self):
        deep = self.made.root
        for _ in range(15):
            deep = deep / ("d" * 200)
        deep.mkdir(parents=True)
        for name in [b"\xff\xfe", b"\x1b[2J", "\u00e9\u2028".encode(), b"a b", b"manifest.json "]:
            full = os.fsencode(self.made.root) + b"/" + name
            Path(os.fsdecode(full)).write_text("x")
            self.is_invalid("file")
            code, said = self.in_little_memory(self.made.root)
            self.assertEqual((code, b"\x1b" in said), (1, False))
            os.unlink(full)
        self.made.cover(origin="\ud800\x1b[2J")
        code, said = self.in_little_memory(self.made.root)
        self.assertEqual((code, b"\x1b" in said), (1, False))

    def test_folders_in_folders_hold_nothing_and_those_without_end_are_no_bundle(self):
        self.addCleanup(subprocess.run, ["rm", "-rf", str(self.made.root)], check=True)
        before = os.open(".", os.O_RDONLY)
        try:
            os.chdir(self.made.root)
            for ends in [(0, None), (1, "file")]:
                for _ in range(1500):
                    os.mkdir("d")
                    os.chdir("d")
                self.assertEqual(self.verdict(), ends)
        finally:
            os.fchdir(before)
            os.close(before)

    def test_what_is_longer_than_it_may_be_is_never_read(self):
        for path in ["README.md", "manifest.json", "manifest.signed", "checkpoint", Made.LINE, Made.PROOF]:
            self.made = Made(self.folder)
            self.made.write("README.md", "")
            self.made.cover()
            os.truncate(self.made.root / path, 1 << 40)
            self.assertEqual(self.in_little_memory(self.made.root)[0], 1)
        self.made = Made(self.folder)
        self.made.cover(files=[{"path": "checkpoint", "bytes": (1 << 63) - 1, "sha256": "0" * 64}])
        self.assertEqual(self.in_little_memory(self.made.root)[0], 1)
        self.assertEqual(self.in_little_memory("/dev/zero")[0], 2)

    def test_proofs_without_end_that_are_not_there_are_not_kept(self):
        self.made = Made(self.folder / "endless", events=2_000)
        code, report = self.report()
        self.assertEqual((code, len(report["missing"]), report["events"]), (3, 1000, 2_000))

    def test_a_long_log_is_not_kept_in_memory(self):
        self.made = Made(self.folder / "long", entries=True, more=100_000)
        tracemalloc.start()
        try:
            self.assertEqual(self.verdict(), (0, None))
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        # The hash of each stream of this log and how many entries it has take most of it.
        self.assertLess(most, 30 << 20)

    def test_it_begins_with_how_long_the_bundle_stood_unwitnessed_at_most(self):
        since, hour, two_hours = ("2026-10-26T%02d:33:20+00:00" % hour for hour in (7, 8, 9))
        code, report = self.report()
        self.assertEqual((code, [*report][0]), (0, "unwitnessed"))
        self.assertEqual(report["unwitnessed"], {"from": since, "until": None})
        note = (self.made.root / "checkpoint").read_text()
        text = note.partition("\n\n")[0] + "\n"
        lines = self.made.policy.read_text().replace("quorum none\n", "witness a %s\nwitness b %s\n" % tuple(WITNESSES))
        # The first event, an hour later, two hours later; before it there was nothing to be seen.
        first, soon, late = (1793000000 + hours * 3600 for hours in (0, 1, 2))
        for asked, seen, until in [
            ("quorum none", (soon, late), hour), ("quorum b", (soon, late), two_hours),
            ("group g 2 a b\nquorum g", (late, soon), two_hours), ("quorum a", (first - 9, None), since),
            ("quorum a", ((1 << 64) - 1, None), None), ("quorum a", (1 << 40, soon), None),
            ("quorum none", (None, None), None),
        ]:
            self.made.policy.write_text("%s%s\n" % (lines, asked))
            self.made.write("checkpoint", note + seen_at(*seen, text=text))
            self.made.cover()
            code, report = self.report()
            self.assertEqual((code, report["unwitnessed"]), (0, {"from": since, "until": until}), asked)
        self.made.policy.write_text("%squorum a\n" % lines)
        self.made.write("checkpoint", note)
        self.made.cover()
        code, report = self.report()
        self.assertEqual((code, report["unwitnessed"]), (1, None))

    def test_a_log_that_is_said_to_be_endless_is_not_looked_for(self):
        self.made = Made(self.folder / "other", entries=True)
        for size in [4, 2, 0, 256, 9_999_999_999_999_999_999]:
            self.made.manifest["size"] = size
            self.made.cover()
            self.is_invalid("checkpoint")
        self.made = Made(self.folder / "third", entries=True)
        raw = (self.made.root / "tile/entries/000.p/3").read_bytes()
        for changed in [raw[:-1], raw + b"x", b"\1" + raw[1:], raw[:1] + b"\x48" + raw[2:], raw[75:], b""]:
            self.made.write("tile/entries/000.p/3", changed)
            self.made.cover()
            self.is_invalid("root")

    def test_a_policy_is_not_taken_from_the_bundle_nor_one_without_end(self):
        inside = self.made.root / "policy"
        inside.write_bytes(self.made.policy.read_bytes())
        self.made.policy = inside
        self.assertEqual(self.verdict()[0], 2)
        for content in [b"\xff", b"", b"#" * 70000]:
            self.made = Made(self.folder)
            self.made.policy.write_bytes(self.made.policy.read_bytes() + content if content[:1] == b"#" else content)
            self.assertEqual(self.verdict()[0], 2)


class Alone(unittest.TestCase):
    """What it says where it cannot run: 1 would mean that a bundle is invalid."""

    def ends(self, before):
        """With what it ends, and what it says, after something was done to the Python that runs it."""
        run = "%s; import runpy; runpy.run_path(%r, run_name='__main__')" % (before, verify_export.__file__)
        ended = subprocess.run([sys.executable, "-B", "-c", run], capture_output=True, timeout=60)
        return ended.returncode, ended.stderr

    def test_a_python_that_is_too_old_is_told_so(self):
        # Also by one that does not know how it is written: nothing in it is newer than what an old one can read.
        ast.parse(Path(verify_export.__file__).read_text(), feature_version=(3, 7))
        code, said = self.ends("import datetime; del datetime.UTC")
        self.assertEqual((code, said.count(b"\n")), (2, 1))
        self.assertIn(b"Python 3.11", said)

    def test_a_python_without_the_package_is_told_so(self):
        code, said = self.ends("import sys; sys.modules['cryptography'] = None")
        self.assertEqual((code, said.count(b"\n")), (2, 1))
        self.assertIn(b"cryptography", said)

    def test_a_report_that_cannot_be_written_is_no_verdict(self):
        with tempfile.TemporaryDirectory() as folder, open("/dev/full", "w") as full:
            made = Made(Path(folder))
            command = [sys.executable, "-B", verify_export.__file__, str(made.root), "--policy", str(made.policy)]
            ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=60)
            self.assertEqual(ended.returncode, 2)


if __name__ == "__main__":
    unittest.main()
