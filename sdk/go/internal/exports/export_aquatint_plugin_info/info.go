// Package export_aquatint_plugin_info says who the plugin is.
package export_aquatint_plugin_info

import (
	"aquatint/made/aquatint_plugin_info"
	"aquatint/made/aquatint_plugin_types"

	"aquatint/internal/hooks"
)

// Describe is the export `info.describe`.
func Describe() aquatint_plugin_info.Description {
	return aquatint_plugin_info.Description{
		Id:      hooks.ID,
		Version: hooks.Version,
		Extra: []aquatint_plugin_types.Param{
			{Key: "language", Value: aquatint_plugin_types.MakeValueText("Go")},
			{Key: "sdk", Value: aquatint_plugin_types.MakeValueText(hooks.SDK)},
		},
	}
}
