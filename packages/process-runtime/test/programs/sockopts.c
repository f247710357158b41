/* sockopts FILE: what sockets a service was given (sd_listen_fds(3)) and how they are set, a line each, into FILE. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const struct { const char *name; int level, option; } all[] = {
    {"acceptconn", SOL_SOCKET, SO_ACCEPTCONN}, {"reuseaddr", SOL_SOCKET, SO_REUSEADDR}, {"reuseport", SOL_SOCKET, SO_REUSEPORT},
    {"keepalive", SOL_SOCKET, SO_KEEPALIVE}, {"keepidle", IPPROTO_TCP, TCP_KEEPIDLE}, {"keepintvl", IPPROTO_TCP, TCP_KEEPINTVL},
    {"keepcnt", IPPROTO_TCP, TCP_KEEPCNT}, {"defer", IPPROTO_TCP, TCP_DEFER_ACCEPT}, {"nodelay", IPPROTO_TCP, TCP_NODELAY},
    {"broadcast", SOL_SOCKET, SO_BROADCAST}, {"passcred", SOL_SOCKET, SO_PASSCRED}, {"passsec", SOL_SOCKET, SO_PASSSEC},
    {"timestamp", SOL_SOCKET, SO_TIMESTAMP}, {"timestampns", SOL_SOCKET, SO_TIMESTAMPNS}, {"priority", SOL_SOCKET, SO_PRIORITY},
    {"rcvbuf", SOL_SOCKET, SO_RCVBUF}, {"sndbuf", SOL_SOCKET, SO_SNDBUF}, {"mark", SOL_SOCKET, SO_MARK},
    {"tos", IPPROTO_IP, IP_TOS}, {"ttl", IPPROTO_IP, IP_TTL}, {"pktinfo", IPPROTO_IP, IP_PKTINFO},
    {"freebind", IPPROTO_IP, IP_FREEBIND}, {"transparent", IPPROTO_IP, IP_TRANSPARENT}, {"v6only", IPPROTO_IPV6, IPV6_V6ONLY},
    {"v6hops", IPPROTO_IPV6, IPV6_UNICAST_HOPS}, {"v6pktinfo", IPPROTO_IPV6, IPV6_RECVPKTINFO}, {"v6freebind", IPPROTO_IPV6, 78},
    {"v6transparent", IPPROTO_IPV6, IPV6_TRANSPARENT},
};

static void node(FILE *f, const char *path)
{
    struct stat st;
    if (lstat(path, &st) == 0)
        fprintf(f, " node=%s:%o:%u:%u", path, st.st_mode & 07777, st.st_uid, st.st_gid);
}

static void name_of(FILE *f, int fd)
{
    struct sockaddr_storage a = {0};
    socklen_t n = sizeof a;
    char text[INET6_ADDRSTRLEN];
    if (getsockname(fd, (struct sockaddr *)&a, &n) < 0)
        return;
    if (a.ss_family == AF_INET) {
        struct sockaddr_in *i = (void *)&a;
        fprintf(f, " inet=%s:%d", inet_ntop(AF_INET, &i->sin_addr, text, sizeof text), ntohs(i->sin_port));
    } else if (a.ss_family == AF_INET6) {
        struct sockaddr_in6 *i = (void *)&a;
        fprintf(f, " inet6=%s:%d", inet_ntop(AF_INET6, &i->sin6_addr, text, sizeof text), ntohs(i->sin6_port));
    } else if (a.ss_family == AF_UNIX) {
        struct sockaddr_un *u = (void *)&a;
        size_t len = n - sizeof(sa_family_t);
        fprintf(f, " unix=%s%.*s/%zu", u->sun_path[0] == 0 ? "@" : "", (int)len, u->sun_path + (u->sun_path[0] == 0), len);
        if (u->sun_path[0] == '/')
            node(f, u->sun_path);
    } else if (a.ss_family == AF_NETLINK) {
        unsigned groups;
        memcpy(&groups, (char *)&a + 8, sizeof groups);
        fprintf(f, " netlink groups=%u", groups);
    } else
        fprintf(f, " family=%d", a.ss_family);
}

static void socket_line(FILE *f, int fd)
{
    int type = 0, protocol = 0;
    socklen_t n = sizeof type;
    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n);
    getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &n);
    fprintf(f, "socket type=%d protocol=%d", type, protocol);
    name_of(f, fd);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        int value = 0;
        n = sizeof value;
        if (getsockopt(fd, all[i].level, all[i].option, &value, &n) == 0)
            fprintf(f, " %s=%d", all[i].name, value);
    }
    char text[64] = "";
    n = sizeof text - 1;
    if (getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, text, &n) == 0)
        fprintf(f, " congestion=%s", text);
    n = sizeof text - 1;
    memset(text, 0, sizeof text);
    if (getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, text, &n) == 0 && n > 0)
        fprintf(f, " device=%s", text);
    struct tcp_info info;
    n = sizeof info;
    if (protocol == IPPROTO_TCP && getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) == 0)
        fprintf(f, " backlog=%u", info.tcpi_sacked);
}

static void file_line(FILE *f, int fd, const struct stat *st)
{
    char link[64], path[4096];
    struct mq_attr q;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n < 0 ? 0 : n] = 0;
    fprintf(f, "file type=%o mode=%o owner=%u:%u path=%s access=%d", st->st_mode & S_IFMT, st->st_mode & 07777, st->st_uid, st->st_gid, path,
            fcntl(fd, F_GETFL) & O_ACCMODE);
    if (S_ISFIFO(st->st_mode))
        fprintf(f, " pipe=%d", fcntl(fd, F_GETPIPE_SZ));
    if (mq_getattr((mqd_t)fd, &q) == 0)
        fprintf(f, " messages=%ld size=%ld", q.mq_maxmsg, q.mq_msgsize);
}

int main(int argc, char **argv)
{
    char temporary[4096];
    const char *fds = getenv("LISTEN_FDS"), *names = getenv("LISTEN_FDNAMES"), *pid = getenv("LISTEN_PID");
    if (argc < 2)
        return 2;
    snprintf(temporary, sizeof temporary, "%s.new", argv[1]);
    FILE *f = fopen(temporary, "w");
    if (f == NULL)
        return 1;
    fprintf(f, "fds=%s names=%s pid=%s\n", fds == NULL ? "" : fds, names == NULL ? "" : names,
            pid != NULL && atoi(pid) == getpid() ? "own" : "other");
    for (int fd = 3; fd < 3 + (fds == NULL ? 0 : atoi(fds)); fd++) {
        struct stat st;
        if (fstat(fd, &st) < 0)
            fprintf(f, "closed");
        else if (S_ISSOCK(st.st_mode))
            socket_line(f, fd);
        else
            file_line(f, fd, &st);
        fprintf(f, " nonblock=%d cloexec=%d\n", (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0, fcntl(fd, F_GETFD) & FD_CLOEXEC);
    }
    fclose(f);
    return rename(temporary, argv[1]) == 0 ? 0 : 1;
}
