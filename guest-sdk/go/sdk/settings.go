package countersign

import (
	"encoding"
	"errors"
	"reflect"
	"strconv"
	"strings"
)

// Decode reads settings, a JSON object, into the struct that a pointer points to, and leaves alone what the object does
// not name. Keys are those of the fields' json tags, letter for letter.
//
// It is stricter than encoding/json, so that a slip is an error and not a setting that silently does not count: unknown
// keys, keys that come twice and null are refused. A map or slice that is named replaces the one that was there. Fields
// may be of boolean, number and string types, structs, slices and maps by string of these, pointers to them, and types
// with a method UnmarshalText, such as [Outcome] and [Severity].
func Decode(settings string, into any) error {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.Elem().Kind() != reflect.Struct {
		return errors.New("settings are read into a pointer to a struct")
	}
	decoder := decoder{jsonReader{text: settings}}
	if err := decoder.value(target.Elem(), 0); err != nil {
		return err
	}
	if decoder.peek() != 0 {
		return errNoJSON
	}
	return nil
}

type decoder struct{ jsonReader }

// keyError is an error with the path of the key that it is about.
type keyError struct {
	path string
	err  error
}

func (e *keyError) Error() string { return "key `" + e.path + "`: " + e.err.Error() }

func (e *keyError) Unwrap() error { return e.err }

// under adds a key to the path of an error.
func under(key string, err error) error {
	inner, _ := err.(*keyError)
	switch {
	case err == nil:
		return nil
	case inner != nil && strings.HasPrefix(inner.path, "["):
		return &keyError{key + inner.path, inner.err}
	case inner != nil:
		return &keyError{key + "." + inner.path, inner.err}
	default:
		return &keyError{key, err}
	}
}

func (d *decoder) value(into reflect.Value, depth int) error {
	if depth > deepest {
		return errTooDeep
	}
	if words, ok := into.Addr().Interface().(encoding.TextUnmarshaler); ok {
		word, err := d.text()
		if err != nil {
			return err
		}
		return words.UnmarshalText([]byte(word))
	}
	switch kind := into.Kind(); {
	case kind == reflect.Struct:
		return d.fields(into, depth)
	case kind == reflect.Map && into.Type().Key().Kind() == reflect.String:
		return d.entries(into, depth)
	case kind == reflect.Slice:
		return d.items(into, depth)
	case kind == reflect.Pointer:
		target := reflect.New(into.Type().Elem())
		into.Set(target)
		return d.value(target.Elem(), depth+1)
	case kind == reflect.String:
		text, err := d.text()
		into.SetString(text)
		return err
	case kind == reflect.Bool:
		switch first := d.peek(); {
		case first == 't' && d.word("true"):
			into.SetBool(true)
		case first == 'f' && d.word("false"):
			into.SetBool(false)
		default:
			return d.wanted("true or false")
		}
		return nil
	default:
		return d.scalar(into)
	}
}

func (d *decoder) scalar(into reflect.Value) error {
	if c := d.peek(); into.CanInt() || into.CanUint() || into.CanFloat() {
		if c != '-' && (c < '0' || '9' < c) {
			return d.wanted("a number")
		}
	} else {
		return errors.New("settings have no fields of the type " + into.Type().String())
	}
	text, err := d.number()
	if err != nil {
		return err
	}
	bits := into.Type().Bits()
	switch {
	case into.CanFloat():
		var number float64
		if number, err = strconv.ParseFloat(text, bits); err == nil {
			into.SetFloat(number)
		}
	case into.CanInt():
		var number int64
		if number, err = strconv.ParseInt(text, 10, bits); err == nil {
			into.SetInt(number)
		}
	default:
		var number uint64
		if number, err = strconv.ParseUint(text, 10, bits); err == nil {
			into.SetUint(number)
		}
	}
	if err != nil {
		return errors.New(text + " is no number of the type " + into.Type().String())
	}
	return nil
}

func (d *decoder) text() (string, error) {
	if d.peek() != '"' {
		return "", d.wanted("text")
	}
	return d.string()
}

func (d *decoder) items(into reflect.Value, depth int) error {
	if d.peek() != '[' {
		return d.wanted("a list")
	}
	items := reflect.MakeSlice(into.Type(), 0, 0)
	err := d.list('[', ']', func() error {
		item := reflect.New(into.Type().Elem()).Elem()
		if err := d.value(item, depth+1); err != nil {
			return under("["+strconv.Itoa(items.Len())+"]", err)
		}
		items = reflect.Append(items, item)
		return nil
	})
	into.Set(items)
	return err
}

func (d *decoder) entries(into reflect.Value, depth int) error {
	if d.peek() != '{' {
		return d.wanted("an object")
	}
	entries := reflect.MakeMap(into.Type())
	into.Set(entries)
	return d.object(func(key string) error {
		name := reflect.ValueOf(key).Convert(into.Type().Key())
		if entries.MapIndex(name).IsValid() {
			return under(key, errTwice)
		}
		entry := reflect.New(into.Type().Elem()).Elem()
		if err := d.value(entry, depth+1); err != nil {
			return under(key, err)
		}
		entries.SetMapIndex(name, entry)
		return nil
	})
}

var errTwice = errors.New("stands here twice")

func (d *decoder) fields(into reflect.Value, depth int) error {
	if d.peek() != '{' {
		return d.wanted("an object")
	}
	seen := make([]bool, into.NumField())
	return d.object(func(key string) error {
		index, names := field(into.Type(), key)
		if index < 0 {
			return errors.New("unknown key `" + key + "`; the keys are " + strings.Join(names, ", "))
		}
		if seen[index] {
			return under(key, errTwice)
		}
		seen[index] = true
		return under(key, d.value(into.Field(index), depth+1))
	})
}

// field is the place of the field with this key, or -1 and all keys that there are.
func field(in reflect.Type, key string) (index int, names []string) {
	for i := range in.NumField() {
		field := in.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = field.Name
		}
		if name == key {
			return i, nil
		}
		names = append(names, name)
	}
	return -1, names
}

// wanted says what should stand where something else does.
func (d *decoder) wanted(what string) error {
	found := "something else"
	switch c := d.peek(); c {
	case '"':
		found = "text"
	case '{':
		found = "an object"
	case '[':
		found = "a list"
	case 't', 'f':
		found = "true or false"
	case 'n':
		found = "null"
	case 0:
		found = "the end"
	default:
		if c == '-' || '0' <= c && c <= '9' {
			found = "a number"
		}
	}
	return errors.New("must be " + what + ", and is " + found)
}

// CheckFields refuses a list of names and #tags with an entry that can match no field.
func CheckFields(key string, fields []string) error {
	for _, field := range fields {
		if trimmed := strings.TrimSpace(field); trimmed == "" || trimmed == "#" {
			return errors.New(key + ": an entry is blank; each is a field's name, a `#tag` or `*`")
		}
	}
	return nil
}
