package aquatint

import "aquatint/internal/problems"

// Problem is the error of everything here: its kind, and one line that says what was wrong and what was expected.
type Problem = problems.Problem

// Kind is what kind of problem it is: `errors.Is(err, aquatint.NotFound)`. To make one:
// `return aquatint.InvalidInput.Errorf("side is %d, expected 1 to 8", side)`.
type Kind = problems.Kind

// The kinds of problems.
const (
	// What was given makes no sense, and will fail again.
	InvalidInput = problems.InvalidInput
	// What was given makes sense, but cannot be done here.
	Unsupported = problems.Unsupported
	// There is no such thing.
	NotFound = problems.NotFound
	// The user's grant does not cover it.
	Denied = problems.Denied
	// A budget is spent.
	Exhausted = problems.Exhausted
	// The job was cancelled.
	Cancelled = problems.Cancelled
	// It may go well another time. Every error of another type counts as this.
	Failed = problems.Failed
)
