/* Adoption: a process of a unit that the keeper did not start becomes known by a token (PIDFile=, MAINPID=). */
#include "keeper.h"
#include <errno.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* An adopted process ended that somebody else reaps: its status stays unknown (code 0). */
static void pidfd_ready(struct source *s, uint32_t events)
{
    (void)events;
    struct token *t = (struct token *)((char *)s - offsetof(struct token, pidfd));
    siginfo_t info = {0};
    if (waitid(P_PIDFD, (id_t)s->fd, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
        loop_want(s, 0);
        reap_all();
    } else
        token_exited(t, 0, 0, 0, 0, 0);
}

void adopted_watch(struct token *t, int fd) { loop_add(&t->pidfd, fd, EPOLLIN, pidfd_ready); }

void token_adopted(struct token *t, int error)
{
    pid_t pid = t->pid;
    t->pid = 0;
    if (error == 0 && t->state == TOKEN_STARTING) {
        token_set_state(t, TOKEN_ALIVE);
        t->exec = EXEC_OK;
        token_set_pid(t, pid);
    }
    if (!t->forget) {
        struct buf *b = event_begin(EV_ADOPTED, true);
        put_u64(b, t->id);
        put_u32(b, (uint32_t)pid);
        put_u32(b, (uint32_t)error);
        event_end();
    }
    if (error != 0) {
        token_set_state(t, TOKEN_EXITED);
        t->group->live--;
        token_free(t);
    }
}

static int open_pidfd(pid_t pid)
{
    if (!OLD_KERNEL)
        return (int)syscall(SYS_pidfd_open, pid, 0);
    errno = ENOSYS;
    return -1;
}

void token_adopt(uint64_t id, const char *group, pid_t pid, bool force)
{
    if (token_find(id) != NULL)
        return;
    struct pgroup *g = group_need(group);
    struct token *t = token_new(id, g);
    t->adopted = true;
    t->pid = pid;
    int fd = pid > 0 ? open_pidfd(pid) : -1;
    /* Where pidfds are filtered away, a child of a reaper of ours is safe to name by pid: only that reaper frees it. */
    bool filtered = pid > 0 && fd < 0 && (errno == ENOSYS || errno == EPERM);
    if (fd < 0 && !(filtered && (g->mode == GROUP_REAPER ? parent_of(pid) == g->reaper : parent_of(pid) == keeper.pid))) {
        token_adopted(t, pid <= 0 ? ESRCH : filtered ? EPERM : errno);
        return;
    }
    /* Asked while the pidfd holds the process: the answer is about this one. */
    bool member = group_has(g, pid);
    if (!member && !force) {
        if (fd >= 0)
            close(fd);
        token_adopted(t, EPERM);
        return;
    }
    if (g->mode == GROUP_REAPER && member) {
        if (fd >= 0)
            close(fd);
        reaper_adopt(g, t);
        return;
    }
    if (fd >= 0)
        adopted_watch(t, fd);
    token_adopted(t, 0);
}
