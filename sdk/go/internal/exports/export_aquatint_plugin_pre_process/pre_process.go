// Package export_aquatint_plugin_pre_process leads to the author's hook.
package export_aquatint_plugin_pre_process

import (
	"aquatint/made/aquatint_plugin_types"

	"aquatint/internal/hooks"
	"aquatint/internal/wit/types"
)

// Run is the export `pre-process.run`.
func Run(request []hooks.Param) types.Result[[]hooks.Param, aquatint_plugin_types.Problem] {
	return hooks.Run(func() ([]hooks.Param, error) {
		if hooks.PreProcess == nil {
			return nil, hooks.Missing("pre-process", "OnPreProcess")
		}
		return hooks.PreProcess(request)
	})
}
