package aquatint

import (
	"aquatint/made/aquatint_plugin_latents"
	"aquatint/made/aquatint_plugin_types"

	"aquatint/internal/problems"
	"aquatint/internal/wit/types"
)

// Latents is a tensor of 32-bit floats in the host: what a picture is while it is being drawn.
type Latents struct {
	tensor *aquatint_plugin_latents.Latents
}

// Statistics say what a tensor's numbers are like.
type Statistics struct{ Minimum, Maximum, Mean, Deviation float32 }

func latentsOf(
	result types.Result[*aquatint_plugin_latents.Latents, aquatint_plugin_types.Problem],
) (*Latents, error) {
	tensor, err := problems.Value(result)
	if err != nil {
		return nil, err
	}
	return &Latents{tensor}, nil
}

func perhaps(
	result types.Result[types.Option[*aquatint_plugin_latents.Latents], aquatint_plugin_types.Problem],
) (*Latents, error) {
	tensor, err := problems.Value(result)
	if err != nil || tensor.Tag() == types.OptionNone {
		return nil, err
	}
	return &Latents{tensor.Some()}, nil
}

// NewLatents is a tensor of zeros, the outermost dimension first.
func NewLatents(shape ...int) (*Latents, error) {
	return latentsOf(aquatint_plugin_latents.LatentsCreate(wholes(shape)))
}

func wholes(numbers []int) []uint32 {
	given := make([]uint32, 0, len(numbers))
	for _, number := range numbers {
		given = append(given, whole(number))
	}
	return given
}

// Shape is the dimensions, the outermost first: channels, height, width for the common kinds of model.
func (l *Latents) Shape() []int {
	given := l.tensor.Shape()
	shape := make([]int, 0, len(given))
	for _, side := range given {
		shape = append(shape, int(side))
	}
	return shape
}

// Read gives the numbers of a window, the last dimension running fastest: `extent` numbers along each dimension from
// `start`.
func (l *Latents) Read(start, extent []int) ([]float32, error) {
	return problems.List(l.tensor.Read(wholes(start), wholes(extent)))
}

// ReadAll gives all numbers.
func (l *Latents) ReadAll() ([]float32, error) {
	return problems.List(l.tensor.ReadAll())
}

// Write replaces the numbers of a window. All must be finite.
func (l *Latents) Write(start, extent []int, numbers []float32) error {
	return problems.Nothing(l.tensor.Write(wholes(start), wholes(extent), numbers))
}

// WriteAll replaces all numbers. All must be finite.
func (l *Latents) WriteAll(numbers []float32) error {
	return problems.Nothing(l.tensor.WriteAll(numbers))
}

// Clone is another tensor with the same numbers. It costs nothing until one of the two is written to.
func (l *Latents) Clone() (*Latents, error) {
	return latentsOf(l.tensor.Clone())
}

// Add is `this += factor * other`.
func (l *Latents) Add(other *Latents, factor float64) error {
	return problems.Nothing(l.tensor.Add(other.tensor, float32(factor)))
}

// Scale is `this *= factor`.
func (l *Latents) Scale(factor float64) error {
	return problems.Nothing(l.tensor.Scale(float32(factor)))
}

// Shift is `this += amount`.
func (l *Latents) Shift(amount float64) error {
	return problems.Nothing(l.tensor.Shift(float32(amount)))
}

// Lerp is `this += amount * (other - this)`.
func (l *Latents) Lerp(other *Latents, amount float64) error {
	return problems.Nothing(l.tensor.Lerp(other.tensor, float32(amount)))
}

// Mix is `this += mask * (other - this)`, number by number. The mask may have 1 in some dimensions, along which it is
// repeated.
func (l *Latents) Mix(other, mask *Latents) error {
	return problems.Nothing(l.tensor.Mix(other.tensor, mask.tensor))
}

// Noise is `this += strength * noise`, drawn from a seed as the noise is that a picture begins with.
func (l *Latents) Noise(seed uint64, strength float64) error {
	return problems.Nothing(l.tensor.Noise(seed, float32(strength)))
}

// Roll moves everything along a dimension, around the end.
func (l *Latents) Roll(dimension, by int) error {
	return problems.Nothing(l.tensor.Roll(whole(dimension), int32(by)))
}

// Flip mirrors along a dimension.
func (l *Latents) Flip(dimension int) error {
	return problems.Nothing(l.tensor.Flip(whole(dimension)))
}

// Statistics are minimum, maximum, mean and deviation of all numbers.
func (l *Latents) Statistics() Statistics {
	return Statistics(l.tensor.Statistics())
}

// Drop gives the tensor back before the call ends. Not for the one that the hook was given.
func (l *Latents) Drop() {
	l.tensor.Drop()
}

// Moment is a moment in the drawing of a picture.
type Moment struct {
	moment *aquatint_plugin_latents.Moment
}

// IsNoise says whether it is before the first step; otherwise it is after a step.
func (m *Moment) IsNoise() bool {
	return m.moment.Phase() == aquatint_plugin_latents.PhaseNoise
}

// Step is which step was just taken, from 1; 0 before the first.
func (m *Moment) Step() int {
	return int(m.moment.Step())
}

// Steps is how many there are.
func (m *Moment) Steps() int {
	return int(m.moment.Steps())
}

// Sigma is how much noise the latents hold now.
func (m *Moment) Sigma() float64 {
	return float64(m.moment.Sigma())
}

// Predicted is the model's idea of the finished picture; nil before the first step.
func (m *Moment) Predicted() (*Latents, error) {
	return perhaps(m.moment.Predicted())
}

// Keep keeps a copy under a name for later moments of the same picture.
func (m *Moment) Keep(name string, latents *Latents) error {
	return problems.Nothing(m.moment.Keep(name, latents.tensor))
}

// Kept is a copy of what was kept under a name; nil if nothing was.
func (m *Moment) Kept(name string) (*Latents, error) {
	return perhaps(m.moment.Kept(name))
}
