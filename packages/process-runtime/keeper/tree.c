/* Descent by /proc: children of a process and all below, and how to end a tree that goes on forking. */
#include "keeper.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void pids_add(struct pids *l, pid_t pid)
{
    if (l->n == l->cap) {
        size_t cap = l->cap == 0 ? 32 : l->cap * 2;
        pid_t *more = xalloc(cap * sizeof *more);
        if (l->n > 0)
            memcpy(more, l->p, l->n * sizeof *more);
        free(l->p);
        l->p = more;
        l->cap = cap;
    }
    l->p[l->n++] = pid;
}

bool pids_has(const struct pids *l, pid_t pid)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->p[i] == pid)
            return true;
    return false;
}

ssize_t slurp(const char *path, char *into, size_t n)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t got = read(fd, into, n - 1);
    close(fd);
    into[got < 0 ? 0 : got] = 0;
    return got;
}

pid_t parent_of(pid_t pid)
{
    char path[40], text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    if (slurp(path, text, sizeof text) <= 0)
        return 0;
    char *at = strrchr(text, ')'); /* the name may hold anything, the last parenthesis ends it */
    int parent = 0;
    return at != NULL && sscanf(at + 1, " %*c %d", &parent) == 1 ? parent : 0;
}

void read_comm(pid_t pid, char comm[17])
{
    char path[40];
    comm[0] = 0;
    snprintf(path, sizeof path, "/proc/%d/comm", pid);
    ssize_t n = slurp(path, comm, 17);
    if (n > 0 && comm[n - 1] == '\n')
        comm[n - 1] = 0;
}

static void read_children(const char *path, struct pids *out)
{
    FILE *f = fopen(path, "re");
    int pid;
    while (f != NULL && fscanf(f, "%d", &pid) == 1)
        pids_add(out, pid);
    if (f != NULL)
        fclose(f);
}

static void children_of(pid_t pid, struct pids *out)
{
    char path[80];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *list = opendir(path);
    for (struct dirent *e; list != NULL && (e = readdir(list)) != NULL;) {
        if (!isdigit((unsigned char)e->d_name[0]))
            continue;
        snprintf(path, sizeof path, "/proc/%d/task/%.16s/children", pid, e->d_name);
        read_children(path, out);
    }
    if (list != NULL)
        closedir(list);
}

/* Kernels without CONFIG_PROC_CHILDREN: every process with its parent, until nothing is added. */
static void descendants_by_scan(pid_t root, struct pids *out)
{
    struct pids all = {0}, parents = {0};
    DIR *list = opendir("/proc");
    for (struct dirent *e; list != NULL && (e = readdir(list)) != NULL;) {
        pid_t pid = isdigit((unsigned char)e->d_name[0]) ? atoi(e->d_name) : 0;
        pid_t parent = pid > 0 ? parent_of(pid) : 0;
        if (parent > 0) {
            pids_add(&all, pid);
            pids_add(&parents, parent);
        }
    }
    if (list != NULL)
        closedir(list);
    for (bool added = true; added;) {
        added = false;
        for (size_t i = 0; i < all.n; i++)
            if (all.p[i] > 0 && (parents.p[i] == root || pids_has(out, parents.p[i]))) {
                pids_add(out, all.p[i]);
                all.p[i] = 0;
                added = true;
            }
    }
    free(all.p);
    free(parents.p);
}

static bool has_children_files(void)
{
    static int known = -1;
    if (known < 0) {
        char path[60];
        snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
        known = !OLD_KERNEL && access(path, R_OK) == 0;
    }
    return known != 0;
}

void descendants(pid_t root, struct pids *out)
{
    if (!has_children_files()) {
        descendants_by_scan(root, out);
        return;
    }
    size_t at = out->n;
    children_of(root, out);
    for (; at < out->n; at++)
        children_of(out->p[at], out);
}

static bool spared(pid_t pid, const pid_t *except, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (except[i] == pid)
            return true;
    return false;
}

/* Sends to all that was not sent to before; false when there was nobody new. */
static bool send_new(const struct pids *now, struct pids *done, int signo, const pid_t *except, size_t n)
{
    bool fresh = false;
    for (size_t i = 0; i < now->n; i++) {
        if (pids_has(done, now->p[i]) || spared(now->p[i], except, n))
            continue;
        pids_add(done, now->p[i]);
        fresh = kill(now->p[i], signo) == 0 || fresh;
    }
    return fresh;
}

/*
 * One signal to every member of a set that goes on forking. Who is to be killed is stopped first, round after round,
 * until a round finds nobody new: what is stopped cannot fork, so the killing that follows misses nobody.
 */
void hunt(const struct hunt *h, int signo, const pid_t *except, size_t n)
{
    struct pids done = {0};
    for (int round = 0, quiet = 0; round < 256 && quiet < 2; round++) {
        struct pids now = {0};
        if (h->between != NULL)
            h->between();
        h->list(h->where, &now);
        /* A list read while a process ends may miss its neighbour: two quiet rounds in a row. */
        quiet = send_new(&now, &done, signo == SIGKILL ? SIGSTOP : signo, except, n) ? 0 : quiet + 1;
        free(now.p);
    }
    free(done.p);
    if (signo != SIGKILL)
        return;
    /* Listed anew: a number from an early round may be another's by now. */
    struct pids now = {0};
    h->list(h->where, &now);
    for (size_t i = 0; i < now.n; i++)
        if (!spared(now.p[i], except, n))
            kill(now.p[i], SIGKILL);
    free(now.p);
}

/*
 * Without children files a scan of /proc takes longer than a breeder lives. Its latest child is found by number: the
 * kernel tells the pid it gave last, and whoever of the newest descends from root is stopped on the spot.
 */
static void chase_newest(pid_t root, void (*between)(void))
{
    char text[128];
    int last = 0;
    for (int i = 0; i < 200; i++) {
        if (between != NULL)
            between();
        if (slurp("/proc/loadavg", text, sizeof text) <= 0 || sscanf(text, "%*s %*s %*s %*s %d", &last) != 1)
            return;
        for (pid_t pid = last + 1; pid > 1 && pid > last - 8; pid--) {
            pid_t parent = parent_of(pid);
            if (parent == root || (parent > 1 && parent_of(parent) == root))
                kill(pid, SIGSTOP);
        }
    }
}

static void below(const void *where, struct pids *out) { descendants(*(const pid_t *)where, out); }

void tree_signal(pid_t root, int signo, const pid_t *except, size_t n, void (*between)(void))
{
    if (signo == SIGKILL && n == 0 && !has_children_files())
        chase_newest(root, between);
    hunt(&(struct hunt){below, &root, between}, signo, except, n);
}

static void forest(const void *where, struct pids *out)
{
    const struct pids *roots = where;
    for (size_t i = 0; i < roots->n; i++) {
        pids_add(out, roots->p[i]);
        descendants(roots->p[i], out);
    }
}

void forest_signal(const struct pids *roots, int signo, const pid_t *except, size_t n)
{
    hunt(&(struct hunt){forest, roots, NULL}, signo, except, n);
}
