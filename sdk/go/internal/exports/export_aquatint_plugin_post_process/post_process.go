// Package export_aquatint_plugin_post_process leads to the author's hook.
package export_aquatint_plugin_post_process

import (
	"aquatint/made/aquatint_plugin_image"
	"aquatint/made/aquatint_plugin_types"

	"aquatint/internal/hooks"
	"aquatint/internal/wit/types"
)

// Image is a picture.
type Image = aquatint_plugin_image.Image

// Run is the export `post-process.run`.
func Run(picture *Image) types.Result[types.Option[*Image], aquatint_plugin_types.Problem] {
	// What is borrowed must be given back before the call ends, also when it ends badly.
	defer picture.Drop()
	return hooks.Run(func() (types.Option[*Image], error) {
		if hooks.PostProcess == nil {
			return types.None[*Image](), hooks.Missing("post-process", "OnPostProcess")
		}
		other, err := hooks.PostProcess(picture)
		if err != nil || other == nil || other == picture {
			return types.None[*Image](), err
		}
		return types.Some(other), nil
	})
}
