package countersign

import (
	"math"
	mathbits "math/bits"
	"strconv"
	"strings"
)

// Kind says what a [Value] holds.
type Kind uint8

// The kinds of value.
const (
	KindNull     Kind = iota // the field is empty
	KindWithheld             // nobody says: the module does not read the value, or the host was not told it
	KindBoolean              // a check box
	KindNumber               // a number as the CRM's own decimal text, so that no digit is lost
	KindText
	KindChoices // a multiple-choice field, in the CRM's order
)

// Value is one value of a CRM field. The zero value is null.
type Value struct {
	kind    Kind
	boolean bool
	text    string
	choices []string
}

// Withheld is the value that nobody says.
func Withheld() Value { return Value{kind: KindWithheld} }

// Boolean is a check box.
func Boolean(set bool) Value { return Value{kind: KindBoolean, boolean: set} }

// Number is a number, given as decimal text such as 12.50, -3 or 1e9.
func Number(text string) Value { return Value{kind: KindNumber, text: text} }

// Text is text.
func Text(text string) Value { return Value{kind: KindText, text: text} }

// Choices is what is chosen in a multiple-choice field.
func Choices(choices ...string) Value { return Value{kind: KindChoices, choices: choices} }

// Kind is what the value holds.
func (v Value) Kind() Kind { return v.kind }

// Boolean is whether a check box is set; false for any other kind.
func (v Value) Boolean() bool { return v.boolean }

// Text is the text or the number's text; empty for any other kind.
func (v Value) Text() string { return v.text }

// Choices is what is chosen; empty for any other kind.
func (v Value) Choices() []string { return v.choices }

// IsEmpty says whether the field holds nothing: null, blank text, no choices. A withheld value is not empty.
func (v Value) IsEmpty() bool {
	switch v.kind {
	case KindNull:
		return true
	case KindText:
		return strings.TrimSpace(v.text) == ""
	case KindChoices:
		return len(v.choices) == 0
	default:
		return false
	}
}

// Float is the number, if the value is a number or text that is nothing but a finite number as JSON writes it: 007
// and +41 are no numbers.
func (v Value) Float() (number float64, ok bool) {
	if v.kind != KindNumber && v.kind != KindText {
		return 0, false
	}
	text := strings.TrimSpace(v.text)
	if text == "" || numberLength(text) != len(text) {
		return 0, false
	}
	number, err := strconv.ParseFloat(text, 64)
	return number, err == nil && !math.IsInf(number, 0)
}

// String is the value as people would read it: text and numbers as they are, yes or no, choices joined by "; ".
// Nothing for an empty or withheld value.
func (v Value) String() string {
	switch {
	case v.kind == KindChoices:
		return strings.Join(v.choices, "; ")
	case v.kind != KindBoolean:
		return v.text
	case v.boolean:
		return "yes"
	default:
		return "no"
	}
}

// FormatFloat is a number as all modules write it in their messages: the fewest digits that read back as the same
// number, of these the nearest, of two equally near ones the greater, and never an exponent.
func FormatFloat(number float64) string {
	if text, ok := formatShort(number); ok {
		return text
	}
	if math.IsInf(number, 0) {
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(number, 'f', -1, 64), "+"))
	}
	text := strconv.FormatFloat(number, 'f', -1, 64)
	if _, digits, found := strings.Cut(text, "."); found && len(digits)+1 == binaryPlaces(number) {
		// Binary places are as many decimal ones, of which the last is a 5: two decimals are equally near, and
		// strconv takes the even one.
		exact := strconv.FormatFloat(number, 'f', len(digits)+1, 64)
		last := len(exact) - 2
		return exact[:last] + string(exact[last]+1)
	}
	return text
}

// binaryPlaces is how many binary digits a finite number has behind the point.
func binaryPlaces(number float64) int {
	bits := math.Float64bits(number)
	mantissa, exponent := bits&(1<<52-1), int(bits>>52&(1<<11-1))
	if exponent > 0 {
		mantissa |= 1 << 52
		exponent--
	}
	return 1074 - exponent - mathbits.TrailingZeros64(mantissa)
}

// formatShort does what FormatFloat does for numbers of at most 15 digits, which most are, at a tenth of the cost. With
// so few digits and a power of ten that is exact, a quotient that is equal reads back as the number, and no shorter one
// does.
func formatShort(number float64) (text string, ok bool) {
	magnitude := math.Abs(number)
	scale := 1.0
	for places := 0; places <= 22; places++ {
		digits := math.Floor(magnitude*scale + 0.5)
		if !(digits < 1e15) {
			return "", false
		}
		if digits/scale == magnitude {
			return formatDigits(uint64(digits), places, math.Signbit(number)), true
		}
		scale *= 10
	}
	return "", false
}

// formatDigits writes digits of which so many stand behind the point.
func formatDigits(digits uint64, places int, negative bool) string {
	var buffer [32]byte
	next := len(buffer)
	for written := 0; digits > 0 || written <= places; written++ {
		if written == places && places > 0 {
			next--
			buffer[next] = '.'
		}
		next--
		buffer[next] = byte('0' + digits%10)
		digits /= 10
	}
	if negative {
		next--
		buffer[next] = '-'
	}
	return string(buffer[next:])
}
