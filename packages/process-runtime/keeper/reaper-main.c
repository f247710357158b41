/*
 * A unit's own subreaper: a fork of the keeper without policy. It forks the unit's processes, so that whatever they do
 * (new sessions, double forks, an emptied environment) they and their orphans stay below it, and its ECHILD means empty.
 */
#include "keeper.h"
#include "reaper.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SOCK = 3, CHILDREN = 4, MAX_PACKET = sizeof(struct reaper_message) + MAX_EXCEPT * sizeof(pid_t), LAST_GRACE_MSEC = 3000 };

struct known { struct known *next; uint64_t token; pid_t pid; int pidfd; };

static struct known *known;
static uint64_t spawns;
static pid_t waiting;            /* a dead process that the keeper was told of */
static bool told_empty = true, killing, keeper_gone;
static const char *unit;

static void tell(uint32_t kind, uint64_t token, pid_t pid, int a)
{
    struct reaper_message m = {.kind = kind, .token = token, .pid = pid, .a = a, .u1 = spawns};
    while (send(SOCK, &m, sizeof m, MSG_NOSIGNAL) < 0 && errno == EINTR)
        ;
}

static uint64_t usec(struct timeval t) { return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_usec; }

static void tell_exit(const struct known *k, const siginfo_t *i, const struct rusage *r)
{
    struct reaper_message m = {.kind = R_EXITED, .token = k->token, .pid = k->pid};
    if (i != NULL) {
        m.a = i->si_code;
        m.b = i->si_status;
        m.u1 = usec(r->ru_utime);
        m.u2 = usec(r->ru_stime);
        m.u3 = (uint64_t)r->ru_maxrss;
        siginfo_t other = {0};
        m.c = waitid(P_ALL, 0, &other, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD;
    }
    while (send(SOCK, &m, sizeof m, MSG_NOSIGNAL) < 0 && errno == EINTR)
        ;
}

static struct known **find_pid(pid_t pid)
{
    struct known **at = &known;
    while (*at != NULL && (*at)->pid != pid)
        at = &(*at)->next;
    return at;
}

static void forget(struct known **at)
{
    struct known *k = *at;
    *at = k->next;
    if (k->pidfd >= 0)
        close(k->pidfd);
    free(k);
}

static void remember(uint64_t token, pid_t pid, int pidfd)
{
    struct known *k = xalloc(sizeof *k);
    *k = (struct known){known, token, pid, pidfd};
    known = k;
}

static void take_one(pid_t pid)
{
    siginfo_t i = {0};
    struct rusage r;
    struct known **at = find_pid(pid);
    if (syscall(SYS_waitid, P_PID, pid, &i, WEXITED | WNOHANG, &r) < 0 || i.si_pid == 0)
        return;
    if (*at != NULL) {
        tell_exit(*at, &i, &r);
        forget(at);
    }
}

/*
 * A process is reaped when the keeper has read what it sent: until then /proc tells its name and its unit. When all is
 * killed there is no waiting: the dead of a unit that goes on forking would fill the table of processes.
 */
static void reap(void)
{
    if (killing && waiting != 0) {
        take_one(waiting);
        waiting = 0;
    }
    while (waiting == 0) {
        siginfo_t i = {0};
        if (waitid(P_ALL, 0, &i, WEXITED | WNOHANG | WNOWAIT) < 0) {
            if (errno == ECHILD && !told_empty) {
                told_empty = true;
                killing = false;
                tell(R_EMPTY, 0, 0, 0);
            }
            return;
        }
        if (i.si_pid == 0)
            return;
        if (keeper_gone || killing)
            take_one(i.si_pid);
        else {
            waiting = i.si_pid;
            tell(R_DEAD, 0, waiting, 0);
        }
    }
}

static void spawn_here(uint64_t token, int *fds, unsigned n)
{
    spawns++;
    told_empty = false;
    killing = false;
    pid_t pid = n < 2 ? -1 : fork();
    if (pid == 0) {
        tell(R_SPAWNED, token, getpid(), 0); /* by the child itself: before anything that it does */
        child_run(fds[0], fds[1], fds + 2, n - 2, unit);
    }
    int error = n < 2 ? EPROTO : errno;
    for (unsigned i = 0; i < n; i++)
        close(fds[i]);
    if (pid > 0)
        remember(token, pid, -1);
    tell(R_SPAWNED, token, pid, pid > 0 ? 0 : error); /* by its parent too: births are told in order */
}

static void signal_one(const struct reaper_message *m)
{
    struct known *k = known;
    while (k != NULL && k->token != m->token)
        k = k->next;
    if (k == NULL)
        return;
    siginfo_t info = {.si_signo = m->a, .si_code = SI_QUEUE, .si_pid = getpid(), .si_uid = getuid()};
    info.si_value.sival_int = m->c;
    if (k->pidfd >= 0)
        syscall(SYS_pidfd_send_signal, k->pidfd, m->a, m->b ? &info : NULL, 0);
    else if (m->b)
        sigqueue(k->pid, m->a, info.si_value);
    else
        kill(k->pid, m->a);
}

static void signal_all(int signo, const pid_t *except, uint32_t n)
{
    killing = signo == SIGKILL && n == 0;
    tree_signal(getpid(), signo, except, n, killing ? reap : NULL);
}

static void adopt(uint64_t token, pid_t pid)
{
    int fd = -1, error = *find_pid(pid) != NULL ? EBUSY : 0;
    /* Our own child keeps its pid until we reap it; another's has to be held. */
    if (error == 0 && parent_of(pid) != getpid()) {
        fd = (int)syscall(SYS_pidfd_open, pid, 0);
        error = fd < 0 ? errno : 0;
    }
    if (error == 0)
        remember(token, pid, fd);
    tell(R_ADOPTED, token, pid, error);
}

static void obey(const struct reaper_message *m, int *fds, unsigned n)
{
    switch (m->kind) {
    case R_SPAWN: spawn_here(m->token, fds, n); break;
    case R_SIGNAL: signal_one(m); break;
    case R_GROUP_SIGNAL: signal_all(m->a, m->except, m->count); break;
    case R_ADOPT: adopt(m->token, m->pid); break;
    case R_FREEZE:
        signal_all(m->a ? SIGSTOP : SIGCONT, NULL, 0);
        tell(R_FROZEN, 0, 0, m->a);
        break;
    case R_REAP:
        if (waiting == m->pid) {
            take_one(waiting);
            waiting = 0;
        }
        break;
    default: break;
    }
}

static void hear(void)
{
    static union { struct reaper_message m; char room[MAX_PACKET]; } packet;
    int fds[MAX_INPUTS + 2];
    for (;;) {
        unsigned n = MAX_INPUTS + 2;
        struct creds ignored;
        int got = recv_message(SOCK, &packet, sizeof packet, &ignored, fds, &n);
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0) {
            keeper_gone = true;
            return;
        }
        obey(&packet.m, fds, n);
    }
}

/* An adopted process ended whose parent is still another process of the unit: nobody here learns its status. */
static void adopted_ended(struct known *k)
{
    siginfo_t i = {0};
    if (waitid(P_PIDFD, (id_t)k->pidfd, &i, WEXITED | WNOHANG | WNOWAIT) == 0 && i.si_pid != 0)
        return; /* ours by now: reap() tells */
    tell_exit(k, NULL, NULL);
    forget(find_pid(k->pid));
}

static void wait_round(int timeout)
{
    static struct pollfd *set;
    static size_t cap;
    size_t n = 2;
    for (struct known *k = known; k != NULL; k = k->next)
        n += k->pidfd >= 0;
    if (n > cap) {
        free(set);
        cap = n * 2;
        set = xalloc(cap * sizeof *set);
    }
    set[0] = (struct pollfd){keeper_gone ? -1 : SOCK, POLLIN, 0};
    set[1] = (struct pollfd){CHILDREN, POLLIN, 0};
    n = 2;
    for (struct known *k = known; k != NULL; k = k->next)
        if (k->pidfd >= 0)
            set[n++] = (struct pollfd){k->pidfd, POLLIN, 0};
    poll(set, n, timeout);
    if (set[1].revents != 0) {
        struct signalfd_siginfo drop[8];
        while (read(CHILDREN, drop, sizeof drop) > 0)
            ;
    }
    reap();
    for (size_t i = 2; i < n; i++) {
        if (set[i].revents == 0)
            continue;
        struct known *k = known;
        while (k != NULL && k->pidfd != set[i].fd)
            k = k->next;
        if (k != NULL)
            adopted_ended(k);
    }
    if (!keeper_gone && set[0].revents != 0)
        hear();
    reap();
}

/* The keeper is gone: nobody supervises these processes any more. TERM, a grace, KILL. */
static _Noreturn void last_orders(void)
{
    if (told_empty)
        _exit(0);
    waiting = 0;
    signal_all(SIGTERM, NULL, 0);
    signal_all(SIGCONT, NULL, 0);
    uint64_t due = now_monotonic() + LAST_GRACE_MSEC * 1000ull;
    reap();
    while (!told_empty && now_monotonic() < due)
        wait_round((int)((due - now_monotonic()) / 1000 + 1));
    for (int i = 0; !told_empty && i < 100; i++) {
        signal_all(SIGKILL, NULL, 0);
        wait_round(50);
    }
    _exit(0);
}

_Noreturn void reaper_main(int fd, const char *name)
{
    sigset_t chld;
    int sock = fd == SOCK ? fd : dup3(fd, SOCK, O_CLOEXEC);
    close_from(4);
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    int children = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);
    if (sock != SOCK || children != CHILDREN)
        _exit(71);
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    unit = name;
    set_title("steward-reaper", name);
    for (int pause = 20; !keeper_gone;) {
        /* What was killed and still lives, or forked on under another's signal, is looked for again, ever less often. */
        bool again = killing && !told_empty;
        uint64_t before = now_monotonic();
        wait_round(again ? pause : -1);
        if (!again)
            pause = 20;
        else if (killing && !told_empty && !keeper_gone && now_monotonic() - before >= (uint64_t)pause * 1000) {
            pause = pause < 640 ? pause * 2 : 1000;
            signal_all(SIGKILL, NULL, 0);
        }
    }
    last_orders();
}
