import unittest

from countersign import Objections, Outcome, Reason, Severity, Verdict, finding, review_needs
from countersign.answer import bound_findings, bound_verdict


class AnswerTest(unittest.TestCase):
    def test_the_strictest_objection_gives_the_outcome(self) -> None:
        objections = Objections()
        for outcome in (Outcome.REVIEW, Outcome.REJECT, Outcome.APPLY):
            objections.add(outcome, "a.b", outcome.name)
        verdict = objections.verdict()
        self.assertIs(verdict.outcome, Outcome.REJECT)
        self.assertEqual([reason.message for reason in verdict.reasons], ["REVIEW", "REJECT"])
        self.assertFalse(Objections())

    def test_of_many_objections_the_strictest_are_kept(self) -> None:
        objections = Objections()
        for n in range(40):
            objections.add(Outcome.REJECT if n == 39 else Outcome.REVIEW, "a.b", str(n))
        verdict = objections.verdict()
        self.assertEqual((verdict.outcome, len(verdict.reasons)), (Outcome.REJECT, 32))
        self.assertEqual([reason.message for reason in verdict.reasons[:2]], ["39", "0"])

    def test_of_many_findings_the_most_serious_are_kept_and_made_short(self) -> None:
        findings = [finding("a.b", Severity.LOW, "é" * 9000, field="x" * 9000) for _ in range(70)]
        kept = bound_findings([*findings, finding("a.c", Severity.HIGH, "This.")])
        self.assertEqual((len(kept), kept[0].code, kept[1].field), (64, "a.c", None))
        self.assertEqual(len(kept[1].message.encode()), 512 + len("…".encode()))

    def test_an_answer_that_is_none_is_an_error(self) -> None:
        for wrong in (
            None,
            Verdict("review", [], None),
            Verdict(Outcome.REVIEW, [Reason("a.b", None, 3)], None),
        ):  # type: ignore[arg-type]
            with self.subTest(wrong), self.assertRaises(TypeError):
                bound_verdict(wrong)  # type: ignore[arg-type]

    def test_a_review_needs_one_approval_unless_it_is_said_otherwise(self) -> None:
        needs = review_needs(within_hours=48)
        self.assertEqual((needs.role, needs.approvals, needs.priority, needs.within_hours), (None, 1, 4, 48))
