/* The keeper's side of a group's reaper: one packet a message, in order, with the descriptors of a spawn. */
#include "keeper.h"
#include "reaper.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

/* What was taken in and not yet acted upon. */
struct heard { struct heard *next; struct reaper_message m; };

/* A packet that the reaper's socket had no room for. */
struct pending { struct pending *next; size_t n; int nfds; int fds[MAX_INPUTS + 2]; uint8_t p[]; };

static bool transmit(int fd, const void *p, size_t n, const int *fds, int nfds)
{
    union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int) * (MAX_INPUTS + 2))]; } control;
    struct iovec iov = {(void *)(uintptr_t)p, n};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
    if (nfds > 0) {
        memset(&control, 0, CMSG_SPACE(sizeof(int) * (size_t)nfds));
        m.msg_control = &control;
        m.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)nfds);
        control.head.cmsg_level = SOL_SOCKET;
        control.head.cmsg_type = SCM_RIGHTS;
        control.head.cmsg_len = CMSG_LEN(sizeof(int) * (size_t)nfds);
        memcpy(CMSG_DATA(&control.head), fds, sizeof(int) * (size_t)nfds);
    }
    ssize_t sent;
    do
        sent = sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent >= 0 || (errno != EAGAIN && errno != ENOBUFS && errno != ENOMEM && errno != ETOOMANYREFS);
}

static void close_fds(const int *fds, int n)
{
    for (int i = 0; i < n; i++)
        close(fds[i]);
}

static void send_pending(struct pgroup *g)
{
    struct pending *p;
    while ((p = g->first) != NULL && transmit(g->watch.fd, p->p, p->n, p->fds, p->nfds)) {
        close_fds(p->fds, p->nfds);
        g->first = p->next;
        if (g->first == NULL)
            g->last = NULL;
        free(p);
    }
    loop_want(&g->watch, EPOLLIN | (g->first != NULL ? EPOLLOUT : 0));
}

static void send_to(struct pgroup *g, const struct reaper_message *m, size_t n, const int *fds, int nfds)
{
    if (g->watch.fd >= 0 && g->first == NULL && transmit(g->watch.fd, m, n, fds, nfds)) {
        close_fds(fds, nfds);
        return;
    }
    if (g->watch.fd < 0) {
        close_fds(fds, nfds);
        return;
    }
    struct pending *p = xalloc(sizeof *p + n);
    p->n = n;
    p->nfds = nfds;
    if (nfds > 0)
        memcpy(p->fds, fds, sizeof(int) * (size_t)nfds);
    memcpy(p->p, m, n);
    if (g->last != NULL)
        g->last->next = p;
    else
        g->first = p;
    g->last = p;
    send_pending(g);
}

/* The reaper died: its processes came to the keeper, the next subreaper above. Spawns that it had not done failed. */
static void reaper_lost(struct pgroup *g)
{
    complain("the reaper of %s is gone", g->name);
    reaper_end(g);
    g->mode = GROUP_DIRECT;
    group_frozen(g, ESRCH);
    for (struct token *t = tokens, *next; t != NULL; t = next) {
        next = t->next_all;
        if (t->group == g && t->state == TOKEN_STARTING)
            token_failed(t, ECHILD);
    }
    reap_all();
    group_token_gone(g);
}

static void heard(struct pgroup *g, const struct reaper_message *m)
{
    struct token *t = token_find(m->token);
    struct reaper_message reply = {.kind = R_REAP, .pid = m->pid};
    switch (m->kind) {
    case R_SPAWNED:
        if (t == NULL || t->state != TOKEN_STARTING)
            break; /* parent and child both tell, whoever is first is heard */
        if (m->a != 0)
            token_failed(t, (uint32_t)m->a);
        else
            token_spawned(t, m->pid);
        break;
    case R_EXITED:
        if (t != NULL && t->state == TOKEN_STARTING)
            token_spawned(t, m->pid); /* killed before it could say so itself */
        g->childless = m->c != 0;
        if (t != NULL)
            token_exited(t, (uint32_t)m->a, (uint32_t)m->b, m->u1, m->u2, m->u3);
        break;
    case R_DEAD:
        drain_messages(g->name); /* while /proc still tells whose it was */
        send_to(g, &reply, sizeof reply, NULL, 0);
        break;
    case R_ADOPTED:
        if (t != NULL)
            token_adopted(t, m->a);
        break;
    case R_FROZEN:
        if (g->freezing == (m->a ? FREEZE_ON : FREEZE_OFF))
            group_frozen(g, 0);
        break;
    case R_EMPTY:
        if (m->u1 == g->spawns)
            group_emptied(g);
        break;
    default:
        break;
    }
}

/*
 * Takes in what the reaper sent. Births are told at once, so that a message of a newborn finds its token; the rest waits its
 * turn in `heard_first`, because hearing of a death reads messages, and this may be asked for while one is read.
 */
static void pull(struct pgroup *g)
{
    struct reaper_message m;
    while (g->watch.fd >= 0 && !g->reaper_gone) {
        ssize_t n = recv(g->watch.fd, &m, sizeof m, MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0) {
            g->reaper_gone = true;
            loop_want(&g->watch, 0);
        } else if (m.kind == R_SPAWNED)
            heard(g, &m);
        else {
            struct heard *h = xalloc(sizeof *h);
            h->m = m;
            *(g->heard_last != NULL ? &g->heard_last->next : &g->heard_first) = h;
            g->heard_last = h;
        }
    }
}

static void work_off(struct pgroup *g)
{
    struct heard *h;
    while ((h = g->heard_first) != NULL) {
        g->heard_first = h->next;
        if (g->heard_first == NULL)
            g->heard_last = NULL;
        struct reaper_message m = h->m;
        free(h);
        heard(g, &m);
    }
    if (g->reaper_gone && g->mode == GROUP_REAPER)
        reaper_lost(g);
}

static void reaper_ready(struct source *s, uint32_t events)
{
    struct pgroup *g = (struct pgroup *)((char *)s - offsetof(struct pgroup, watch));
    if (events & EPOLLOUT)
        send_pending(g);
    pull(g);
    work_off(g);
}

void reapers_pull(void)
{
    for (struct pgroup *g = groups; g != NULL; g = g->next)
        if (g->mode == GROUP_REAPER && g->starting > 0)
            pull(g);
}

void reapers_work_off(void)
{
    for (struct pgroup *g = groups, *next; g != NULL; g = next) {
        next = g->next;
        if (g->heard_first != NULL || (g->reaper_gone && g->mode == GROUP_REAPER))
            work_off(g);
    }
}

bool reaper_open(struct pgroup *g)
{
    int pair[2];
    if (g->watch.fd >= 0)
        return true;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return false;
    pid_t pid = fork();
    if (pid == 0)
        reaper_main(pair[1], g->name);
    int error = errno;
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        errno = error;
        return false;
    }
    g->reaper = pid;
    g->spawns = 0;
    loop_add(&g->watch, pair[0], EPOLLIN, reaper_ready);
    return true;
}

void reaper_spawn(struct pgroup *g, struct token *t, int *fds, int n)
{
    struct reaper_message m = {.kind = R_SPAWN, .token = t->id};
    g->spawns++;
    send_to(g, &m, sizeof m, fds, n);
}

void reaper_signal(struct pgroup *g, struct token *t, int signo, bool has_value, int value)
{
    struct reaper_message m = {.kind = R_SIGNAL, .token = t->id, .a = signo, .b = has_value, .c = value};
    send_to(g, &m, sizeof m, NULL, 0);
}

void reaper_group_signal(struct pgroup *g, int signo, const pid_t *except, uint32_t n)
{
    struct reaper_message *m = xalloc(sizeof *m + n * sizeof *except);
    m->kind = R_GROUP_SIGNAL;
    m->a = signo;
    m->count = n;
    if (n > 0)
        memcpy(m->except, except, n * sizeof *except);
    send_to(g, m, sizeof *m + n * sizeof *except, NULL, 0);
    free(m);
}

/* Without a freezer: every process is stopped by signal, which its parents can see. */
void reaper_freeze(struct pgroup *g, bool frozen)
{
    struct reaper_message m = {.kind = R_FREEZE, .a = frozen};
    if (g->watch.fd < 0)
        group_frozen(g, frozen ? ESRCH : 0);
    else
        send_to(g, &m, sizeof m, NULL, 0);
}

void reaper_adopt(struct pgroup *g, struct token *t)
{
    struct reaper_message m = {.kind = R_ADOPT, .token = t->id, .pid = t->pid};
    send_to(g, &m, sizeof m, NULL, 0);
}

/* An empty group's reaper ends when its socket does. */
void reaper_end(struct pgroup *g)
{
    if (g->mode != GROUP_REAPER || g->watch.fd < 0)
        return;
    loop_close(&g->watch);
    g->reaper = 0;
    for (struct pending *p; (p = g->first) != NULL; free(p)) {
        g->first = p->next;
        close_fds(p->fds, p->nfds);
    }
    g->last = NULL;
    for (struct heard *h; (h = g->heard_first) != NULL; free(h))
        g->heard_first = h->next;
    g->heard_last = NULL;
    g->reaper_gone = false;
}
