/* The last steps: is there a program, and execve. */
#include "child.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char **texts(struct cur *c)
{
    uint32_t n = get_u32(c);
    char **list = xalloc(((size_t)n + 1) * sizeof *list);
    for (uint32_t i = 0; i < n; i++)
        list[i] = get_str(c);
    return list;
}

static int executable(const char *path)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return errno;
    if (!S_ISREG(st.st_mode))
        return S_ISDIR(st.st_mode) ? EISDIR : EACCES;
    return access(path, X_OK) < 0 ? errno : 0;
}

int step_find_executable(struct cur *c)
{
    char *path = get_str(c), **search = texts(c), full[4096];
    if (strchr(path, '/') != NULL || search[0] == NULL)
        return executable(path);
    int error = ENOENT;
    for (; *search != NULL && error != 0; search++) {
        if ((size_t)snprintf(full, sizeof full, "%s/%s", *search, path) >= sizeof full)
            continue;
        int one = executable(full);
        error = one == 0 || (one != ENOENT && one != ENOTDIR) ? one : error;
    }
    return error;
}

int step_exec(struct cur *c, char **environment)
{
    char *path = get_str(c), **argv = texts(c), **search = texts(c);
    if (strchr(path, '/') != NULL || search[0] == NULL) {
        execve(path, argv, environment);
        return errno;
    }
    int error = ENOENT;
    for (; *search != NULL; search++) {
        char full[4096];
        if ((size_t)snprintf(full, sizeof full, "%s/%s", *search, path) >= sizeof full)
            continue;
        execve(full, argv, environment);
        if (errno != ENOENT && errno != ENOTDIR)
            error = errno;
    }
    return error;
}

