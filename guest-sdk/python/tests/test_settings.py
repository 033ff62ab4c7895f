import unittest
from dataclasses import dataclass
from typing import Annotated, Literal

from countersign import Length, Range, Refused, setting
from countersign.settings import NoSettings, parse, schema_of


@dataclass(frozen=True)
class Nested:
    depth: int = setting(1)


@dataclass(frozen=True)
class Settings:
    threshold: Annotated[float, Range(0, 1)] = setting(0.5, "What suffices.")
    max_count: int = setting(3)
    mode: Literal["soft", "hard"] = setting("soft")
    on: bool = setting(True)
    names: list[Annotated[str, Length(1)]] = setting([])
    by: dict[str, float] = setting({})
    nested: Nested = setting(Nested())
    role: str | None = setting(None)


@dataclass(frozen=True)
class Required:
    at: str = setting()


class SettingsTest(unittest.TestCase):
    def test_defaults_stand_where_nothing_is_said(self) -> None:
        settings = parse(
            Settings, '{"threshold": 1, "max-count": 2.0, "nested": {"depth": 4}, "role": "lead"}'
        )
        expected = Settings(threshold=1.0, max_count=2, nested=Nested(4), role="lead")
        self.assertEqual(settings, expected)
        self.assertIsInstance(settings.threshold, float)

    def test_what_is_wrong_is_named_with_its_key(self) -> None:
        wrong = {
            '{"treshold": 1}': "treshold: unknown key; known are threshold, max-count",
            '{"threshold": "1"}': 'threshold: "1" is not a number',
            '{"threshold": 1.5}': "threshold: 1.5 is above the maximum of 1",
            '{"threshold": -1}': "threshold: -1.0 is below the minimum of 0",
            '{"threshold": true}': "threshold: true is not a number",
            '{"threshold": NaN}': "threshold: the number is too large, or none",
            '{"max-count": 1.5}': "max-count: 1.5 is not an integer",
            '{"max_count": 1}': "max_count: unknown key",
            '{"mode": "firm"}': 'mode: "firm" is none of soft, hard',
            '{"on": 1}': "on: 1 is not a boolean",
            '{"names": ["a", ""]}': 'names[1]: "" is shorter than 1',
            '{"names": {}}': "names: {} is not an array",
            '{"by": {"x": "y"}}': 'by.x: "y" is not a number',
            '{"nested": {"dept": 1}}': "nested.dept: unknown key; known are depth",
            "[]": "the settings: [] is not an object",
            "{": "the settings are no JSON",
        }
        for text, message in wrong.items():
            with self.subTest(text), self.assertRaises(Refused) as refused:
                parse(Settings, text)
            self.assertTrue(str(refused.exception).startswith(message), refused.exception)

    def test_a_setting_without_a_default_must_be_given(self) -> None:
        with self.assertRaisesRegex(Refused, "at: is missing"):
            parse(Required, "{}")
        self.assertEqual(schema_of(Required)["required"], ["at"])

    def test_the_schema_says_what_is_checked(self) -> None:
        schema = schema_of(Settings)
        self.assertIs(schema["additionalProperties"], False)
        self.assertEqual(
            schema["properties"]["threshold"],
            {"type": "number", "minimum": 0, "maximum": 1, "description": "What suffices.", "default": 0.5},
        )
        self.assertEqual(schema["properties"]["names"]["items"], {"type": "string", "minLength": 1})
        self.assertEqual(schema["properties"]["nested"]["default"], {"depth": 1})
        self.assertEqual(schema_of(NoSettings)["properties"], {})
