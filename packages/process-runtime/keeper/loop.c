#include "loop.h"
#include "bytes.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

static int epfd = -1;
static struct deadline *deadlines;
static void **garbage;
static size_t garbage_n, garbage_cap;

void loop_open(void)
{
    epfd = epoll_create1(EPOLL_CLOEXEC);
    if (epfd < 0)
        _exit(71);
}

void loop_add(struct source *s, int fd, uint32_t events, void (*ready)(struct source *, uint32_t))
{
    *s = (struct source){fd, events, ready};
    struct epoll_event e = {.events = events, .data.ptr = s};
    epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e);
}

void loop_want(struct source *s, uint32_t events)
{
    if (s->fd < 0 || s->events == events)
        return;
    /* EPOLLHUP cannot be masked: a source that nothing is wanted of leaves the set, or a hung-up peer would spin. */
    struct epoll_event e = {.events = events, .data.ptr = s};
    int op = events == 0 ? EPOLL_CTL_DEL : s->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    s->events = events;
    epoll_ctl(epfd, op, s->fd, &e);
}

void loop_close(struct source *s)
{
    if (s->fd < 0)
        return;
    /* A fork may hold the same description: leave the set by name, not by closing. */
    epoll_ctl(epfd, EPOLL_CTL_DEL, s->fd, NULL);
    close(s->fd);
    s->fd = -1;
}

void loop_free_later(void *p)
{
    if (garbage_n == garbage_cap) {
        size_t cap = garbage_cap == 0 ? 16 : garbage_cap * 2;
        void **more = xalloc(cap * sizeof *more);
        for (size_t i = 0; i < garbage_n; i++)
            more[i] = garbage[i];
        free(garbage);
        garbage = more;
        garbage_cap = cap;
    }
    garbage[garbage_n++] = p;
}

void deadline_arm(struct deadline *d, uint64_t due, void (*fire)(struct deadline *))
{
    struct deadline **at = &deadlines;
    while (*at != NULL && *at != d)
        at = &(*at)->next;
    if (*at == d)
        *at = d->next;
    d->due = due;
    d->fire = fire;
    if (due != 0) {
        d->next = deadlines;
        deadlines = d;
    }
}

uint64_t clock_usec(int clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t now_monotonic(void) { return clock_usec(CLOCK_MONOTONIC); }

static int until_next(void)
{
    uint64_t due = 0;
    for (struct deadline *d = deadlines; d != NULL; d = d->next)
        if (due == 0 || d->due < due)
            due = d->due;
    if (due == 0)
        return -1;
    uint64_t now = now_monotonic();
    return due <= now ? 0 : (int)((due - now + 999) / 1000);
}

static void fire_due(void)
{
    if (deadlines == NULL)
        return;
    uint64_t now = now_monotonic();
    for (struct deadline *d = deadlines; d != NULL;) {
        if (d->due > now) {
            d = d->next;
            continue;
        }
        void (*fire)(struct deadline *) = d->fire;
        deadline_arm(d, 0, NULL);
        fire(d);
        d = deadlines; /* fire may have armed or disarmed any */
    }
}

void loop_round(void (*before_wait)(void))
{
    struct epoll_event ready[64];
    before_wait();
    int n = epoll_wait(epfd, ready, 64, until_next());
    for (int i = 0; i < n; i++) {
        struct source *s = ready[i].data.ptr;
        if (s->fd >= 0 && s->events != 0)
            s->ready(s, ready[i].events);
    }
    fire_due();
    for (size_t i = 0; i < garbage_n; i++)
        free(garbage[i]);
    garbage_n = 0;
}
