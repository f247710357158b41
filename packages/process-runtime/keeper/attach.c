/*
 * Attachment: processes that others started become a group's (scopes, AttachProcessesToUnit). With a cgroup they are moved
 * into it. Without, nothing can be put below a reaper of ours: they are held by pidfd, and with them those descendants
 * that were there when somebody looked.
 */
#include "keeper.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_KIN = 4096 };

/* A descendant of an attached process, held so that it stays known when its parent ends. */
struct kin { struct kin *next; struct pgroup *group; pid_t pid; struct source pidfd; };

static int open_pidfd(pid_t pid)
{
    if (!OLD_KERNEL)
        return (int)syscall(SYS_pidfd_open, pid, 0);
    errno = ENOSYS;
    return -1;
}

/* Field 22 of stat: with the pid it names a process for ever. */
static uint64_t start_of(pid_t pid)
{
    char path[40], text[1024];
    unsigned long long start = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    if (slurp(path, text, sizeof text) <= 0)
        return 0;
    char *at = strrchr(text, ')');
    if (at == NULL || sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &start) != 1)
        return 0;
    return start;
}

/* Only root takes what is not its own. */
static bool may_take(pid_t pid)
{
    char path[40];
    struct stat st;
    if (pid <= 1 || pid == keeper.pid || pid == manager.pid || pid == journal.pid)
        return false;
    if (getuid() == 0)
        return true;
    snprintf(path, sizeof path, "/proc/%d", pid);
    return stat(path, &st) == 0 && st.st_uid == getuid();
}

/* 0 when the process that was meant is still there and may be taken, held by `fd`. */
static int check(pid_t pid, uint64_t start, int fd)
{
    if (start_of(pid) != start)
        return ESRCH;
    if (!may_take(pid))
        return EPERM;
    return syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0) < 0 && errno == ESRCH ? ESRCH : 0;
}

static bool is_kin(const struct pgroup *g, pid_t pid)
{
    for (const struct kin *k = g->kin; k != NULL; k = k->next)
        if (k->pid == pid)
            return true;
    return false;
}

static void kin_gone(struct source *s, uint32_t events)
{
    (void)events;
    struct kin *k = (struct kin *)((char *)s - offsetof(struct kin, pidfd));
    struct pgroup *g = k->group;
    struct kin **at = &g->kin;
    while (*at != k)
        at = &(*at)->next;
    *at = k->next;
    g->kin_count--;
    loop_close(&k->pidfd);
    loop_free_later(k);
    if (g->live == 0)
        group_token_gone(g);
}

/* Holds the descendants that are there now: their parents may end before them. */
void attached_look(struct pgroup *g)
{
    struct pids roots = {0}, all = {0};
    attached_roots(g, &roots);
    for (size_t i = 0; i < roots.n; i++)
        descendants(roots.p[i], &all);
    for (size_t i = 0; i < all.n && g->kin_count < MAX_KIN; i++) {
        if (token_by_pid(all.p[i]) != NULL || is_kin(g, all.p[i]))
            continue;
        int fd = open_pidfd(all.p[i]);
        if (fd < 0)
            continue;
        struct kin *k = xalloc(sizeof *k);
        k->group = g;
        k->pid = all.p[i];
        k->next = g->kin;
        g->kin = k;
        g->kin_count++;
        loop_add(&k->pidfd, fd, EPOLLIN, kin_gone);
    }
    free(roots.p);
    free(all.p);
}

/* Everything of the group that is held itself. */
void attached_roots(const struct pgroup *g, struct pids *out)
{
    for (const struct token *t = tokens; t != NULL; t = t->next_all)
        if (t->group == g && t->state == TOKEN_ALIVE)
            pids_add(out, t->pid);
    for (const struct kin *k = g->kin; k != NULL; k = k->next)
        pids_add(out, k->pid);
}

void attached_forget(struct pgroup *g)
{
    for (struct kin *k; (k = g->kin) != NULL;) {
        g->kin = k->next;
        loop_close(&k->pidfd);
        loop_free_later(k);
    }
    g->kin_count = 0;
}

/* It was known by another token (the main process of a service): that one goes on telling how it ends. */
static void told_elsewhere(struct token *t)
{
    pid_t pid = t->pid;
    struct buf *b = event_begin(EV_ADOPTED, true);
    put_u64(b, t->id);
    put_u32(b, (uint32_t)pid);
    put_u32(b, 0);
    event_end();
    t->pid = 0;
    token_exited(t, 0, 0, 0, 0, 0);
}

void token_attach(uint64_t id, const char *group, pid_t pid, uint64_t start)
{
    if (token_find(id) != NULL)
        return;
    struct pgroup *g = group_need(group);
    struct token *t = token_new(id, g);
    t->adopted = true;
    t->pid = pid;
    int fd = pid > 0 ? open_pidfd(pid) : -1;
    int error = fd >= 0 ? check(pid, start, fd) : pid > 0 ? errno : ESRCH;
    bool known = error == 0 && token_by_pid(pid) != NULL;
    if (error == 0 && g->mode == GROUP_CGROUP)
        error = cgroup_attach(g, pid);
    else if (error == 0 && g->mode == GROUP_REAPER && g->watch.fd >= 0)
        error = group_has(g, pid) ? 0 : EOPNOTSUPP;
    else if (error == 0 && known)
        error = EBUSY;
    else if (error == 0)
        g->mode = GROUP_DIRECT;
    if (error != 0 || known) {
        if (fd >= 0)
            close(fd);
        if (error != 0)
            token_adopted(t, error);
        else
            told_elsewhere(t);
        return;
    }
    g->empty = false;
    adopted_watch(t, fd);
    token_adopted(t, 0);
    if (g->mode == GROUP_DIRECT)
        attached_look(g);
}
