/* The allocator of a module: it hands out memory upwards from the end of the module's data and takes back only what it
 * handed out last.
 *
 * An instance lives for one call, so there is nothing to gain from freeing, and much from staying inside the memory
 * that is there: growing costs the host two system calls an instance. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 65536, ALIGN = 8 };

/* Where the module's static data ends; set by the linker. */
extern uint8_t __heap_base;

/* The block handed out last, and the first free byte; null before the first. */
static uint8_t *last, *top;

static void *allocate(size_t align, size_t size) {
    uintptr_t start = (uintptr_t)(top == NULL ? &__heap_base : top);
    start = (start + align - 1) & ~(uintptr_t)(align - 1);
    uintptr_t end = start + size, have = (uintptr_t)__builtin_wasm_memory_size(0) * PAGE;
    if (end < start) {
        return NULL;
    }
    if (end > have && __builtin_wasm_memory_grow(0, (end - have + PAGE - 1) / PAGE) == SIZE_MAX) {
        return NULL;
    }
    last = (uint8_t *)start;
    top = (uint8_t *)end;
    return last;
}

void *malloc(size_t size) {
    return allocate(ALIGN, size);
}

void *calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        return NULL;
    }
    void *block = malloc(bytes);
    return block == NULL ? NULL : memset(block, 0, bytes);
}

void free(void *block) {
    if (block != NULL && block == last) {
        top = last;
    }
}

/* The size of the old block is not known; it ends before the new one begins at the latest. */
void *realloc(void *block, size_t size) {
    if (block == NULL) {
        return malloc(size);
    }
    uint8_t *old = block, *old_top = top;
    if (old == last) {
        top = last;
        return allocate(1, size);
    }
    uint8_t *new = malloc(size);
    if (new != NULL) {
        size_t most = (size_t)(old_top - old);
        memcpy(new, old, size < most ? size : most);
    }
    return new;
}

void *aligned_alloc(size_t align, size_t size) {
    return allocate(align, size);
}

int posix_memalign(void **block, size_t align, size_t size) {
    *block = allocate(align, size);
    return *block == NULL ? 12 /* ENOMEM */ : 0;
}

/* Where the host puts arguments. */
__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *block, size_t old_size, size_t align,
                                                                size_t size) {
    void *new = allocate(align, size);
    if (new == NULL) {
        abort();
    }
    return old_size == 0 ? new : memcpy(new, block, old_size < size ? old_size : size);
}
