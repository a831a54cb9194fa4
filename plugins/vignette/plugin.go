// A vignette, and bars that frame a picture to a shape.
package main

import (
	"aquatint"

	"vignette/frame"
	"vignette/shade"
)

func init() { aquatint.OnPostProcess(run) }

func main() {}

func run(picture *aquatint.Picture) (*aquatint.Picture, error) {
	width, height := picture.Size()
	kept, err := frame.Of(aquatint.Settings.Text("shape"), width, height)
	if err != nil {
		return nil, aquatint.InvalidInput.Errorf("%v", err)
	}
	if err := darken(picture, kept); err != nil {
		return nil, err
	}
	return nil, cover(picture, kept, width, height)
}

// Rows that are moved at once.
const rows = 64

// The shade is of what the bars leave.
func darken(picture *aquatint.Picture, kept frame.Area) error {
	color := aquatint.Settings.Color("color")
	amount := aquatint.Settings.Number("amount") * float64(color.Alpha) / 255
	if amount == 0 {
		return nil
	}
	start, roundness := aquatint.Settings.Number("start"), aquatint.Settings.Number("roundness")
	falloff := shade.New(kept.Width, kept.Height, amount, start, roundness)
	paint := painter(picture.Format(), color)
	for top := 0; top < kept.Height; top += rows {
		if err := aquatint.Progress(float64(top)/float64(kept.Height), "shading"); err != nil {
			return err
		}
		bottom := min(top+rows, kept.Height)
		// The middle stays as it is, so it is not even moved.
		left, right := falloff.Clear(top, bottom)
		for _, columns := range [2][2]int{{0, left}, {right, kept.Width}} {
			if err := window(picture, kept, falloff, paint, columns, top, bottom); err != nil {
				return err
			}
		}
	}
	return nil
}

func window(
	picture *aquatint.Picture, kept frame.Area, falloff *shade.Falloff, paint paint, columns [2]int, top, bottom int,
) error {
	width := columns[1] - columns[0]
	if width == 0 {
		return nil
	}
	area := aquatint.Area{X: kept.X + columns[0], Y: kept.Y + top, Width: width, Height: bottom - top}
	pixels, err := picture.Read(area)
	if err != nil {
		return err
	}
	stride := len(pixels) / area.Height
	weights := make([]float32, width)
	for row := range area.Height {
		falloff.Row(top+row, columns[0], weights)
		paint(pixels[row*stride:(row+1)*stride], weights)
	}
	return picture.Write(area, pixels)
}

// Covers what is not kept.
func cover(picture *aquatint.Picture, kept frame.Area, width, height int) error {
	color := aquatint.Settings.Color("bars")
	for _, bar := range kept.Around(width, height) {
		area := aquatint.Area(bar)
		if color.Alpha == 255 {
			if err := picture.Fill(area, color); err != nil {
				return err
			}
			continue
		}
		// Filling would make the picture itself transparent there.
		glass, err := aquatint.NewPicture(area.Width, area.Height, aquatint.RGBA8)
		if err != nil {
			return err
		}
		if err := glass.Fill(aquatint.Area{Width: area.Width, Height: area.Height}, color); err != nil {
			return err
		}
		if err := picture.Paste(glass, area.X, area.Y, 1, aquatint.Normal); err != nil {
			return err
		}
		glass.Drop()
	}
	return nil
}
