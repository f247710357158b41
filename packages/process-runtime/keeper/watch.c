/*
 * Paths watched by inotify(7), each reported once. A watch is of one path, or of a path with all that leads there: then what
 * comes, goes or moves on the way is told too, as a report without a mask. What was read before a watch is set or taken away is
 * reported first. A queue that overflowed is reported to all, as if something had happened to each: nothing is missed.
 */
#include "keeper.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

struct part { int wd; uint32_t mask; bool own; };
struct watch {
    struct watch *next;
    char *id;
    struct part *parts;
    size_t n;
    bool fired;
    uint32_t seen;                         /* 0: on the way there, not at the path itself */
};

/* What matters of a directory as long as the next part of the path is not there (systemd.path(5) says: "watched for too"). */
enum { WAY = IN_MOVE_SELF | IN_DELETE_SELF | IN_ATTRIB | IN_CREATE | IN_MOVED_TO };

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

static void answer(const char *id, int error)
{
    struct buf *b = event_begin(EV_WATCHING, true);
    put_str(b, id);
    put_u32(b, (uint32_t)error);
    event_end();
}

/* All that anybody wants to hear of a kernel's watch; 0: nobody has it any more. */
static uint32_t wanted(int wd)
{
    uint32_t mask = 0;
    for (struct watch *w = watches; w != NULL; w = w->next)
        for (size_t i = 0; i < w->n; i++)
            if (w->parts[i].wd == wd)
                mask |= w->parts[i].mask;
    return mask;
}

/* The kernel's watch ends with the last of ours on it. */
static void drop(struct watch **at)
{
    struct watch *w = *at;
    *at = w->next;
    for (size_t i = 0; i < w->n; i++)
        if (wanted(w->parts[i].wd) == 0)
            inotify_rm_watch(inotify.fd, w->parts[i].wd);
    free(w->parts);
    free(w->id);
    free(w);
}

static void note(int wd, uint32_t mask)
{
    bool overflow = (mask & IN_Q_OVERFLOW) != 0;
    for (struct watch *w = watches; w != NULL; w = w->next)
        for (size_t i = 0; i < w->n; i++) {
            struct part *p = &w->parts[i];
            if (!overflow && (p->wd != wd || (mask & (p->mask | IN_IGNORED | IN_UNMOUNT)) == 0))
                continue;
            w->fired = true;
            if (overflow || p->own)
                w->seen |= mask;
        }
}

/* Reads all that has happened, then reports each watch that it concerns once. */
static void drain(void)
{
    _Alignas(struct inotify_event) char room[8192];
    ssize_t n;
    while (inotify.fd >= 0 && (n = read(inotify.fd, room, sizeof room)) > 0)
        for (char *at = room; at < room + n;) {
            struct inotify_event *e = (struct inotify_event *)at;
            note(e->wd, e->mask);
            at += sizeof *e + e->len;
        }
    for (struct watch **at = &watches; *at != NULL;)
        if ((*at)->fired) {
            report((*at)->id, (*at)->seen, 0);
            drop(at);
        } else
            at = &(*at)->next;
}

static void ready(struct source *s, uint32_t events)
{
    (void)s;
    (void)events;
    drain();
}

static bool begin(void)
{
    if (inotify.fd >= 0)
        return true;
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (fd < 0)
        return false;
    loop_add(&inotify, fd, EPOLLIN, ready);
    return true;
}

static struct watch *add(const char *id)
{
    struct watch *w = xalloc(sizeof *w);
    *w = (struct watch){.next = watches, .id = xstrndup(id, strlen(id))};
    watches = w;
    return w;
}

static int add_part(struct watch *w, const char *path, uint32_t mask, uint32_t flags, bool own)
{
    int wd = inotify_add_watch(inotify.fd, path, mask | flags | IN_MASK_ADD);
    if (wd < 0)
        return -1;
    struct part *parts = realloc(w->parts, (w->n + 1) * sizeof *parts);
    if (parts == NULL)
        abort();
    parts[w->n++] = (struct part){wd, mask, own};
    w->parts = parts;
    return wd;
}

/* `starts`: all whose ids begin so. */
void unwatch_path(const char *id, bool starts)
{
    drain();
    for (struct watch **at = &watches; *at != NULL;)
        if (starts ? strncmp((*at)->id, id, strlen(id)) == 0 : strcmp((*at)->id, id) == 0)
            drop(at);
        else
            at = &(*at)->next;
}

void watch_path(const char *id, const char *path, uint32_t mask)
{
    unwatch_path(id, false);
    struct watch *w = begin() ? add(id) : NULL;
    if (w == NULL || add_part(w, path, mask & IN_ALL_EVENTS, mask & IN_ONLYDIR, true) < 0) {
        int error = errno;
        if (w != NULL)
            drop(&watches);
        report(id, 0, error);
    }
}

/* A directory whose next part is there matters only if it moves. Where the path leads elsewhere by now, that is worth a report. */
static void loosen(struct watch *w, const char *path, int wd)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->parts[i].wd == wd && !w->parts[i].own)
            w->parts[i].mask = IN_MOVE_SELF;
    int now = inotify_add_watch(inotify.fd, path, wanted(wd));
    if (now == wd)
        return;
    w->fired = true;
    if (now >= 0 && wanted(now) == 0)
        inotify_rm_watch(inotify.fd, now);
    else if (now >= 0)
        inotify_add_watch(inotify.fd, path, wanted(now) | IN_MASK_ADD);
}

/* Watches "/", "/a", "/a/b", each link and what it leads to, as far as they are there. 0 or an errno. */
static int follow_path(struct watch *w, char *path, uint32_t mask)
{
    int above = -1;
    size_t above_end = 0;
    for (char *slash = path;; ) {
        bool last = slash == NULL;
        size_t end = last ? strlen(path) : slash == path ? 1 : (size_t)(slash - path);
        char kept = path[end];
        path[end] = 0;
        int wd = add_part(w, path, last ? mask : (uint32_t)WAY, IN_DONT_FOLLOW, false);
        if (wd >= 0)
            wd = add_part(w, path, last ? mask : (uint32_t)WAY, 0, last);
        int error = wd < 0 ? errno : 0;
        path[end] = kept;
        if (error != 0)
            return (error == ENOENT || error == EACCES) && above >= 0 ? 0 : error;
        if (above >= 0) {
            kept = path[above_end];
            path[above_end] = 0;
            loosen(w, path, above);
            path[above_end] = kept;
        }
        if (last)
            return 0;
        above = wd;
        above_end = end;
        slash = strchr(slash + 1, '/');
    }
}

/* Answered by EV_WATCHING. One that stands stays as it is: asking again is harmless. */
void watch_way(const char *id, char *path, uint32_t mask)
{
    drain();
    for (struct watch *w = watches; w != NULL; w = w->next)
        if (strcmp(w->id, id) == 0) {
            answer(id, 0);
            return;
        }
    if (path[0] != '/' || strlen(path) >= PATH_MAX) {
        answer(id, EINVAL);
        return;
    }
    if (!begin()) {
        answer(id, errno);
        return;
    }
    int error = follow_path(add(id), path, mask & IN_ALL_EVENTS);
    if (error != 0)
        drop(&watches);
    answer(id, error);
    drain();
}
