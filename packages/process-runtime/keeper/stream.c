/* Log streams: a service's stdout and stderr, and those that programs open by themselves (journald's stdout protocol). */
#include "keeper.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { CHUNK = 16384, COMM_FRESH_USEC = 100000, MAX_HEADER = 4096, HEADER_LINES = 7 };
#define EXTERNAL_IDS (1ull << 52) /* ids of streams that programs opened, apart from the manager's */

struct stream *streams;
static uint64_t next_external = EXTERNAL_IDS;

static void ready(struct source *s, uint32_t events);

static struct stream *stream_new(uint64_t id, const char *group, int fd)
{
    struct stream *s = xalloc(sizeof *s);
    s->id = id;
    s->group = xstrndup(group, strlen(group));
    s->next = streams;
    streams = s;
    loop_add(&s->source, fd, EPOLLIN, ready);
    return s;
}

int stream_open(uint64_t id, uint64_t token, const char *group, struct slice metadata)
{
    int pair[2], on = 1;
    for (struct stream *s = streams; s != NULL; s = s->next)
        if (s->id == id)
            return -1;
    if (id >= EXTERNAL_IDS || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return -1;
    setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    shutdown(pair[0], SHUT_WR);
    struct stream *s = stream_new(id, group, pair[0]);
    s->token = token;
    buf_append(&s->metadata, metadata.p, metadata.n);
    return pair[1];
}

/* The name of who writes: read again for a new pid, and now and then, as a process may execute another program. */
static void refresh_comm(struct stream *s, const struct creds *who)
{
    uint64_t now = now_monotonic();
    if (who->pid == s->last.pid && now - s->comm_read < COMM_FRESH_USEC)
        return;
    char comm[17];
    read_comm(who->pid, comm);
    if (comm[0] != 0 || who->pid != s->last.pid)
        memcpy(s->comm, comm, sizeof comm);
    s->comm_read = now;
}

static bool read_some(struct stream *s)
{
    static uint8_t chunk[CHUNK];
    unsigned nfds = 0;
    struct creds who;
    int n = recv_message(s->source.fd, chunk, sizeof chunk, &who, NULL, &nfds);
    if (n < 0 && errno == EAGAIN)
        return false;
    if (n <= 0) {
        loop_close(&s->source);
        journal_stream_end(s);
        return false;
    }
    if (who.pid == 0)
        who = s->last;
    refresh_comm(s, &who);
    s->last = who;
    journal_stream_data(s, &who, chunk, (size_t)n);
    return true;
}

static void want(struct stream *s) { loop_want(&s->source, journal_stream_full(s) ? 0 : EPOLLIN); }

static void ready(struct source *source, uint32_t events)
{
    (void)events;
    struct stream *s = (struct stream *)((char *)source - offsetof(struct stream, source));
    for (int i = 0; i < 4 && s->source.fd >= 0 && !journal_stream_full(s) && read_some(s); i++)
        ;
    if (s->source.fd >= 0)
        want(s);
}

/* Reading one may end and remove it: the next is taken first. */
void streams_drain(const char *group)
{
    for (struct stream *s = streams, *next; s != NULL; s = next) {
        next = s->next;
        while (s->source.fd >= 0 && s->source.ready == ready && strcmp(s->group, group) == 0 && !journal_stream_full(s) && read_some(s))
            ;
    }
}

void streams_want(void)
{
    for (struct stream *s = streams; s != NULL; s = s->next)
        if (s->source.fd >= 0 && s->source.ready == ready)
            want(s);
}

void stream_rows(void)
{
    for (struct stream *s = streams; s != NULL; s = s->next) {
        if (s->external)
            continue;
        struct buf *b = event_begin(EV_ROW_STREAM, false);
        put_u64(b, s->id);
        put_u64(b, s->token);
        event_end();
    }
}

/* systemd-journald's stdout protocol: seven lines, then the data. */
static bool parse_header(struct stream *s, char *text)
{
    char *line[HEADER_LINES];
    for (int i = 0; i < HEADER_LINES; i++) {
        line[i] = strsep(&text, "\n");
        if (line[i] == NULL)
            return false;
    }
    char fields[MAX_HEADER + 256];
    int priority = atoi(line[2]);
    int n = snprintf(fields, sizeof fields, "_TRANSPORT=stdout\nSYSLOG_IDENTIFIER=%s\nPRIORITY=%d\n_STREAM_ID=%016llx%016llx\n.level-prefix=%d\n.unit-id=%s\n",
                     line[0], priority >= 0 && priority < 8 ? priority : 6, (unsigned long long)now_monotonic(),
                     (unsigned long long)s->id, line[3][0] == '1', line[1]);
    buf_append(&s->metadata, fields, (size_t)n);
    return true;
}

static void drop(struct stream *s)
{
    struct stream **at = &streams;
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    loop_close(&s->source);
    buf_free(&s->metadata);
    free(s->group);
    loop_free_later(s);
}

/* The header is gathered until its seventh line is whole; what came with it belongs to the stream. */
static void header_ready(struct source *source, uint32_t events)
{
    (void)events;
    struct stream *s = (struct stream *)((char *)source - offsetof(struct stream, source));
    size_t had = s->metadata.n;
    ssize_t n = recv(source->fd, buf_room(&s->metadata, MAX_HEADER), MAX_HEADER, MSG_DONTWAIT);
    s->metadata.n = had + (n > 0 ? (size_t)n : 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    size_t used = 0, lines = 0;
    while (used < s->metadata.n && lines < HEADER_LINES)
        lines += s->metadata.p[used++] == '\n';
    if (lines < HEADER_LINES && n > 0 && s->metadata.n < MAX_HEADER)
        return;
    struct buf got = s->metadata;
    s->metadata = (struct buf){0};
    char *text = xstrndup(got.p, used);
    bool ok = lines == HEADER_LINES && used < MAX_HEADER && parse_header(s, text);
    free(text);
    if (ok) {
        refresh_comm(s, &s->last);
        if (got.n > used)
            journal_stream_data(s, &s->last, got.p + used, got.n - used);
        source->ready = ready;
    } else
        drop(s);
    buf_free(&got);
}

void stream_accept(struct listener *l)
{
    int fd = accept4(l->source.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), on = 1;
    if (fd < 0)
        return;
    struct ucred who = {0};
    socklen_t n = sizeof who;
    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n);
    setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
    struct stream *s = stream_new(next_external++, group_of(who.pid), fd);
    s->external = true;
    s->last = (struct creds){who.pid, who.uid, who.gid};
    s->source.ready = header_ready;
}
