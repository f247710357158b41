/* Clients' connections, relayed byte by byte to the manager of the day; they end with it. */
#include "keeper.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_CONNS = 1024, CHUNK = 65536, OUT_MAX = 64 << 20, MANAGER_HIGH = 1 << 20 };

struct conn { struct conn *next; uint64_t id; struct source source; struct buf out; size_t out_at; bool closing; };

static struct conn *conns;
static uint64_t next_id = 1;
static unsigned count;

static struct conn **find(uint64_t id)
{
    struct conn **at = &conns;
    while (*at != NULL && (*at)->id != id)
        at = &(*at)->next;
    return at;
}

static void drop(struct conn *c)
{
    struct conn **at = find(c->id);
    *at = c->next;
    count--;
    loop_close(&c->source);
    buf_free(&c->out);
    loop_free_later(c);
}

static void end(struct conn *c)
{
    put_u64(event_begin(EV_CONN_CLOSED, false), c->id);
    event_end();
    drop(c);
}

static bool may_read(void)
{
    return manager.source.fd >= 0 && manager.out.n - manager.out_at < MANAGER_HIGH;
}

static void want(struct conn *c)
{
    bool in = !c->closing && may_read();
    loop_want(&c->source, (in ? EPOLLIN : 0) | (c->out.n > c->out_at ? EPOLLOUT : 0));
}

/* Sends what waits; false when the client is gone. */
static bool flush(struct conn *c)
{
    while (c->out_at < c->out.n) {
        ssize_t n = send(c->source.fd, c->out.p + c->out_at, c->out.n - c->out_at, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            break;
        if (n < 0)
            return false;
        c->out_at += (size_t)n;
    }
    if (c->out_at == c->out.n || c->out_at > CHUNK) {
        buf_drop(&c->out, c->out_at);
        c->out_at = 0;
    }
    return true;
}

static void read_some(struct conn *c)
{
    static uint8_t chunk[CHUNK];
    int fds[253];
    unsigned nfds = 253;
    struct creds who;
    int n = recv_message(c->source.fd, chunk, sizeof chunk, &who, fds, &nfds);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        end(c);
        return;
    }
    uint64_t ids[253];
    for (unsigned i = 0; i < nfds; i++)
        ids[i] = fd_keep(fds[i]);
    struct buf *b = event_begin(EV_CONN_DATA, false);
    put_u64(b, c->id);
    put_bytes(b, chunk, (size_t)n);
    put_u32(b, nfds);
    for (unsigned i = 0; i < nfds; i++)
        put_u64(b, ids[i]);
    event_end();
}

static void ready(struct source *s, uint32_t events)
{
    struct conn *c = (struct conn *)((char *)s - offsetof(struct conn, source));
    if ((events & EPOLLOUT) && !flush(c)) {
        end(c);
        return;
    }
    if (c->closing && c->out.n == 0) {
        drop(c);
        return;
    }
    if (c->closing && (events & (EPOLLHUP | EPOLLERR))) {
        drop(c);
        return;
    }
    if (!c->closing && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        read_some(c);
    if (c->source.fd >= 0)
        want(c);
}

static void take(uint64_t id, int fd, const char *listener)
{
    struct ucred who = {0, (uid_t)-1, (gid_t)-1};
    socklen_t n = sizeof who;
    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n);
    struct conn *c = xalloc(sizeof *c);
    c->id = id;
    c->next = conns;
    conns = c;
    count++;
    struct buf *b = event_begin(EV_CONN_OPENED, false);
    put_u64(b, c->id);
    put_str(b, listener);
    put_u32(b, (uint32_t)who.pid);
    put_u32(b, who.uid);
    put_u32(b, who.gid);
    event_end();
    loop_add(&c->source, fd, EPOLLIN, ready);
}

void conn_accept(struct listener *l)
{
    while (count < MAX_CONNS) {
        int fd = accept4(l->source.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            return;
        take(next_id++, fd, l->id);
    }
    loop_want(&l->source, 0); /* until one of them ends */
}

/* A bus: what is said there is the manager's, the socket is ours, so that descriptors come with it. */
void conn_connect(uint64_t id, const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    int fd = -1;
    if (n > 0 && n < sizeof a.sun_path && *find(id) == NULL && count < MAX_CONNS) {
        memcpy(a.sun_path, path, n);
        if (path[0] == '@')
            a.sun_path[0] = 0;
        socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + (path[0] != '@'));
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd >= 0 && connect(fd, (struct sockaddr *)&a, size) < 0) {
            close(fd);
            fd = -1;
        }
    }
    if (fd < 0) {
        put_u64(event_begin(EV_CONN_CLOSED, false), id);
        event_end();
        return;
    }
    take(id, fd, "");
}

void conn_send(uint64_t id, struct slice data)
{
    struct conn *c = *find(id);
    if (c == NULL || c->closing)
        return;
    buf_append(&c->out, data.p, data.n);
    if (!flush(c) || c->out.n - c->out_at > OUT_MAX)
        end(c); /* gone, or it never reads */
    else
        want(c);
}

void conn_close(uint64_t id)
{
    struct conn *c = *find(id);
    if (c == NULL)
        return;
    c->closing = true;
    if (c->out.n == 0)
        drop(c);
    else
        want(c);
}

void conns_drop(void)
{
    while (conns != NULL)
        drop(conns);
}

void conns_want(void)
{
    for (struct conn *c = conns; c != NULL; c = c->next)
        want(c);
}
