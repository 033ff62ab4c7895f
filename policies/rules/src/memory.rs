//! Memory for one call. The general allocator serves `configure`, where a language's parser makes and frees much. Then a
//! region is set aside for the calls, which start from a copy of it: a call makes some hundred small values, and a block
//! of the region is handed out and taken back in a dozen instructions instead of some hundred.
#![allow(
    unsafe_code,
    clippy::cast_ptr_alignment,
    reason = "an allocator cannot be written without; it runs inside the sandbox, alone in its memory"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The sizes of the region's blocks are multiples of this, and so are their addresses.
const STEP: usize = 16;

/// How many sizes there are; what is larger is the general allocator's.
const SIZES: usize = 128;

/// The bytes of the region: what a call with some changed fields has at a time, and room.
const REGION: usize = 64 << 10;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
pub static ALLOCATOR: Allocator = Allocator::new();

/// See the module's description.
pub struct Allocator {
    /// The region; empty until there are calls to serve.
    start: Cell<usize>,
    end: Cell<usize>,
    /// Where nothing of the region has been handed out yet.
    next: Cell<usize>,
    /// The first free block of each size; each holds the address of the next, or 0.
    free: [Cell<usize>; SIZES],
}

// SAFETY: the target has one thread; tests make allocators of their own.
unsafe impl Sync for Allocator {}

impl Allocator {
    /// An allocator that leaves everything to the general one.
    pub const fn new() -> Self {
        Self { start: Cell::new(0), end: Cell::new(0), next: Cell::new(0), free: [const { Cell::new(0) }; SIZES] }
    }

    /// Sets the region aside, once.
    pub fn serve_a_call(&self) {
        let Ok(layout) = Layout::from_size_align(REGION, STEP) else { return };
        if self.start.get() != 0 {
            return;
        }
        // SAFETY: the layout's size is not zero.
        let start = unsafe { System.alloc(layout) };
        if !start.is_null() {
            let start = start.expose_provenance();
            self.start.set(start);
            self.next.set(start);
            self.end.set(start + REGION);
        }
    }

    fn owns(&self, block: *mut u8) -> bool {
        (self.start.get()..self.end.get()).contains(&block.addr())
    }

    /// A block of the region, if there is one for this layout.
    fn take(&self, layout: Layout) -> Option<*mut u8> {
        if self.start.get() == 0 || layout.align() > STEP {
            return None;
        }
        let free = self.free_of(layout.size())?;
        let block = free.get();
        if block != 0 {
            let block: *mut u8 = std::ptr::with_exposed_provenance_mut(block);
            // SAFETY: a free block of the region holds the address of the next one, and is aligned for it.
            free.set(unsafe { block.cast::<usize>().read() });
            return Some(block);
        }
        let block = self.next.get();
        let next = block + rounded(layout.size());
        (next <= self.end.get()).then(|| {
            self.next.set(next);
            std::ptr::with_exposed_provenance_mut(block)
        })
    }

    /// The free blocks of the size that a layout of this size gets.
    fn free_of(&self, size: usize) -> Option<&Cell<usize>> {
        self.free.get((size.wrapping_sub(1)) / STEP)
    }
}

fn rounded(size: usize) -> usize {
    size.div_ceil(STEP) * STEP
}

// SAFETY: blocks of the region are aligned to `STEP`, as long as their size rounded up, and apart: `next` passes over what
// is handed out, and a block is in the list of its own size while it is free. All others are the general allocator's,
// which gets back what is not of the region.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        self.take(layout).unwrap_or_else(|| unsafe { System.alloc(layout) })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if !self.owns(block) {
            // SAFETY: what is not of the region was the general allocator's.
            return unsafe { System.dealloc(block, layout) };
        }
        if let Some(free) = self.free_of(layout.size()) {
            // SAFETY: the block is of the region, so it is aligned and long enough for an address.
            unsafe { block.cast::<usize>().write(free.get()) };
            free.set(block.addr());
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if !self.owns(block) {
            // SAFETY: what is not of the region was the general allocator's.
            return unsafe { System.realloc(block, layout, new_size) };
        }
        if rounded(new_size) == rounded(layout.size()) {
            return block;
        }
        // SAFETY: `layout` is that of a live block, so `new_size` with its alignment is a valid layout wherever `alloc`
        // accepts it; the blocks are apart, and both as long as what is copied.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(new_size, layout.align()));
            if !new.is_null() {
                std::ptr::copy_nonoverlapping(block, new, layout.size().min(new_size));
                self.dealloc(block, layout);
            }
            new
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks of all sizes come and go; none of them ever changes what another one holds.
    #[test]
    fn blocks_are_apart_and_keep_what_is_in_them() {
        let allocator = Allocator::new();
        let mut blocks: Vec<(*mut u8, Layout, u8)> = Vec::new();
        let mut dice = 0x2545_F491_4F6C_DD1D_u64;
        for turn in 0..20_000_u32 {
            if turn == 100 {
                allocator.serve_a_call();
            }
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            let size = 1 + usize::try_from(dice % 3_000).unwrap() / if dice % 5 == 0 { 1 } else { 30 };
            let mark = u8::try_from(turn % 251).unwrap();
            let place = usize::try_from(dice >> 32).unwrap() % (blocks.len() + 1);
            // SAFETY: every block is used within its layout, and given back with it once.
            unsafe {
                match (dice % 3, place < blocks.len()) {
                    (0, true) => {
                        let (block, layout, mark) = blocks.swap_remove(place);
                        assert!((0..layout.size()).all(|at| block.add(at).read() == mark));
                        allocator.dealloc(block, layout);
                    }
                    (1, true) => {
                        let (block, layout, held) = blocks[place];
                        let new = allocator.realloc(block, layout, size);
                        assert!((0..size.min(layout.size())).all(|at| new.add(at).read() == held));
                        new.write_bytes(mark, size);
                        blocks[place] = (new, Layout::from_size_align(size, layout.align()).unwrap(), mark);
                    }
                    _ => {
                        let layout = Layout::from_size_align(size, 1 << (dice % 6)).unwrap();
                        let block = allocator.alloc(layout);
                        assert_eq!(block.addr() % layout.align(), 0);
                        block.write_bytes(mark, size);
                        blocks.push((block, layout, mark));
                    }
                }
            }
        }
        assert!(blocks.iter().any(|(block, ..)| allocator.owns(*block)));
        for (block, layout, mark) in blocks {
            // SAFETY: as above.
            unsafe {
                assert!((0..layout.size()).all(|at| block.add(at).read() == mark));
                allocator.dealloc(block, layout);
            }
        }
    }
}
