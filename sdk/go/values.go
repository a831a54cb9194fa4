package aquatint

import (
	"fmt"
	"math"
	"slices"

	"aquatint/made/aquatint_plugin_types"

	"aquatint/internal/hooks"
)

// Choice is one of the values that a setting or a field lists, such as the name of a sampler.
type Choice string

// PictureName is a picture by the name that [Picture.Name] tells, and [OpenPicture] opens.
type PictureName string

// SeedValue is the value of a seed.
type SeedValue uint64

// Color is a colour in sRGB; alpha is not multiplied into it.
type Color struct{ Red, Green, Blue, Alpha uint8 }

// What Go makes of a value of the contract: nil for what is left to the host, bool, int64, float64, string, Choice, Color,
// PictureName, SeedValue, []string, []int64, []float64.
func fromValue(value aquatint_plugin_types.Value) any {
	switch value.Tag() {
	case aquatint_plugin_types.ValueFlag:
		return value.Flag()
	case aquatint_plugin_types.ValueInt:
		return value.Int()
	case aquatint_plugin_types.ValueNumber:
		return value.Number()
	case aquatint_plugin_types.ValueText:
		return value.Text()
	case aquatint_plugin_types.ValueChoice:
		return Choice(value.Choice())
	case aquatint_plugin_types.ValueColor:
		return Color(value.Color())
	case aquatint_plugin_types.ValuePicture:
		return PictureName(value.Picture())
	case aquatint_plugin_types.ValueSeed:
		return SeedValue(value.Seed())
	case aquatint_plugin_types.ValueTexts:
		return value.Texts()
	case aquatint_plugin_types.ValueInts:
		return value.Ints()
	case aquatint_plugin_types.ValueNumbers:
		return value.Numbers()
	default:
		return nil
	}
}

func toValue(value any) (aquatint_plugin_types.Value, error) {
	switch value := value.(type) {
	case nil:
		return aquatint_plugin_types.MakeValueAuto(), nil
	case bool:
		return aquatint_plugin_types.MakeValueFlag(value), nil
	case int:
		return aquatint_plugin_types.MakeValueInt(int64(value)), nil
	case int32:
		return aquatint_plugin_types.MakeValueInt(int64(value)), nil
	case uint32:
		return aquatint_plugin_types.MakeValueInt(int64(value)), nil
	case int64:
		return aquatint_plugin_types.MakeValueInt(value), nil
	case float32:
		return toValue(float64(value))
	case float64:
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return aquatint_plugin_types.Value{}, InvalidInput.Errorf("%v, expected a finite number", value)
		}
		return aquatint_plugin_types.MakeValueNumber(value), nil
	case string:
		return aquatint_plugin_types.MakeValueText(value), nil
	case Choice:
		return aquatint_plugin_types.MakeValueChoice(string(value)), nil
	case Color:
		return aquatint_plugin_types.MakeValueColor(aquatint_plugin_types.Color(value)), nil
	case PictureName:
		return aquatint_plugin_types.MakeValuePicture(string(value)), nil
	case SeedValue:
		return aquatint_plugin_types.MakeValueSeed(uint64(value)), nil
	case []string:
		return aquatint_plugin_types.MakeValueTexts(value), nil
	case []int64:
		return aquatint_plugin_types.MakeValueInts(value), nil
	case []float64:
		return aquatint_plugin_types.MakeValueNumbers(value), nil
	default:
		return aquatint_plugin_types.Value{}, InvalidInput.Errorf(
			"a %T, expected nil, bool, int, float64, string, Choice, Color, PictureName, SeedValue or a list", value)
	}
}

// Request is fields of a request by key (`prompt`, `steps`, `cfg`, …), or those to change. A field that is nil is left to
// the model. To set a sampler, and whatever else is chosen from a list, use a [Choice].
type Request map[string]any

// JobRequest is the request behind the job, every field of it.
func JobRequest() Request {
	return requestOf(jobRequest())
}

func requestOf(params []hooks.Param) Request {
	request := make(Request, len(params))
	for _, param := range params {
		request[param.Key] = fromValue(param.Value)
	}
	return request
}

func (r Request) params() ([]hooks.Param, error) {
	params := make([]hooks.Param, 0, len(r))
	for key, given := range r {
		value, err := toValue(given)
		if err != nil {
			return nil, InvalidInput.Errorf("field `%s` is %v", key, err)
		}
		params = append(params, hooks.Param{Key: key, Value: value})
	}
	// Maps have no order in Go: without one, logs would differ from run to run.
	slices.SortFunc(params, func(a, b hooks.Param) int {
		if a.Key < b.Key {
			return -1
		}
		return 1
	})
	return params, nil
}

// Text is a field that is a text or a choice; empty if it is not there or left to the model.
func (r Request) Text(key string) string {
	switch value := r[key].(type) {
	case string:
		return value
	case Choice:
		return string(value)
	default:
		return ""
	}
}

// Number is a field that is a number, also a whole one; `fallback` if it is not there or left to the model.
func (r Request) Number(key string, fallback float64) float64 {
	switch value := r[key].(type) {
	case float64:
		return value
	case int64:
		return float64(value)
	case int:
		return float64(value)
	default:
		return fallback
	}
}

// Int is a field that is a whole number; `fallback` if it is not there or left to the model.
func (r Request) Int(key string, fallback int) int {
	switch value := r[key].(type) {
	case int64:
		return int(value)
	case int:
		return value
	default:
		return fallback
	}
}

func describe(value any) string {
	if value == nil {
		return "left open"
	}
	return fmt.Sprintf("%v (%T)", value, value)
}
