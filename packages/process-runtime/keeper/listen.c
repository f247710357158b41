/* Listening sockets, by the manager's ids. They outlive managers; what arrives meanwhile waits in the kernel. */
#include "keeper.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct listener *listeners;

struct listener *listener_find(const char *id)
{
    struct listener *l = listeners;
    while (l != NULL && strcmp(l->id, id) != 0)
        l = l->next;
    return l;
}

static bool is_stream(unsigned kind) { return kind == LISTEN_CONTROL || kind == LISTEN_LOG_STDOUT; }

static void ready(struct source *s, uint32_t events)
{
    (void)events;
    struct listener *l = (struct listener *)((char *)s - offsetof(struct listener, source));
    if (l->kind == LISTEN_CONTROL)
        conn_accept(l);
    else if (l->kind == LISTEN_LOG_STDOUT)
        stream_accept(l);
    else
        dgram_read(l);
}

/* Long paths are bound through their directory's descriptor: sun_path holds 107 bytes. */
static int address(const char *path, struct sockaddr_un *a, int *dir)
{
    *a = (struct sockaddr_un){.sun_family = AF_UNIX};
    *dir = -1;
    if (strlen(path) < sizeof a->sun_path) {
        strcpy(a->sun_path, path);
        return 0;
    }
    const char *slash = strrchr(path, '/');
    char *parent = slash == NULL ? NULL : xstrndup(path, (size_t)(slash - path));
    if (parent == NULL)
        return EINVAL;
    *dir = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int error = *dir < 0 ? errno : 0;
    free(parent);
    if (error == 0 && (size_t)snprintf(a->sun_path, sizeof a->sun_path, "/proc/self/fd/%d/%s", *dir, slash + 1) >= sizeof a->sun_path)
        error = ENAMETOOLONG;
    return error;
}

/* A socket file that nobody listens on any more is removed; a live one is somebody else's. */
static int bind_at(int fd, int type, const struct sockaddr_un *a)
{
    if (bind(fd, (const struct sockaddr *)a, sizeof *a) == 0)
        return 0;
    if (errno != EADDRINUSE)
        return errno;
    int probe = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool dead = probe >= 0 && connect(probe, (const struct sockaddr *)a, sizeof *a) < 0 && errno == ECONNREFUSED;
    if (probe >= 0)
        close(probe);
    if (!dead)
        return EADDRINUSE;
    unlink(a->sun_path);
    return bind(fd, (const struct sockaddr *)a, sizeof *a) < 0 ? errno : 0;
}

static int make_socket(unsigned kind, const char *path, uint32_t mode, uint32_t uid, uint32_t gid, int *out)
{
    int type = is_stream(kind) ? SOCK_STREAM : SOCK_DGRAM, on = 1, dir;
    struct sockaddr_un a;
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return errno;
    int error = address(path, &a, &dir);
    mode_t mask = umask(0777 & ~(mode == ID_NONE ? 0666 : mode));
    if (error == 0)
        error = bind_at(fd, type, &a);
    umask(mask);
    if (error == 0 && mode != ID_NONE && chmod(a.sun_path, mode & 0777) < 0)
        error = errno;
    if (error == 0 && (uid != ID_NONE || gid != ID_NONE) && lchown(a.sun_path, uid, gid) < 0)
        error = errno;
    if (kind != LISTEN_CONTROL)
        setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
    if (!is_stream(kind)) {
        int size = 8 << 20;
        if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
            setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }
    if (error == 0 && is_stream(kind) && listen(fd, SOMAXCONN) < 0)
        error = errno;
    if (dir >= 0)
        close(dir);
    if (error != 0)
        close(fd);
    *out = fd;
    return error;
}

void listener_open(char *id, unsigned kind, char *path, uint32_t mode, uint32_t uid, uint32_t gid)
{
    struct listener *l = listener_find(id);
    int error = 0, fd = -1;
    if (l != NULL)
        error = l->kind == kind && strcmp(l->path, path) == 0 ? 0 : EEXIST;
    else if ((error = make_socket(kind, path, mode, uid, gid, &fd)) == 0) {
        struct listener *made = xalloc(sizeof *made);
        made->id = xstrndup(id, strlen(id));
        made->path = xstrndup(path, strlen(path));
        made->kind = (uint8_t)kind;
        made->next = listeners;
        listeners = made;
        loop_add(&made->source, fd, EPOLLIN, ready);
        listeners_want();
    }
    struct buf *b = event_begin(EV_LISTENING, true);
    put_str(b, id);
    put_u32(b, (uint32_t)error);
    event_end();
    free(id);
    free(path);
}

void listener_close(const char *id)
{
    struct listener **at = &listeners, *l;
    while (*at != NULL && strcmp((*at)->id, id) != 0)
        at = &(*at)->next;
    if ((l = *at) == NULL)
        return;
    *at = l->next;
    loop_close(&l->source);
    if (l->path[0] == '/')
        unlink(l->path);
    free(l->id);
    free(l->path);
    loop_free_later(l);
}

/* What may be read now: connections while there is a manager, messages while there is room to keep them. */
void listeners_want(void)
{
    bool up = manager.source.fd >= 0 && !event_full();
    for (struct listener *l = listeners; l != NULL; l = l->next) {
        bool want = l->kind == LISTEN_CONTROL      ? up
                    : l->kind == LISTEN_NOTIFY     ? !event_full()
                    : l->kind == LISTEN_LOG_STDOUT ? true
                                                   : !journal_full(l->kind == LISTEN_LOG_NATIVE ? SOURCE_NATIVE : SOURCE_SYSLOG);
        loop_want(&l->source, want ? EPOLLIN : 0);
    }
    conns_want();
}
