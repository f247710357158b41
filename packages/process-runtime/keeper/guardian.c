/*
 * Units in cgroups have no reaper that would miss the keeper. This small process does: it knows the cgroups that the keeper made, and when the
 * keeper is gone without having removed them, it ends what is in them: TERM, a grace, KILL. Otherwise the next keeper would start everything a second time.
 */
#include "keeper.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SOCK = 3, MAX_PATH = 4096, GRACE_MSEC = 3000, KILL_MSEC = 5000 };

struct guarded { struct guarded *next; char *path; };

static int to_guardian = -1;
static struct guarded *guarded;

static void note(const char *message, size_t n)
{
    struct guarded **at = &guarded;
    char *path = xstrndup(message + 1, n - 1);
    while (*at != NULL && strcmp((*at)->path, path) != 0)
        at = &(*at)->next;
    if (message[0] == '+' && *at == NULL) {
        struct guarded *g = xalloc(sizeof *g);
        *g = (struct guarded){guarded, path};
        guarded = g;
        return;
    }
    if (message[0] == '-' && *at != NULL) {
        struct guarded *g = *at;
        *at = g->next;
        free(g->path);
        free(g);
    }
    free(path);
}

static void signal_all(int signo)
{
    for (struct guarded *g = guarded; g != NULL; g = g->next) {
        int dir = open(g->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (dir < 0)
            continue;
        cgroup_signal_dir(dir, signo, NULL, 0);
        close(dir);
    }
}

/* Waits until every cgroup is empty or the time is over. */
static bool all_empty(int msec)
{
    uint64_t due = now_monotonic() + (uint64_t)msec * 1000;
    for (struct guarded *g = guarded; g != NULL; g = g->next) {
        char path[MAX_PATH + 32], text[256];
        snprintf(path, sizeof path, "%s/cgroup.events", g->path);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        for (bool empty = fd < 0; !empty;) {
            ssize_t n = pread(fd, text, sizeof text - 1, 0);
            text[n < 0 ? 0 : n] = 0;
            empty = n <= 0 || strstr(text, "populated 0") != NULL;
            uint64_t now = now_monotonic();
            if (!empty && now >= due) {
                close(fd);
                return false;
            }
            struct pollfd set = {fd, POLLPRI, 0};
            if (!empty)
                poll(&set, 1, (int)((due - now) / 1000 + 1));
        }
        if (fd >= 0)
            close(fd);
    }
    return true;
}

static _Noreturn void guard(int fd)
{
    char message[MAX_PATH];
    if (fd != SOCK)
        dup3(fd, SOCK, O_CLOEXEC);
    close_from(SOCK + 1);
    setsid();
    set_title("steward-guardian", "");
    for (;;) {
        ssize_t n = recv(SOCK, message, sizeof message, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 1)
            break;
        note(message, (size_t)n);
    }
    signal_all(SIGTERM);
    signal_all(SIGCONT);
    if (!all_empty(GRACE_MSEC)) {
        signal_all(SIGKILL);
        all_empty(KILL_MSEC);
    }
    for (struct guarded *g = guarded; g != NULL; g = g->next)
        cgroup_remove_path(g->path, 1);
    _exit(0);
}

void guardian_tell(char what, const char *base, const char *path)
{
    char message[MAX_PATH];
    if (keeper.is_pid1)
        return; /* when PID 1 goes, everything goes */
    if (to_guardian < 0) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
            return;
        pid_t pid = fork();
        if (pid == 0)
            guard(pair[1]);
        close(pair[1]);
        to_guardian = pair[0];
    }
    int n = snprintf(message, sizeof message, "%c%s/%s", what, base, path);
    if (n > 0 && (size_t)n < sizeof message)
        (void)!send(to_guardian, message, (size_t)n, MSG_NOSIGNAL);
}
