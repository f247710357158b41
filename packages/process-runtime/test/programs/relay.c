/* Stands in for the manager: passes bytes between descriptor 3 and a unix socket of the test, and dies by SIGKILL when the test closes it. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void pass(int from, int to)
{
    char room[65536];
    ssize_t n = read(from, room, sizeof room);
    if (n <= 0)
        raise(SIGKILL);
    for (ssize_t at = 0; at < n;) {
        ssize_t put = write(to, room + at, (size_t)(n - at));
        if (put < 0 && errno != EINTR)
            raise(SIGKILL);
        at += put > 0 ? put : 0;
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (argc != 2 || strlen(argv[1]) >= sizeof a.sun_path)
        return 2;
    strcpy(a.sun_path, argv[1]);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0)
        return 3;
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        struct pollfd set[2] = {{3, POLLIN, 0}, {fd, POLLIN, 0}};
        poll(set, 2, -1);
        if (set[1].revents)
            pass(fd, 3);
        if (set[0].revents)
            pass(3, fd);
    }
}
