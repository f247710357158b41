/* Paths watched by inotify(7), each reported once; a queue that overflowed is reported to all: look again. */
#include "keeper.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

struct watch { struct watch *next; char *id; int wd; uint32_t mask; };

static struct watch *watches;
static struct source inotify = {.fd = -1};

static void report(const char *id, uint32_t mask, int error)
{
    struct buf *b = event_begin(EV_PATH_CHANGED, true);
    put_str(b, id);
    put_u32(b, mask);
    put_u32(b, (uint32_t)error);
    event_end();
}

/* The kernel's watch ends with the last of ours on it. */
static void drop(struct watch **at)
{
    struct watch *w = *at;
    *at = w->next;
    bool shared = false;
    for (struct watch *o = watches; o != NULL; o = o->next)
        shared = shared || o->wd == w->wd;
    if (!shared)
        inotify_rm_watch(inotify.fd, w->wd);
    free(w->id);
    free(w);
}

static void fire(int wd, uint32_t mask)
{
    for (struct watch **at = &watches; *at != NULL;) {
        struct watch *w = *at;
        bool overflow = (mask & IN_Q_OVERFLOW) != 0;
        if (overflow || (w->wd == wd && (mask & (w->mask | IN_IGNORED | IN_UNMOUNT)) != 0)) {
            report(w->id, mask, 0);
            drop(at);
        } else
            at = &w->next;
    }
}

static void ready(struct source *s, uint32_t events)
{
    (void)events;
    _Alignas(struct inotify_event) char room[8192];
    for (;;) {
        ssize_t n = read(s->fd, room, sizeof room);
        if (n <= 0)
            return;
        for (char *at = room; at < room + n;) {
            struct inotify_event *e = (struct inotify_event *)at;
            fire(e->wd, e->mask);
            at += sizeof *e + e->len;
        }
    }
}

void unwatch_path(const char *id)
{
    for (struct watch **at = &watches; *at != NULL; at = &(*at)->next)
        if (strcmp((*at)->id, id) == 0) {
            drop(at);
            return;
        }
}

void watch_path(char *id, const char *path, uint32_t mask)
{
    unwatch_path(id);
    if (inotify.fd < 0) {
        int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        if (fd < 0) {
            report(id, 0, errno);
            return;
        }
        loop_add(&inotify, fd, EPOLLIN, ready);
    }
    int wd = inotify_add_watch(inotify.fd, path, (mask & IN_ALL_EVENTS) | (mask & IN_ONLYDIR) | IN_MASK_ADD);
    if (wd < 0) {
        report(id, 0, errno);
        return;
    }
    struct watch *w = xalloc(sizeof *w);
    *w = (struct watch){watches, xstrndup(id, strlen(id)), wd, mask & IN_ALL_EVENTS};
    watches = w;
}
