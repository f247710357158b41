/* Opens what a socket unit lists: sockets of every family, FIFOs, special files, message queues, and links to them. */
#include "child.h"
#include "keeper.h"
#include "sockets.h"
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { OPTION_ELSE = 1, OPTION_MUST = 2 };

static void pass_over(struct ignored_list *l, uint32_t port, uint32_t index, int error)
{
    if (l != NULL && l->n < MAX_PORTS)
        l->list[l->n++] = (struct ignored){port, index, error};
}

/* In order; one that is only to be tried when the one before failed takes that failure back. An errno where one that must work does not. */
static int apply(struct options o, int fd, uint32_t port, uint32_t first, struct ignored_list *ignored)
{
    uint32_t level, name;
    unsigned flags;
    struct slice value;
    bool failed = false;
    for (uint32_t i = first; option_next(&o, &level, &name, &flags, &value); i++) {
        if ((flags & OPTION_ELSE) != 0 && !failed)
            continue;
        if ((flags & OPTION_ELSE) != 0 && ignored != NULL && ignored->n > 0)
            ignored->n--;
        failed = setsockopt(fd, (int)level, (int)name, value.p, value.n) < 0;
        if (failed && (flags & OPTION_MUST) != 0)
            return errno;
        if (failed)
            pass_over(ignored, port, i, errno);
    }
    return 0;
}

void port_apply(const struct port_spec *p, int fd, uint32_t at, struct ignored_list *ignored)
{
    apply(p->after, fd, at, p->before.n, ignored);
}

/*
 * bind(2) of a path looks the whole path up by itself, so that the socket bears its true name: getsockname(2) shows it to
 * the service. That it stands where our own look-up leads is seen afterwards.
 */
static int bind_path(const struct socket_spec *s, const struct port_spec *p, int fd)
{
    char *copy, *name;
    struct stat st;
    int dir = node_parent(p->path, s->directory_mode, true, &copy, &name), error = 0;
    if (dir < 0)
        error = errno;
    else {
        const struct sockaddr *a = (const void *)p->address.p;
        mode_t mask = umask(~s->mode & 0777);
        if (bind(fd, a, p->address.n) < 0)
            error = errno;
        /* Whatever has the name goes, as under systemd: a socket that a killed predecessor left is the usual case. */
        if (error == EADDRINUSE && unlinkat(dir, name, 0) == 0)
            error = bind(fd, a, p->address.n) < 0 ? errno : 0;
        umask(mask);
        if (error == 0 && (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISSOCK(st.st_mode)))
            error = ELOOP;
        if (error == 0)
            utimensat(dir, name, NULL, AT_SYMLINK_NOFOLLOW); /* who watches the name sees that it can be connected to */
    }
    free(copy);
    return close_keep(dir, error);
}

static int open_socket(const struct socket_spec *s, const struct port_spec *p, uint32_t at, int *out, struct ignored_list *ignored)
{
    struct sockaddr_storage a = {0};
    memcpy(&a, p->address.p, p->address.n);
    int fd = socket((int)p->domain, (int)p->type | SOCK_CLOEXEC | SOCK_NONBLOCK, (int)p->protocol);
    if (fd < 0)
        return errno;
    int error = apply(p->before, fd, at, 0, ignored);
    if (error == 0 && p->path[0] != 0)
        error = bind_path(s, p, fd);
    else if (error == 0 && bind(fd, (struct sockaddr *)&a, p->address.n) < 0)
        error = errno;
    if (error == 0 && p->listens && listen(fd, p->backlog > 0x7fffffff ? 0x7fffffff : (int)p->backlog) < 0)
        error = errno;
    if (error != 0)
        return close_keep(fd, error);
    port_apply(p, fd, at, ignored);
    *out = fd;
    return 0;
}

/* Whether a node that may have been there before is as we would have made it. */
static bool is_ours(int fd, mode_t type, mode_t mode)
{
    struct stat st;
    return fstat(fd, &st) == 0 && (type == 0 || (st.st_mode & S_IFMT) == type) && (st.st_mode & 0777) == mode &&
           st.st_uid == getuid() && st.st_gid == getgid();
}

static int open_fifo(const struct socket_spec *s, const struct port_spec *p, uint32_t at, int *out, struct ignored_list *ignored)
{
    char *copy, *name;
    int dir = node_parent(p->path, s->directory_mode, true, &copy, &name), error = 0, fd = -1;
    mode_t had = umask(0), mask = had | (~s->mode & 0777);
    umask(mask);
    if (dir < 0 || (mkfifoat(dir, name, s->mode) < 0 && errno != EEXIST))
        error = errno;
    umask(had);
    if (error == 0) {
        fd = openat(dir, name, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
        error = fd < 0 ? errno : is_ours(fd, S_IFIFO, s->mode & ~had & 0777) ? 0 : EEXIST;
    }
    free(copy);
    close_keep(dir, 0);
    if (error != 0)
        return close_keep(fd, error);
    if (p->pipe_size > 0 && fcntl(fd, F_SETPIPE_SZ, p->pipe_size) < 0)
        pass_over(ignored, at, 0, errno);
    *out = fd;
    return 0;
}

static int open_special(const struct port_spec *p, int *out)
{
    char *copy, *name;
    struct stat st;
    int dir = node_parent(p->path, 0, false, &copy, &name), error = dir < 0 ? errno : 0, fd = -1;
    if (error == 0) {
        fd = openat(dir, name, (p->writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
        error = fd < 0 || fstat(fd, &st) < 0 ? errno : S_ISREG(st.st_mode) || S_ISCHR(st.st_mode) ? 0 : EEXIST;
    }
    free(copy);
    close_keep(dir, 0);
    if (error != 0)
        return close_keep(fd, error);
    *out = fd;
    return 0;
}

/* By the system call itself: the C library's own lives in another library where it is old. */
static int open_queue(const struct socket_spec *s, const struct port_spec *p, int *out)
{
    struct mq_attr limits = {.mq_flags = O_NONBLOCK, .mq_maxmsg = (long)p->max_messages, .mq_msgsize = (long)p->message_size};
    bool limited = p->max_messages > 0 && p->message_size > 0;
    mode_t had = umask(0);
    umask(had | (~s->mode & 0777));
    int fd = (int)syscall(SYS_mq_open, p->path + 1, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_CREAT, s->mode, limited ? &limits : NULL);
    int error = fd < 0 ? errno : 0;
    umask(had);
    if (error == 0 && !is_ours(fd, 0, s->mode & ~had & 0777))
        error = EEXIST;
    if (error != 0)
        return close_keep(fd, error);
    *out = fd;
    return 0;
}

int port_open(const struct socket_spec *s, uint32_t at, int *fd, struct ignored_list *ignored)
{
    const struct port_spec *p = &s->ports[at];
    switch (p->kind) {
    case PORT_SOCKET: return open_socket(s, p, at, fd, ignored);
    case PORT_FIFO: return open_fifo(s, p, at, fd, ignored);
    case PORT_SPECIAL: return open_special(p, fd);
    case PORT_QUEUE: return open_queue(s, p, fd);
    default: return p->error == 0 ? EINVAL : (int)p->error;
    }
}

static int link_to(const struct socket_spec *s, const char *target, const char *path)
{
    char *copy, *name, now[4096];
    int dir = node_parent(path, s->directory_mode, true, &copy, &name);
    int error = dir < 0 || symlinkat(target, dir, name) < 0 ? errno : 0;
    if (dir >= 0 && error == EEXIST) {
        ssize_t n = readlinkat(dir, name, now, sizeof now);
        if (n >= 0 && (size_t)n == strlen(target) && memcmp(now, target, (size_t)n) == 0)
            error = 0;
        else if (s->replaces && unlinkat(dir, name, 0) == 0)
            error = symlinkat(target, dir, name) < 0 ? errno : 0;
    }
    free(copy);
    return close_keep(dir, error);
}

/* Symlinks=: to the one socket or FIFO of the unit that has a name. */
void links_make(const struct socket_spec *s, struct ignored_list *ignored)
{
    const char *target = NULL;
    for (uint32_t i = 0; i < s->nports; i++)
        if (s->ports[i].path[0] != 0 && (s->ports[i].kind == PORT_SOCKET || s->ports[i].kind == PORT_FIFO))
            target = s->ports[i].path;
    for (uint32_t i = 0; target != NULL && i < s->nlinks; i++) {
        int error = link_to(s, target, s->links[i]);
        if (error != 0)
            pass_over(ignored, NONE_PORT, i, error);
    }
}
