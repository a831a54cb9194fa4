// Package hooks joins what a plugin exports to what its author wrote.
package hooks

import (
	"fmt"
	"runtime/debug"
	"strings"

	"aquatint/made/aquatint_plugin_image"
	"aquatint/made/aquatint_plugin_latents"
	"aquatint/made/aquatint_plugin_log"
	"aquatint/made/aquatint_plugin_types"

	"aquatint/internal/problems"
	"aquatint/internal/wit/types"
)

// Param is a field of a request, or a setting.
type Param = aquatint_plugin_types.Param

// Who the plugin is, from its manifest.
var (
	ID      string
	Version string
	SDK     string
)

// What the author wrote, as the contract has it.
var (
	PreProcess  func(request []Param) ([]Param, error)
	Denoise     func(*aquatint_plugin_latents.Moment, *aquatint_plugin_latents.Latents) error
	PostProcess func(*aquatint_plugin_image.Image) (*aquatint_plugin_image.Image, error)
	Script      func() ([]*aquatint_plugin_image.Image, error)
	Axes        func() ([]Axis, error)
	Points      func(axis string, request []Param) ([]Point, error)
)

// Axis is an axis of a sweep.
type Axis struct{ Key, Label string }

// Point is a point on an axis.
type Point struct {
	Label   string
	Changes []Param
}

// Missing is the problem of a hook that nobody registered.
func Missing(hook, function string) error {
	return fmt.Errorf("plugin.toml lists the hook %s, expected aquatint.%s in a func init()", hook, function)
}

// Run calls a hook. A panic becomes an error, with its way there in the log.
func Run[T any](hook func() (T, error)) (result types.Result[T, aquatint_plugin_types.Problem]) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		err, ok := cause.(*problems.Problem)
		if !ok {
			stack := strings.ReplaceAll(strings.TrimSpace(string(debug.Stack())), "\t", "  ")
			aquatint_plugin_log.Write(aquatint_plugin_log.LevelError, fmt.Sprintf("panic: %v\n%s", cause, stack), nil)
			err = &problems.Problem{Kind: problems.Failed, Text: fmt.Sprintf("panic: %v", cause)}
		}
		result = types.Err[T](problems.Of(err))
	}()
	value, err := hook()
	if err != nil {
		return types.Err[T](problems.Of(err))
	}
	return types.Ok[T, aquatint_plugin_types.Problem](value)
}
