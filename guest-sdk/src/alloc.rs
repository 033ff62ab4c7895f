//! The allocator of a module: it hands out memory upwards from the end of the module's data and
//! frees only what it handed out last.
//!
//! An instance lives for one call, so there is nothing to gain from freeing, and much from staying
//! inside the memory that is there: a general allocator grows the memory in its first call, and
//! growing costs the host two system calls an instance.
#![allow(
    unsafe_code,
    reason = "an allocator cannot be written without; it runs inside the sandbox, alone in its memory"
)]

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;

const PAGE: usize = 65_536;

unsafe extern "C" {
    /// Where the module's static data ends; set by the linker.
    static __heap_base: u8;
}

/// See the module's description.
pub struct Bump {
    /// The first free byte; 0 before the first allocation.
    next: Cell<usize>,
    /// The end of the memory.
    end: Cell<usize>,
}

// SAFETY: the target has one thread.
unsafe impl Sync for Bump {}

impl Bump {
    /// An allocator that has handed out nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { next: Cell::new(0), end: Cell::new(0) }
    }

    /// Makes sure that the memory reaches `end`.
    fn reach(&self, end: usize) -> bool {
        if end <= self.end.get() {
            return true;
        }
        let have = core::arch::wasm32::memory_size(0) * PAGE;
        if end > have {
            let pages = (end - have).div_ceil(PAGE);
            if core::arch::wasm32::memory_grow(0, pages) == usize::MAX {
                return false;
            }
        }
        self.end.set(core::arch::wasm32::memory_size(0) * PAGE);
        true
    }
}

// SAFETY: every block lies between `__heap_base` and the end of the memory, is aligned as asked,
// and overlaps no other live block, since `next` only passes over what has been handed out.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let next = match self.next.get() {
            0 => (&raw const __heap_base).addr(),
            next => next,
        };
        let Some(start) = next.checked_next_multiple_of(layout.align()) else {
            return std::ptr::null_mut();
        };
        let Some(end) = start.checked_add(layout.size()) else {
            return std::ptr::null_mut();
        };
        if !self.reach(end) {
            return std::ptr::null_mut();
        }
        self.next.set(end);
        std::ptr::with_exposed_provenance_mut(start)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if block.addr() + layout.size() == self.next.get() {
            self.next.set(block.addr());
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let last = block.addr() + layout.size() == self.next.get();
        if new_size <= layout.size() {
            if last {
                self.next.set(block.addr() + new_size);
            }
            return block;
        }
        if last {
            let Some(end) = block.addr().checked_add(new_size) else {
                return std::ptr::null_mut();
            };
            if !self.reach(end) {
                return std::ptr::null_mut();
            }
            self.next.set(end);
            return block;
        }
        // SAFETY: `layout` is that of a live block, so `new_size` with its alignment is a valid layout
        // wherever `alloc` accepts it; both blocks are at least `layout.size()` long and apart.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(new_size, layout.align()));
            if !new.is_null() {
                std::ptr::copy_nonoverlapping(block, new, layout.size());
            }
            new
        }
    }
}
