// Package problems turns errors of Go into problems of the contract, and back.
package problems

import (
	"errors"
	"fmt"

	"aquatint/internal/wit/runtime"
	"aquatint/internal/wit/types"
	"aquatint/made/aquatint_plugin_types"
)

// Problem is why something did not happen.
type Problem struct {
	Kind Kind
	// One line, for a person to read.
	Text string
}

// Kind is what kind of problem it is.
type Kind uint8

// The kinds, as the contract numbers them.
const (
	InvalidInput = Kind(aquatint_plugin_types.ProblemInvalidInput)
	Unsupported  = Kind(aquatint_plugin_types.ProblemUnsupported)
	NotFound     = Kind(aquatint_plugin_types.ProblemNotFound)
	Denied       = Kind(aquatint_plugin_types.ProblemDenied)
	Exhausted    = Kind(aquatint_plugin_types.ProblemExhausted)
	Cancelled    = Kind(aquatint_plugin_types.ProblemCancelled)
	Failed       = Kind(aquatint_plugin_types.ProblemFailed)
)

func (k Kind) Error() string {
	names := [...]string{
		InvalidInput: "invalid input", Unsupported: "unsupported", NotFound: "not found", Denied: "denied",
		Exhausted: "exhausted", Cancelled: "cancelled", Failed: "failed",
	}
	return names[k]
}

// Errorf is a problem of this kind.
func (k Kind) Errorf(format string, arguments ...any) error {
	return &Problem{Kind: k, Text: fmt.Sprintf(format, arguments...)}
}

func (p *Problem) Error() string {
	if p.Text == "" {
		return p.Kind.Error()
	}
	return p.Text
}

// Is says whether a problem is of a kind, for errors.Is.
func (p *Problem) Is(target error) bool {
	kind, ok := target.(Kind)
	return ok && kind == p.Kind
}

// Of is what the host is told of an error.
func Of(err error) aquatint_plugin_types.Problem {
	kind := Failed
	var problem *Problem
	if errors.As(err, &problem) {
		kind = problem.Kind
	} else {
		// A kind alone is an error too.
		errors.As(err, &kind)
	}
	text := err.Error()
	switch kind {
	case InvalidInput:
		return aquatint_plugin_types.MakeProblemInvalidInput(text)
	case Unsupported:
		return aquatint_plugin_types.MakeProblemUnsupported(text)
	case NotFound:
		return aquatint_plugin_types.MakeProblemNotFound(text)
	case Denied:
		return aquatint_plugin_types.MakeProblemDenied(text)
	case Exhausted:
		return aquatint_plugin_types.MakeProblemExhausted(text)
	case Cancelled:
		return aquatint_plugin_types.MakeProblemCancelled()
	default:
		return aquatint_plugin_types.MakeProblemFailed(text)
	}
}

// From is the error that the host gave.
func From(given aquatint_plugin_types.Problem) error {
	problem := &Problem{Kind: Kind(given.Tag())}
	switch problem.Kind {
	case InvalidInput:
		problem.Text = given.InvalidInput()
	case Unsupported:
		problem.Text = given.Unsupported()
	case NotFound:
		problem.Text = given.NotFound()
	case Denied:
		problem.Text = given.Denied()
	case Exhausted:
		problem.Text = given.Exhausted()
	case Failed:
		problem.Text = given.Failed()
	}
	return problem
}

// Value is what Go makes of a result of the host's.
func Value[T any](result types.Result[T, aquatint_plugin_types.Problem]) (T, error) {
	if result.Tag() == types.ResultErr {
		var none T
		return none, From(result.Err())
	}
	return result.Ok(), nil
}

// List is the same for a list, which becomes one of Go's.
func List[T uint8 | float32](result types.Result[[]T, aquatint_plugin_types.Problem]) ([]T, error) {
	given, err := Value(result)
	return runtime.Take(given), err
}

// Nothing is the same for a result without a value.
func Nothing(result types.Result[types.Unit, aquatint_plugin_types.Problem]) error {
	_, err := Value(result)
	return err
}
