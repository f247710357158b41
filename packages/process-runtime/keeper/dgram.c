/* Messages with the sender's credentials: notifications (sd_notify(3)), native and syslog log entries. */
#include "keeper.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FDS = 253, MAX_MEMFD = 768 << 10, MAX_DGRAM = 512 << 10 };

/* One message or piece of a stream, with who sent it. fds: room for *nfds, gets what came. -1 with errno, 0 at the end. */
int recv_message(int fd, void *p, size_t n, struct creds *who, int *fds, unsigned *nfds)
{
    union { struct cmsghdr align; char room[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int) * MAX_FDS)]; } control;
    struct iovec iov = {p, n};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    unsigned room = *nfds;
    ssize_t got;
    *who = (struct creds){0, (uid_t)-1, (gid_t)-1};
    *nfds = 0;
    do
        got = recvmsg(fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return -1;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
        if (c->cmsg_level != SOL_SOCKET)
            continue;
        if (c->cmsg_type == SCM_CREDENTIALS && c->cmsg_len == CMSG_LEN(sizeof(struct ucred))) {
            struct ucred u;
            memcpy(&u, CMSG_DATA(c), sizeof u);
            *who = (struct creds){u.pid, u.uid, u.gid};
        } else if (c->cmsg_type == SCM_RIGHTS) {
            size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (size_t i = 0; i < count; i++) {
                int one;
                memcpy(&one, CMSG_DATA(c) + i * sizeof(int), sizeof one);
                if (*nfds < room)
                    fds[(*nfds)++] = one;
                else
                    close(one);
            }
        }
    }
    return (int)got;
}

static void notification(struct listener *l, const struct creds *who, const uint8_t *p, size_t n, const int *fds, unsigned nfds)
{
    uint64_t ids[MAX_FDS], same[MAX_FDS];
    if (token_by_pid(who->pid) == NULL)
        reapers_pull();
    struct creds named = *who;
    struct pgroup *of_reaper = group_by_reaper(who->pid);
    /* systemd-notify, where it may, sends in its parent's name unless that is PID 1: here that is the unit's reaper. */
    struct token *t = of_reaper != NULL ? group_only_token(of_reaper) : token_by_pid(who->pid);
    const char *group = of_reaper != NULL ? of_reaper->name : group_of(who->pid);
    group_catch_up(group);
    if (of_reaper != NULL && t != NULL)
        named.pid = t->pid;
    who = &named;
    for (unsigned i = 0; i < nfds; i++) {
        same[i] = fd_same(fds[i]);
        ids[i] = fd_keep(fds[i]);
    }
    struct buf *b = event_begin(EV_NOTIFY, true);
    put_str(b, l->id);
    put_str(b, group);
    put_u64(b, t == NULL ? 0 : t->id);
    put_u32(b, (uint32_t)who->pid);
    put_u32(b, who->uid);
    put_u32(b, who->gid);
    put_bytes(b, p, n);
    put_u32(b, nfds);
    for (unsigned i = 0; i < nfds; i++)
        put_u64(b, ids[i]);
    put_u32(b, nfds);
    for (unsigned i = 0; i < nfds; i++)
        put_u64(b, same[i]);
    uint64_t seq = event_end();
    for (unsigned i = 0; i < nfds; i++)
        fd_origin(ids[i], seq);
}

/* A native entry too large for a datagram comes as a sealed memfd (journald's native protocol): nobody can change it meanwhile. */
static bool read_memfd(int fd, struct buf *into)
{
    enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };
    struct stat st;
    int seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0 || (seals & SEALS) != SEALS || fstat(fd, &st) < 0 || st.st_size > MAX_MEMFD)
        return false;
    into->n = 0;
    size_t n = (size_t)st.st_size;
    return pread(fd, buf_room(into, n), n, 0) == (ssize_t)n;
}

static void log_entry(unsigned source, const struct creds *who, const uint8_t *p, size_t n, const int *fds, unsigned nfds)
{
    static struct buf large;
    char comm[17];
    read_comm(who->pid, comm);
    if (nfds == 1 && n == 0 && source == SOURCE_NATIVE) {
        if (!read_memfd(fds[0], &large))
            return;
        p = large.p;
        n = large.n;
    }
    if (n > 0)
        journal_datagram(source, who, comm, group_of(who->pid), p, n);
}

void dgram_read(struct listener *l)
{
    static uint8_t *packet;
    unsigned source = l->kind == LISTEN_LOG_NATIVE ? SOURCE_NATIVE : SOURCE_SYSLOG;
    bool notify = l->kind == LISTEN_NOTIFY;
    if (packet == NULL)
        packet = xalloc(MAX_DGRAM);
    for (;;) {
        int fds[MAX_FDS];
        unsigned nfds = MAX_FDS;
        struct creds who;
        if (notify ? event_full() : journal_full(source)) {
            listeners_want();
            return;
        }
        int n = recv_message(l->source.fd, packet, MAX_DGRAM, &who, fds, &nfds);
        if (n < 0)
            return;
        if (notify)
            notification(l, &who, packet, (size_t)n, fds, nfds);
        else {
            log_entry(source, &who, packet, (size_t)n, fds, nfds);
            for (unsigned i = 0; i < nfds; i++)
                close(fds[i]);
        }
    }
}
