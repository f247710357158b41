/*
 * Names in the file system that sockets have: sockets, FIFOs, links. All are reached by their directory, whose way is
 * followed as steps-files.c follows it: no user of a directory on that way can lead the keeper elsewhere.
 */
#include "child.h"
#include "keeper.h"
#include "sockets.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The directory of a path, missing ones made with `mode`; `name` is the last part, inside `copy`, which the caller frees. */
int node_parent(const char *path, mode_t mode, bool make, char **copy, char **name)
{
    *copy = xstrndup(path, strlen(path));
    int dir = open_parent_mode("/", *copy, make, mode, name);
    if (dir >= 0 && *name == NULL) {
        close(dir);
        errno = EISDIR;
        return -1;
    }
    return dir;
}

/* Of the node itself, once it is known to be one: its name may have become another file's, by who may write to the directory. */
static int own(const char *path, uid_t uid, gid_t gid)
{
    char *copy, *name;
    struct stat st;
    int dir = node_parent(path, 0, false, &copy, &name), error = dir < 0 ? errno : 0, fd = -1;
    if (error == 0) {
        fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        error = fd < 0 || fstat(fd, &st) < 0 ? errno : 0;
    }
    if (error == 0 && !S_ISSOCK(st.st_mode) && !S_ISFIFO(st.st_mode))
        error = ELOOP;
    if (error == 0 && fchownat(fd, "", uid, gid, AT_EMPTY_PATH) < 0)
        error = errno;
    free(copy);
    close_keep(fd, 0);
    return close_keep(dir, error);
}

static bool has_node(const struct port_spec *p) { return p->path[0] != 0 && (p->kind == PORT_SOCKET || p->kind == PORT_FIFO); }

/* SocketUser=, SocketGroup=: every socket and FIFO in the file system. */
int nodes_own(const struct socket_spec *s, uint32_t *at)
{
    if (s->owner_error != 0)
        return (int)s->owner_error;
    if (s->uid == ID_NONE && s->gid == ID_NONE)
        return 0;
    for (uint32_t i = 0; i < s->nports; i++) {
        int error = has_node(&s->ports[i]) ? own(s->ports[i].path, s->uid, s->gid) : 0;
        if (error != 0) {
            *at = i;
            return error;
        }
    }
    return 0;
}

static void remove_node(const char *path)
{
    char *copy, *name;
    int dir = node_parent(path, 0, false, &copy, &name);
    if (dir >= 0)
        unlinkat(dir, name, 0);
    close_keep(dir, 0);
    free(copy);
}

/* RemoveOnStop=. */
void nodes_remove(const struct socket_spec *s)
{
    for (uint32_t i = 0; i < s->nports; i++) {
        const struct port_spec *p = &s->ports[i];
        if (p->kind == PORT_QUEUE)
            syscall(SYS_mq_unlink, p->path + 1);
        else if (has_node(p))
            remove_node(p->path);
    }
    for (uint32_t i = 0; i < s->nlinks; i++)
        remove_node(s->links[i]);
}
