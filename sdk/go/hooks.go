package aquatint

import (
	"fmt"

	"aquatint/made/aquatint_plugin_image"
	"aquatint/made/aquatint_plugin_latents"

	"aquatint/internal/hooks"
)

// OnPreProcess registers the hook `pre-process`: it is given the request, and returns the fields to change.
func OnPreProcess(hook func(request Request) (Request, error)) {
	hooks.PreProcess = func(request []hooks.Param) ([]hooks.Param, error) {
		changes, err := hook(requestOf(request))
		if err != nil {
			return nil, err
		}
		return changes.params()
	}
}

// OnDenoise registers the hook `denoise`: it changes latents in place.
func OnDenoise(hook func(moment *Moment, latents *Latents) error) {
	hooks.Denoise = func(moment *aquatint_plugin_latents.Moment, latents *aquatint_plugin_latents.Latents) error {
		return hook(&Moment{moment}, &Latents{latents})
	}
}

// OnPostProcess registers the hook `post-process`: it changes the picture in place and returns nil, or returns another.
func OnPostProcess(hook func(picture *Picture) (*Picture, error)) {
	hooks.PostProcess = func(image *aquatint_plugin_image.Image) (*aquatint_plugin_image.Image, error) {
		other, err := hook(&Picture{image})
		if err != nil || other == nil {
			return nil, err
		}
		return other.image, nil
	}
}

// OnScript registers the hook `script`: it returns the pictures to hand to the user, see [Submit].
func OnScript(hook func() ([]*Picture, error)) {
	hooks.Script = func() ([]*aquatint_plugin_image.Image, error) {
		pictures, err := hook()
		images := make([]*aquatint_plugin_image.Image, 0, len(pictures))
		for _, picture := range pictures {
			images = append(images, picture.image)
		}
		return images, err
	}
}

// Axis is an axis of a sweep.
type Axis struct {
	// What people write to choose it, like a setting's key.
	Key string
	// What people read.
	Label string
	// The points, in order. `request` is the one that they will change.
	Points func(request Request) ([]Point, error)
}

// Point is a point on an axis.
type Point struct {
	// What stands beside its row or column.
	Label string
	// The fields of the request to change there.
	Changes Request
}

// OnSweep registers the hook `sweep`: it returns the axes, with the settings as they are.
func OnSweep(hook func() ([]Axis, error)) {
	hooks.Axes = func() ([]hooks.Axis, error) {
		axes, err := hook()
		given := make([]hooks.Axis, 0, len(axes))
		for _, axis := range axes {
			given = append(given, hooks.Axis{Key: axis.Key, Label: axis.Label})
		}
		return given, err
	}
	hooks.Points = func(key string, request []hooks.Param) ([]hooks.Point, error) {
		axes, err := hook()
		if err != nil {
			return nil, err
		}
		for _, axis := range axes {
			if axis.Key == key {
				return pointsOf(axis, requestOf(request))
			}
		}
		return nil, NotFound.Errorf("no axis `%s`", key)
	}
}

func pointsOf(axis Axis, request Request) ([]hooks.Point, error) {
	points, err := axis.Points(request)
	if err != nil {
		return nil, err
	}
	given := make([]hooks.Point, 0, len(points))
	for _, point := range points {
		changes, err := point.Changes.params()
		if err != nil {
			return nil, fmt.Errorf("point `%s`: %w", point.Label, err)
		}
		given = append(given, hooks.Point{Label: point.Label, Changes: changes})
	}
	return given, nil
}
