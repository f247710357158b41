/*
 * Steps on files. What lies below a base directory is reached part by part through directory descriptors: ".." is
 * refused, and a symbolic link is followed only where root or the caller itself made it, so that no user of a
 * directory can lead a privileged step elsewhere.
 */
#include "child.h"
#include "keeper.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int close_keep(int fd, int error)
{
    if (fd >= 0)
        close(fd);
    return error;
}

static bool trusted(uid_t owner) { return owner == 0 || owner == geteuid(); }

/* A link may be followed when it and its directory belong to those who could do what we do anyway. */
int follow(int dir, const char *name, int flags)
{
    struct stat d, l;
    if (fstat(dir, &d) < 0 || fstatat(dir, name, &l, AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    if (!S_ISLNK(l.st_mode) || !trusted(d.st_uid) || !trusted(l.st_uid) || ((d.st_mode & 022) != 0 && !(d.st_mode & S_ISVTX))) {
        errno = ELOOP;
        return -1;
    }
    return openat(dir, name, flags & ~O_NOFOLLOW);
}

static int open_part(int dir, const char *name)
{
    int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(dir, name, flags);
    if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
        fd = follow(dir, name, flags);
    return fd;
}

/* The base itself is the manager's word, not a user's: it is made as it stands. */
static int open_base(const char *base, bool make)
{
    int dir = open(base[0] == 0 ? "/" : base, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0 || errno != ENOENT || !make)
        return dir;
    char *copy = xstrndup(base, strlen(base));
    for (char *at = copy + 1; (at = strchr(at, '/')) != NULL; at++) {
        *at = 0;
        mkdir(copy, 0755);
        *at = '/';
    }
    mkdir(copy, 0755);
    free(copy);
    return open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/*
 * The directory that holds the last part of `path` below `base`; `name` becomes that part (inside `path`, which is
 * cut up). With `make`, missing directories are made.
 */
int open_parent_mode(const char *base, char *path, bool make, mode_t mode, char **name)
{
    int dir = open_base(base, make);
    char *part = strtok(path, "/"), *next;
    *name = NULL;
    for (; dir >= 0 && part != NULL; part = next) {
        next = strtok(NULL, "/");
        if (strcmp(part, "..") == 0) {
            close(dir);
            errno = EINVAL;
            return -1;
        }
        if (next == NULL) {
            *name = part;
            break;
        }
        if (make && mkdirat(dir, part, mode) < 0 && errno != EEXIST) {
            int error = errno;
            close(dir);
            errno = error;
            return -1;
        }
        int below = open_part(dir, part), error = errno;
        close(dir);
        errno = error;
        dir = below;
    }
    return dir;
}

int open_parent(const char *base, char *path, bool make, char **name) { return open_parent_mode(base, path, make, 0755, name); }

static int chown_tree(int fd, uid_t uid, gid_t gid, int depth)
{
    DIR *list = depth > 64 ? NULL : fdopendir(fd);
    if (list == NULL)
        return close_keep(fd, errno);
    int error = 0;
    for (struct dirent *e; (e = readdir(list)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        struct stat st;
        if (fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        if ((uid != ID_NONE && st.st_uid != uid) || (gid != ID_NONE && st.st_gid != gid))
            if (fchownat(fd, e->d_name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
                error = errno;
        if (S_ISDIR(st.st_mode)) {
            int below = openat(fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (below >= 0 && error == 0)
                error = chown_tree(below, uid, gid, depth + 1);
            else
                close_keep(below, 0);
        }
    }
    closedir(list);
    return error;
}

/* As systemd does for RuntimeDirectory= and kin: what is below is given away only when the directory itself was not the user's yet. */
static int settle_directory(int fd, mode_t mode, uid_t uid, gid_t gid, bool recursive)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return errno;
    bool foreign = (uid != ID_NONE && st.st_uid != uid) || (gid != ID_NONE && st.st_gid != gid);
    if (foreign && recursive) {
        int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int error = again < 0 ? errno : chown_tree(again, uid, gid, 0);
        if (error != 0)
            return error;
    }
    if (foreign && fchown(fd, uid, gid) < 0)
        return errno;
    return mode != ID_NONE && (st.st_mode & 07777) != (mode & 07777) && fchmod(fd, mode & 07777) < 0 ? errno : 0;
}

int step_make_directory(struct cur *c)
{
    char *base = get_str(c), *path = get_str(c), *name;
    mode_t mode = get_u32(c);
    uid_t uid = get_u32(c);
    gid_t gid = get_u32(c);
    unsigned existing = get_u8(c); /* 0 settle, 1 with all below it, 2 keep */
    int dir = open_parent(base, path, true, &name);
    if (dir < 0)
        return errno;
    if (name == NULL)
        return close_keep(dir, EINVAL);
    bool made = mkdirat(dir, name, 0700) == 0;
    if (!made && errno != EEXIST)
        return close_keep(dir, errno);
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
        fd = follow(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return close_keep(dir, errno);
    close(dir);
    if (!made && existing == 2)
        return close_keep(fd, 0);
    return close_keep(fd, settle_directory(fd, mode, uid, gid, existing == 1));
}

static int remove_tree(int dir, const char *name, int depth)
{
    if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM)
        return errno;
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : errno;
    DIR *list = depth > 256 ? NULL : fdopendir(fd);
    if (list == NULL)
        return close_keep(fd, ELOOP);
    int error = 0;
    for (struct dirent *e; (e = readdir(list)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
            int one = remove_tree(fd, e->d_name, depth + 1);
            error = error == 0 ? one : error;
        }
    closedir(list);
    return unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT && error == 0 ? errno : error;
}

int step_remove(struct cur *c)
{
    char *base = get_str(c), *path = get_str(c), *name;
    bool recursive = get_u8(c) != 0;
    int dir = open_parent(base, path, false, &name);
    if (dir < 0)
        return errno == ENOENT ? 0 : errno;
    if (name == NULL)
        return close_keep(dir, EINVAL);
    if (recursive)
        return close_keep(dir, remove_tree(dir, name, 0));
    int error = unlinkat(dir, name, 0) < 0 && errno != ENOENT ? errno : 0;
    return close_keep(dir, error);
}

int step_symlink(struct cur *c)
{
    char *base = get_str(c), *path = get_str(c), *target = get_str(c), *name, now[4096];
    int dir = open_parent(base, path, true, &name);
    if (dir < 0)
        return errno;
    if (name == NULL)
        return close_keep(dir, EINVAL);
    if (symlinkat(target, dir, name) == 0)
        return close_keep(dir, 0);
    int error = errno;
    ssize_t n = readlinkat(dir, name, now, sizeof now - 1);
    if (error == EEXIST && n >= 0 && (size_t)n == strlen(target) && memcmp(now, target, (size_t)n) == 0)
        error = 0;
    return close_keep(dir, error);
}

/* Makes a file where it is missing, and gives it this time (microseconds since 1970). */
int step_touch(struct cur *c)
{
    char *base = get_str(c), *path = get_str(c), *name;
    mode_t mode = get_u32(c);
    uint64_t usec = get_u64(c);
    int dir = open_parent(base, path, true, &name);
    if (dir < 0)
        return errno;
    if (name == NULL)
        return close_keep(dir, EINVAL);
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, mode);
    int error = fd < 0 ? errno : 0;
    close(dir);
    if (error != 0)
        return error;
    struct timespec at = {.tv_sec = (time_t)(usec / 1000000), .tv_nsec = (long)(usec % 1000000) * 1000};
    return close_keep(fd, futimens(fd, (struct timespec[2]){at, at}) < 0 ? errno : 0);
}
