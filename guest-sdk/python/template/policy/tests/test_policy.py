import unittest

from countersign import Outcome
from countersign.testing import NoAnswer, change, decide, fact, sample
from policy import NewPolicy


class NewPolicyTest(unittest.TestCase):
    def test_a_watched_field_is_reviewed(self) -> None:
        verdict = decide(NewPolicy, sample(change("email", "a", "b")))
        self.assertIs(verdict.outcome, Outcome.REVIEW)
        found = [(reason.code, reason.field) for reason in verdict.reasons]
        self.assertEqual(found, [("new-policy.watched-field", "email")])

    def test_other_fields_are_applied(self) -> None:
        self.assertIs(decide(NewPolicy, sample(change("industry", "a", "b"))).outcome, Outcome.APPLY)

    def test_fields_can_be_watched_by_their_tags(self) -> None:
        given = sample(change("mobile", "1", "2"), facts={"fields": [fact("mobile", "1", tags=["phone"])]})
        self.assertIs(decide(NewPolicy, given, {"fields": ["#phone"]}).outcome, Outcome.REVIEW)

    def test_settings_with_a_typo_are_refused(self) -> None:
        with self.assertRaisesRegex(NoAnswer, "field: unknown key"):
            decide(NewPolicy, sample(change("email", "a", "b")), {"field": []})
