/* Descriptors that arrived in messages, by ids that are never reused. */
#include "keeper.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef F_DUPFD_QUERY
#define F_DUPFD_QUERY 1027 /* Linux 6.10 */
#endif

struct kept_fd *kept_fds;
static uint64_t next_id = 1;

uint64_t fd_keep(int fd)
{
    struct kept_fd *f = xalloc(sizeof *f);
    *f = (struct kept_fd){.next = kept_fds, .id = next_id++, .fd = fd, .watch.fd = -1};
    kept_fds = f;
    return f->id;
}

/* Two descriptors of one open file. Where the kernel does not say, one inode opened in the same way is taken for it. */
static bool same_file(int a, int b)
{
    int same = OLD_KERNEL ? -1 : fcntl(a, F_DUPFD_QUERY, b);
    if (same >= 0)
        return same == 1;
    long order = OLD_KERNEL ? -1 : syscall(SYS_kcmp, getpid(), getpid(), 0 /* KCMP_FILE */, a, b);
    if (order >= 0)
        return order == 0;
    struct stat x, y;
    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino &&
           (x.st_mode & S_IFMT) == (y.st_mode & S_IFMT) && x.st_rdev == y.st_rdev && fcntl(a, F_GETFL) == fcntl(b, F_GETFL);
}

uint64_t fd_same(int fd)
{
    for (struct kept_fd *f = kept_fds; f != NULL; f = f->next)
        if (!f->closing && same_file(f->fd, fd))
            return f->id;
    return 0;
}

uint64_t fd_keep_pinned(int fd)
{
    uint64_t id = fd_keep(fd);
    kept_fds->pinned = true;
    return id;
}

static struct kept_fd **find(uint64_t id)
{
    struct kept_fd **at = &kept_fds;
    while (*at != NULL && (*at)->id != id)
        at = &(*at)->next;
    return at;
}

void fd_origin(uint64_t id, uint64_t seq)
{
    struct kept_fd *f = *find(id);
    if (f != NULL)
        f->origin = seq;
}

int fd_get(uint64_t id)
{
    struct kept_fd *f = *find(id);
    return f == NULL ? -1 : f->fd;
}

static void drop(struct kept_fd **at)
{
    struct kept_fd *f = *at;
    *at = f->next;
    if (f->watch.fd >= 0)
        loop_close(&f->watch);
    else
        close(f->fd);
    free(f->group);
    loop_free_later(f);
}

/* The other end is gone, or there is an error: told once, and the manager decides. */
static void hung(struct source *s, uint32_t events)
{
    (void)events;
    struct kept_fd *f = (struct kept_fd *)((char *)s - offsetof(struct kept_fd, watch));
    loop_want(s, 0);
    struct buf *b = event_begin(EV_FD_HUNG, true);
    put_u64(b, f->id);
    put_str(b, f->group);
    event_end();
}

/* A file that cannot be polled (a regular one) never hangs up. */
void fd_watch(uint64_t id, const char *group)
{
    struct kept_fd *f = *find(id);
    if (f == NULL || f->watch.fd >= 0)
        return;
    f->group = xstrndup(group, strlen(group));
    loop_add(&f->watch, f->fd, EPOLLHUP | EPOLLERR, hung);
}

void fd_forget(uint64_t id)
{
    struct kept_fd **at = find(id), *f = *at;
    if (f == NULL)
        return;
    *at = f->next;
    free(f);
}

/* A BARRIER=1 descriptor tells its sender that all it sent is heard: it closes when the message is recorded, not before. */
void fd_close(uint64_t id)
{
    struct kept_fd **at = find(id);
    if (*at == NULL || (*at)->pinned)
        return;
    if ((*at)->origin > event_acked)
        (*at)->closing = true;
    else
        drop(at);
}

void fd_hold(uint64_t id)
{
    struct kept_fd *f = *find(id);
    if (f != NULL && f->origin == 0)
        f->origin = 1;
}

/* What came over connections belongs to the manager that they were for. */
void fds_drop_unrecorded(void)
{
    for (struct kept_fd **at = &kept_fds; *at != NULL;)
        if ((*at)->origin == 0 && !(*at)->pinned)
            drop(at);
        else
            at = &(*at)->next;
}

void fd_acked(uint64_t seq)
{
    for (struct kept_fd **at = &kept_fds; *at != NULL;)
        if ((*at)->closing && (*at)->origin <= seq)
            drop(at);
        else
            at = &(*at)->next;
}
