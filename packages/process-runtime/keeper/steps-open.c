/* Steps that open something into a register. */
#include "child.h"
#include "keeper.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

int step_open(struct cur *c)
{
    unsigned reg = get_u8(c);
    int flags = (int)get_u32(c);
    mode_t mode = get_u32(c);
    bool safe = get_u8(c) != 0;
    char *path = get_str(c), *name;
    if (!safe)
        return reg_set(reg, open(path, flags | O_CLOEXEC | O_NOCTTY, mode));
    int dir = open_parent("/", path, false, &name);
    if (dir < 0)
        return errno;
    if (name == NULL)
        return close_keep(dir, EISDIR);
    int fd = openat(dir, name, flags | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, mode);
    if (fd < 0 && errno == ELOOP)
        fd = follow(dir, name, flags | O_CLOEXEC | O_NOCTTY);
    int error = errno;
    close(dir);
    errno = error;
    return reg_set(reg, fd);
}

/* StandardInput=tty: the terminal becomes the controlling one; `force` takes it from its session, without it `fail` fails at once. */
int step_tty(struct cur *c)
{
    unsigned reg = get_u8(c);
    bool force = get_u8(c) != 0, fail = get_u8(c) != 0;
    char *path = get_str(c);
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return errno;
    setsid();
    /* The session that loses its terminal gets SIGHUP; ours must not die of it. */
    signal(SIGHUP, SIG_IGN);
    int error = ioctl(fd, TIOCSCTTY, force ? 1 : 0) < 0 ? errno : 0;
    signal(SIGHUP, SIG_DFL);
    if (error == EPERM && !fail && !force)
        error = 0;
    return error != 0 ? close_keep(fd, error) : reg_set(reg, fd);
}

int step_data(struct cur *c)
{
    unsigned reg = get_u8(c);
    struct slice data = get_bytes(c);
    int fd = memfd_create("stdin", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return errno;
    for (size_t at = 0; at < data.n;) {
        ssize_t n = pwrite(fd, data.p + at, data.n - at, (off_t)at);
        if (n <= 0)
            return close_keep(fd, errno);
        at += (size_t)n;
    }
    fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    return reg_set(reg, fd);
}
