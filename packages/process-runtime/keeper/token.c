/* Tokens: processes by a number that is never reused, from spawn or adoption to release. */
#include "keeper.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BUCKETS = 1024 };

struct token *tokens;
static struct token *by_id[BUCKETS], *by_pid[BUCKETS];

struct token *token_find(uint64_t id)
{
    struct token *t = by_id[id % BUCKETS];
    while (t != NULL && t->id != id)
        t = t->next_id;
    return t;
}

struct token *token_by_pid(pid_t pid)
{
    struct token *t = by_pid[(unsigned)pid % BUCKETS];
    while (t != NULL && t->pid != pid)
        t = t->next_pid;
    return t;
}

struct token *token_new(uint64_t id, struct pgroup *g)
{
    struct token *t = xalloc(sizeof *t);
    t->id = id;
    t->group = g;
    t->status.fd = t->pidfd.fd = -1;
    t->next_id = by_id[id % BUCKETS];
    by_id[id % BUCKETS] = t;
    t->next_all = tokens;
    if (tokens != NULL)
        tokens->prev_all = t;
    tokens = t;
    g->live++;
    g->starting++;
    return t;
}

void token_free(struct token *t)
{
    struct token **at = &by_id[t->id % BUCKETS];
    while (*at != t)
        at = &(*at)->next_id;
    *at = t->next_id;
    if (t->next_all != NULL)
        t->next_all->prev_all = t->prev_all;
    if (t->prev_all != NULL)
        t->prev_all->next_all = t->next_all;
    else
        tokens = t->next_all;
    loop_close(&t->status);
    loop_close(&t->pidfd);
    buf_free(&t->report);
    loop_free_later(t);
    if (t->group->remove)
        group_remove(t->group);
}

void token_set_state(struct token *t, uint8_t state)
{
    if (t->state == TOKEN_STARTING)
        t->group->starting--;
    t->state = state;
}

void token_set_pid(struct token *t, pid_t pid)
{
    t->pid = pid;
    t->next_pid = by_pid[(unsigned)pid % BUCKETS];
    by_pid[(unsigned)pid % BUCKETS] = t;
}

static void unset_pid(struct token *t)
{
    struct token **at = &by_pid[(unsigned)t->pid % BUCKETS];
    while (*at != NULL && *at != t)
        at = &(*at)->next_pid;
    if (*at == t)
        *at = t->next_pid;
}

static void report_failure(struct token *t, unsigned type, uint32_t status, uint32_t error, uint32_t step)
{
    struct buf *b = event_begin(type, true);
    put_u64(b, t->id);
    put_u32(b, status);
    put_u32(b, error);
    put_u32(b, step);
    event_end();
}

/* What the child wrote before execve closed its end: ignored failures, the fatal one, a mark before execve. */
static void read_status(struct token *t)
{
    bool end = false;
    while (t->status.fd >= 0 && !end) {
        size_t before = t->report.n;
        ssize_t n = read(t->status.fd, buf_room(&t->report, 512), 512);
        t->report.n = before + (n > 0 ? (size_t)n : 0);
        if (n < 0 && errno == EAGAIN)
            break;
        end = n == 0 || (n < 0 && errno != EINTR);
    }
    if (t->state == TOKEN_STARTING)
        return; /* `spawned` has to be said first */
    size_t at = 0;
    struct child_report r;
    for (; t->report.n - at >= sizeof r; at += sizeof r) {
        memcpy(&r, t->report.p + at, sizeof r);
        t->hot = r.step == STEP_NONE; /* the mark: all steps worked, execve is next */
        if (t->hot || t->forget)
            continue;
        if (!r.ignored)
            t->exec = EXEC_FAILED;
        report_failure(t, r.ignored ? EV_STEP_IGNORED : EV_EXEC_FAILED, r.status, r.error, r.step);
    }
    if (t->report.p != NULL)
        buf_drop(&t->report, at);
    if (!end && t->status.fd >= 0)
        return;
    loop_close(&t->status);
    if (t->exec == EXEC_PENDING && t->hot) {
        t->exec = EXEC_OK;
        if (!t->forget) {
            put_u64(event_begin(EV_EXEC_OK, true), t->id);
            event_end();
        }
    }
}

void token_catch_up(struct token *t)
{
    if (t->state == TOKEN_ALIVE && t->status.fd >= 0)
        read_status(t);
}

static void status_ready(struct source *s, uint32_t events)
{
    (void)events;
    struct token *t = (struct token *)((char *)s - offsetof(struct token, status));
    if (t->state == TOKEN_STARTING)
        loop_want(s, 0);
    else
        read_status(t);
}

void token_watch_status(struct token *t, int fd) { loop_add(&t->status, fd, EPOLLIN, status_ready); }

void token_spawned(struct token *t, pid_t pid)
{
    token_set_state(t, TOKEN_ALIVE);
    token_set_pid(t, pid);
    if (!t->forget) {
        struct buf *b = event_begin(EV_SPAWNED, true);
        put_u64(b, t->id);
        put_u32(b, (uint32_t)pid);
        event_end();
    }
    loop_want(&t->status, EPOLLIN);
}

void token_failed(struct token *t, uint32_t error)
{
    t->exec = EXEC_FAILED;
    if (!t->forget)
        report_failure(t, EV_EXEC_FAILED, EXIT_EXCEPTION, error, STEP_NONE);
    loop_close(&t->status);
    token_exited(t, CLD_EXITED, EXIT_EXCEPTION, 0, 0, 0);
}

void token_exited(struct token *t, uint32_t code, uint32_t status, uint64_t user, uint64_t system, uint64_t maxrss)
{
    if (t->state == TOKEN_EXITED)
        return;
    drain_messages(t->group->name);
    token_catch_up(t);
    loop_close(&t->status);
    loop_close(&t->pidfd);
    unset_pid(t);
    token_set_state(t, TOKEN_EXITED);
    t->code = code;
    t->exit_status = status;
    t->user = user;
    t->system = system;
    t->maxrss = maxrss;
    t->exit_monotonic = clock_usec(CLOCK_MONOTONIC);
    t->exit_realtime = clock_usec(CLOCK_REALTIME);
    struct pgroup *g = t->group;
    g->live--;
    if (!t->forget) {
        /* With the last one's end the manager hears that nobody is left: an EV_GROUP_EMPTY later might come after the next start. */
        bool last = group_vacant(g);
        g->empty = g->empty || last;
        struct buf *b = event_begin(EV_EXITED, true);
        put_u64(b, t->id);
        put_u32(b, (uint32_t)t->pid);
        put_u32(b, code);
        put_u32(b, status);
        put_u64(b, user);
        put_u64(b, system);
        put_u64(b, maxrss);
        put_u8(b, last);
        event_end();
    }
    group_token_gone(g);
    if (t->forget)
        token_free(t);
}

void token_release(struct token *t)
{
    if (t->state == TOKEN_EXITED)
        token_free(t);
    else
        t->forget = true;
}

void token_signal(struct token *t, int signo, bool has_value, int value)
{
    if (t->state == TOKEN_EXITED)
        return;
    if (t->group->mode == GROUP_REAPER) {
        reaper_signal(t->group, t, signo, has_value, value);
        return;
    }
    /* A direct child is not reaped yet, so its pid is its own; an adopted one is held by its pidfd. */
    siginfo_t info = {.si_signo = signo, .si_code = SI_QUEUE, .si_pid = keeper.pid, .si_uid = keeper.uid};
    info.si_value.sival_int = value;
    if (t->pidfd.fd >= 0)
        syscall(SYS_pidfd_send_signal, t->pidfd.fd, signo, has_value ? &info : NULL, 0);
    else if (t->pid > 0 && has_value)
        sigqueue(t->pid, signo, info.si_value);
    else if (t->pid > 0)
        kill(t->pid, signo);
}
