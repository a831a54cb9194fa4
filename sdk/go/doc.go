// Package aquatint is what plugins for Aquatint are written with in Go.
//
// A plugin registers a function for each hook that its plugin.toml lists:
//
//	package main
//
//	import "aquatint"
//
//	func init() { aquatint.OnPostProcess(soften) }
//
//	func main() {}
//
//	func soften(picture *aquatint.Picture) (*aquatint.Picture, error) {
//		return picture.Blur(3 * aquatint.Settings.Number("amount"))
//	}
//
// An error that a hook returns is told to the user, and nothing that it wrote to pictures or latents counts. Each call of
// a hook begins with fresh memory, so variables keep nothing from one call to the next. The same input gives the same
// output: the clock stands still, and chance comes from the picture's seed, see [Random].
//
// The packages below aquatint/made are made by `aquatint plugin build` from the contract, and may change with it.
package aquatint
