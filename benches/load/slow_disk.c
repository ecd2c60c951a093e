/* Stands before the C library and makes each sync take SYNC_MICROSECONDS
 * longer, as a slower disk would. Loaded by LD_PRELOAD: see disk.rs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static int synced(const char *name, int file)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = real(file);
    const char *time = getenv("SYNC_MICROSECONDS");
    usleep(time ? (useconds_t)atol(time) : 0);
    return result;
}

int fdatasync(int file) { return synced("fdatasync", file); }
int fsync(int file) { return synced("fsync", file); }
