package countersign

import "unsafe"

// The host puts arguments into memory that it asks for here. They stay until the instance ends, which is after the
// call, so there is nothing to free; and since they are never written to again, what is lifted from them points into
// them.

// arena is enough for the arguments of an ordinary call. What it has no room for comes from Go's heap.
var arena [32 << 10 / 8]uint64

var (
	arenaUsed uintptr
	// held keeps what came from the heap until it has been lifted.
	held [][]uint64
)

//go:wasmexport cabi_realloc
func cabiRealloc(old unsafe.Pointer, oldSize, align, size uint32) unsafe.Pointer {
	start := (arenaUsed + uintptr(align) - 1) &^ (uintptr(align) - 1)
	end := start + uintptr(size)
	if end > unsafe.Sizeof(arena) || old != nil {
		return fromHeap(old, oldSize, size)
	}
	arenaUsed = end
	return unsafe.Add(unsafe.Pointer(&arena), start)
}

func fromHeap(old unsafe.Pointer, oldSize, size uint32) unsafe.Pointer {
	block := make([]uint64, size/8+1)
	held = append(held, block)
	start := unsafe.Pointer(unsafe.SliceData(block))
	copy(unsafe.Slice((*byte)(start), size), unsafe.Slice((*byte)(old), oldSize))
	return start
}

// warmest is the last block of memory that was asked for in advance; it keeps the compiler from leaving them out.
var warmest any

// warmUp asks Go's heap for small blocks of all sizes, with and without pointers in them. The first block of a size
// costs as much as a small call, and calls start from what configuring left in memory.
func warmUp() {
	for size := 8; size <= 512; size += 8 {
		warmest = make([]byte, size)
		warmest = make([]*byte, size/8)
	}
	warmest = nil
}
