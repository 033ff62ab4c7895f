package countersign

import (
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// deepest is how deep values may lie inside each other: above any settings, and below what a stack holds.
const deepest = 64

var (
	errNoJSON  = errors.New("no valid JSON")
	errTooDeep = errors.New("values lie too deep inside each other")
)

// jsonReader reads a JSON text from front to back, strictly as RFC 8259 has it. The standard library's reader would
// do, but makes a module of 2.2 MB one of 4.3 MB, and the host lets in 4 MiB.
type jsonReader struct {
	text string
	next int
}

// peek is the first byte of the next token; 0 at the end.
func (r *jsonReader) peek() byte {
	for r.next < len(r.text) {
		switch r.text[r.next] {
		case ' ', '\t', '\n', '\r':
			r.next++
		default:
			return r.text[r.next]
		}
	}
	return 0
}

// take takes one byte if it is the next token.
func (r *jsonReader) take(token byte) bool {
	if r.peek() != token {
		return false
	}
	r.next++
	return true
}

// word takes true, false or null if it is next.
func (r *jsonReader) word(word string) bool {
	if !strings.HasPrefix(r.text[r.next:], word) {
		return false
	}
	r.next += len(word)
	return true
}

// list reads what stands between two brackets, one item at a time.
func (r *jsonReader) list(open, closing byte, item func() error) error {
	if !r.take(open) {
		return errNoJSON
	}
	if r.take(closing) {
		return nil
	}
	for {
		if err := item(); err != nil {
			return err
		}
		if r.take(closing) {
			return nil
		}
		if !r.take(',') {
			return errNoJSON
		}
	}
}

// object reads an object, one entry at a time.
func (r *jsonReader) object(entry func(key string) error) error {
	return r.list('{', '}', func() error {
		key, err := r.string()
		if err != nil {
			return err
		}
		if !r.take(':') {
			return errNoJSON
		}
		return entry(key)
	})
}

// number takes the text of a number.
func (r *jsonReader) number() (string, error) {
	r.peek()
	length := numberLength(r.text[r.next:])
	if length == 0 {
		return "", errNoJSON
	}
	start := r.next
	r.next += length
	return r.text[start:r.next], nil
}

// numberLength is how long the JSON number is that a text begins with; 0 if it begins with none.
func numberLength(text string) int {
	next := 0
	digits := func() bool {
		start := next
		for next < len(text) && '0' <= text[next] && text[next] <= '9' {
			next++
		}
		return next > start
	}
	take := func(any string) bool {
		found := next < len(text) && strings.IndexByte(any, text[next]) >= 0
		if found {
			next++
		}
		return found
	}
	take("-")
	if !take("0") && !digits() {
		return 0
	}
	if take(".") && !digits() {
		return 0
	}
	if take("eE") {
		take("+-")
		if !digits() {
			return 0
		}
	}
	return next
}

// string takes a string and undoes its escapes.
func (r *jsonReader) string() (string, error) {
	if !r.take('"') {
		return "", errNoJSON
	}
	start := r.next
	for r.next < len(r.text) {
		switch c := r.text[r.next]; {
		case c == '"':
			r.next++
			return valid(r.text[start : r.next-1])
		case c == '\\':
			return r.escaped(r.text[start:r.next])
		case c < ' ':
			return "", errNoJSON
		default:
			r.next++
		}
	}
	return "", errNoJSON
}

func valid(text string) (string, error) {
	if !utf8.ValidString(text) {
		return "", errNoJSON
	}
	return text, nil
}

// escaped takes the rest of a string that has an escape.
func (r *jsonReader) escaped(before string) (string, error) {
	text := []byte(before)
	for r.next < len(r.text) {
		c := r.text[r.next]
		r.next++
		switch {
		case c == '"':
			return valid(string(text))
		case c < ' ':
			return "", errNoJSON
		case c != '\\':
			text = append(text, c)
		default:
			char, ok := r.escape()
			if !ok {
				return "", errNoJSON
			}
			text = utf8.AppendRune(text, char)
		}
	}
	return "", errNoJSON
}

// escape takes what follows a backslash.
func (r *jsonReader) escape() (rune, bool) {
	if r.next == len(r.text) {
		return 0, false
	}
	c := r.text[r.next]
	r.next++
	if c == 'u' {
		return r.unicode()
	}
	const letters, meanings = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	at := strings.IndexByte(letters, c)
	if at < 0 {
		return 0, false
	}
	return rune(meanings[at]), true
}

// unicode takes the digits of a \u escape, and the second half of a pair.
func (r *jsonReader) unicode() (rune, bool) {
	char, ok := r.hex()
	if !ok || !utf16.IsSurrogate(char) {
		return char, ok
	}
	if !r.word(`\u`) {
		return 0, false
	}
	second, ok := r.hex()
	char = utf16.DecodeRune(char, second)
	return char, ok && char != utf8.RuneError
}

func (r *jsonReader) hex() (rune, bool) {
	if len(r.text)-r.next < 4 {
		return 0, false
	}
	char := rune(0)
	for _, c := range []byte(r.text[r.next : r.next+4]) {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		char = char<<4 | rune(c)
	}
	r.next += 4
	return char, true
}
