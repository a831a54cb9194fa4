// Package shade says how much of a vignette is where.
package shade

import "math"

// Falloff is the weight of the shade in an area: 0 in the middle, `amount` in the corners, and in between a smoothstep of
// the distance from the middle, which is 1 in the corners.
type Falloff struct {
	width int
	// The part of the squared distance that is a column's, and a row's.
	across, down []float32
	// Weights by the squared distance.
	table [size + 2]float32
	// The squared distance up to which there is no shade.
	start float32
}

// Entries of the table between the middle and the corner: the weight between two differs by far less than a 255th.
const size = 4096

// New is a falloff. `start`, below 1, is the distance at which it begins; `roundness` goes from the area's own shape, 0, to
// a circle, 1.
func New(width, height int, amount, start, roundness float64) *Falloff {
	f := &Falloff{
		width:  width,
		across: make([]float32, width), down: make([]float32, height),
		start: float32(start * start),
	}
	// Of the squared distance in the corner, how much is the width's: half, or what it is in pixels.
	w, h := float64(width)*float64(width), float64(height)*float64(height)
	share := 0.5 + roundness*(w/(w+h)-0.5)
	fill(f.across, share)
	fill(f.down, 1-share)
	for at := range f.table {
		distance := math.Sqrt(float64(at) / size)
		t := min(max((distance-start)/(1-start), 0), 1)
		f.table[at] = float32(amount * t * t * (3 - 2*t))
	}
	return f
}

func fill(parts []float32, share float64) {
	for at := range parts {
		// From -1 at one side to 1 at the other.
		place := (2*float64(at)+1)/float64(len(parts)) - 1
		parts[at] = float32(share * place * place)
	}
}

// Row gives the weights of a row, from the column `left` on.
func (f *Falloff) Row(y, left int, weights []float32) {
	down := f.down[y]
	for at, across := range f.across[left : left+len(weights)] {
		place := (across + down) * size
		whole := int(place)
		low := f.table[whole]
		weights[at] = low + (place-float32(whole))*(f.table[whole+1]-low)
	}
}

// Clear gives the columns, from `left` and before `right`, that have no shade in any row from `top` and before `bottom`.
// Where there are none, both are the middle.
func (f *Falloff) Clear(top, bottom int) (left, right int) {
	down := max(f.down[top], f.down[bottom-1])
	middle := f.width / 2
	left = middle
	// The table is read between two entries: one more of them counts as shaded.
	for left > 0 && f.across[left-1]+down+1.0/size <= f.start {
		left--
	}
	if left == middle {
		return middle, middle
	}
	return left, f.width - left
}
