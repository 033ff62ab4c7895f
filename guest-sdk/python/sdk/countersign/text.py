"""Text as the interface counts it, and numbers as modules write them."""


def cut(text: str, most: int) -> str:
    """The beginning of a text: at most so many bytes of UTF-8, and no half character."""
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore") if len(text) * 4 > most else text


def utf8_length(text: str) -> int:
    """How many bytes of UTF-8 a text takes."""
    return len(text.encode("utf-8", "replace"))


def decimal(number: float) -> str:
    """A number in the shortest digits that read back as the same number, never with an exponent."""
    text = repr(float(number))
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text.removesuffix(".0")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.removeprefix("-").partition(".")
    digits = whole + fraction
    point = len(whole) + int(exponent)
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    return sign + digits.ljust(point, "0")
