/* frame-proxy: stands between the keeper and a Node process (manager or journal) and cuts the line at a chosen frame.
 *
 *   frame-proxy STATE CUTS -- PROGRAM ARGS...
 *
 * The keeper starts this program in the Node process's place, by nothing but the argument vector it was given. It inherits
 * the channel as fd 3, makes a socket pair, starts PROGRAM with one end as its fd 3, and passes on whole frames
 * (u32 LE length of the rest, u8 type, payload), both ways, counting them.
 *
 * CUTS is a list with commas, one cut for each generation: `k12` kills PROGRAM with SIGKILL after the 12th frame to the
 * keeper, `m12` after the 12th frame to PROGRAM, `e12` after the 12th frame in either direction; a trailing `h` lets only
 * the first half of that frame through. `-` cuts nothing, as do generations past the end of the list. So `k40,e7h` cuts
 * the run after its 40th frame and the recovery in the middle of its 7th. After a cut the proxy ends: the keeper sees a
 * death, as it would without a proxy.
 *
 * STATE is a file of u32: how many generations began, then for each [frames to PROGRAM, frames to the keeper, 1 when cut].
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define GENERATIONS 256
struct state { uint32_t generations; struct { uint32_t to_program, to_keeper, cut; } of[GENERATIONS]; };

/* One direction: what was read and is not yet passed on. [0, whole) are whole frames that may go out. */
struct lane { int from, to; unsigned char *bytes; size_t have, whole, room; int eof; };

static struct state *state; static uint32_t generation; static pid_t child;

static void fail(const char *what) { fprintf(stderr, "frame-proxy: %s: %s\n", what, strerror(errno)); _exit(99); }

static struct state *open_state(const char *path) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0 || ftruncate(fd, sizeof(struct state)) < 0) fail(path);
  void *p = mmap(NULL, sizeof(struct state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (p == MAP_FAILED) fail(path);
  close(fd);
  return p;
}

/* The cut of this generation: direction (0: none), frame, half. */
static void find_cut(const char *cuts, char *direction, uint32_t *frame, int *half) {
  for (uint32_t g = 0; g < generation && cuts; g++) { cuts = strchr(cuts, ','); if (cuts) cuts++; }
  *direction = 0; *frame = 0; *half = 0;
  if (!cuts || !strchr("kme", *cuts) || !*cuts) return;
  char *rest; *direction = *cuts; *frame = (uint32_t)strtoul(cuts + 1, &rest, 10); *half = *rest == 'h';
}

static int fill(struct lane *l) { /* 0 at the end, else 1 */
  if (l->have == l->room) {
    l->room = l->room ? l->room * 2 : 65536;
    if (!(l->bytes = realloc(l->bytes, l->room))) fail("memory");
  }
  ssize_t n = read(l->from, l->bytes + l->have, l->room - l->have);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 1;
  if (n <= 0) { l->eof = 1; return 0; }
  l->have += (size_t)n;
  return 1;
}

static size_t frame_at(const struct lane *l, size_t at) { /* its length with head when it is whole, else 0 */
  if (l->have - at < 4) return 0;
  uint32_t n; memcpy(&n, l->bytes + at, 4);
  return l->have - at >= (size_t)n + 4 ? (size_t)n + 4 : 0;
}

static void write_all(int fd, const unsigned char *bytes, size_t n) {
  while (n) {
    ssize_t k = send(fd, bytes, n, MSG_NOSIGNAL);
    if (k < 0 && errno == EAGAIN) { struct pollfd p = { .fd = fd, .events = POLLOUT }; poll(&p, 1, -1); continue; }
    if (k < 0 && errno == EINTR) continue;
    if (k < 0) return; /* the other side is gone: its reader tells */
    bytes += k; n -= (size_t)k;
  }
}

static void drain(struct lane *l) { /* passes on what is allowed, as far as the receiver takes it */
  while (l->whole) {
    ssize_t k = send(l->to, l->bytes, l->whole, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (k < 0 && errno == EINTR) continue;
    if (k < 0) { if (errno != EAGAIN) l->whole = 0, l->have = 0; return; }
    memmove(l->bytes, l->bytes + k, l->have - (size_t)k);
    l->have -= (size_t)k; l->whole -= (size_t)k;
  }
}

static void cut(struct lane *l, size_t last) { /* lets [0, last) out, then kills */
  write_all(l->to, l->bytes, last);
  state->of[generation].cut = 1;
  kill(child, SIGKILL);
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) { }
  _exit(0);
}

int main(int argc, char **argv) {
  if (argc < 5 || strcmp(argv[3], "--") != 0) { fprintf(stderr, "usage: frame-proxy STATE CUTS -- PROGRAM ARGS...\n"); return 2; }
  state = open_state(argv[1]);
  generation = __atomic_fetch_add(&state->generations, 1, __ATOMIC_SEQ_CST);
  if (generation >= GENERATIONS) generation = GENERATIONS - 1;
  char direction; uint32_t frame; int half;
  find_cut(argv[2], &direction, &frame, &half);

  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) fail("socketpair");
  int keeper = fcntl(3, F_DUPFD_CLOEXEC, 10);
  if (keeper < 0) fail("fd 3");
  close(3);
  pid_t own = getpid();
  child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != own) _exit(99);
    if (pair[1] == 3) fcntl(3, F_SETFD, 0); else dup2(pair[1], 3);
    execvp(argv[4], argv + 4);
    fail(argv[4]);
  }
  close(pair[1]);
  fcntl(keeper, F_SETFL, fcntl(keeper, F_GETFL) | O_NONBLOCK);
  fcntl(pair[0], F_SETFL, fcntl(pair[0], F_GETFL) | O_NONBLOCK);

  struct lane lanes[2] = { { .from = keeper, .to = pair[0] }, { .from = pair[0], .to = keeper } };
  uint32_t *counts[2] = { &state->of[generation].to_program, &state->of[generation].to_keeper };
  uint32_t seen = 0; /* frames that this generation's cut counts */
  for (;;) {
    struct pollfd polls[2];
    for (int i = 0; i < 2; i++) {
      polls[i].fd = lanes[i].from;
      polls[i].events = (short)((lanes[i].eof || lanes[i].have > (1u << 22) ? 0 : POLLIN) | (lanes[1 - i].whole ? POLLOUT : 0));
      polls[i].revents = 0;
    }
    if (poll(polls, 2, -1) < 0) { if (errno == EINTR) continue; fail("poll"); }
    for (int i = 0; i < 2; i++) {
      struct lane *l = &lanes[i];
      if (!l->eof && (polls[i].revents & (POLLIN | POLLHUP | POLLERR))) fill(l);
      for (size_t n; (n = frame_at(l, l->whole));) {
        int counted = direction == 'e' || direction == (i == 0 ? 'm' : 'k');
        if (counted && ++seen == frame) {
          if (half) cut(l, l->whole + n / 2);
          ++*counts[i];
          cut(l, l->whole + n);
        }
        ++*counts[i];
        l->whole += n;
      }
      drain(l);
    }
    if (lanes[1].eof) { /* the program ended by itself: pass on its last frames, end as it did */
      write_all(keeper, lanes[1].bytes, lanes[1].whole);
      close(keeper);
      int status; while (waitpid(child, &status, 0) < 0 && errno == EINTR) { }
      if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
      signal(WTERMSIG(status), SIG_DFL); raise(WTERMSIG(status)); _exit(98);
    }
    if (lanes[0].eof) { /* the keeper is gone: the program sees it as it would without us */
      write_all(pair[0], lanes[0].bytes, lanes[0].whole);
      shutdown(pair[0], SHUT_WR);
      lanes[0].from = -1;
    }
  }
}
