/*
 * How long a killed service is gone: its successor's first act is measured, by a clock that all processes share.
 *   phoenix rise FIFO        what the service runs: says who it is and when it began, then sleeps
 *   phoenix slay FIFO TIMES  kills whoever spoke last and prints, TIMES times, "kill-to-successor MILLISECONDS"
 * Static, so that its start costs next to nothing beside the service manager's share.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct word { long long born; pid_t pid; };

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static struct word hear(int fd)
{
    struct word w;
    if (read(fd, &w, sizeof w) != sizeof w)
        exit(1);
    return w;
}

int main(int argc, char **argv)
{
    struct word w = {now(), getpid()};
    if (argc < 3)
        return 2;
    int fd = open(argv[2], O_RDWR);
    if (fd < 0)
        return 1;
    if (strcmp(argv[1], "rise") == 0) {
        if (write(fd, &w, sizeof w) != sizeof w)
            return 1;
        for (;;)
            pause();
    }
    w.pid = argc > 3 ? atoi(argv[3]) : 0;
    for (int i = 0; w.pid > 1 && i < (argc > 4 ? atoi(argv[4]) : 1); i++) {
        usleep(argc > 5 ? atoi(argv[5]) : 100000); /* the manager comes to rest: what it does after a start is not what is measured */
        long long killed = now();
        kill(w.pid, SIGKILL);
        w = hear(fd);
        printf("kill-to-successor %.2f\n", (double)(w.born - killed) / 1e6);
    }
    return 0;
}
