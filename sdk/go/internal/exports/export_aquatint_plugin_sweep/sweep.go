// Package export_aquatint_plugin_sweep leads to the author's axes.
package export_aquatint_plugin_sweep

import (
	"aquatint/made/aquatint_plugin_sweep"
	"aquatint/made/aquatint_plugin_types"

	"aquatint/internal/hooks"
	"aquatint/internal/wit/types"
)

// Axes is the export `sweep.axes`.
func Axes() types.Result[[]aquatint_plugin_sweep.Axis, aquatint_plugin_types.Problem] {
	return hooks.Run(func() ([]aquatint_plugin_sweep.Axis, error) {
		if hooks.Axes == nil {
			return nil, hooks.Missing("sweep", "OnSweep")
		}
		axes, err := hooks.Axes()
		given := make([]aquatint_plugin_sweep.Axis, 0, len(axes))
		for _, axis := range axes {
			given = append(given, aquatint_plugin_sweep.Axis{Key: axis.Key, Label: axis.Label})
		}
		return given, err
	})
}

// Points is the export `sweep.points`.
func Points(
	axis string, request []hooks.Param,
) types.Result[[]aquatint_plugin_sweep.Point, aquatint_plugin_types.Problem] {
	return hooks.Run(func() ([]aquatint_plugin_sweep.Point, error) {
		if hooks.Points == nil {
			return nil, hooks.Missing("sweep", "OnSweep")
		}
		points, err := hooks.Points(axis, request)
		given := make([]aquatint_plugin_sweep.Point, 0, len(points))
		for _, point := range points {
			given = append(given, aquatint_plugin_sweep.Point{Label: point.Label, Changes: point.Changes})
		}
		return given, err
	})
}
