package aquatint

import (
	"aquatint/made/aquatint_plugin_store"

	"aquatint/internal/problems"
	"aquatint/internal/wit/runtime"
	"aquatint/internal/wit/types"
)

// Store is bytes kept from one call to the next. It needs the permission `store`.
var Store store

type store struct{}

// Get is the value of a key; nil if it has none.
func (store) Get(key string) ([]byte, error) {
	value, err := problems.Value(aquatint_plugin_store.Get(key))
	if err != nil || value.Tag() == types.OptionNone {
		return nil, err
	}
	return runtime.Take(value.Some()), nil
}

// Set sets the value of a key. It counts when the call returns well.
func (store) Set(key string, value []byte) error {
	return problems.Nothing(aquatint_plugin_store.Set(key, value))
}

// Remove removes a key, and says whether it was there.
func (store) Remove(key string) (bool, error) {
	return problems.Value(aquatint_plugin_store.Remove(key))
}

// Keys are up to 1,000 keys that begin with `prefix`, in order, the first of them after the key `after`, if that is not
// empty.
func (store) Keys(prefix, after string) []string {
	from := types.None[string]()
	if after != "" {
		from = types.Some(after)
	}
	keys := aquatint_plugin_store.Keys(prefix, from)
	return keys
}

// Usage is how many bytes are used, and how many may be.
func (store) Usage() (used, quota uint64) {
	room := aquatint_plugin_store.Usage()
	return room.Used, room.Quota
}
