// Package export_aquatint_plugin_denoise leads to the author's hook.
package export_aquatint_plugin_denoise

import (
	"aquatint/made/aquatint_plugin_latents"
	"aquatint/made/aquatint_plugin_types"

	"aquatint/internal/hooks"
	"aquatint/internal/wit/types"
)

// Run is the export `denoise.run`.
func Run(
	moment *aquatint_plugin_latents.Moment, latents *aquatint_plugin_latents.Latents,
) types.Result[types.Unit, aquatint_plugin_types.Problem] {
	// What is borrowed must be given back before the call ends, also when it ends badly.
	defer moment.Drop()
	defer latents.Drop()
	return hooks.Run(func() (types.Unit, error) {
		if hooks.Denoise == nil {
			return types.Unit{}, hooks.Missing("denoise", "OnDenoise")
		}
		return types.Unit{}, hooks.Denoise(moment, latents)
	})
}
