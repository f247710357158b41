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

static int write_at(int dir, const char *name, const char *text)
{
    int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int error = write(fd, text, strlen(text)) < 0 ? errno : 0;
    close(fd);
    return error;
}

enum { EVENTS_SIZE = 256 };

/* What cgroup.events says; false where it cannot be read. */
static bool read_events(const struct pgroup *g, char *text)
{
    ssize_t n = g->watch.fd < 0 ? -1 : pread(g->watch.fd, text, EVENTS_SIZE - 1, 0);
    text[n < 0 ? 0 : n] = 0;
    return n > 0;
}

bool cgroup_vacant(const struct pgroup *g)
{
    char text[EVENTS_SIZE];
    return read_events(g, text) && strstr(text, "populated 0") != NULL;
}

void cgroup_check(struct pgroup *g)
{
    char text[EVENTS_SIZE];
    if (!read_events(g, text))
        return;
    if (g->freezing == (strstr(text, "frozen 1") != NULL ? FREEZE_ON : FREEZE_OFF))
        group_frozen(g, 0);
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
    guardian_tell('+', cgroup_base, path);
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

static void members(const void *where, struct pids *out) { each_below(*(const int *)where, add_members, out); }

void cgroup_signal(struct pgroup *g, int signo, const pid_t *except, uint32_t n)
{
    if (g->dir >= 0 && !cgroup_vacant(g)) /* one read instead of a walk: a unit that ended by itself gets all signals of its stop */
        cgroup_signal_dir(g->dir, signo, except, n);
}

void cgroup_signal_dir(int dir, int signo, const pid_t *except, uint32_t n)
{
    if (OLD_KERNEL || signo != SIGKILL || n > 0 || write_at(dir, "cgroup.kill", "1") != 0)
        hunt(&(struct hunt){members, &dir, NULL}, signo, except, n);
}

void cgroup_freeze(struct pgroup *g, bool frozen)
{
    int error = g->dir < 0 ? ESRCH : write_at(g->dir, "cgroup.freeze", frozen ? "1" : "0");
    if (error != 0)
        group_frozen(g, frozen ? error : 0);
    else
        cgroup_check(g); /* the kernel may have been as quick as we; else cgroup.events tells */
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

/* The unit's own and what is below it, then the slices above that nobody else is in, up to `base` characters of the path. */
void cgroup_remove_path(char *path, size_t base)
{
    bool gone = rmdir(path) == 0; /* most have nothing below */
    int dir = gone ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0) {
        each_below(dir, remove_children, NULL);
        close(dir);
        gone = rmdir(path) == 0;
    }
    for (char *slash; gone && (slash = strrchr(path, '/')) != NULL && slash > path + base; gone = rmdir(path) == 0)
        *slash = 0;
}

void cgroup_remove(struct pgroup *g)
{
    if (g->dir < 0)
        return;
    const char *base = cgroup_base == NULL ? "" : cgroup_base;
    char *full = xalloc(strlen(base) + strlen(g->path) + 2);
    sprintf(full, "%s/%s", base, g->path);
    loop_close(&g->watch);
    close(g->dir);
    g->dir = -1;
    cgroup_remove_path(full, strlen(base));
    guardian_tell('-', base, g->path);
    free(full);
    free(g->path);
    g->path = NULL;
    g->mode = GROUP_REAPER;
}

int cgroup_attach(struct pgroup *g, pid_t pid)
{
    char text[24];
    snprintf(text, sizeof text, "%d", pid);
    return g->dir < 0 ? EBADF : write_at(g->dir, "cgroup.procs", text);
}

pid_t cgroup_fork(struct pgroup *g)
{
    if (g->dir >= 0 && !OLD_KERNEL) {
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
