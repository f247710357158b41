/* Which cgroup a process is in, and so which unit. */
#include "keeper.h"
#include <stdio.h>
#include <string.h>

/* The path of a process in the v2 hierarchy, below the base: the line "0::PATH" of /proc/PID/cgroup. */
static bool path_of(pid_t pid, char *into, size_t n)
{
    char name[40], text[8192];
    snprintf(name, sizeof name, "/proc/%d/cgroup", pid);
    if (slurp(name, text, sizeof text) <= 0)
        return false;
    char *at = strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");
    if (at == NULL)
        return false;
    at += *at == '\n' ? 4 : 3;
    size_t length = strcspn(at, "\n");
    if (length >= n)
        return false;
    memcpy(into, at, length);
    into[length] = 0;
    return true;
}

/* Whether `path` ends with the group's path, or lies below: where the base is mounted is not ours to know. */
static bool within(const char *path, const char *group)
{
    const char *at = strstr(path, group);
    size_t n = strlen(group);
    for (; at != NULL; at = strstr(at + 1, group))
        if ((at == path || at[-1] == '/') && (at[n] == 0 || at[n] == '/' || at[n] == ' '))
            return true;
    return false;
}

bool cgroup_has(struct pgroup *g, pid_t pid)
{
    char path[4096];
    return g->path != NULL && path_of(pid, path, sizeof path) && within(path, g->path);
}

struct pgroup *cgroup_of(pid_t pid)
{
    char path[4096];
    struct pgroup *best = NULL;
    if (!path_of(pid, path, sizeof path))
        return NULL;
    for (struct pgroup *g = groups; g != NULL; g = g->next)
        if (g->mode == GROUP_CGROUP && g->path != NULL && within(path, g->path) &&
            (best == NULL || strlen(g->path) > strlen(best->path)))
            best = g;
    return best;
}
