// Package export_aquatint_plugin_script leads to the author's hook.
package export_aquatint_plugin_script

import (
	"aquatint/made/aquatint_plugin_image"
	"aquatint/made/aquatint_plugin_types"

	"aquatint/internal/hooks"
	"aquatint/internal/wit/types"
)

// Run is the export `script.run`.
func Run() types.Result[[]*aquatint_plugin_image.Image, aquatint_plugin_types.Problem] {
	return hooks.Run(func() ([]*aquatint_plugin_image.Image, error) {
		if hooks.Script == nil {
			return nil, hooks.Missing("script", "OnScript")
		}
		return hooks.Script()
	})
}
