import datetime
import os
import random
import time
import unittest
import uuid
from collections.abc import Callable
from types import ModuleType
from typing import Any

from componentize_py_types import Err
from countersign import (
    Declined,
    Facts,
    Finding,
    Outcome,
    Parts,
    Policy,
    Reads,
    Suggestion,
    Validator,
    Verdict,
    reads,
)
from countersign.component import find, world
from countersign.testing import NoAnswer, change, decide, sample


def policy(run: Callable[[Suggestion, Facts], Any], **more: Any) -> type[Policy]:
    class Tried(Policy):
        name = "tried"
        version = "0.1.0"
        summary = "Tries."
        codes = {"tried.it": "Always."}

        def decide(self, suggestion: Suggestion, facts: Facts, findings: list[Finding]) -> Verdict:
            answer = run(suggestion, facts)
            return answer if isinstance(answer, Verdict) else Verdict(Outcome.APPLY, [], None)

    for name, value in more.items():
        setattr(Tried, name, value)
    return Tried


class ModuleTest(unittest.TestCase):
    def test_what_a_module_raises_is_what_the_host_is_told(self) -> None:
        def told(error: BaseException) -> str:
            def run(suggestion: Suggestion, facts: Facts) -> None:
                raise error

            component = world(policy(run))()
            component.configure("{}")
            given = sample()
            with self.assertRaises(Err) as err:
                component.decide(given.suggestion, given.facts, [])
            return str(err.exception.value)

        self.assertEqual(told(Declined("No register.")), "No register.")
        self.assertRegex(
            told(TypeError("x is no y")), r"^this module failed: TypeError: x is no y \(at test_module"
        )
        self.assertRegex(told(SystemExit(3)), "^this module failed: SystemExit: 3")

    def test_there_is_no_outside(self) -> None:
        clock = "modules have no clock: use facts.now"
        for reach, message in [
            (lambda: time.time(), clock),
            (lambda: time.localtime(), clock),
            (lambda: time.strftime("%Y"), clock),
            (lambda: datetime.datetime.now(datetime.UTC), clock),
            (lambda: datetime.date.today(), clock),
            (lambda: random.random(), "modules have no randomness"),
            (lambda: random.Random(), "modules have no randomness"),
            (lambda: os.urandom(2), "modules have no randomness"),
            (lambda: uuid.uuid4(), "modules have no randomness"),
            (lambda: open("/etc/hosts"), "modules have no files"),
            (lambda: os.listdir("."), "modules have no files"),
            (lambda: os.system("true"), "modules start no processes"),
        ]:
            with self.subTest(message), self.assertRaisesRegex(NoAnswer, "^" + message):
                decide(policy(lambda suggestion, facts, reach=reach: reach()), sample())  # type: ignore[misc]
        self.assertGreater(time.time(), 0, "it is open again outside of a call")

    def test_given_times_and_seeds_work(self) -> None:
        def run(suggestion: Suggestion, facts: Facts) -> None:
            now = datetime.datetime.fromisoformat(facts.now)
            assert isinstance(now, datetime.datetime) and now > datetime.datetime(
                2026, 1, 1, tzinfo=now.tzinfo
            )
            assert random.Random(3).random() == random.Random(3).random()
            assert time.gmtime(0).tm_year == 1970

        decide(policy(run), sample())

    def test_a_module_is_called_only_with_settings(self) -> None:
        component, given = world(policy(lambda suggestion, facts: None))(), sample()
        for settings in (None, '{"a": 1}'):
            if settings:
                with self.assertRaises(Err):
                    component.configure(settings)
            with self.assertRaises(Err):
                component.decide(given.suggestion, given.facts, [])
        component.configure("{}")
        self.assertIs(component.decide(given.suggestion, given.facts, []).outcome, Outcome.APPLY)

    def test_a_module_sees_what_it_declared_and_nothing_else(self) -> None:
        def look(wanted: Reads) -> tuple[Suggestion, Facts]:
            seen: list[tuple[Suggestion, Facts]] = []
            looking = policy(lambda *given: seen.append(given), reads=lambda self: wanted)
            decide(looking, sample(change("city", "Bern", "Basel")))
            return seen[0]

        bare, bare_facts = look(reads())
        self.assertEqual(repr(bare.changes[0].proposed), "Value_Withheld()")
        self.assertEqual((bare.evidence, bare.assistant.vendor, bare_facts.fields), ([], "", []))
        full, full_facts = look(reads(Parts.CHANGED_VALUES | Parts.FIELD_FACTS | Parts.EVIDENCE))
        self.assertEqual(repr(full.changes[0].proposed), "Value_Text(value='Basel')")
        self.assertEqual((full.evidence[0].excerpt, full_facts.fields[0].field), (None, "city"))

    def test_the_description_depends_on_the_settings(self) -> None:
        component = world(policy(lambda suggestion, facts: None, reads=lambda self: reads(history_days=30)))()
        self.assertEqual(component.describe().reads.history_days, 30)
        self.assertEqual([code.code for code in component.describe().codes], ["tried.it"])

    def test_a_source_defines_one_module(self) -> None:
        source = ModuleType("source")
        with self.assertRaisesRegex(TypeError, "it defines none"):
            find(source)
        source.__dict__["Policy"] = Policy
        source.__dict__["Mine"] = type("Mine", (Validator,), {"__module__": "source"})
        self.assertIs(find(source), source.__dict__["Mine"])
