// Package countersign is for writing Countersign modules in Go: policies, which say what may happen to a change
// that an AI assistant suggests for a CRM record, and validators, which notice things about it.
//
// A module is a struct of settings and a [Policy] or [Validator] that names its functions:
//
//	type settings struct {
//		Longest int `json:"longest"`
//	}
//
//	var wordy = countersign.Policy[settings]{
//		About: countersign.About{
//			Name:    "wordy",
//			Version: "0.1.0",
//			Summary: "Asks for review where the rationale is too long to be read in a queue.",
//			Codes:   []countersign.Code{{Code: "wordy.long", Meaning: "The rationale is longer than allowed."}},
//		},
//		Defaults: settings{Longest: 500},
//		Reads: func(*settings) countersign.Reads {
//			return countersign.Reads{Parts: countersign.PartRationale}
//		},
//		Decide: func(
//			set *settings, s *countersign.Suggestion, _ *countersign.Facts, _ []countersign.Finding,
//		) (countersign.Verdict, error) {
//			if len(s.Rationale) <= set.Longest {
//				return countersign.Verdict{}, nil
//			}
//			return countersign.ReviewBecause(countersign.Reason{Code: "wordy.long", Message: "The rationale is long."}), nil
//		},
//	}
//
//	func init() { wordy.Export() }
//
//	func main() {}
//
// A module is a pure function of its arguments. It has no files, network, environment or randomness, and its
// only clock is [Facts.Now]. Every call runs in a fresh instance that starts from what configuring left in memory.
// A panic is a fault of the module, and never lets a suggestion pass.
//
// Package countersigntest calls modules natively, under plain go test.
package countersign
