package main

import (
	"encoding/binary"
	"math"

	"aquatint"
)

// Moves a row of pixels towards a colour, each by its weight, 0 to 1. Alpha stays as it is.
type paint func(pixels []byte, weights []float32)

func painter(format aquatint.Format, color aquatint.Color) paint {
	red, green, blue := float32(color.Red), float32(color.Green), float32(color.Blue)
	switch format {
	case aquatint.Gray8:
		// Rec. 709.
		luma := 0.2126*red + 0.7152*green + 0.0722*blue
		return func(pixels []byte, weights []float32) {
			for at, weight := range weights {
				pixels[at] = towards(pixels[at], luma, weight)
			}
		}
	case aquatint.RGBAF32:
		parts := [3]float32{red / 255, green / 255, blue / 255}
		return func(pixels []byte, weights []float32) {
			for at, weight := range weights {
				for part, target := range parts {
					place := pixels[16*at+4*part:]
					value := math.Float32frombits(binary.LittleEndian.Uint32(place))
					binary.LittleEndian.PutUint32(place, math.Float32bits(value+weight*(target-value)))
				}
			}
		}
	default:
		step := format.Bytes()
		return func(pixels []byte, weights []float32) {
			for _, weight := range weights {
				pixel := pixels[:step]
				pixel[0] = towards(pixel[0], red, weight)
				pixel[1] = towards(pixel[1], green, weight)
				pixel[2] = towards(pixel[2], blue, weight)
				pixels = pixels[step:]
			}
		}
	}
}

func towards(part uint8, target, weight float32) uint8 {
	value := float32(part)
	return uint8(value + weight*(target-value) + 0.5)
}
