import unittest

from countersign import Number, cut, decimal, display_of, is_empty, number_of, texts_of, to_value


class TextTest(unittest.TestCase):
    def test_numbers_have_the_shortest_digits_and_no_exponent(self) -> None:
        written = {
            1: "1",
            0.95: "0.95",
            1e-7: "0.0000001",
            -0.0: "-0",
            1e21: "1" + "0" * 21,
            5e-7: "0.0000005",
        }
        for number, text in written.items():
            self.assertEqual(decimal(number), text)
        self.assertEqual(decimal(-1.25e-9), "-0.00000000125")

    def test_text_is_cut_in_bytes_of_utf8(self) -> None:
        cuts = [cut("Zürich", 2), cut("Zürich", 3), cut("a😀b", 4), cut("abc", 9)]
        self.assertEqual(cuts, ["Z", "Zü", "a", "abc"])

    def test_only_finite_numbers_are_numbers(self) -> None:
        numbers = [to_value(12.5), to_value(" 7 "), Number("-3"), Number("1e9")]
        self.assertEqual([number_of(number) for number in numbers], [12.5, 7, -3, 1e9])
        for none in ("NaN", "inf", "", "7 8", "007", "+41", "0x10", "1e999", None, True):
            self.assertIsNone(number_of(to_value(none)), none)

    def test_a_withheld_value_is_not_called_empty(self) -> None:
        self.assertFalse(is_empty(to_value()))
        self.assertEqual(
            [is_empty(to_value(value)) for value in (None, " ", [], "x", 0)], [True, True, True, False, False]
        )
        self.assertEqual(
            [display_of(to_value(value)) for value in (True, 1.5, ["a", "b"])], ["yes", "1.5", "a; b"]
        )
        self.assertEqual(texts_of(to_value(["a", "b"])), ["a", "b"])
