import unittest

from countersign import Severity
from countersign.testing import NoAnswer, change, sample, validate
from policy import NewPolicy


class NewPolicyTest(unittest.TestCase):
    def test_text_that_is_all_upper_case_is_noticed(self) -> None:
        [found] = validate(NewPolicy, sample(change("company", None, "ACME SOFTWARE")))
        self.assertEqual(
            (found.code, found.severity, found.field), ("new-policy.shouting", Severity.LOW, "company")
        )

    def test_short_mixed_and_caseless_text_is_not(self) -> None:
        for quiet in ["IBM", "Acme Software", "1234567890", None, 1234567890]:
            with self.subTest(quiet):
                self.assertEqual(validate(NewPolicy, sample(change("company", None, quiet))), [])

    def test_the_length_is_a_setting(self) -> None:
        given = sample(change("company", None, "IBM"))
        self.assertEqual(len(validate(NewPolicy, given, {"min-length": 2})), 1)
        with self.assertRaisesRegex(NoAnswer, 'min-length: "2"'):
            validate(NewPolicy, given, {"min-length": "2"})
