/* Stands between a program and the system, for tests: lets one call that writes or syncs a file of a folder fail, and sets the
   clock. Loaded before the C library.

   FAULT_FOLDER  the folder, as the system names it
   FAULT_AT      which call fails, from 1; calls after it fail too
   FAULT_WHILE   or a file: as long as it is there, every call fails
   FAULT_ERROR   with what error number
   CLOCK_BACK    so many seconds the clock is behind */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static long calls;

/* Whether the next call on a file fails. */
static int fails(int fd)
{
    const char *folder = getenv("FAULT_FOLDER"), *error = getenv("FAULT_ERROR");
    const char *at = getenv("FAULT_AT"), *during = getenv("FAULT_WHILE");
    char link[64], path[4096];
    ssize_t length;
    if (!folder || !error || (!at && !during))
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    if (strncmp(path, folder, strlen(folder)) != 0 || !strstr(path, "ledger.db"))
        return 0;
    if (during ? access(during, F_OK) != 0 : __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST) < atol(at))
        return 0;
    errno = atoi(error);
    return 1;
}

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at)
{
    return fails(fd) ? -1 : REAL("pwrite64", ssize_t (*)(int, const void *, size_t, off_t))(fd, bytes, length, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at)
{
    return fails(fd) ? -1 : REAL("pwrite", ssize_t (*)(int, const void *, size_t, off_t))(fd, bytes, length, at);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    return fails(fd) ? -1 : REAL("write", ssize_t (*)(int, const void *, size_t))(fd, bytes, length);
}

int fsync(int fd)
{
    return fails(fd) ? -1 : REAL("fsync", int (*)(int))(fd);
}

int fdatasync(int fd)
{
    return fails(fd) ? -1 : REAL("fdatasync", int (*)(int))(fd);
}

int ftruncate64(int fd, off_t length)
{
    return fails(fd) ? -1 : REAL("ftruncate64", int (*)(int, off_t))(fd, length);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    const char *back = getenv("CLOCK_BACK");
    int done = (int)syscall(SYS_clock_gettime, clock, now);
    if (done == 0 && back && clock == CLOCK_REALTIME)
        now->tv_sec -= atol(back);
    return done;
}
