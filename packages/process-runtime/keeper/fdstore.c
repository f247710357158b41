/* Descriptors that arrived in messages, by ids that are never reused. */
#include "keeper.h"
#include <stdlib.h>
#include <unistd.h>

struct kept_fd *kept_fds;
static uint64_t next_id = 1;

uint64_t fd_keep(int fd)
{
    struct kept_fd *f = xalloc(sizeof *f);
    *f = (struct kept_fd){.next = kept_fds, .id = next_id++, .fd = fd};
    kept_fds = f;
    return f->id;
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
    close(f->fd);
    free(f);
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
