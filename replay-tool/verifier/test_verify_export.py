"""What the small verifier is made of, against published vectors and by hand.

    python3 -m unittest test_verify_export
"""

import hashlib
import unittest
import uuid

from verify_export import (Key, Policy, Tree, Wrong, decode64, encode64, event_hash, included, node, number, sha256,
                           split_note, stream_tag)

CLINIC, VISIT = uuid.UUID(bytes=b"\x11" * 16), uuid.UUID(bytes=b"\x22" * 16)
LOG = "daybook.example/clinics/demo+582eaded+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
CHECKPOINT = ("daybook.example/clinics/demo\n5\nGFwSVzlOix3QR8GJpQ+1mOMiHEszrnPzfY3iziLATnw=\n\n"
              "\u2014 daybook.example/clinics/demo WC6t7ctSEo/r6bWmTai0Jqa2iCDCj+R3GBqKwmUnxG6J6p7lSa1HOQ3OtIoRU5TI0FShvKmqSimAy"
              "E6eQ8CBXylwOwU=\n")
WITNESSES = ["w1.example+%s+%s" % (sha256(b"w1.example\n", b"\x04", bytes([i]) * 32)[:4].hex(),
                                   encode64(b"\x04" + bytes([i]) * 32)) for i in (1, 2)]


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
        tree = Tree()
        for size, root in enumerate(roots):
            self.assertEqual((tree.size, tree.root().hex()), (size, root))
            tree.push(sha256(b"\0", bytes.fromhex(leaves[size] if size < 8 else "")))

    def test_an_event_has_the_hash_of_the_ledgers_vector(self):
        tag = stream_tag(CLINIC, "visit", str(VISIT))
        self.assertEqual(tag.hex(), "f716b396fdaf36953539c8fa4145fa3bf44dba573a0ad9204d5e2524173ec290")
        sealed = ("0155555555555555555555555555555555000102030405060708090a0b75fc1808543325f9cf0b1ecd6ef6293ca2e6f81e36acfc5bf"
                  "dcdcc5c5f9ab6e64195291fc673549cce213ab7985b7cc4f85d62ac1567959ffe2f91726e7725")
        event = {"stream_type": "visit", "stream_id": str(VISIT), "sequence": 1, "event_id": "41" * 4 + "-4141-4141-4141-" + "41" * 6,
                 "prev_hash": tag.hex(), "recorded_at": 1793000000123456, "event_type": "scheduled", "event_version": "1.0",
                 "metadata": '{"actor":"front-desk-7","reason":"scheduling"}',
                 "payload": '{"starts_at":"2026-11-24T15:00:00Z","reason":{"$phi":0}}',
                 "sealed_sha256": sha256(b"daybook/sealed/v1\n\0", bytes.fromhex(sealed)).hex()}
        self.assertEqual(event_hash(CLINIC, event).hex(), "74469e28c8a77252cedeb83918186b90b693bf969c91b3bef1416cdc605a7fee")

    def test_every_leaf_of_every_small_tree_is_in_it_and_nowhere_else(self):
        def root(leaves):
            half = 1
            while half * 2 < len(leaves):
                half *= 2
            return leaves[0] if len(leaves) == 1 else node(root(leaves[:half]), root(leaves[half:]))

        def path(index, leaves):
            half = 1
            while half * 2 < len(leaves):
                half *= 2
            if len(leaves) == 1:
                return []
            if index < half:
                return path(index, leaves[:half]) + [root(leaves[half:])]
            return path(index - half, leaves[half:]) + [root(leaves[:half])]

        for size in range(1, 20):
            leaves = [hashlib.sha256(bytes([i])).digest() for i in range(size)]
            for index in range(size):
                proof = path(index, leaves)
                self.assertTrue(included(leaves[index], index, size, proof, root(leaves)))
                for other in range(size + 2):
                    fits = included(leaves[index], other, size, proof, root(leaves))
                    self.assertEqual(fits, other == index, (size, index, other))
                self.assertFalse(included(leaves[index], index, size, proof + [leaves[0]], root(leaves)))
                self.assertFalse(proof and included(leaves[index], index, size, proof[:-1], root(leaves)))


class Notes(unittest.TestCase):
    def test_the_public_vector_of_a_signed_note(self):
        key = Key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", 1)
        text, signatures = split_note(
            "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
            "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n")
        key.check(text, *key.own(signatures), "wrong")
        self.assertRaises(Wrong, key.check, text + "!", *key.own(signatures), "wrong")

    def test_the_ledgers_checkpoint_is_believed_and_nothing_that_was_changed_in_it(self):
        policy = Policy("log %s\nquorum none\n" % LOG)
        self.assertEqual(policy.believe(CHECKPOINT)[:2], ("daybook.example/clinics/demo", 5))
        for at in range(len(CHECKPOINT)):
            changed = CHECKPOINT[:at] + ("x" if CHECKPOINT[at] != "x" else "y") + CHECKPOINT[at + 1:]
            self.assertRaises(Wrong, policy.believe, changed)
        for changed in ("", "\n", CHECKPOINT[:-1], CHECKPOINT + "\n", CHECKPOINT.replace("\n", "\r\n")):
            self.assertRaises(Wrong, policy.believe, changed)

    def test_a_policy_counts_nobody_twice_and_takes_no_line_it_does_not_know(self):
        first, second = WITNESSES
        Policy("log %s\nwitness a %s\nwitness b %s\ngroup g all a b\nquorum g # both\n" % (LOG, first, second))
        for wrong in ["", "log %s" % LOG, "quorum none", "log %s\nquorum nobody" % LOG, "log %s\nquorum none\nquorum none" % LOG,
                      "log %s\nwitness a %s\nwitness b %s\nquorum a" % (LOG, first, first),
                      "log %s\nwitness a %s\nwitness a %s\nquorum a" % (LOG, first, second),
                      "log %s\nwitness a %s\ngroup g 2 a\nquorum g" % (LOG, first),
                      "log %s\nwitness a %s\ngroup g 2 a a\nquorum g" % (LOG, first),
                      "log %s\nwitness a %s\ngroup g any a\ngroup h any a\nquorum g" % (LOG, first),
                      "log %s\nwitness none %s\nquorum none" % (LOG, first), "log %s\nquorum none\ntrust everybody" % LOG]:
            self.assertRaises(Wrong, Policy, wrong)

    def test_there_is_one_way_to_write_a_number_and_base64(self):
        self.assertEqual((number("0"), number("305"), decode64("AA==")), (0, 305, b"\0"))
        for wrong in ("", "00", "+1", "-1", "1 ", "1\n", "\u0661"):
            self.assertRaises(Wrong, number, wrong)
        for wrong in ("AA", "AA==\n", "AB==", "A A=", "=AA=", "\u0410A=="):
            self.assertRaises(Wrong, decode64, wrong)


if __name__ == "__main__":
    unittest.main()
