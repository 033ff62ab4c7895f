package tests

import (
	"math"
	"math/rand"
	"strconv"
	"strings"
	"testing"

	"countersign"
)

func TestNumbersAreWrittenWithTheFewestDigits(t *testing.T) {
	for want, number := range map[string]float64{
		"0": 0, "-0": math.Copysign(0, -1), "1": 1, "0.95": 0.95, "95": 95, "-3.25": -3.25, "0.1": 0.1,
		"0.30000000000000004": 0.30000000000000004, "1000000000000000": 1e15, "10000000000000000000000": 1e22,
		"0.0000001": 1e-7, "1152921504606847000": 1 << 60, "inf": math.Inf(1), "-inf": math.Inf(-1), "NaN": math.NaN(),
		// Equally near to two decimals of 17 digits.
		"0.000000029802322387695313":                   1.0 / (1 << 25),
		"0." + strings.Repeat("0", 323) + "5":          math.SmallestNonzeroFloat64,
		"17976931348623157" + strings.Repeat("0", 292): math.MaxFloat64,
	} {
		if got := countersign.FormatFloat(number); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}

func TestWrittenNumbersReadBackAndNoneIsShorter(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for range 200_000 {
		number := random.Float64()
		switch random.Intn(3) {
		case 0:
			number = math.Float64frombits(random.Uint64())
		case 1:
			number = math.Round(number*1e6) / math.Pow(10, float64(random.Intn(12)))
		}
		got := countersign.FormatFloat(number)
		back, _ := strconv.ParseFloat(got, 64)
		if math.Float64bits(back) != math.Float64bits(number) && !math.IsNaN(number) {
			t.Fatalf("%s is not %x", got, number)
		}
		if shortest := strconv.FormatFloat(number, 'f', -1, 64); len(got) != len(strings.TrimPrefix(shortest, "+")) {
			t.Fatalf("%s, where %s would do", got, shortest)
		}
	}
}

func TestOnlyWhatIsAFiniteNumberIsOne(t *testing.T) {
	for text, want := range map[string]float64{"12.50": 12.5, " 7 ": 7, "-3": -3, "1e9": 1e9, "0": 0, "1E-2": 0.01} {
		if got, ok := countersign.Text(text).Float(); !ok || got != want {
			t.Errorf("%q: %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", " ", "NaN", "inf", "7 8", "007", "+41", ".5", "5.", "1e", "0x1p3", "1_000", "1e999"} {
		if got, ok := countersign.Number(text).Float(); ok {
			t.Errorf("%q is %v", text, got)
		}
	}
	if _, ok := countersign.Boolean(true).Float(); ok {
		t.Error("a check box is a number")
	}
}
