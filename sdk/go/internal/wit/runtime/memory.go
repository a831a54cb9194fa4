package runtime

import (
	"math/bits"
	"unsafe"
)

// What the host gives, it writes to memory that it asks for with cabi_realloc. While it does so, the component may call
// nothing of the host's; but Go's allocator looks at the clock now and then, and that is the host's. Go's runtime may
// also not be up yet: what stands between it and the host's WASI asks for memory while it begins. So this memory comes
// from below Go's heap, and the garbage collector does not know it: [Take] copies what is large and gives it back; the
// rest is gone when the call ends, because each call begins with fresh memory.

//go:linkname sbrk runtime.sbrk
func sbrk(size uintptr) unsafe.Pointer

// Blocks that were given back, by the power of two that is their size. A block has the address of the next in its first
// bytes.
var free [32]uintptr

// What is left of the last page that was taken for small blocks.
var small struct{ at, end uintptr }

const (
	// Alignments of the canonical ABI are at most 8.
	least = 3
	page  = 64 << 10
)

// The power of two that holds a size.
func class(size uintptr) int {
	return max(least, bits.Len(uint(size-1)))
}

func allocate(size uintptr) uintptr {
	at := class(size)
	if block := free[at]; block != 0 {
		free[at] = *(*uintptr)(pointer(block))
		return block
	}
	room := uintptr(1) << at
	if room >= page {
		return uintptr(sbrk(room))
	}
	if small.end-small.at < room {
		small.at = uintptr(sbrk(page))
		if small.at == 0 {
			return 0
		}
		small.end = small.at + page
	}
	block := small.at
	small.at += room
	return block
}

func release(block, size uintptr) {
	at := class(size)
	*(*uintptr)(pointer(block)) = free[at]
	free[at] = block
}

// The memory is none of Go's, so that what go vet fears of such conversions cannot happen.
func pointer(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

//go:wasmexport cabi_realloc
func realloc(old unsafe.Pointer, oldSize, align, size uintptr) unsafe.Pointer {
	if size == 0 {
		return pointer(align)
	}
	block := allocate(size)
	if block == 0 {
		// Traps, as running out of memory does.
		return nil
	}
	if oldSize > 0 {
		copy(unsafe.Slice((*byte)(pointer(block)), size), unsafe.Slice((*byte)(old), min(oldSize, size)))
		release(uintptr(old), oldSize)
	}
	return pointer(block)
}

// Take makes a list that the host gave one of Go's.
func Take[T uint8 | float32](given []T) []T {
	if len(given) == 0 {
		return nil
	}
	taken := make([]T, len(given))
	copy(taken, given)
	release(uintptr(unsafe.Pointer(unsafe.SliceData(given))), uintptr(len(given))*unsafe.Sizeof(given[0]))
	return taken
}
