// Package runtime gives memory to the host and keeps handles, under the names that generated bindings use.
package runtime

import (
	"fmt"
	"runtime"
	"unsafe"
)

// Handle is a handle of the host's, or none once it was given away.
type Handle struct {
	value int32
}

// MakeHandle wraps a handle. 0 is none.
func MakeHandle(value int32) *Handle {
	return &Handle{value}
}

// Use is the handle, to lend it.
func (h *Handle) Use() int32 {
	if h.value == 0 {
		panic("this was dropped, or returned, before")
	}
	return h.value
}

// Take is the handle, to give it away.
func (h *Handle) Take() int32 {
	value := h.Use()
	h.value = 0
	return value
}

// TakeOrNil is the handle, to give it away, or 0 if that was done.
func (h *Handle) TakeOrNil() int32 {
	value := h.value
	h.value = 0
	return value
}

// Set gives a handle to one that has none.
func (h *Handle) Set(value int32) {
	h.value = value
}

// Allocate makes room that stays where it is until the pinner is unpinned.
func Allocate(pinner *runtime.Pinner, size, align uintptr) unsafe.Pointer {
	if size == 0 {
		return nil
	}
	// The garbage collector aligns by the type of an element. None has pointers in it: what the host writes there are
	// addresses of memory that is pinned itself.
	var room unsafe.Pointer
	switch align {
	case 1:
		room = unsafe.Pointer(unsafe.SliceData(make([]uint8, size)))
	case 2:
		room = unsafe.Pointer(unsafe.SliceData(make([]uint16, (size+1)/2)))
	case 4:
		room = unsafe.Pointer(unsafe.SliceData(make([]uint32, (size+3)/4)))
	case 8:
		room = unsafe.Pointer(unsafe.SliceData(make([]uint64, (size+7)/8)))
	default:
		panic(fmt.Sprintf("an alignment of %d, expected 1, 2, 4 or 8", align))
	}
	pinner.Pin(room)
	return room
}

// Unpin is called by bindings when all that the host gave is known to the garbage collector. Nothing that it gives is
// in the collector's memory, see memory.go.
func Unpin() {}
