package shade

import (
	"math"
	"testing"
)

func weight(f *Falloff, x, y int) float32 {
	weights := make([]float32, 1)
	f.Row(y, x, weights)
	return weights[0]
}

func TestTheMiddleIsClearAndTheCornersAreNot(t *testing.T) {
	f := New(200, 100, 0.8, 0.4, 0)
	if weight(f, 100, 50) != 0 {
		t.Error("the middle is shaded")
	}
	for _, corner := range [][2]int{{0, 0}, {199, 0}, {0, 99}, {199, 99}} {
		if got := weight(f, corner[0], corner[1]); math.Abs(float64(got)-0.8) > 0.01 {
			t.Errorf("corner %v has %v", corner, got)
		}
	}
}

func TestWeightsAreThoseOfTheFormula(t *testing.T) {
	const width, height, amount, start, roundness = 61, 37, 0.7, 0.3, 0.5
	f := New(width, height, amount, start, roundness)
	share := 0.5 + roundness*(float64(width*width)/float64(width*width+height*height)-0.5)
	for y := range height {
		for x := range width {
			across, down := (2*float64(x)+1)/width-1, (2*float64(y)+1)/height-1
			distance := math.Sqrt(share*across*across + (1-share)*down*down)
			step := min(max((distance-start)/(1-start), 0), 1)
			expected := amount * step * step * (3 - 2*step)
			if got := float64(weight(f, x, y)); math.Abs(got-expected) > 1e-4 {
				t.Fatalf("%d, %d: %v, expected %v", x, y, got, expected)
			}
		}
	}
}

func TestACircleIsRound(t *testing.T) {
	f := New(400, 200, 1, 0, 1)
	// As far from the middle to the right as down.
	right, down := weight(f, 200+60, 100), weight(f, 200, 100+60)
	if math.Abs(float64(right-down)) > 0.005 {
		t.Errorf("%v to the right, %v down", right, down)
	}
}

func TestWhatIsClearHasNoShadeAndIsNearlyAllThatHasNone(t *testing.T) {
	for _, size := range [][2]int{{200, 100}, {101, 77}, {1, 1}, {2, 50}, {64, 3}} {
		for _, start := range []float64{0, 0.4, 0.95} {
			f := New(size[0], size[1], 1, start, 0.3)
			left, right := f.Clear(0, size[1])
			middle, other := f.Clear(size[1]/2, size[1]/2+1)
			if left < middle || other < right || left > right {
				t.Fatalf("%v from %v: %d to %d of all rows, %d to %d of the middle", size, start, left, right, middle, other)
			}
			for x := middle; x < other; x++ {
				if weight(f, x, size[1]/2) != 0 {
					t.Fatalf("%v from %v: column %d is shaded", size, start, x)
				}
			}
		}
	}
	f := New(200, 100, 1, 0.5, 0)
	left, right := f.Clear(49, 51)
	// Half of the way to the corner is 0.7 of the way to the side.
	if left > 34 || right < 166 {
		t.Errorf("%d to %d are clear, expected about 30 to 170", left, right)
	}
}
