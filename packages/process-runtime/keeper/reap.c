/* Who ended: the Node processes, reapers, tokens of cgroup groups, and whoever else came to the keeper as orphan. */
#include "keeper.h"
#include <errno.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a process sent before it ended is read before its end is told, while /proc still says whose it was. */
void drain_messages(const char *group)
{
    for (struct listener *l = listeners; l != NULL; l = l->next)
        if (l->kind == LISTEN_NOTIFY || l->kind == LISTEN_LOG_NATIVE || l->kind == LISTEN_LOG_SYSLOG)
            dgram_read(l);
    if (group != NULL)
        streams_drain(group);
}

static uint64_t usec(struct timeval t) { return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_usec; }

void reap_all(void)
{
    static bool inside;
    if (inside)
        return;
    inside = true;
    for (;;) {
        siginfo_t i = {0};
        struct rusage r;
        if (waitid(P_ALL, 0, &i, WEXITED | WNOHANG | WNOWAIT) < 0 || i.si_pid == 0)
            break;
        struct token *t = token_by_pid(i.si_pid);
        struct peer *p = i.si_pid == manager.pid ? &manager : i.si_pid == journal.pid ? &journal : NULL;
        bool reaper = false;
        for (struct pgroup *g = groups; g != NULL; g = g->next)
            reaper = reaper || g->reaper == i.si_pid;
        if (p == NULL && !reaper)
            drain_messages(t == NULL ? NULL : t->group->name);
        if (syscall(SYS_waitid, P_PID, i.si_pid, &i, WEXITED | WNOHANG, &r) < 0)
            break;
        if (p != NULL)
            peer_exited(p, i.si_code, i.si_status);
        else if (t != NULL)
            token_exited(t, (uint32_t)i.si_code, (uint32_t)i.si_status, usec(r.ru_utime), usec(r.ru_stime), (uint64_t)r.ru_maxrss);
    }
    inside = false;
}
