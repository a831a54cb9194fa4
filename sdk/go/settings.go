package aquatint

import (
	"fmt"

	"aquatint/made/aquatint_plugin_job"

	"aquatint/internal/hooks"
	"aquatint/internal/problems"
	"aquatint/internal/wit/types"
)

func jobRequest() []hooks.Param {
	request := aquatint_plugin_job.Request()
	return request
}

// Settings are the plugin's settings, which the host has checked against plugin.toml. A key that plugin.toml does not
// have, or one of another type, is a mistake in the plugin: the call ends with a problem that says so.
var Settings settings

type settings struct{}

// Get is a setting as it is: nil if the user left it open, else bool, int64, float64, string, [Choice], [Color],
// [PictureName], [SeedValue], []string, []int64 or []float64.
func (settings) Get(key string) any {
	value := aquatint_plugin_job.Setting(key)
	if value.Tag() == types.OptionNone {
		mistake("plugin.toml has no setting `%s`", key)
	}
	return fromValue(value.Some())
}

// Number is a number, also a whole one.
func (s settings) Number(key string) float64 {
	switch value := s.Get(key).(type) {
	case float64:
		return value
	case int64:
		return float64(value)
	default:
		return wrong[float64](key, value, "a number")
	}
}

// Int is a whole number.
func (s settings) Int(key string) int {
	value := s.Get(key)
	if value, ok := value.(int64); ok {
		return int(value)
	}
	return wrong[int](key, value, "an int")
}

// Flag is yes or no.
func (s settings) Flag(key string) bool {
	value := s.Get(key)
	if value, ok := value.(bool); ok {
		return value
	}
	return wrong[bool](key, value, "a flag")
}

// Text is a text or a choice.
func (s settings) Text(key string) string {
	switch value := s.Get(key).(type) {
	case string:
		return value
	case Choice:
		return string(value)
	default:
		return wrong[string](key, value, "a text or choice")
	}
}

// Color is a colour.
func (s settings) Color(key string) Color {
	value := s.Get(key)
	if value, ok := value.(Color); ok {
		return value
	}
	return wrong[Color](key, value, "a color")
}

// Picture is a picture; nil if the user gave none.
func (s settings) Picture(key string) (*Picture, error) {
	switch value := s.Get(key).(type) {
	case nil:
		return nil, nil
	case PictureName:
		return OpenPicture(value)
	default:
		return wrong[*Picture](key, value, "an image"), nil
	}
}

// Seed is a seed; the job's own if the user gave none.
func (s settings) Seed(key string) uint64 {
	switch value := s.Get(key).(type) {
	case nil:
		return Seed()
	case SeedValue:
		return uint64(value)
	default:
		return wrong[uint64](key, value, "a seed")
	}
}

// Texts is a list of texts or choices.
func (s settings) Texts(key string) []string {
	value := s.Get(key)
	if value, ok := value.([]string); ok {
		return value
	}
	return wrong[[]string](key, value, "a list of texts or choices")
}

// Ints is a list of whole numbers.
func (s settings) Ints(key string) []int64 {
	value := s.Get(key)
	if value, ok := value.([]int64); ok {
		return value
	}
	return wrong[[]int64](key, value, "a list of ints")
}

// Numbers is a list of numbers, also of whole ones.
func (s settings) Numbers(key string) []float64 {
	switch value := s.Get(key).(type) {
	case []float64:
		return value
	case []int64:
		numbers := make([]float64, 0, len(value))
		for _, number := range value {
			numbers = append(numbers, float64(number))
		}
		return numbers
	default:
		return wrong[[]float64](key, value, "a list of numbers")
	}
}

func wrong[T any](key string, value any, expected string) (none T) {
	mistake("setting `%s` is %s, the plugin expected %s", key, describe(value), expected)
	return none
}

// Ends the call: hooks make a problem of it.
func mistake(format string, arguments ...any) {
	panic(&problems.Problem{Kind: Failed, Text: fmt.Sprintf(format, arguments...)})
}
