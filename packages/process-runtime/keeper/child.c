/* Performs a plan: registers, environment, steps in order, execve. What fails is told through the status pipe. */
#include "child.h"
#include "keeper.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REGISTERS = 256, HIGH = 64 };

static int regs[REGISTERS];
static int status_pipe;
static char **environment;
static bool marked;

int reg_get(unsigned reg) { return regs[reg % REGISTERS]; }

int reg_set(unsigned reg, int fd)
{
    if (fd < 0)
        return errno;
    if (regs[reg % REGISTERS] >= 0)
        close(regs[reg % REGISTERS]);
    regs[reg % REGISTERS] = fd;
    return 0;
}

static int move_up(int *fd)
{
    int higher = fcntl(*fd, F_DUPFD_CLOEXEC, HIGH);
    if (higher < 0)
        return errno;
    close(*fd);
    *fd = higher;
    return 0;
}

int make_free(int fd)
{
    if (status_pipe == fd)
        return move_up(&status_pipe);
    for (int i = 0; i < REGISTERS; i++)
        if (regs[i] == fd)
            return move_up(&regs[i]);
    return 0;
}

static void tell(uint32_t step, uint32_t status, int error, bool ignored)
{
    struct child_report r = {step, status, (uint32_t)error, ignored};
    (void)!write(status_pipe, &r, sizeof r);
}

/* All steps worked: execve is next, or there is none. */
static void mark_done(void)
{
    if (!marked)
        tell(STEP_NONE, 0, 0, false);
    marked = true;
}

static int ignore_signals(struct cur *c)
{
    uint32_t n = get_u32(c);
    int error = 0;
    for (uint32_t i = 0; i < n; i++)
        if (signal((int)get_u32(c), SIG_IGN) == SIG_ERR)
            error = errno;
    return error;
}

static int path_call(struct cur *c, int (*call)(const char *))
{
    char *path = get_str(c);
    int error = call(path) < 0 ? errno : 0;
    free(path);
    return error;
}

static int change_root(const char *path) { return chroot(path) < 0 ? -1 : chdir("/"); }

static int place(int from, int to)
{
    if (from < 0)
        return EBADF;
    if (from == to)
        return fcntl(to, F_SETFD, 0) < 0 ? errno : 0;
    return dup2(from, to) < 0 ? errno : 0;
}

static int step_dup(struct cur *c)
{
    unsigned reg = get_u8(c);
    int to = (int)get_u32(c);
    if (reg_get(reg) == to)
        return place(to, to);
    int error = make_free(to);
    return error != 0 ? error : place(reg_get(reg), to);
}

static int step_dup_fd(struct cur *c)
{
    int from = (int)get_u32(c), to = (int)get_u32(c);
    int error = from == to ? 0 : make_free(to);
    return error != 0 ? error : place(from, to);
}

static int step_non_block(struct cur *c)
{
    int fd = (int)get_u32(c), flags = fcntl(fd, F_GETFL);
    flags = get_u8(c) != 0 ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    return flags < 0 || fcntl(fd, F_SETFL, flags) < 0 ? errno : 0;
}

static int perform(unsigned op, struct cur *c)
{
    int n;
    switch (op) {
    case OP_SETSID: return setsid() < 0 && errno != EPERM ? errno : 0;
    case OP_IGNORE_SIGNALS: return ignore_signals(c);
    case OP_UMASK: umask((mode_t)get_u32(c)); return 0;
    case OP_NICE: return step_nice(c);
    case OP_OOM_SCORE_ADJUST: return step_oom(c);
    case OP_RLIMIT: return step_rlimit(c);
    case OP_SCHED: return step_sched(c);
    case OP_IOPRIO: return step_ioprio(c);
    case OP_AFFINITY: return step_affinity(c);
    case OP_SETGROUPS: return step_setgroups(c);
    case OP_SETGID: n = (int)get_u32(c); return setresgid((gid_t)n, (gid_t)n, (gid_t)n) < 0 ? errno : 0;
    case OP_SETUID: return step_setuid(c);
    case OP_CHDIR: return path_call(c, chdir);
    case OP_CHROOT: return path_call(c, change_root);
    case OP_NO_NEW_PRIVILEGES: return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? errno : 0;
    case OP_CAPABILITY_BOUNDING: return step_bounding(c);
    case OP_CAPABILITY_AMBIENT: return step_ambient(c);
    case OP_SECURE_BITS: return prctl(PR_SET_SECUREBITS, get_u32(c), 0, 0, 0) < 0 ? errno : 0;
    case OP_PERSONALITY: return personality(get_u32(c)) < 0 ? errno : 0;
    case OP_OPEN: return step_open(c);
    case OP_DUP: return step_dup(c);
    case OP_DUP_FD: return step_dup_fd(c);
    case OP_NON_BLOCK: return step_non_block(c);
    case OP_TTY: return step_tty(c);
    case OP_DATA: return step_data(c);
    case OP_MAKE_DIRECTORY: return step_make_directory(c);
    case OP_REMOVE: return step_remove(c);
    case OP_SYMLINK: return step_symlink(c);
    case OP_TOUCH: return step_touch(c);
    case OP_EXEC:
        mark_done();
        return step_exec(c, environment);
    case OP_FIND_EXECUTABLE: return step_find_executable(c);
    case OP_FAIL: return (int)get_u32(c);
    default: return EINVAL;
    }
}

static char *complete_env(unsigned kind, unsigned reg, struct slice text)
{
    char *s = xalloc((size_t)text.n + 64);
    struct stat st;
    memcpy(s, text.p, text.n);
    if (kind == ENV_PID)
        sprintf(s + text.n, "%d", getpid());
    else if (kind == ENV_INODE && reg_get(reg) >= 0 && fstat(reg_get(reg), &st) == 0)
        sprintf(s + text.n, "%lu:%lu", (unsigned long)st.st_dev, (unsigned long)st.st_ino);
    return s;
}

static void take_env(struct cur *c)
{
    uint32_t n = get_u32(c);
    environment = xalloc(((size_t)n + 1) * sizeof *environment);
    for (uint32_t i = 0; i < n; i++) {
        unsigned kind = get_u8(c), reg = get_u8(c);
        environment[i] = complete_env(kind, reg, get_bytes(c));
    }
}

static void take_inputs(struct cur *c, const int *inputs, unsigned n)
{
    uint32_t count = get_u32(c);
    for (uint32_t i = 0; i < count; i++) {
        unsigned kind = get_u8(c), reg = get_u8(c);
        if (kind != INPUT_LISTENER)
            get_u64(c);
        if (kind != INPUT_FD)
            get_bytes(c);
        if (i < n)
            reg_set(reg, inputs[i]);
    }
}

static struct slice read_plan(int fd)
{
    struct stat st;
    if (fstat(fd, &st) < 0 || st.st_size > MAX_FRAME)
        _exit(EXIT_FAILURE);
    uint8_t *p = xalloc((size_t)st.st_size);
    if (pread(fd, p, (size_t)st.st_size, 0) != st.st_size)
        _exit(EXIT_FAILURE);
    close(fd);
    return (struct slice){p, (uint32_t)st.st_size};
}

_Noreturn void child_run(int plan_fd, int status_fd, const int *inputs, unsigned n, const char *group)
{
    sigset_t none;
    status_pipe = status_fd;
    for (int i = 0; i < REGISTERS; i++)
        regs[i] = -1;
    setrlimit(RLIMIT_NOFILE, &keeper.nofile);
    umask(0); /* modes in plans are exact until its own umask step */
    set_title("(steward)", group);
    struct cur c = sub(read_plan(plan_fd));
    take_inputs(&c, inputs, n);
    take_env(&c);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    uint32_t steps = get_u32(&c);
    for (uint32_t i = 0; i < steps; i++) {
        unsigned op = get_u8(&c), ignore = get_u8(&c), status = get_u8(&c);
        struct cur args = sub(get_bytes(&c));
        int error = perform(op, &args);
        if (error == 0)
            continue;
        tell(i, status, error, ignore != 0);
        /* `-` before a command: a program that is not there is no failure, and there is nothing else to do. */
        if (ignore == 0 || op == OP_EXEC || op == OP_FIND_EXECUTABLE)
            _exit(ignore == 0 ? (int)status : 0);
    }
    mark_done();
    _exit(0);
}
