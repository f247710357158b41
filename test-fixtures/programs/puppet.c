/* puppet: a program under test that behaves as told. Each argument is one action, done in order.
 *
 *   say=TEXT err=TEXT       a line on stdout, stderr            lines=N:PREFIX    N numbered lines on stdout, fast
 *   sleep=MS                                                    wait              pause for ever
 *   exit=N                                                      raise=SIGNO       ends by a signal
 *   touch=FILE rm=FILE      append=FILE:TEXT  (%p in TEXT is the own pid)         until=FILE  waits till FILE is there
 *   notify=TEXT             one sd_notify datagram; \n and %p (own pid), %t (monotonic usec) are replaced
 *   barrier                 BARRIER=1 with a pipe, waits till the manager has closed it
 *   store=FILE:TEXT         the notification TEXT with a descriptor: of FILE, for FILE "pipe" of the end of a new pipe, for "again"
 *                           of what was stored last
 *   hang-up                 closes the other end of the last pipe
 *   list-fds=FILE           appends a line: LISTEN_FDS, LISTEN_FDNAMES, and what each descriptor from 3 on is
 *   serve[=N]               accepts at the first listening descriptor from 3 on and says its own pid, to N clients, or for ever
 *   call=ADDRESS:FILE       connects to a path or @NAME, reads to the end, and appends that to FILE, or why it could not
 *   hold=ADDRESS:FILE       the same, and keeps the connection while FILE is there
 *   watchdog[=N]            WATCHDOG=1 every half WATCHDOG_USEC, N times, or for ever
 *   daemonize               forks twice with setsid; the first process exits 0 when the grandchild runs
 *   pidfile=FILE            writes the own pid, whole at once
 *   ignore=SIGNO            default=SIGNO
 *   on=SIGNO:TEXT           from now on the signal is answered by the notification TEXT (as notify=)
 *   exit-on=SIGNO:STATUS    from now on the signal ends the program with STATUS
 *   setsid clearenv close   leaves the session; forgets its environment; closes fds 0 to 2
 *   { ACTIONS }             a child does ACTIONS and exits 0; the parent goes on at once
 *   fork-for-ever[=MS]      forks, the parent exits, again and again, every MS (20);
 *                           gives up after a minute, for the machine's sake
 *   ids                     prints uid, gid, groups, umask, nice, limits, cwd, environment, session as one line of JSON
 *   name=TEXT               changes the process's name (comm)
 *   count=MS:PREFIX:FILE    for ever, every MS, the next line PREFIX1, PREFIX2 … ; FILE holds the last number that was written
 *   lock=FILE               holds FILE alone to the end of the process; where another does, FILE.twice tells
 *   accept[=TEXT]           takes one connection on the descriptor 3, writes TEXT to it, closes it
 *   receive                 reads one datagram, or what is there, from the descriptor 3
 *
 * A file that begins with `#!/path/of/puppet --script` holds actions for itself, parted by white space; "double quotes"
 * hold white space, `#` at the begin of a line is a comment.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void fail(const char *what) { fprintf(stderr, "puppet: %s: %s\n", what, strerror(errno)); _exit(111); }

static void sleep_ms(long ms) {
  struct timespec t = { ms / 1000, (ms % 1000) * 1000000L };
  while (nanosleep(&t, &t) < 0 && errno == EINTR) { }
}

static long long monotonic_usec(void) {
  struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* Replaces \n, %p and %t; only async-signal-safe calls, because handlers use it too. */
static size_t put_number(char *out, unsigned long long n) {
  char digits[24]; size_t k = 0, i = 0;
  do digits[k++] = (char)('0' + n % 10); while (n /= 10);
  while (k) out[i++] = digits[--k];
  return i;
}
static size_t expand(const char *text, char *out, size_t size) {
  size_t n = 0;
  for (; *text && n + 32 < size; text++) {
    if (text[0] == '\\' && text[1] == 'n') { out[n++] = '\n'; text++; }
    else if (text[0] == '%' && text[1] == 'p') { n += put_number(out + n, (unsigned long long)getpid()); text++; }
    else if (text[0] == '%' && text[1] == 't') { n += put_number(out + n, (unsigned long long)monotonic_usec()); text++; }
    else out[n++] = *text;
  }
  out[n] = 0;
  return n;
}

static struct sockaddr_un notify_address; static socklen_t notify_length;
static void remember_notify_socket(void) {
  const char *path = getenv("NOTIFY_SOCKET");
  if (!path || strlen(path) >= sizeof notify_address.sun_path) return;
  notify_address.sun_family = AF_UNIX;
  memcpy(notify_address.sun_path, path, strlen(path));
  if (path[0] == '@') notify_address.sun_path[0] = 0;
  notify_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
}
static int notify(const char *text, int fd) {
  char bytes[4096]; size_t n = expand(text, bytes, sizeof bytes);
  if (!notify_length) return -1;
  int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (s < 0) return -1;
  struct iovec iov = { bytes, n };
  union { char room[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } control;
  struct msghdr m = { .msg_name = &notify_address, .msg_namelen = notify_length, .msg_iov = &iov, .msg_iovlen = 1 };
  if (fd >= 0) {
    m.msg_control = control.room; m.msg_controllen = sizeof control.room;
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET; c->cmsg_type = SCM_RIGHTS; c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
  }
  ssize_t sent = sendmsg(s, &m, MSG_NOSIGNAL);
  close(s);
  return sent < 0 ? -1 : 0;
}

static void barrier(void) {
  int p[2];
  if (pipe2(p, O_CLOEXEC) < 0) fail("pipe");
  if (notify("BARRIER=1", p[1]) < 0) fail("BARRIER=1");
  close(p[1]);
  struct pollfd w = { .fd = p[0], .events = 0 };
  while (poll(&w, 1, -1) < 0 && errno == EINTR) { }
  close(p[0]);
}

static int stored = -1, other_end = -1;
static void store(const char *v) {
  const char *colon = strchr(v, ':'); int p[2] = { -1, -1 }; char path[4096];
  if (!colon) { errno = EINVAL; fail("store=FILE:TEXT"); }
  snprintf(path, sizeof path, "%.*s", (int)(colon - v), v);
  if (strcmp(path, "pipe") == 0) {
    if (pipe2(p, O_CLOEXEC) < 0) fail("pipe");
    stored = p[0]; other_end = p[1];
  } else if (strcmp(path, "again") != 0)
    stored = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (stored < 0) fail(path);
  if (notify(colon + 1, stored) < 0) fail("notify");
}

static void write_file(const char *path, int flags, const char *text);
/* A service that was given a listening socket (sd_listen_fds(3)). */
static void serve(long count) {
  int from = 3, listens = 0;
  socklen_t size = sizeof listens;
  while (from < 64 && (getsockopt(from, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) < 0 || !listens)) from++;
  for (; count != 0; count -= count > 0) {
    char text[32];
    int fd = accept4(from, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0) fail("accept");
    int n = snprintf(text, sizeof text, "%d\n", getpid());
    (void)!send(fd, text, (size_t)n, MSG_NOSIGNAL);
    close(fd);
  }
}

static int connect_to(const char *what, const char **file, char *why, size_t size) {
  struct sockaddr_un u = { .sun_family = AF_UNIX };
  const char *colon = strchr(what, ':');
  if (!colon || (size_t)(colon - what) >= sizeof u.sun_path) { errno = EINVAL; fail("ADDRESS:FILE"); }
  *file = colon + 1;
  memcpy(u.sun_path, what, (size_t)(colon - what));
  if (*what == '@') u.sun_path[0] = 0;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  socklen_t n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)(colon - what));
  if (fd < 0) fail("socket");
  if (connect(fd, (struct sockaddr *)&u, n) == 0) return fd;
  snprintf(why, size, "%s\\n", strerror(errno));
  close(fd);
  return -1;
}

static void call(const char *what) {
  char text[4096];
  const char *file;
  int fd = connect_to(what, &file, text, sizeof text);
  if (fd >= 0) {
    size_t n = 0;
    ssize_t got;
    shutdown(fd, SHUT_WR);
    while (n < sizeof text - 1 && (got = read(fd, text + n, sizeof text - 1 - n)) > 0) n += (size_t)got;
    text[n] = 0;
    close(fd);
  }
  write_file(file, O_APPEND, text);
}

static void hold(const char *what) {
  char text[4096];
  const char *file;
  int fd = connect_to(what, &file, text, sizeof text);
  if (fd < 0) { write_file(file, O_APPEND, text); return; }
  while (access(file, F_OK) == 0) sleep_ms(10);
  close(fd);
}

static void list_fds(const char *path) {
  const char *count = getenv("LISTEN_FDS"), *names = getenv("LISTEN_FDNAMES"), *pid = getenv("LISTEN_PID");
  char text[4096], link[64], is[256];
  int n = snprintf(text, sizeof text, "%s %s", count && pid && atoi(pid) == getpid() ? count : "none", names ? names : "-");
  for (int fd = 3; count && fd < 3 + atoi(count) && n < 3500; fd++) {
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t k = readlink(link, is, sizeof is - 1);
    is[k < 0 ? 0 : k] = 0;
    is[strcspn(is, ":")] = 0;
    n += snprintf(text + n, sizeof text - (size_t)n, " %s", is);
  }
  snprintf(text + n, sizeof text - (size_t)n, "\n");
  write_file(path, O_APPEND, text);
}

static const char *answers[65]; static int exits[65];
static void answer(int signo) { int e = errno; notify(answers[signo], -1); errno = e; }
static void end(int signo) { _exit(exits[signo]); }

static void write_file(const char *path, int flags, const char *text) {
  char bytes[4096]; size_t n = expand(text, bytes, sizeof bytes);
  int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);
  if (fd < 0) fail(path);
  if (write(fd, bytes, n) != (ssize_t)n) fail(path);
  close(fd);
}

static void daemonize(void) {
  int p[2]; char c;
  if (pipe2(p, O_CLOEXEC) < 0) fail("pipe");
  pid_t pid = fork();
  if (pid < 0) fail("fork");
  if (pid > 0) { close(p[1]); while (read(p[0], &c, 1) < 0 && errno == EINTR) { } _exit(0); }
  setsid();
  pid = fork();
  if (pid < 0) fail("fork");
  if (pid > 0) _exit(0);
  close(p[0]);
  close(p[1]); /* the first process ends now */
}

static void json(const char *s) {
  putchar('"');
  for (; *s; s++) {
    unsigned char c = (unsigned char)*s;
    if (c == '"' || c == '\\') printf("\\%c", c);
    else if (c < 32 || c > 126) printf("\\u%04x", c);
    else putchar(c);
  }
  putchar('"');
}
static void ids(void) {
  static const struct { const char *name; int which; } limits[] = {
    { "cpu", RLIMIT_CPU }, { "fsize", RLIMIT_FSIZE }, { "core", RLIMIT_CORE }, { "nofile", RLIMIT_NOFILE },
    { "nproc", RLIMIT_NPROC }, { "stack", RLIMIT_STACK }, { "memlock", RLIMIT_MEMLOCK }, { "as", RLIMIT_AS },
  };
  gid_t groups[256]; int n = getgroups(256, groups); mode_t mask = umask(0); umask(mask);
  char cwd[4096]; uid_t ru, eu, su; gid_t rg, eg, sg;
  getresuid(&ru, &eu, &su); getresgid(&rg, &eg, &sg);
  printf("{\"pid\":%d,\"ppid\":%d,\"sid\":%d,\"pgid\":%d,\"uid\":[%u,%u,%u],\"gid\":[%u,%u,%u],\"groups\":[",
    getpid(), getppid(), getsid(0), getpgrp(), ru, eu, su, rg, eg, sg);
  for (int i = 0; i < n; i++) printf("%s%u", i ? "," : "", groups[i]);
  printf("],\"umask\":%u,\"nice\":%d,\"noNewPrivs\":%d,\"cwd\":", mask, getpriority(PRIO_PROCESS, 0), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  json(getcwd(cwd, sizeof cwd) ? cwd : "");
  char adj[16] = "0"; int fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
  if (fd >= 0) { ssize_t k = read(fd, adj, sizeof adj - 1); if (k > 0) adj[k - (adj[k - 1] == '\n')] = 0; close(fd); }
  printf(",\"oomScoreAdjust\":%s,\"limits\":{", adj);
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
    struct rlimit r; getrlimit((__rlimit_resource_t)limits[i].which, &r);
    printf("%s\"%s\":[%lld,%lld]", i ? "," : "", limits[i].name, (long long)r.rlim_cur, (long long)r.rlim_max);
  }
  printf("},\"env\":{");
  for (char **e = environ; *e; e++) {
    char *eq = strchr(*e, '='); if (!eq) continue;
    *eq = 0; printf("%s", e == environ ? "" : ","); json(*e); putchar(':'); json(eq + 1); *eq = '=';
  }
  printf("}}\n");
}

static int take(const char *arg, const char *name, const char **value) {
  size_t n = strlen(name);
  if (strncmp(arg, name, n) != 0 || (arg[n] != 0 && arg[n] != '=')) return 0;
  *value = arg[n] ? arg + n + 1 : "";
  return 1;
}

/* The words of a script, its first line left out; argv[0] stays. */
static char **read_script(const char *path, char *name, int *count) {
  FILE *f = fopen(path, "re");
  if (!f) fail(path);
  static char text[65536]; size_t n = fread(text, 1, sizeof text - 1, f);
  fclose(f);
  static char *words[1024]; int k = 0;
  words[k++] = name;
  char *at = text, *end = text + n; int start_of_line = 1;
  while (at < end) {
    if (start_of_line && *at == '#') { while (at < end && *at != '\n') at++; continue; }
    if (*at == '\n' || *at == ' ' || *at == '\t') { start_of_line = *at == '\n'; at++; continue; }
    start_of_line = 0;
    char *to = at; int quoted = 0;
    if (k == 1023) { errno = E2BIG; fail(path); }
    words[k++] = at;
    while (at < end && (quoted || (*at != '\n' && *at != ' ' && *at != '\t'))) {
      if (*at == '"') quoted = !quoted; else *to++ = *at;
      at++;
    }
    start_of_line = at < end && *at == '\n';
    if (at < end) at++;
    *to = 0;
  }
  words[k] = NULL;
  *count = k;
  return words;
}

int main(int argc, char **argv) {
  if (argc >= 3 && strcmp(argv[1], "--script") == 0) argv = read_script(argv[2], argv[2], &argc);
  setvbuf(stdout, NULL, _IOLBF, 0);
  remember_notify_socket();
  for (int i = 1; i < argc; i++) {
    const char *v; const char *a = argv[i]; char text[4096];
    if (strcmp(a, "{") == 0) {
      pid_t pid = fork();
      if (pid < 0) fail("fork");
      signal(SIGCHLD, pid == 0 ? SIG_DFL : SIG_IGN); /* nobody waits for it: it leaves no zombie */
      if (pid == 0) continue;
      for (int depth = 1; depth && ++i < argc;) depth += strcmp(argv[i], "{") == 0 ? 1 : strcmp(argv[i], "}") == 0 ? -1 : 0;
    }
    else if (strcmp(a, "}") == 0) exit(0);
    else if (take(a, "say", &v)) { expand(v, text, sizeof text); printf("%s\n", text); fflush(stdout); }
    else if (take(a, "err", &v)) { expand(v, text, sizeof text); fprintf(stderr, "%s\n", text); }
    else if (take(a, "lines", &v)) {
      char *rest; long n = strtol(v, &rest, 10);
      setvbuf(stdout, NULL, _IOFBF, 65536);
      for (long k = 1; k <= n; k++) printf("%s%ld\n", *rest == ':' ? rest + 1 : "", k);
      fflush(stdout); setvbuf(stdout, NULL, _IOLBF, 0);
    }
    else if (take(a, "sleep", &v)) sleep_ms(atol(v));
    else if (take(a, "wait", &v)) for (;;) pause();
    else if (take(a, "exit", &v)) exit(atoi(v));
    else if (take(a, "raise", &v)) { signal(atoi(v), SIG_DFL); raise(atoi(v)); }
    else if (take(a, "touch", &v)) write_file(v, O_APPEND, "");
    else if (take(a, "rm", &v)) unlink(v);
    else if (take(a, "append", &v)) {
      const char *colon = strchr(v, ':'); if (!colon) fail("append=FILE:TEXT");
      char path[4096]; snprintf(path, sizeof path, "%.*s", (int)(colon - v), v);
      snprintf(text, sizeof text, "%s\\n", colon + 1); write_file(path, O_APPEND, text);
    }
    else if (take(a, "until", &v)) while (access(v, F_OK) != 0) sleep_ms(5);
    else if (take(a, "notify", &v)) { if (notify(v, -1) < 0) fail("notify"); }
    else if (take(a, "store", &v)) store(v);
    else if (take(a, "hang-up", &v)) close(other_end);
    else if (take(a, "list-fds", &v)) list_fds(v);
    else if (take(a, "serve", &v)) serve(*v ? atol(v) : -1);
    else if (take(a, "call", &v)) call(v);
    else if (take(a, "hold", &v)) hold(v);
    else if (take(a, "barrier", &v)) barrier();
    else if (take(a, "watchdog", &v)) {
      const char *usec = getenv("WATCHDOG_USEC"); long ms = usec ? atol(usec) / 2000 : 0;
      if (!ms) { errno = EINVAL; fail("WATCHDOG_USEC"); }
      for (long k = *v ? atol(v) : -1; k != 0; k -= k > 0) { notify("WATCHDOG=1", -1); sleep_ms(ms); }
    }
    else if (take(a, "daemonize", &v)) daemonize();
    else if (take(a, "pidfile", &v)) {
      snprintf(text, sizeof text, "%s.%d", v, getpid());
      write_file(text, O_TRUNC, "%p\\n");
      if (rename(text, v) < 0) fail(v);
    }
    else if (take(a, "ignore", &v)) signal(atoi(v), SIG_IGN);
    else if (take(a, "default", &v)) signal(atoi(v), SIG_DFL);
    else if (take(a, "on", &v)) {
      int s = atoi(v); const char *colon = strchr(v, ':');
      if (s < 1 || s > 64 || !colon) { errno = EINVAL; fail("on=SIGNO:TEXT"); }
      answers[s] = colon + 1; signal(s, answer);
    }
    else if (take(a, "exit-on", &v)) {
      int s = atoi(v); const char *colon = strchr(v, ':');
      if (s < 1 || s > 64 || !colon) { errno = EINVAL; fail("exit-on=SIGNO:STATUS"); }
      exits[s] = atoi(colon + 1); signal(s, end);
    }
    else if (take(a, "setsid", &v)) {
      if (setsid() < 0) { /* the leader of a group must fork first */
        pid_t pid = fork();
        if (pid < 0) fail("fork");
        if (pid > 0) { int st; while (waitpid(pid, &st, 0) < 0 && errno == EINTR) { } _exit(WIFEXITED(st) ? WEXITSTATUS(st) : 112); }
        setsid();
      }
    }
    else if (take(a, "clearenv", &v)) { /* the block that /proc/PID/environ shows, too */
      for (char **e = environ; e && *e; e++) memset(*e, 0, strlen(*e));
      clearenv();
    }
    else if (take(a, "close", &v)) { close(0); close(1); close(2); }
    else if (take(a, "fork-for-ever", &v)) {
      long ms = *v ? atol(v) : 20;
      long long until = monotonic_usec() + 60 * 1000000LL;
      signal(SIGCHLD, SIG_IGN);
      while (monotonic_usec() < until) { pid_t pid = fork(); if (pid > 0) _exit(0); sleep_ms(ms); }
    }
    else if (take(a, "ids", &v)) ids();
    else if (take(a, "name", &v)) prctl(PR_SET_NAME, v, 0, 0, 0);
    else if (take(a, "count", &v)) {
      char prefix[256], path[4096]; long ms;
      if (sscanf(v, "%ld:%255[^:]:%4095s", &ms, prefix, path) != 3) { errno = EINVAL; fail("count=MS:PREFIX:FILE"); }
      int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
      if (fd < 0) fail(path);
      for (long n = 1;; n++, sleep_ms(ms)) {
        int len = snprintf(text, sizeof text, "%s%ld\n", prefix, n);
        if (write(1, text, (size_t)len) != len) fail("write");
        len = snprintf(text, sizeof text, "%ld\n", n);
        if (pwrite(fd, text, (size_t)len, 0) != len) fail(path);
      }
    }
    else if (take(a, "lock", &v)) {
      int fd = open(v, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
      if (fd < 0) fail(v);
      if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        snprintf(text, sizeof text, "%s.twice", v);
        write_file(text, O_APPEND, "%p\\n");
        exit(112);
      }
    }
    else if (take(a, "accept", &v)) {
      int c = accept4(3, NULL, NULL, SOCK_CLOEXEC);
      if (c < 0) fail("accept");
      if (*v) dprintf(c, "%s\n", v);
      close(c);
    }
    else if (take(a, "receive", &v)) { if (read(3, text, sizeof text) < 0) fail("read"); }
    else { errno = EINVAL; fail(a); }
  }
  return 0;
}
