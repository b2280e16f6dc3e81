"""What verify.py computes, against what RFCs publish. Run by verify-py.spec.ts, or alone."""

import json
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'src' / 'verifiers'))

import verify  # noqa: E402  (the file under test is beside no package)

# RFC 8032 section 7.1, tests 1 to 3: key, message, signature.
SIGNED = [
    ('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', '',
     'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555'
     'fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'),
    ('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', '72',
     '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da'
     '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'),
    ('fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025', 'af82',
     '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac'
     '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a'),
]


def vectors(name):
    return json.loads((ROOT / 'fixtures' / 'vectors' / name).read_text('utf-8'))


def proof_of(size, leaves, is_whole=True):
    """RFC 6962 section 2.1.2, as it is written there."""
    if size == len(leaves):
        return [] if is_whole else [verify.root_of(leaves)]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if size <= half:
        return proof_of(size, leaves[:half], is_whole) + [verify.root_of(leaves[half:])]
    return proof_of(size - half, leaves[half:], False) + [verify.root_of(leaves[:half])]


class Signatures(unittest.TestCase):
    def test_takes_what_rfc_8032_signs_and_nothing_else(self):
        for key, message, signature in (map(bytes.fromhex, one) for one in SIGNED):
            self.assertTrue(verify.verifies(key, signature, message))
            self.assertFalse(verify.verifies(key, signature, message + b'\0'))
            self.assertFalse(verify.verifies(key, b'\0' + signature[1:], message))
            self.assertFalse(verify.verifies(key, signature[:-1], message))
            # The same S, one order of the group further: another text of the same signature.
            s = int.from_bytes(signature[32:], 'little') + verify._L
            other = signature[:32] + s.to_bytes(32, 'little')
            self.assertFalse(verify.verifies(key, other, message))

    def test_takes_no_key_with_which_everybody_signs_everything(self):
        for key in (b'\1' + bytes(31), bytes(32), b'\xec' + b'\xff' * 30 + b'\x7f'):
            self.assertFalse(verify.is_public_key(key))
            self.assertFalse(verify.verifies(key, b'\1' + bytes(63), b'anything'))
        # y = 1 as the text of p + 1, and a y of which there is no x.
        self.assertFalse(verify.is_public_key(b'\xee' + b'\xff' * 30 + b'\x7f'))
        self.assertFalse(verify.is_public_key(b'\2' + bytes(31)))

    def test_takes_the_jws_and_the_thumbprint_of_rfc_8037(self):
        given = vectors('canonical_json_and_jws.json')['rfc8037_ed25519_jws']
        key = verify.from_base64(given['jwk']['x'], url=True)
        signed, signature = given['jws'].rsplit('.', 1)
        self.assertTrue(verify.verifies(
            key, verify.from_base64(signature, url=True), signed.encode()))
        self.assertEqual(verify.thumbprint(key), given['thumbprint_rfc7638'])

    def test_takes_one_text_of_base64_for_each_bytes(self):
        self.assertEqual(verify.from_base64('AQ=='), b'\1')
        self.assertEqual(verify.from_base64('AQ', url=True), b'\1')
        for text in ('AR==', 'AQ', 'AQ=', 'A Q==', 'AQ==\n', '_w==', 'é'):
            self.assertIsNone(verify.from_base64(text))
        for text in ('AR', 'AQ==', 'A', '/w', '+w'):
            self.assertIsNone(verify.from_base64(text, url=True))


class Trees(unittest.TestCase):
    LEAVES = [verify.leaf(bytes([number])) for number in range(40)]

    def test_has_the_roots_of_rfc_6962(self):
        given = vectors('merkle_rfc6962.json')
        leaves = [verify.leaf(bytes.fromhex(text)) for text in given['leaves_hex']]
        self.assertEqual([verify.root_of(leaves[:size]).hex() for size in range(9)],
                         given['roots_by_size_0_to_8'])

    def test_takes_each_proof_of_a_log_that_grew_and_no_other(self):
        for size in range(2, 36):
            new = verify.root_of(self.LEAVES[:size])
            for before in range(1, size):
                old = verify.root_of(self.LEAVES[:before])
                proof = proof_of(before, self.LEAVES[:size])

                def roots(hashes, first=old):
                    return verify.roots_of_proof(before, size, first, hashes)
                self.assertEqual(roots(proof), (old, new))
                self.assertIsNone(roots(proof + [bytes(32)]))
                self.assertIsNone(roots(proof[:-1]))
                for place in range(len(proof)):
                    wrong = proof[:place] + [bytes(32)] + proof[place + 1:]
                    self.assertNotEqual(roots(wrong), (old, new))
        for sizes in ((0, 5), (5, 5), (6, 5)):
            self.assertIsNone(verify.roots_of_proof(*sizes, bytes(32), [bytes(32)]))

    def test_gives_the_root_of_a_log_with_any_gap(self):
        root = verify.root_of(self.LEAVES)
        for begin in range(40):
            for end in range(begin, 41):
                tree = verify.Frontier()
                for first, last in ((0, begin), (begin, end), (end, 40)):
                    for count in verify.covering(first, last):
                        at = tree.size
                        tree.add(count, verify.root_of(self.LEAVES[at:at + count]))
                self.assertEqual((tree.size, tree.root()), (40, root))
        self.assertEqual(verify.covering(5, 16), [1, 2, 8])
        self.assertEqual(verify.covering(0, 7), [4, 2, 1])


class CanonicalJson(unittest.TestCase):
    def test_takes_what_rfc_8785_writes(self):
        for text in ('{}', '[1,-1,0]', '{"a":"é€\U0001f600"}', '"\\u000f\\n\\\\\\""', '{"":null}',
                     '{"\U0001f600":1,"\uff5e":2}', '9007199254740991', '[true,false,null]',
                     '"\x7f\u2028"', '"1234567890123456789012345678901234567890"'):
            verify.canonical(text.encode(), 'x')

    def test_refuses_everything_else(self):
        for text in ('{ }', '[1,]', '[-0]', '[1.0]', '[1.5]', '[1e3]', '[NaN]', '[-Infinity]',
                     '{"b":1,"a":2}', '{"a":1,"a":1}', '"\\u0041"', '"\\/"', '"\\u000F"', '[01]',
                     '{"\uff5e":2,"\U0001f600":1}', '9007199254740992', '9' * 10000, ' 1', '1\n',
                     '', '"\\ud800"', '\ufeff1', '[' * 100000, '{"a":' * 100000, '"\t"', "{'a':1}"):
            with self.assertRaises(verify.Bad, msg=text[:60]):
                verify.canonical(text.encode(), 'x')
        for data in (b'"\xff"', b'"\xed\xa0\x80"', b'"\xc0\x80"', b'\0'):
            with self.assertRaises(verify.Bad):
                verify.canonical(data, 'x')


class Figures(unittest.TestCase):
    def test_cuts_and_rounds_exactly(self):
        half, cut = verify.rounded, verify.rounded
        third, eighth = verify.Fraction(1, 3), verify.Fraction(1, 8)
        self.assertEqual(half(eighth, 2, 'half'), '0.13')
        self.assertEqual(half(-eighth, 2, 'half'), '-0.13')
        self.assertEqual(cut(eighth, 2, 'cut'), '0.12')
        self.assertEqual(cut(-third, 0, 'cut'), '0')
        self.assertEqual(half(verify.Fraction(5, 2), 0, 'half'), '3')
        self.assertEqual(half(verify.Fraction(10 ** 30, 3), 1, 'half'), '3' * 30 + '.3')
        self.assertIsNone(verify.percent(1, 0, 2, 'cut'))
        self.assertEqual(verify.percent(2, 3, 2, 'cut'), '66.66')

    def test_knows_months_and_instants(self):
        self.assertEqual(
            [verify.instant_text(at) for at in verify.month_of('2024-02')],
            ['2024-02-01T00:00:00Z', '2024-03-01T00:00:00Z'])
        self.assertEqual(
            [verify.instant_text(at) for at in verify.month_of('9999-11')],
            ['9999-11-01T00:00:00Z', '9999-12-01T00:00:00Z'])
        self.assertEqual(verify.instant('1970-01-01T00:00:01.250Z', 'x'), 1250)
        for text in ('2026-02-30T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01T00:00:00',
                     '2026-01-01', '２026-01-01T00:00:00Z', '0000-01-01T00:00:00Z', None, 5):
            with self.assertRaises(verify.Bad):
                verify.instant(text, 'x')

    def test_writes_cells_that_no_spreadsheet_runs(self):
        for value, text in ((None, ''), ('', ''), (5, '5'), (-5, '-5'), ('a"b', '"a""b"'),
                            ('=1', "'=1"), ('-a,b', '"\'-a,b"'), ('\ta', "'\ta"),
                            ('\ra', '"\'\ra"'), ('a\nb', '"a\nb"'), ('-0.5', "'-0.5"),
                            ("''\u3000 @a", "'" + "''\u3000 @a"), ('\ufeff\0', "'\ufeff\0"),
                            ("'a", "'a"), ('a=1', 'a=1'), ('\x1c=1', '\x1c=1')):
            self.assertEqual(verify.cell(value), text)
        self.assertEqual(verify.cell('-0.5', is_number=True), '-0.5')


if __name__ == '__main__':
    unittest.main()
