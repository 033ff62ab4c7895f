import math
import unittest
from typing import Any

from countersign import Verdict
from countersign.testing import NoAnswer, Sample, change, decide, sample
from policy import Confidence


def overwrite(confidence: float | None, **given: Any) -> Sample:
    return sample(
        change("industry", "Retail", "Software"), confidence=confidence, facts={"segment": "saas"}, **given
    )


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


class ConfidenceTest(unittest.TestCase):
    def test_the_default_threshold_is_inclusive(self) -> None:
        self.assertEqual(codes(decide(Confidence, overwrite(0.95))), [])
        self.assertEqual(codes(decide(Confidence, overwrite(0.9499))), ["confidence.below-threshold"])

    def test_what_is_no_confidence_is_not_confident(self) -> None:
        for nonsense in [None, math.nan, math.inf, -math.inf, 1.5, -0.1]:
            with self.subTest(nonsense):
                self.assertEqual(codes(decide(Confidence, overwrite(nonsense))), ["confidence.missing"])

    def test_a_change_with_its_own_confidence_is_judged_by_it(self) -> None:
        given = sample(
            change("industry", "Retail", "Software"), change("city", "Bern", "Basel", confidence=0.5)
        )
        self.assertEqual([reason.field for reason in decide(Confidence, given).reasons], ["city"])

    def test_a_suggestion_without_changes_is_judged_by_its_own(self) -> None:
        [reason] = decide(Confidence, sample(confidence=0.5)).reasons
        self.assertIsNone(reason.field)
        self.assertEqual(reason.message, "Confidence 0.5 is below the threshold of 0.95.")

    def test_thresholds_by_field_object_segment_and_assistant(self) -> None:
        names = {
            "fields": "industry",
            "objects": "contact",
            "segments": "saas",
            "assistants": "acme/enricher",
        }
        for key, name in names.items():
            with self.subTest(key):
                found = codes(decide(Confidence, overwrite(0.97), {key: {name: 0.99}}))
                self.assertEqual(found, ["confidence.below-threshold"])
        self.assertEqual(codes(decide(Confidence, overwrite(0.91), {"assistants": {"acme": 0.9}})), [])

    def test_numbers_are_written_without_exponents(self) -> None:
        [reason] = decide(Confidence, overwrite(1e-7), {"threshold": 1}).reasons
        self.assertEqual(reason.message, "Confidence 0.0000001 is below the threshold of 1.")

    def test_settings_that_are_none_are_refused(self) -> None:
        wrong = {
            "threshold: 95": {"threshold": 95},
            r"fields\.a: -1": {"fields": {"a": -1}},
            "treshold: unknown key": {"treshold": 1},
            "threshold: true": {"threshold": True},
        }
        for message, settings in wrong.items():
            with self.subTest(message), self.assertRaisesRegex(NoAnswer, message):
                decide(Confidence, overwrite(1), settings)
