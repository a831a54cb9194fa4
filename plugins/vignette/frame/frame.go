// Package frame finds what of a picture a shape leaves.
package frame

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Area is a rectangle, from its top left corner.
type Area struct{ X, Y, Width, Height int }

// Of is the largest area of a shape, such as `16:9`, in the middle of a picture. `none` is all of it.
func Of(shape string, width, height int) (Area, error) {
	kept := Area{Width: width, Height: height}
	if shape == "none" {
		return kept, nil
	}
	ratio, err := parse(shape)
	if err != nil {
		return Area{}, err
	}
	if float64(width) > ratio*float64(height) {
		kept.Width = max(1, int(math.Round(ratio*float64(height))))
		kept.X = (width - kept.Width) / 2
	} else {
		kept.Height = max(1, int(math.Round(float64(width)/ratio)))
		kept.Y = (height - kept.Height) / 2
	}
	return kept, nil
}

func parse(shape string) (float64, error) {
	across, down, found := strings.Cut(shape, ":")
	width, errWidth := strconv.ParseFloat(across, 64)
	height, errHeight := strconv.ParseFloat(down, 64)
	ratio := width / height
	if !found || errWidth != nil || errHeight != nil || !(ratio > 0) || math.IsInf(ratio, 0) {
		return 0, fmt.Errorf("shape is `%s`, expected none or a ratio such as 16:9", shape)
	}
	return ratio, nil
}

// Around is what is left of a picture beside the area: two bars, or none.
func (a Area) Around(width, height int) []Area {
	var bars []Area
	for _, bar := range []Area{
		{0, 0, width, a.Y},
		{0, a.Y + a.Height, width, height - a.Y - a.Height},
		{0, a.Y, a.X, a.Height},
		{a.X + a.Width, a.Y, width - a.X - a.Width, a.Height},
	} {
		if bar.Width > 0 && bar.Height > 0 {
			bars = append(bars, bar)
		}
	}
	return bars
}
