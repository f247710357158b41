/* Groups: a unit's set of processes, known by a cgroup or by descent from a reaper of its own. */
#include "keeper.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct pgroup *groups;
char *cgroup_base;

struct pgroup *group_find(const char *name)
{
    struct pgroup *g = groups;
    while (g != NULL && strcmp(g->name, name) != 0)
        g = g->next;
    return g;
}

struct pgroup *group_need(const char *name)
{
    struct pgroup *g = group_find(name);
    if (g != NULL) {
        g->remove = false;
        return g;
    }
    g = xalloc(sizeof *g);
    g->name = xstrndup(name, strlen(name));
    g->empty = true;
    g->dir = -1;
    g->watch.fd = -1;
    g->next = groups;
    groups = g;
    return g;
}

static void group_free(struct pgroup *g)
{
    struct pgroup **at = &groups;
    while (*at != g)
        at = &(*at)->next;
    *at = g->next;
    group_frozen(g, g->freezing == FREEZE_ON ? ESRCH : 0);
    reaper_end(g);
    cgroup_remove(g);
    attached_forget(g);
    free(g->name);
    free(g->path);
    loop_free_later(g);
}

/* Tokens outlive their group's processes: the record stays while one of them refers to it. */
static bool group_referred(const struct pgroup *g)
{
    for (struct token *t = tokens; t != NULL; t = t->next_all)
        if (t->group == g)
            return true;
    return false;
}

void group_emptied(struct pgroup *g)
{
    if (g->mode == GROUP_DIRECT)
        g->mode = GROUP_REAPER; /* whatever is started in it next is held as usual */
    if (!g->empty) {
        g->empty = true;
        put_str(event_begin(EV_GROUP_EMPTY, true), g->name);
        event_end();
    }
    if (g->remove)
        group_remove(g);
}

void group_remove(struct pgroup *g)
{
    g->remove = true;
    if (!g->empty || g->live > 0)
        return;
    if (!group_referred(g)) {
        group_free(g);
        return;
    }
    reaper_end(g);
    cgroup_remove(g);
}

bool group_vacant(const struct pgroup *g)
{
    if (g->live > 0)
        return false;
    if (g->mode == GROUP_CGROUP)
        return cgroup_vacant(g);
    if (g->mode == GROUP_DIRECT)
        return g->kin == NULL;
    return g->watch.fd < 0 || g->childless;
}

void group_token_gone(struct pgroup *g)
{
    if (g->mode == GROUP_CGROUP && g->live == 0 && !g->empty)
        cgroup_check(g); /* a child that ended before it was in the cgroup changed nothing there */
    else if (g->mode == GROUP_DIRECT && g->live == 0 && g->kin == NULL)
        group_emptied(g);
    else if (g->mode == GROUP_REAPER && g->watch.fd < 0 && g->live == 0)
        group_emptied(g); /* its reaper was never there */
    else if (g->remove && g->empty)
        group_remove(g);
}

/* The pids of tokens that a group signal spares. */
static uint32_t except_pids(const uint64_t *except, uint32_t n, pid_t *out)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct token *t = token_find(except[i]);
        if (t != NULL && t->state == TOKEN_ALIVE)
            out[found++] = t->pid;
    }
    return found;
}

static void direct_signal(struct pgroup *g, int signo, const pid_t *except, uint32_t n)
{
    struct pids roots = {0};
    attached_look(g);
    attached_roots(g, &roots);
    forest_signal(&roots, signo, except, n);
    free(roots.p);
}

void group_signal(struct pgroup *g, int signo, const uint64_t *except, uint32_t n)
{
    static pid_t pids[MAX_EXCEPT];
    if (signo < 1 || signo > 64)
        return;
    n = except_pids(except, n, pids);
    if (g->mode == GROUP_CGROUP)
        cgroup_signal(g, signo, pids, n);
    else if (g->mode == GROUP_REAPER)
        reaper_group_signal(g, signo, pids, n);
    else
        direct_signal(g, signo, pids, n);
}

static void tell_frozen(const char *name, bool frozen, int error)
{
    struct buf *b = event_begin(EV_GROUP_FROZEN, true);
    put_str(b, name);
    put_u8(b, frozen);
    put_u32(b, (uint32_t)error);
    event_end();
}

void group_frozen(struct pgroup *g, int error)
{
    bool frozen = g->freezing == FREEZE_ON;
    if (g->freezing == FREEZE_NONE)
        return;
    g->freezing = FREEZE_NONE;
    tell_frozen(g->name, frozen, error);
}

/* Each request is answered once; one that comes before the last was done takes its place. */
void group_freeze(const char *name, bool frozen)
{
    struct pgroup *g = group_find(name);
    if (g == NULL) {
        tell_frozen(name, frozen, frozen ? ESRCH : 0);
        return;
    }
    g->freezing = frozen ? FREEZE_ON : FREEZE_OFF;
    if (g->mode == GROUP_CGROUP)
        cgroup_freeze(g, frozen);
    else if (g->mode == GROUP_REAPER)
        reaper_freeze(g, frozen);
    else {
        direct_signal(g, frozen ? SIGSTOP : SIGCONT, NULL, 0);
        group_frozen(g, 0);
    }
}

/* Descent: the chain of parents leads to the group's reaper. */
static bool descends(pid_t pid, pid_t from)
{
    for (int depth = 0; pid > 1 && depth < 1000; depth++) {
        if (pid == from)
            return true;
        pid = parent_of(pid);
    }
    return false;
}

bool group_has(struct pgroup *g, pid_t pid)
{
    struct token *t = token_by_pid(pid);
    if (t != NULL && t->group == g)
        return true;
    if (g->mode == GROUP_CGROUP)
        return cgroup_has(g, pid);
    return g->mode == GROUP_REAPER && g->reaper > 0 && pid != g->reaper && descends(pid, g->reaper);
}

struct pgroup *group_by_reaper(pid_t pid)
{
    struct pgroup *g = groups;
    while (g != NULL && (g->reaper != pid || pid <= 0))
        g = g->next;
    return g;
}

/* The group's process, where it has only one that is known by token. */
struct token *group_only_token(struct pgroup *g)
{
    struct token *only = NULL;
    for (struct token *t = tokens; t != NULL; t = t->next_all) {
        if (t->group != g || t->state != TOKEN_ALIVE)
            continue;
        if (only != NULL)
            return NULL;
        only = t;
    }
    return only;
}

/* What the group's young processes told through their status pipes comes before what they do. */
void group_catch_up(const char *name)
{
    for (struct token *t = tokens; t != NULL; t = t->next_all)
        if (t->status.fd >= 0 && strcmp(t->group->name, name) == 0)
            token_catch_up(t);
}

static const char *group_by_descent(pid_t pid)
{
    for (int depth = 0; depth < 1000; depth++) {
        pid_t parent = parent_of(pid);
        if (parent <= 1 || parent == keeper.pid)
            return "";
        struct pgroup *g = group_by_reaper(parent);
        if (g != NULL)
            return g->name;
        struct token *t = token_by_pid(parent);
        if (t != NULL && t->group->mode == GROUP_DIRECT)
            return t->group->name;
        pid = parent;
    }
    return "";
}

const char *group_of(pid_t pid)
{
    struct token *t = token_by_pid(pid);
    if (t != NULL)
        return t->group->name;
    if (pid <= 1 || pid == keeper.pid)
        return "";
    struct pgroup *g = cgroup_base == NULL ? NULL : cgroup_of(pid);
    return g != NULL ? g->name : group_by_descent(pid);
}
