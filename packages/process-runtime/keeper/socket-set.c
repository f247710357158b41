/*
 * Sets of open sockets, by the manager's numbers. They outlive managers and services. A set that is armed tells of the
 * first traffic, once; one that accepts hands over each connection, kept until the manager has closed it.
 */
#include "sockets.h"
#include "keeper.h"
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_FRESH = 64, ACCEPT_ROUND = 16, MAX_FLUSH = 4096, FLUSH_CHUNK = 65536 };

static struct socket_set *sets;

static struct socket_set *find(uint64_t id)
{
    struct socket_set *s = sets;
    while (s != NULL && s->id != id)
        s = s->next;
    return s;
}

static struct buf *about(unsigned type, const struct socket_set *s)
{
    struct buf *b = event_begin(type, true);
    put_u64(b, s->id);
    put_str(b, s->unit);
    return b;
}

static void put_fds(struct buf *b, const struct socket_set *s)
{
    put_u32(b, s->spec.nports);
    for (uint32_t i = 0; i < s->spec.nports; i++)
        put_u64(b, s->ports[i].fd);
}

static void traffic(struct port *p, uint32_t events, int error)
{
    p->set->armed = false;
    struct buf *b = about(EV_SOCKET_READY, p->set);
    put_u32(b, (uint32_t)(p - p->set->ports));
    put_u32(b, events);
    put_u32(b, (uint32_t)error);
    event_end();
    sockets_want();
}

/* What accept(2) says of a connection that is gone again, or of a network that is: the next one is as good as before. */
static bool passes(int error)
{
    static const int all[] = {EAGAIN, EINTR, ECONNABORTED, EPERM, EPROTO, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP, ENETDOWN, ENETUNREACH, ETIMEDOUT};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] == error)
            return true;
    return false;
}

static void accepted(struct port *p, int fd)
{
    struct sockaddr_storage local = {0}, remote = {0};
    socklen_t local_n = sizeof local, remote_n = sizeof remote, n = sizeof(struct ucred);
    struct ucred who = {0, (uid_t)-1, (gid_t)-1};
    if (getsockname(fd, (struct sockaddr *)&local, &local_n) < 0 || getpeername(fd, (struct sockaddr *)&remote, &remote_n) < 0) {
        close(fd); /* reset before anybody looked */
        return;
    }
    if (local.ss_family == AF_UNIX)
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n);
    port_apply(p->spec, fd, 0, NULL);
    uint64_t id = fd_keep(fd);
    struct buf *b = about(EV_SOCKET_ACCEPTED, p->set);
    put_u32(b, (uint32_t)(p - p->set->ports));
    put_u64(b, id);
    put_u32(b, (uint32_t)who.pid);
    put_u32(b, who.uid);
    put_u32(b, who.gid);
    put_bytes(b, &local, local_n > sizeof local ? sizeof local : local_n);
    put_bytes(b, &remote, remote_n > sizeof remote ? sizeof remote : remote_n);
    uint64_t seq = event_end();
    fd_origin(id, seq);
    p->set->fresh++;
    p->set->last_seq = seq;
}

static bool may_accept(struct socket_set *s)
{
    if (event_acked >= s->last_seq)
        s->fresh = 0;
    return manager.source.fd >= 0 && !event_full() && s->fresh < MAX_FRESH;
}

static void accept_some(struct port *p)
{
    for (int i = 0; i < ACCEPT_ROUND && may_accept(p->set); i++) {
        int fd = accept4(p->source.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0 && !passes(errno)) {
            traffic(p, 0, errno); /* no descriptors or no memory left: the manager decides */
            return;
        }
        if (fd < 0)
            break;
        accepted(p, fd);
    }
    sockets_want();
}

static void ready(struct source *s, uint32_t events)
{
    struct port *p = (struct port *)((char *)s - offsetof(struct port, source));
    if (p->set->spec.accept && p->spec->accepts && events == EPOLLIN)
        accept_some(p);
    else
        traffic(p, events, 0);
}

void sockets_want(void)
{
    for (struct socket_set *s = sets; s != NULL; s = s->next) {
        bool want = s->armed && (!s->spec.accept || may_accept(s));
        for (uint32_t i = 0; i < s->spec.nports; i++)
            loop_want(&s->ports[i].source, want ? EPOLLIN : 0);
    }
}

static void close_ports(struct socket_set *s)
{
    for (uint32_t i = 0; i < s->spec.nports; i++) {
        if (s->ports[i].source.fd < 0)
            continue;
        fd_forget(s->ports[i].fd);
        loop_close(&s->ports[i].source);
    }
}

static void free_set(struct socket_set *s)
{
    socket_spec_free(&s->spec);
    buf_free(&s->bytes);
    free(s->unit);
    loop_free_later(s->ports);
    loop_free_later(s);
}

/* Regular files cannot be waited for: known now, told when somebody asks to. */
static int poll_error(int fd)
{
    int probe = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event e = {.events = EPOLLIN};
    int error = probe < 0 || epoll_ctl(probe, EPOLL_CTL_ADD, fd, &e) < 0 ? errno : 0;
    if (probe >= 0)
        close(probe);
    return error;
}

static void tell_opened(const struct socket_set *s, unsigned stage, uint32_t port, int error, const struct ignored_list *ignored)
{
    struct buf *b = about(EV_SOCKETS_OPENED, s);
    put_u8(b, stage);
    put_u32(b, port);
    put_u32(b, (uint32_t)error);
    if (error == 0)
        put_fds(b, s);
    else
        put_u32(b, 0);
    put_u32(b, ignored->n * 3);
    for (unsigned i = 0; i < ignored->n; i++) {
        put_u64(b, ignored->list[i].port);
        put_u64(b, ignored->list[i].index);
        put_u64(b, (uint64_t)ignored->list[i].error);
    }
    event_end();
}

/* All ports, or none. The first that fails is told. */
static int open_all(struct socket_set *s, uint32_t *at, struct ignored_list *ignored)
{
    for (*at = 0; *at < s->spec.nports; ++*at) {
        struct port *p = &s->ports[*at];
        int fd = -1, error = port_open(&s->spec, *at, &fd, ignored);
        if (error != 0)
            return error;
        p->poll_error = poll_error(fd);
        p->fd = fd_keep_pinned(fd);
        loop_add(&p->source, fd, EPOLLIN, ready);
        loop_want(&p->source, 0);
    }
    *at = 0;
    links_make(&s->spec, ignored);
    return 0;
}

void sockets_open(uint64_t id, const char *unit, struct slice spec)
{
    static const struct ignored_list none;
    struct socket_set *s = find(id);
    if (s != NULL) {
        tell_opened(s, 0, 0, 0, &none);
        return;
    }
    s = xalloc(sizeof *s);
    s->id = id;
    s->unit = xstrndup(unit, strlen(unit));
    buf_append(&s->bytes, spec.p, spec.n);
    struct ignored_list ignored = {.n = 0};
    uint32_t at = 0;
    unsigned stage = SOCKETS_STAGE_OPEN;
    int error = EPROTO;
    bool ok = socket_spec_read((struct slice){s->bytes.p, (uint32_t)s->bytes.n}, &s->spec);
    s->ports = xalloc(s->spec.nports * sizeof *s->ports);
    for (uint32_t i = 0; i < s->spec.nports; i++)
        s->ports[i] = (struct port){.source.fd = -1, .set = s, .spec = &s->spec.ports[i]};
    if (ok) {
        mode_t mask = umask(0);
        if (getuid() != 0)
            umask(mask); /* PID 1 has none; a user's manager keeps the user's */
        error = open_all(s, &at, &ignored);
        umask(mask);
        if (error == 0) {
            stage = SOCKETS_STAGE_OWN;
            error = nodes_own(&s->spec, &at);
        }
    } else
        complain("the sockets of %s are malformed", unit);
    tell_opened(s, error == 0 ? 0 : stage, at, error, &ignored);
    if (error != 0) {
        close_ports(s);
        free_set(s);
        return;
    }
    s->next = sets;
    sets = s;
}

/* FlushPending=: connections are refused, data thrown away. */
static void flush_port(struct port *p)
{
    static uint8_t chunk[FLUSH_CHUNK];
    int fd = p->source.fd;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); /* the service may have made it wait */
    for (int i = 0; i < MAX_FLUSH; i++) {
        ssize_t n;
        if (p->spec->kind == PORT_SOCKET && p->spec->listens) {
            n = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
            if (n >= 0)
                close((int)n);
        } else if (p->spec->kind == PORT_SOCKET)
            n = recv(fd, chunk, sizeof chunk, MSG_DONTWAIT);
        else if (p->spec->kind == PORT_QUEUE)
            n = syscall(SYS_mq_timedreceive, fd, chunk, sizeof chunk, NULL, &(struct timespec){0});
        else if ((n = read(fd, chunk, sizeof chunk)) == 0)
            return;
        if (n < 0 && errno != EINTR)
            return;
    }
}

void sockets_arm(uint64_t id, bool on, bool flush)
{
    struct socket_set *s = find(id);
    if (s == NULL)
        return;
    for (uint32_t i = 0; flush && i < s->spec.nports; i++)
        flush_port(&s->ports[i]);
    s->armed = on;
    for (uint32_t i = 0; on && i < s->spec.nports; i++)
        if (s->ports[i].poll_error != 0) {
            traffic(&s->ports[i], 0, s->ports[i].poll_error);
            return;
        }
    sockets_want();
}

void sockets_close(uint64_t id, bool remove)
{
    struct socket_set **at = &sets, *s;
    while (*at != NULL && (*at)->id != id)
        at = &(*at)->next;
    if ((s = *at) == NULL)
        return;
    *at = s->next;
    close_ports(s);
    if (remove)
        nodes_remove(&s->spec);
    free_set(s);
}

void socket_rows(void)
{
    for (struct socket_set *s = sets; s != NULL; s = s->next) {
        struct buf *b = event_begin(EV_ROW_SOCKETS, false);
        put_u64(b, s->id);
        put_str(b, s->unit);
        put_u8(b, s->armed);
        put_fds(b, s);
        event_end();
    }
}
