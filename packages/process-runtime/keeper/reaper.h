/* Between the keeper and a group's reaper. */
#ifndef REAPER_H
#define REAPER_H

enum reaper_kind {
    /* to the reaper */
    R_SPAWN = 1,        /* token, with plan, status pipe and inputs as descriptors */
    R_SIGNAL,           /* token, a signal, b has value, c value */
    R_GROUP_SIGNAL,     /* a signal, count pids to spare */
    R_ADOPT,            /* token, pid */
    R_FREEZE,           /* a: stop all, or let them go on */
    R_REAP,             /* pid: what it sent is read, it may go */
    /* to the keeper */
    R_SPAWNED = 32,     /* token, pid, a errno */
    R_EXITED,           /* token, pid, a code, b status, c no child is left, u1 user, u2 system, u3 maxrss */
    R_DEAD,             /* pid: it is dead and waits for R_REAP */
    R_ADOPTED,          /* token, pid, a errno */
    R_FROZEN,           /* a: as asked */
    R_EMPTY,            /* u1 spawns done so far */
};

_Noreturn void reaper_main(int fd, const char *name);
#endif
