/* The table of mounts: told once that it has changed, then again when somebody asks to be told (proc(5), /proc/PID/mountinfo). */
#include "keeper.h"
#include <fcntl.h>
#include <sys/epoll.h>

static struct source table = {.fd = -1};

static void changed(struct source *s, uint32_t events)
{
    (void)events;
    loop_want(s, 0);
    event_begin(EV_MOUNTS_CHANGED, true);
    event_end();
}

/* What changed since the last time is told at once: the kernel remembers for each open file how far its reader has come. */
void mounts_watch(void)
{
    if (table.fd >= 0) {
        loop_want(&table, EPOLLPRI | EPOLLERR);
        return;
    }
    int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        loop_add(&table, fd, EPOLLPRI | EPOLLERR, changed);
}
