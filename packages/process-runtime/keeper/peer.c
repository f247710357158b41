/* The manager and the journal process: started with one socket as descriptor 3, started again when they die. */
#include "keeper.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { QUICK_USEC = 1000000, CHUNK = 65536, OUT_HIGH = 4 << 20 };

static void peer_ready(struct source *s, uint32_t events);

static _Noreturn void become(struct peer *p, int fd)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid(); /* a terminal's Ctrl-C is the keeper's to hear */
    if (p == &journal) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (null >= 0)
            dup2(null, 0);
    }
    if (fd == 3)
        fcntl(fd, F_SETFD, 0);
    else
        dup2(fd, 3);
    execvp(p->argv[0], p->argv);
    fprintf(stderr, "steward-keeper: cannot run %s: %s\n", p->argv[0], strerror(errno));
    _exit(127);
}

void peer_start(struct peer *p)
{
    int pair[2];
    if (p->argv == NULL || p->argv[0] == NULL)
        return;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        complain("cannot make the socket of %s: %s", p->name, strerror(errno));
        return;
    }
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    pid_t pid = fork();
    if (pid == 0)
        become(p, pair[1]);
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        peer_exited(p, CLD_EXITED, 127);
        return;
    }
    p->pid = pid;
    p->generation++;
    p->broken = false;
    p->last_start = now_monotonic();
    loop_add(&p->source, pair[0], EPOLLIN, peer_ready);
    p->started(p);
}

static void peer_break(struct peer *p, const char *why)
{
    complain("%s: %s; it is ended and started again", p->name, why);
    p->broken = true;
    loop_want(&p->source, 0);
    if (p->pid > 0)
        kill(p->pid, SIGKILL);
}

/* Executes the complete frames that came in; false when they broke the protocol. */
bool peer_execute(struct peer *p)
{
    size_t at = 0;
    bool ok = true;
    while (ok && p->in.n - at >= 4) {
        struct cur c = {p->in.p + at, p->in.n - at, false};
        uint32_t n = get_u32(&c);
        if (n < 1 || n > MAX_FRAME) {
            ok = false;
            break;
        }
        if (c.n < n)
            break;
        c.n = n;
        unsigned type = get_u8(&c);
        at += 4 + (size_t)n;
        ok = p->frame(p, type, c);
    }
    if (p->in.p != NULL)
        buf_drop(&p->in, at);
    return ok;
}

/* Reads what is there; false when the other end is gone or broken. */
static bool peer_read(struct peer *p, bool to_the_end)
{
    for (;;) {
        size_t before = p->in.n;
        ssize_t n = read(p->source.fd, buf_room(&p->in, CHUNK), CHUNK);
        p->in.n = before + (n > 0 ? (size_t)n : 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return true;
        if (n <= 0)
            return false;
        if (!peer_execute(p)) {
            peer_break(p, "it broke the protocol");
            return false;
        }
        if (!to_the_end && n < CHUNK)
            return true;
    }
}

static void peer_ready(struct source *s, uint32_t events)
{
    struct peer *p = (struct peer *)((char *)s - offsetof(struct peer, source));
    if (events & EPOLLOUT)
        peer_flush(p);
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && p->source.fd >= 0 && !p->broken && !peer_read(p, false) && !p->broken)
        peer_break(p, "it closed its channel");
}

void peer_flush(struct peer *p)
{
    if (p->source.fd < 0 || p->broken)
        return;
    while (p->out_at < p->out.n) {
        ssize_t n = send(p->source.fd, p->out.p + p->out_at, p->out.n - p->out_at, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        p->out_at += (size_t)n;
    }
    if (p->out_at == p->out.n || p->out_at > CHUNK) {
        buf_drop(&p->out, p->out_at);
        p->out_at = 0;
    }
    loop_want(&p->source, EPOLLIN | (p->out.n > 0 ? EPOLLOUT : 0));
}

static void restart_due(struct deadline *d)
{
    peer_start((struct peer *)((char *)d - offsetof(struct peer, restart)));
}

void peer_close(struct peer *p)
{
    loop_close(&p->source);
    buf_free(&p->in);
    buf_free(&p->out);
    p->out_at = 0;
}

/* The process is gone: complete frames that it left are executed, half a frame is dropped, a new generation begins. */
void peer_exited(struct peer *p, int code, int status)
{
    if (p->source.fd >= 0 && !p->broken)
        peer_read(p, true);
    peer_close(p);
    p->died(p, code, status);
    p->pid = 0;
    if (keeper.leaving || (keeper.ending && p == &manager))
        return; /* the journal process is needed until the logs are written */
    bool quick = now_monotonic() - p->last_start < QUICK_USEC;
    p->quick_deaths = quick ? p->quick_deaths + 1 : 0;
    if (p->quick_deaths < 3) {
        peer_start(p);
        return;
    }
    uint64_t pause = 100000ull << (p->quick_deaths - 3 > 5 ? 5 : p->quick_deaths - 3);
    deadline_arm(&p->restart, now_monotonic() + pause, restart_due);
}
