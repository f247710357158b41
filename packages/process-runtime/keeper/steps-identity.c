/* Steps that change what the process is and may. */
#include "child.h"
#include "keeper.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int step_oom(struct cur *c)
{
    char text[16];
    int n = snprintf(text, sizeof text, "%d\n", get_i32(c));
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int error = write(fd, text, (size_t)n) < 0 ? errno : 0;
    close(fd);
    return error;
}

/* Where it may not be had, as near as RLIMIT_NICE lets: systemd's setpriority_closest(). */
int step_nice(struct cur *c)
{
    int wanted = get_i32(c);
    struct rlimit l;
    if (setpriority(PRIO_PROCESS, 0, wanted) == 0)
        return 0;
    if ((errno != EACCES && errno != EPERM) || getrlimit(RLIMIT_NICE, &l) < 0)
        return errno;
    int now = getpriority(PRIO_PROCESS, 0);
    int best = l.rlim_cur == RLIM_INFINITY ? -20 : 20 - (int)(l.rlim_cur > 40 ? 40 : l.rlim_cur);
    if (now <= best) /* it is as good as it can become already */
        return 0;
    return setpriority(PRIO_PROCESS, 0, best) < 0 ? errno : 0;
}

/* Where the hard limit may not be raised, as far as it goes: systemd's setrlimit_closest(). */
int step_rlimit(struct cur *c)
{
    int resource = (int)get_u32(c);
    struct rlimit wanted, now;
    wanted.rlim_cur = get_u64(c);
    wanted.rlim_max = get_u64(c);
    if (setrlimit((__rlimit_resource_t)resource, &wanted) == 0)
        return 0;
    if (errno != EPERM || getrlimit((__rlimit_resource_t)resource, &now) < 0)
        return errno;
    if (wanted.rlim_max > now.rlim_max)
        wanted.rlim_max = now.rlim_max;
    if (wanted.rlim_cur > wanted.rlim_max)
        wanted.rlim_cur = wanted.rlim_max;
    return setrlimit((__rlimit_resource_t)resource, &wanted) < 0 ? errno : 0;
}

int step_sched(struct cur *c)
{
    int policy = (int)get_u32(c);
    struct sched_param p = {.sched_priority = (int)get_u32(c)};
    int reset = get_u8(c) ? SCHED_RESET_ON_FORK : 0;
    return sched_setscheduler(0, policy | reset, &p) < 0 ? errno : 0;
}

int step_ioprio(struct cur *c)
{
    return syscall(SYS_ioprio_set, 1, 0, get_u32(c)) < 0 ? errno : 0;
}

int step_affinity(struct cur *c)
{
    cpu_set_t *set = CPU_ALLOC(8192);
    size_t size = CPU_ALLOC_SIZE(8192);
    uint32_t n = get_u32(c);
    CPU_ZERO_S(size, set);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t cpu = get_u32(c);
        if (cpu < 8192)
            CPU_SET_S(cpu, size, set);
    }
    return sched_setaffinity(0, size, set) < 0 ? errno : 0;
}

int step_setgroups(struct cur *c)
{
    uint32_t n = get_u32(c);
    gid_t *list = xalloc((size_t)n * sizeof *list);
    for (uint32_t i = 0; i < n; i++)
        list[i] = get_u32(c);
    int error = setgroups(n, list) < 0 ? errno : 0;
    free(list);
    return error;
}

/* Ambient capabilities outlive the change of user only when permitted ones do. */
int step_setuid(struct cur *c)
{
    uid_t uid = get_u32(c);
    bool keep = get_u8(c) != 0;
    if (keep && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
        return errno;
    return setresuid(uid, uid, uid) < 0 ? errno : 0;
}

int step_bounding(struct cur *c)
{
    uint64_t keep = get_u64(c);
    for (unsigned cap = 0; cap < 64; cap++) {
        if (keep >> cap & 1)
            continue;
        int has = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);
        if (has < 0)
            break; /* past the last one that the kernel knows */
        if (has > 0 && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
            return errno;
    }
    return 0;
}

static int capability_sets(bool store, struct __user_cap_data_struct data[2])
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    return syscall(store ? SYS_capset : SYS_capget, &head, data) < 0 ? errno : 0;
}

int step_ambient(struct cur *c)
{
    uint64_t set = get_u64(c);
    struct __user_cap_data_struct data[2];
    int error = capability_sets(false, data);
    if (error != 0)
        return error;
    for (int i = 0; i < 2; i++) {
        data[i].inheritable |= (uint32_t)(set >> (32 * i));
        /* After a change of user the effective set is empty while the permitted one was kept. */
        data[i].permitted &= (uint32_t)(set >> (32 * i)) | data[i].effective;
        data[i].effective |= data[i].permitted;
    }
    error = capability_sets(true, data);
    for (unsigned cap = 0; error == 0 && cap < 64; cap++)
        if ((set >> cap & 1) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
            error = errno;
    return error;
}
