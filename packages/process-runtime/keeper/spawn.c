/* SPAWN: inputs are resolved, then the child is made by the group's reaper or in the group's cgroup. */
#include "keeper.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int resolve(const struct plan_input_spec *in, uint64_t token, const char *group)
{
    struct slice text = {(const uint8_t *)in->text, in->text == NULL ? 0 : (uint32_t)strlen(in->text)};
    switch (in->kind) {
    case INPUT_LOG:
        return stream_open(in->number, token, group, text);
    case INPUT_FD: {
        int fd = fd_get(in->number);
        return fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
    }
    case INPUT_LISTENER: {
        struct listener *l = listener_find(in->text);
        return l == NULL ? -1 : fcntl(l->source.fd, F_DUPFD_CLOEXEC, 3);
    }
    default:
        return -1;
    }
}

static int plan_file(struct slice plan)
{
    int fd = memfd_create("plan", MFD_CLOEXEC);
    size_t at = 0;
    while (fd >= 0 && at < plan.n) {
        ssize_t n = pwrite(fd, plan.p + at, plan.n - at, (off_t)at);
        if (n <= 0) {
            close(fd);
            return -1;
        }
        at += (size_t)n;
    }
    return fd;
}

static void close_all(int *fds, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

static void make_here(struct token *t, int *fds, unsigned n)
{
    pid_t pid = cgroup_fork(t->group);
    if (pid == 0)
        child_run(fds[0], fds[1], fds + 2, n - 2, t->group->name);
    int error = errno;
    close_all(fds, n);
    if (pid < 0)
        token_failed(t, (uint32_t)error);
    else {
        t->group->empty = false;
        token_spawned(t, pid);
    }
}

void spawn(uint64_t id, const char *group, struct slice plan)
{
    if (token_find(id) != NULL)
        return;
    struct pgroup *g = group_need(group);
    struct token *t = token_new(id, g);
    static struct plan_inputs inputs;
    int fds[MAX_INPUTS + 2], status[2];
    if (!plan_check(plan, &inputs)) {
        plan_inputs_free(&inputs);
        complain("a plan for %s is malformed", group);
        token_failed(t, EPROTO);
        return;
    }
    if (pipe2(status, O_CLOEXEC) < 0) {
        plan_inputs_free(&inputs);
        token_failed(t, (uint32_t)errno);
        return;
    }
    fcntl(status[0], F_SETFL, O_NONBLOCK);
    token_watch_status(t, status[0]);
    unsigned n = 0;
    fds[n++] = plan_file(plan);
    fds[n++] = status[1];
    bool ok = fds[0] >= 0;
    int error = ok ? 0 : errno;
    for (unsigned i = 0; ok && i < inputs.n; i++) {
        fds[n] = resolve(&inputs.list[i], id, group);
        ok = fds[n++] >= 0;
        error = ok ? 0 : EBADF;
    }
    plan_inputs_free(&inputs);
    if (ok && g->mode == GROUP_REAPER && !reaper_open(g)) {
        ok = false;
        error = errno;
    }
    if (!ok) {
        close_all(fds, n);
        token_failed(t, (uint32_t)error);
        return;
    }
    if (g->mode == GROUP_REAPER) {
        g->empty = false;
        reaper_spawn(g, t, fds, (int)n);
    } else
        make_here(t, fds, n);
}
