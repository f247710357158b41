/*
 * For clients, which are Node and have no ioctl: a pseudo terminal that is connected to the terminal at hand, a connection that
 * hands over descriptors, and a way to become another program. Nothing here is the keeper's own work; it is here so that
 * there is one program in C.
 */
#include "terminal.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { CONTROL = 3, CHUNK = 16384, ESCAPE = 0x1d, ESCAPE_TIMES = 3, ESCAPE_MSEC = 1000, DISCONNECTED = 3 };

struct flow { uint8_t bytes[CHUNK]; size_t n; };

static struct termios before[2];
static bool raw[2];

static void restore(void)
{
    for (int fd = 0; fd < 2; fd++)
        if (raw[fd])
            tcsetattr(fd, TCSADRAIN, &before[fd]);
}

static void make_raw(int fd)
{
    struct termios t;
    if (tcgetattr(fd, &before[fd]) < 0)
        return;
    t = before[fd];
    cfmakeraw(&t);
    if (fd == 0)
        t.c_oflag = before[fd].c_oflag; /* each of both changes its own half, be they one terminal or two */
    else {
        t.c_iflag = before[fd].c_iflag;
        t.c_lflag = before[fd].c_lflag;
    }
    raw[fd] = tcsetattr(fd, TCSANOW, &t) == 0;
}

static void pass_size_on(int master)
{
    struct winsize size;
    if (ioctl(1, TIOCGWINSZ, &size) == 0 || ioctl(0, TIOCGWINSZ, &size) == 0)
        ioctl(master, TIOCSWINSZ, &size);
}

static int64_t now_msec(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ^] three times within a second lets go of the terminal. */
static bool wants_out(const uint8_t *p, size_t n)
{
    static int times;
    static int64_t since;
    for (size_t i = 0; i < n; i++) {
        if (p[i] != ESCAPE) {
            times = 0;
            continue;
        }
        int64_t now = now_msec();
        if (times == 0 || now - since > ESCAPE_MSEC) {
            times = 0;
            since = now;
        }
        if (++times >= ESCAPE_TIMES)
            return true;
    }
    return false;
}

static bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

/* Fills a flow; false at the end of what there is. */
static bool fill(struct flow *f, int fd)
{
    ssize_t n = read(fd, f->bytes + f->n, CHUNK - f->n);
    if (n > 0)
        f->n += (size_t)n;
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool empty_into(struct flow *f, int fd)
{
    ssize_t n = write(fd, f->bytes, f->n);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    memmove(f->bytes, f->bytes + n, f->n - (size_t)n);
    f->n -= (size_t)n;
    return true;
}

static _Noreturn void leave(int status)
{
    restore();
    _exit(status);
}

/* What the service has written and nobody has read yet. */
static _Noreturn void drain(int master, int slave, struct flow *out)
{
    if (slave >= 0)
        close(slave);
    for (;;) {
        while (out->n > 0 && empty_into(out, 1))
            if (out->n > 0)
                poll(&(struct pollfd){1, POLLOUT, 0}, 1, -1);
        ssize_t n = read(master, out->bytes, CHUNK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            leave(0);
        out->n = (size_t)n;
    }
}

static int open_master(char name[64])
{
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 || ptsname_r(master, name, 64) != 0) {
        fprintf(stderr, "Failed to acquire pseudo tty: %s\n", strerror(errno));
        _exit(1);
    }
    return master;
}

/*
 * Connects stdin and stdout to a new pseudo terminal, whose name goes to descriptor 3. From there come "go\n", when that is to
 * begin, "end\n", when what ran on it has ended, or an end, when the client has.
 */
_Noreturn void terminal_main(void)
{
    static struct flow in, out;
    char name[64], word[16];
    sigset_t set;
    int master = open_master(name);
    /* Held open: between two processes of the service the terminal does not hang up. */
    int slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    sigemptyset(&set);
    for (const int *s = (const int[]){SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGQUIT, 0}; *s != 0; s++)
        sigaddset(&set, *s);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    pass_size_on(master);
    dprintf(CONTROL, "%s\n", name);
    bool reading = is_open(0), connected = false;
    for (;;) {
        struct pollfd p[] = {
            {connected && reading && in.n < CHUNK ? 0 : -1, POLLIN, 0},
            {connected ? master : -1, (short)((out.n < CHUNK ? POLLIN : 0) | (in.n > 0 ? POLLOUT : 0)), 0},
            {out.n > 0 ? 1 : -1, POLLOUT, 0},
            {signals, POLLIN, 0},
            {CONTROL, POLLIN, 0},
        };
        if (poll(p, 5, -1) < 0)
            continue;
        if (p[3].revents != 0) {
            struct signalfd_siginfo i;
            while (read(signals, &i, sizeof i) == sizeof i) {
                if (i.ssi_signo != SIGWINCH)
                    leave(128 + (int)i.ssi_signo);
                pass_size_on(master);
            }
        }
        if (p[0].revents != 0) {
            size_t at = in.n;
            if (!fill(&in, 0)) {
                reading = false;
                if (in.n < CHUNK)
                    in.bytes[in.n++] = 4; /* an end of what was typed, as ^D says it */
            } else if (raw[0] && wants_out(in.bytes + at, in.n - at))
                leave(DISCONNECTED);
        }
        if ((p[1].revents & POLLOUT) && in.n > 0 && !empty_into(&in, master))
            in.n = 0;
        if ((p[1].revents & (POLLIN | POLLHUP)) && out.n < CHUNK && !fill(&out, master)) {
            /* Hung up with the session that had it: whoever comes next finds it as new. */
            if (slave >= 0)
                close(slave);
            slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
        }
        if (p[2].revents != 0 && !empty_into(&out, 1))
            leave(1);
        if (p[4].revents != 0) {
            ssize_t n = read(CONTROL, word, sizeof word);
            if (n <= 0)
                leave(1);
            for (ssize_t i = 0; i < n; i++) {
                if (word[i] == 'g' && !connected) { /* "go" */
                    connected = true;
                    make_raw(0);
                    make_raw(1);
                    pass_size_on(master);
                } else if (word[i] == 'e') { /* "end" */
                    if (!connected)
                        leave(0);
                    drain(master, slave, &out);
                }
            }
        }
    }
}

static bool send_all(int fd, const uint8_t *p, size_t n)
{
    while (n > 0) {
        ssize_t done = send(fd, p, n, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        p += done;
        n -= (size_t)done;
    }
    return true;
}

/* The first bytes take stdin, stdout and stderr along. */
static bool send_first(int fd, const uint8_t *p, size_t n)
{
    union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int) * 3)]; } control;
    const int fds[] = {0, 1, 2};
    struct iovec part = {(void *)(uintptr_t)p, n};
    memset(&control, 0, sizeof control);
    control.head.cmsg_level = SOL_SOCKET;
    control.head.cmsg_type = SCM_RIGHTS;
    control.head.cmsg_len = CMSG_LEN(sizeof fds);
    memcpy(CMSG_DATA(&control.head), fds, sizeof fds);
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t done = sendmsg(fd, &m, MSG_NOSIGNAL);
    return done > 0 && send_all(fd, p + done, n - (size_t)done);
}

/* Relays descriptor 3 to a socket and back, and hands over the three standard descriptors on the way. */
_Noreturn void relay_main(const char *path)
{
    static uint8_t chunk[65536];
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool first = true;
    if (strlen(path) >= sizeof a.sun_path)
        _exit(1);
    strcpy(a.sun_path, path);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) < 0)
        _exit(1);
    for (;;) {
        struct pollfd p[] = {{CONTROL, POLLIN, 0}, {fd, POLLIN, 0}};
        if (poll(p, 2, -1) < 0)
            continue;
        for (int i = 0; i < 2; i++) {
            if (p[i].revents == 0)
                continue;
            ssize_t n = read(p[i].fd, chunk, sizeof chunk);
            if (n <= 0)
                _exit(0);
            bool ok = i == 1 ? send_all(CONTROL, chunk, (size_t)n)
                      : first ? send_first(fd, chunk, (size_t)n)
                              : send_all(fd, chunk, (size_t)n);
            if (i == 0)
                first = false;
            if (!ok)
                _exit(0);
        }
    }
}

/* Becomes another program, without what Node has changed for itself: signals, and the soft limit of descriptors. */
_Noreturn void exec_main(char **argv)
{
    sigset_t none;
    struct rlimit files;
    unsigned long soft = strtoul(argv[0], NULL, 10);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int s = 1; s < 32; s++)
        if (s != SIGKILL && s != SIGSTOP)
            signal(s, SIG_DFL);
    if (soft > 0 && getrlimit(RLIMIT_NOFILE, &files) == 0 && soft <= files.rlim_max) {
        files.rlim_cur = soft;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    execvp(argv[1], argv + 1);
    fprintf(stderr, "Failed to execute: %s\n", strerror(errno));
    _exit(1);
}
