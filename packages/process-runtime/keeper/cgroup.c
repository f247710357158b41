/* Groups as directories of a cgroup v2 hierarchy (cgroups(7)). Nothing but membership is done here; limits are files that others write. */
#include "keeper.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static ssize_t read_at(int dir, const char *name, char *into, size_t n)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t got = read(fd, into, n - 1);
    into[got < 0 ? 0 : got] = 0;
    close(fd);
    return got;
}

static int write_at(int dir, const char *name, const char *text)
{
    int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int error = write(fd, text, strlen(text)) < 0 ? errno : 0;
    close(fd);
    return error;
}

void cgroup_check(struct pgroup *g)
{
    char text[256];
    ssize_t n = g->watch.fd < 0 ? -1 : pread(g->watch.fd, text, sizeof text - 1, 0);
    if (n <= 0)
        return;
    text[n] = 0;
    if (strstr(text, "populated 0") == NULL)
        g->empty = false;
    else
        group_emptied(g);
}

static void events_ready(struct source *s, uint32_t events)
{
    (void)events;
    struct pgroup *g = (struct pgroup *)((char *)s - offsetof(struct pgroup, watch));
    reap_all(); /* exits are told before emptiness */
    cgroup_check(g);
}

/* mkdir -p below the base, part by part, so that no link and no ".." leads out of it. */
static int make_path(const char *path)
{
    int dir = open(cgroup_base, O_PATH | O_DIRECTORY | O_CLOEXEC);
    char *copy = xstrndup(path, strlen(path)), *rest = copy, *part;
    while (dir >= 0 && (part = strsep(&rest, "/")) != NULL) {
        if (*part == 0 || strcmp(part, ".") == 0)
            continue;
        int next = -1;
        if (strcmp(part, "..") == 0)
            errno = EINVAL;
        else if (mkdirat(dir, part, 0755) == 0 || errno == EEXIST)
            next = openat(dir, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int error = errno;
        close(dir);
        errno = error;
        dir = next;
    }
    int error = errno;
    free(copy);
    errno = error;
    return dir;
}

int cgroup_create(struct pgroup *g, const char *path)
{
    if (g->mode == GROUP_CGROUP && g->dir >= 0)
        return 0;
    if (g->mode == GROUP_REAPER && g->watch.fd >= 0)
        return EBUSY;
    if (cgroup_base == NULL)
        return ENOTSUP;
    int dir = make_path(path);
    if (dir < 0)
        return errno;
    int fd = openat(dir, "cgroup.events", O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        int error = errno;
        close(dir);
        return error;
    }
    free(g->path);
    g->path = xstrndup(path, strlen(path));
    g->mode = GROUP_CGROUP;
    g->dir = dir;
    char text[256];
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    text[n < 0 ? 0 : n] = 0;
    g->empty = strstr(text, "populated 1") == NULL;
    loop_add(&g->watch, fd, EPOLLPRI, events_ready);
    return 0;
}

typedef void visit(int dir, void *data);

/* A directory and those below it, deepest first. */
static void each_below(int dir, visit *call, void *data)
{
    int again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = again < 0 ? NULL : fdopendir(again);
    for (struct dirent *e; list != NULL && (e = readdir(list)) != NULL;) {
        if (e->d_type != DT_DIR || e->d_name[0] == '.')
            continue;
        int below = openat(dir, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below >= 0) {
            each_below(below, call, data);
            close(below);
        }
    }
    if (list != NULL)
        closedir(list);
    call(dir, data);
}

static void add_members(int dir, void *data)
{
    int fd = openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "re");
    int pid;
    while (f != NULL && fscanf(f, "%d", &pid) == 1)
        if (pid > 0)
            pids_add(data, pid);
    if (f != NULL)
        fclose(f);
}

static bool spared(pid_t pid, const pid_t *except, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (except[i] == pid)
            return true;
    return false;
}

void cgroup_signal(struct pgroup *g, int signo, const pid_t *except, uint32_t n)
{
    if (g->dir < 0 || (signo == SIGKILL && n == 0 && write_at(g->dir, "cgroup.kill", "1") == 0))
        return;
    struct pids done = {0};
    bool more = true;
    for (int round = 0; more && round < 64; round++) {
        struct pids now = {0};
        more = false;
        each_below(g->dir, add_members, &now);
        for (size_t i = 0; i < now.n; i++) {
            if (pids_has(&done, now.p[i]) || spared(now.p[i], except, n))
                continue;
            pids_add(&done, now.p[i]);
            more = kill(now.p[i], signo) == 0 || more;
        }
        free(now.p);
    }
    free(done.p);
}

int cgroup_freeze(struct pgroup *g, bool frozen)
{
    return g->dir < 0 ? EBADF : write_at(g->dir, "cgroup.freeze", frozen ? "1" : "0");
}

static void remove_children(int dir, void *data)
{
    (void)data;
    int again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = again < 0 ? NULL : fdopendir(again);
    for (struct dirent *e; list != NULL && (e = readdir(list)) != NULL;)
        if (e->d_type == DT_DIR && e->d_name[0] != '.')
            unlinkat(dir, e->d_name, AT_REMOVEDIR);
    if (list != NULL)
        closedir(list);
}

void cgroup_remove(struct pgroup *g)
{
    if (g->dir < 0)
        return;
    each_below(g->dir, remove_children, NULL);
    loop_close(&g->watch);
    close(g->dir);
    g->dir = -1;
    char *full = xalloc(strlen(cgroup_base == NULL ? "" : cgroup_base) + strlen(g->path) + 2);
    size_t base = (size_t)sprintf(full, "%s", cgroup_base == NULL ? "" : cgroup_base);
    sprintf(full + base, "/%s", g->path);
    /* The unit's own, then the slices above it that nobody else is in. */
    for (char *slash; rmdir(full) == 0 && (slash = strrchr(full + base + 1, '/')) != NULL;)
        *slash = 0;
    free(full);
    free(g->path);
    g->path = NULL;
    g->mode = GROUP_REAPER;
}

/* The path of a process in the v2 hierarchy, below the base: the line "0::PATH" of /proc/PID/cgroup. */
static bool path_of(pid_t pid, char *into, size_t n)
{
    char name[40], text[8192];
    snprintf(name, sizeof name, "/proc/%d/cgroup", pid);
    if (read_at(AT_FDCWD, name, text, sizeof text) <= 0)
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

pid_t cgroup_fork(struct pgroup *g)
{
    if (g->dir >= 0) {
        struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)g->dir};
        pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
        if (pid >= 0)
            return pid;
    }
    /* clone3 is new, and filtered in many containers. */
    pid_t pid = fork();
    if (pid == 0 && g->dir >= 0 && write_at(g->dir, "cgroup.procs", "0") != 0)
        _exit(219);
    return pid;
}
