/*
 * steward-keeper: PID 1 or a subreaper. It starts the manager and the journal process and does for them what Node
 * cannot. It decides nothing.
 */
#include "keeper.h"
#include "terminal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct keeper keeper;
static struct source signals = {.fd = -1};
static char *title;
static size_t title_size;

void complain(const char *format, ...)
{
    char text[512];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    fprintf(stderr, "steward-keeper: %s\n", text);
}

void close_from(int fd)
{
    if (!OLD_KERNEL && syscall(SYS_close_range, fd, ~0u, 0) == 0)
        return;
    for (; fd < 65536; fd++)
        close(fd);
}

/* Over the arguments that the kernel shows: a reaper and a child before execve are not the keeper to who looks. */
void set_title(const char *name, const char *text)
{
    prctl(PR_SET_NAME, name);
    if (title_size < 2)
        return;
    memset(title, 0, title_size);
    snprintf(title, title_size, "%s %s", name, text);
}

static void signals_ready(struct source *s, uint32_t events)
{
    (void)events;
    struct signalfd_siginfo i;
    bool child = false;
    while (read(s->fd, &i, sizeof i) == sizeof i) {
        if (i.ssi_signo == SIGCHLD) {
            child = true;
            continue;
        }
        struct buf *b = event_begin(EV_SIGNALLED, true);
        put_u32(b, i.ssi_signo);
        put_u32(b, i.ssi_pid);
        put_u32(b, i.ssi_uid);
        event_end();
    }
    if (child)
        reap_all();
}

static void setup_signals(void)
{
    static const int heard[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGPWR, SIGWINCH};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof heard / sizeof *heard; i++)
        sigaddset(&set, heard[i]);
    for (int i = SIGRTMIN; i <= SIGRTMAX; i++)
        sigaddset(&set, i);
    for (int i = 1; i <= 64; i++)
        if (i != SIGKILL && i != SIGSTOP)
            signal(i, SIG_DFL); /* what nohup or a shell left ignored is nothing for services */
    sigprocmask(SIG_SETMASK, &set, NULL);
    loop_add(&signals, signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), EPOLLIN, signals_ready);
}

static void read_boot_id(void)
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, keeper.boot_id, sizeof keeper.boot_id - 1);
    if (fd >= 0)
        close(fd);
    if (n > 0 && keeper.boot_id[n - 1] == '\n')
        keeper.boot_id[n - 1] = 0;
}

/* Descriptors 0, 1 and 2 must be something, or the first socket would become standard input. */
static void setup_descriptors(void)
{
    int fd;
    while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd < 3)
        ;
    if (fd >= 0)
        close(fd);
    for (int i = 3; i < 1024; i++)
        fcntl(i, F_SETFD, FD_CLOEXEC);
    getrlimit(RLIMIT_NOFILE, &keeper.nofile);
    struct rlimit all = {keeper.nofile.rlim_max, keeper.nofile.rlim_max};
    setrlimit(RLIMIT_NOFILE, &all);
}

static char **take_command(char **at, char ***end)
{
    char **from = at;
    while (*at != NULL && strcmp(*at, "--end") != 0)
        at++;
    if (*at == NULL) {
        complain("a command has to end with --end");
        exit(2);
    }
    *at = NULL;
    *end = at + 1;
    return from;
}

static void before_wait(void)
{
    reapers_work_off();
    if (keeper.ending)
        go_on_ending();
    peer_flush(&manager);
    journal_pump();
    conns_want();
}

int main(int argc, char **argv)
{
    char **manager_argv = NULL, **journal_argv = NULL;
    if (argc == 2 && strcmp(argv[1], "--terminal") == 0)
        terminal_main();
    if (argc == 3 && strcmp(argv[1], "--relay") == 0)
        relay_main(argv[2]);
    if (argc > 3 && strcmp(argv[1], "--exec") == 0)
        exec_main(argv + 2);
    title = argv[0];
    title_size = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) - argv[0]);
    for (char **at = argv + 1; *at != NULL;) {
        if (strcmp(*at, "--manager") == 0)
            manager_argv = take_command(at + 1, &at);
        else if (strcmp(*at, "--journal") == 0)
            journal_argv = take_command(at + 1, &at);
        else {
            complain("usage: steward-keeper --manager ARG... --end [--journal ARG... --end]");
            return 2;
        }
    }
    if (manager_argv == NULL || manager_argv[0] == NULL) {
        complain("no manager was named");
        return 2;
    }
    keeper.pid = getpid();
    keeper.uid = getuid();
    keeper.gid = getgid();
    keeper.is_pid1 = keeper.pid == 1;
    setup_descriptors();
    if (!keeper.is_pid1)
        prctl(PR_SET_CHILD_SUBREAPER, 1);
    read_boot_id();
    loop_open();
    setup_signals();
    clock_setup();
    journal_setup(journal_argv);
    manager_setup(manager_argv);
    peer_start(&journal);
    peer_start(&manager);
    for (;;)
        loop_round(before_wait);
}
