/*
 * The end, in order: what is left of the units is killed; the logs are written out; the Node processes see the end of
 * their channels and go; as PID 1, whatever else there is goes too. Every part is bounded.
 */
#include "keeper.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DRAIN_USEC = 5000000, END_USEC = 2000000 };

static struct deadline limit;
static int end_status;
static enum { RUNNING, KILLING, DRAINING, LEAVING, GONE } phase;

static void next_phase(void);

static void give_up(struct deadline *d)
{
    (void)d;
    if (phase == DRAINING)
        complain("the journal process did not take all log data in time");
    next_phase();
}

static _Noreturn void end_now(void)
{
    for (struct pgroup *g = groups; g != NULL; g = g->next)
        cgroup_remove(g);
    if (cgroup_base != NULL)
        rmdir(cgroup_base); /* fails where others live in it, as it should */
    exit(end_status);
}

static void next_phase(void)
{
    switch (++phase) {
    case DRAINING:
        deadline_arm(&limit, now_monotonic() + DRAIN_USEC, give_up);
        break;
    case LEAVING:
        keeper.leaving = true;
        peer_close(&manager);
        peer_close(&journal);
        deadline_arm(&limit, now_monotonic() + END_USEC, give_up);
        break;
    default:
        if (manager.pid > 0)
            kill(manager.pid, SIGKILL);
        if (journal.pid > 0)
            kill(journal.pid, SIGKILL);
        if (keeper.is_pid1) {
            kill(-1, SIGKILL);
            while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
                ;
        }
        end_now();
    }
}

void keeper_end(int status)
{
    if (keeper.ending)
        return;
    keeper.ending = true;
    end_status = status;
    phase = KILLING;
    for (struct pgroup *g = groups; g != NULL; g = g->next)
        if (!g->empty)
            group_signal(g, SIGKILL, NULL, 0);
    deadline_arm(&limit, now_monotonic() + END_USEC, give_up);
}

void go_on_ending(void)
{
    bool left = false;
    for (struct pgroup *g = groups; g != NULL; g = g->next)
        left = left || !g->empty;
    if (phase == KILLING && !left)
        next_phase();
    if (phase == DRAINING && (journal.argv == NULL || journal_idle()))
        next_phase();
    if (phase == LEAVING && manager.pid == 0 && journal.pid == 0)
        next_phase();
}
