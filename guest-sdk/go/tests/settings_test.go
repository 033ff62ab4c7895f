package tests

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"countersign"
)

type settings struct {
	Number  float64              `json:"number"`
	Count   uint8                `json:"count"`
	Whole   int                  `json:"whole"`
	On      bool                 `json:"on,omitempty"`
	Text    string               `json:"text"`
	Texts   []string             `json:"texts"`
	Numbers map[string]float64   `json:"numbers"`
	Nested  struct{ Deep []int } `json:"nested"`
	Pointer *float64             `json:"pointer"`
	Outcome countersign.Outcome  `json:"outcome"`
	Hidden  string               `json:"-"`
	private string
}

func TestSettingsAreReadIntoAStruct(t *testing.T) {
	number := 1e-3
	want := settings{
		Number: -0.5, Count: 255, Whole: -7, On: true, Text: "Zürich \"\\/\b\f\n\r\t😀", Texts: []string{"a", ""},
		Numbers: map[string]float64{"a b": 1}, Pointer: &number, Outcome: countersign.OutcomeHumanOnly,
		Hidden: "left alone", private: "left alone",
	}
	want.Nested.Deep = []int{1, 2}
	got := settings{
		Texts: []string{"replaced"}, Numbers: map[string]float64{"replaced": 1},
		Hidden: "left alone", private: "left alone",
	}
	err := countersign.Decode(` { "number" : -5e-1 , "count":255,"whole":-7,"on":true,
		"text":"Z\u00FCrich \"\\\/\b\f\n\r\t\ud83d\uDE00","texts":["a",""],"numbers":{"a\u0020b":1},
		"nested":{"Deep":[1,2]},"pointer":1e-3,"outcome":"human-only"}`+"\n", &got)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWrongSettingsAreRefusedByTheirKey(t *testing.T) {
	for text, want := range map[string]string{
		`{"numbr":1}`:                    "unknown key `numbr`; the keys are number, count, ",
		`{"Number":1}`:                   "unknown key `Number`",
		`{"Hidden":"x"}`:                 "unknown key `Hidden`",
		`{"-":"x"}`:                      "unknown key `-`",
		`{"private":"x"}`:                "unknown key `private`",
		`{"number":1,"number":1}`:        "key `number`: stands here twice",
		`{"numbers":{"a":1,"a":2}}`:      "key `numbers.a`: stands here twice",
		`{"number":null}`:                "key `number`: must be a number, and is null",
		`{"numbers":{"a":"1"}}`:          "key `numbers.a`: must be a number, and is text",
		`{"texts":["a",1]}`:              "key `texts[1]`: must be text, and is a number",
		`{"nested":{"Deep":[1,[]]}}`:     "key `nested.Deep[1]`: must be a number, and is a list",
		`{"nested":{"deep":[]}}`:         "key `nested`: unknown key `deep`",
		`{"count":256}`:                  "key `count`: 256 is no number of the type uint8",
		`{"count":-1}`:                   "key `count`: -1 is no number of the type uint8",
		`{"whole":1.5}`:                  "key `whole`: 1.5 is no number of the type int",
		`{"number":1e999}`:               "key `number`: 1e999 is no number of the type float64",
		`{"outcome":"maybe"}`:            "key `outcome`: `maybe` is none of apply, review, human-only, reject",
		`{"on":1}`:                       "key `on`: must be true or false, and is a number",
		`[]`:                             "must be an object, and is a list",
		``:                               "must be an object, and is the end",
		`{} {}`:                          "no valid JSON",
		`{"text":"` + "\xff" + `"}`:      "key `text`: no valid JSON",
		`{"text":"\ud800"}`:              "key `text`: no valid JSON",
		`{"text":"` + "\x01" + `"}`:      "key `text`: no valid JSON",
		strings.Repeat(`{"nested":`, 99): "unknown key `nested`",
	} {
		var got settings
		if err := countersign.Decode(text, &got); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestValuesMustNotLieTooDeep(t *testing.T) {
	type deep struct {
		In []*deep `json:"in"`
	}
	nested := func(levels int) string {
		return strings.Repeat(`{"in":[`, levels) + strings.Repeat(`]}`, levels)
	}
	if err := countersign.Decode(nested(10), new(deep)); err != nil {
		t.Error(err)
	}
	if err := countersign.Decode(nested(10_000), new(deep)); err == nil || !strings.Contains(err.Error(), "too deep") {
		t.Error("10,000 levels are read")
	}
}

func TestOnlyAStructTakesSettings(t *testing.T) {
	type odd struct {
		Any     any            `json:"any"`
		Channel map[int]string `json:"channel"`
	}
	for _, text := range []string{`{"any":1}`, `{"channel":{}}`} {
		if err := countersign.Decode(text, new(odd)); err == nil || !strings.Contains(err.Error(), "no fields of the type") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if countersign.Decode(`{}`, new(int)) == nil || countersign.Decode(`{}`, settings{}) == nil {
		t.Error("what is no pointer to a struct is taken")
	}
}

// FuzzDecode holds the reader to the standard library's: what it takes, that takes too, and means the same by it.
func FuzzDecode(f *testing.F) {
	f.Add(`{"number":-0.5e+10,"text":"\u00e9\ud83d\ude00","texts":["a","b"],"numbers":{"a":1},"nested":{"Deep":[1]}}`)
	f.Add(`{"number":01}`)
	f.Add(`{"texts":[,]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var ours, theirs settings
		err := countersign.Decode(text, &ours)
		strict := json.NewDecoder(strings.NewReader(text))
		strict.DisallowUnknownFields()
		theirErr := strict.Decode(&theirs)
		if err == nil && (theirErr != nil || !reflect.DeepEqual(ours, theirs)) {
			t.Errorf("%q: %+v, where the standard library has %+v, %v", text, ours, theirs, theirErr)
		}
		if err != nil && theirErr == nil && strings.HasSuffix(err.Error(), "no valid JSON") && json.Valid([]byte(text)) &&
			!strings.Contains(text, `\u`) && strings.ToValidUTF8(text, "") == text {
			t.Errorf("%q is refused: %v", text, err)
		}
	})
}
