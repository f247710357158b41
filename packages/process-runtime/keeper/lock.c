/* Locks for the life of the keeper: a second daemon on the same directory learns who was first. */
#include "keeper.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct lock { struct lock *next; char *path; int fd; };
static struct lock *locks;

static void answer(const char *path, pid_t holder, int error)
{
    struct buf *b = event_begin(EV_LOCKED, true);
    put_str(b, path);
    put_u8(b, error == 0);
    put_u32(b, (uint32_t)holder);
    put_u32(b, (uint32_t)error);
    event_end();
}

static pid_t holder_of(int fd)
{
    char text[32] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    return n > 0 ? (pid_t)atoi(text) : 0;
}

void lock_path(const char *path)
{
    for (struct lock *l = locks; l != NULL; l = l->next)
        if (strcmp(l->path, path) == 0) {
            answer(path, keeper.pid, 0);
            return;
        }
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0) {
        answer(path, 0, errno);
        return;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        int error = errno;
        answer(path, holder_of(fd), error);
        close(fd);
        return;
    }
    char text[32];
    int n = snprintf(text, sizeof text, "%d\n", keeper.pid);
    if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) != n)
        complain("cannot write %s: %s", path, strerror(errno));
    struct lock *l = xalloc(sizeof *l);
    *l = (struct lock){locks, xstrndup(path, strlen(path)), fd};
    locks = l;
    answer(path, keeper.pid, 0);
}
