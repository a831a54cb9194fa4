package aquatint

import (
	"fmt"
	"math/rand/v2"

	"aquatint/made/aquatint_plugin_assets"
	"aquatint/made/aquatint_plugin_job"
	"aquatint/made/aquatint_plugin_log"

	"aquatint/internal/problems"
)

// Seed is the seed of the picture at hand.
func Seed() uint64 {
	return aquatint_plugin_job.Seed()
}

// Index says which picture of its batch this is, from 0.
func Index() int {
	return int(aquatint_plugin_job.Index())
}

// Random gives random numbers out of the job's seed: the same job sees the same ones. Anything else that is random in Go
// comes from that seed too, but changes with Go's version.
func Random() *rand.Rand {
	return rand.New(rand.NewPCG(Seed(), 0x9e3779b97f4a7c15))
}

// Progress says how far the call is, 0 to 1, and what it is doing. Its error is [Cancelled] when the user no longer wants
// the result: return it.
func Progress(fraction float64, note string) error {
	aquatint_plugin_job.Progress(float32(fraction), note)
	return goOn()
}

func goOn() error {
	if aquatint_plugin_job.Cancelled() {
		return Cancelled.Errorf("cancelled")
	}
	return nil
}

// Choices are what may be chosen for a field of a request: the names of samplers, of models and so on.
func Choices(field string) ([]string, error) {
	return problems.Value(aquatint_plugin_job.Choices(field))
}

// Asset is a file under assets/.
func Asset(name string) ([]byte, error) {
	return problems.List(aquatint_plugin_assets.Read(name))
}

// Assets are the names of the files under assets/, sorted.
func Assets() []string {
	names := aquatint_plugin_assets.Names()
	return names
}

// Debugf writes a line to the host's log that is dropped unless the user asks for such.
func Debugf(format string, arguments ...any) {
	log(aquatint_plugin_log.LevelDebug, format, arguments)
}

// Infof writes a line to the host's log.
func Infof(format string, arguments ...any) {
	log(aquatint_plugin_log.LevelInfo, format, arguments)
}

// Warnf writes a line to the host's log that people should see.
func Warnf(format string, arguments ...any) {
	log(aquatint_plugin_log.LevelWarn, format, arguments)
}

func log(level aquatint_plugin_log.Level, format string, arguments []any) {
	aquatint_plugin_log.Write(level, fmt.Sprintf(format, arguments...), nil)
}
