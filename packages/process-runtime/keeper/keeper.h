/* What the files of the keeper share. Each section names the file that holds it. */
#ifndef KEEPER_H
#define KEEPER_H
#include "bytes.h"
#include "loop.h"
#include "proto.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifndef OLD_KERNEL
#define OLD_KERNEL 0 /* 1, for a test: what newer kernels and more generous containers offer is taken as missing */
#endif

struct creds { pid_t pid; uid_t uid; gid_t gid; };

/* main.c */
struct keeper { pid_t pid; uid_t uid; gid_t gid; bool is_pid1; char boot_id[40]; struct rlimit nofile; bool ending, leaving; };
extern struct keeper keeper;
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* ending.c */
void keeper_end(int status);               /* CMD_EXIT: end what is left, drain the logs, exit */
void go_on_ending(void);
/* main.c */
void close_from(int fd);
void set_title(const char *name, const char *text); /* what ps shows */

/* peer.c: the two Node processes */
struct peer {
    const char *name;
    char **argv;
    pid_t pid;                             /* 0: not running */
    struct source source;
    struct buf in, out;
    size_t out_at;
    uint64_t generation, last_start, quick_deaths;
    bool broken;
    struct deadline restart;
    void (*started)(struct peer *);        /* a new generation: greet it */
    bool (*frame)(struct peer *, unsigned type, struct cur c); /* false: protocol error */
    void (*died)(struct peer *, int code, int status);
};
extern struct peer manager, journal;
void peer_start(struct peer *p);
void peer_flush(struct peer *p);
bool peer_execute(struct peer *p);
void peer_exited(struct peer *p, int code, int status);
void peer_close(struct peer *p);

/* event.c: what the manager is told, kept until acknowledged */
extern uint64_t event_acked;
struct buf *event_begin(unsigned type, bool keep);  /* header written; put the fields */
uint64_t event_end(void);                  /* its seq, 0 when not kept */
void event_ack(uint64_t seq);
bool event_full(void);
void event_resend(void);
uint64_t event_oldest(void);

/* manager.c, inventory.c */
void inventory(uint64_t last_command);     /* hello, what there is, the end mark */
void manager_setup(char **argv);

/* token.c: spawned and adopted processes by number */
struct pgroup;
struct pids;
struct token {
    struct token *next_id, *next_pid, *prev_all, *next_all;
    uint64_t id;
    struct pgroup *group;
    pid_t pid;
    uint8_t state, exec;
    bool forget, adopted, hot;
    struct source status;                  /* read end of the child's status pipe */
    struct source pidfd;                   /* of an adopted process, where the keeper watches it itself */
    struct buf report;
    uint32_t code, exit_status;
    uint64_t user, system, maxrss, exit_monotonic, exit_realtime;
};
extern struct token *tokens;
struct token *token_find(uint64_t id);
struct token *token_by_pid(pid_t pid);
struct token *token_new(uint64_t id, struct pgroup *g);
void token_spawned(struct token *t, pid_t pid);
void token_failed(struct token *t, uint32_t error); /* no process could be made */
void token_exited(struct token *t, uint32_t code, uint32_t status, uint64_t user, uint64_t system, uint64_t maxrss);
void token_watch_status(struct token *t, int fd);
void token_catch_up(struct token *t);      /* tells what its status pipe holds: exec comes before what it then does */
void token_release(struct token *t);
void token_signal(struct token *t, int signo, bool has_value, int value);
void token_set_state(struct token *t, uint8_t state);
void token_set_pid(struct token *t, pid_t pid);
void token_free(struct token *t);
/* adopt.c */
void token_adopt(uint64_t id, const char *group, pid_t pid, bool force);
void token_adopted(struct token *t, int error);
void adopted_watch(struct token *t, int fd); /* takes the pidfd */
/* attach.c: processes that others started */
void token_attach(uint64_t id, const char *group, pid_t pid, uint64_t start);
void attached_look(struct pgroup *g);
void attached_roots(const struct pgroup *g, struct pids *out);
void attached_forget(struct pgroup *g);

/* spawn.c */
void spawn(uint64_t id, const char *group, struct slice plan);

/* group.c: a unit's processes */
struct pending;
struct heard;
struct kin;
struct pids;
struct pgroup {
    struct pgroup *next;
    char *name, *path;                     /* path: below the cgroup base */
    uint8_t mode;
    bool empty, remove;
    bool childless; /* its reaper's word with the last exit: no child is left */
    uint32_t live;                         /* tokens that are not exited */
    int dir;                               /* cgroup directory */
    struct source watch;                   /* cgroup.events, or the reaper's socket */
    pid_t reaper;
    uint64_t spawns;                       /* sent to the reaper */
    uint32_t starting;                     /* tokens without a pid yet */
    uint8_t freezing;                      /* what is asked for and not told yet: enum freezing */
    bool reaper_gone;
    struct heard *heard_first, *heard_last;
    struct kin *kin;                       /* attach.c: descendants that are held, where there is no cgroup */
    unsigned kin_count;
    struct pending *first, *last;
};
extern struct pgroup *groups;
extern char *cgroup_base;
struct pgroup *group_find(const char *name);
struct pgroup *group_need(const char *name);
void group_signal(struct pgroup *g, int signo, const uint64_t *except, uint32_t n);
enum freezing { FREEZE_NONE, FREEZE_ON, FREEZE_OFF };
void group_freeze(const char *name, bool frozen);
void group_frozen(struct pgroup *g, int error); /* what was asked for is done, or cannot be */
void group_remove(struct pgroup *g);
void group_emptied(struct pgroup *g);
void group_token_gone(struct pgroup *g);
bool group_vacant(const struct pgroup *g); /* nothing of it lives, for certain */
bool group_has(struct pgroup *g, pid_t pid);
struct pgroup *group_by_reaper(pid_t pid);
void group_catch_up(const char *name);
struct token *group_only_token(struct pgroup *g);
const char *group_of(pid_t pid);           /* name, "" when unknown */

/* cgroup.c */
int cgroup_create(struct pgroup *g, const char *path);
void cgroup_signal(struct pgroup *g, int signo, const pid_t *except, uint32_t n);
void cgroup_signal_dir(int dir, int signo, const pid_t *except, uint32_t n);
void cgroup_remove_path(char *path, size_t base);
void cgroup_freeze(struct pgroup *g, bool frozen);
void cgroup_remove(struct pgroup *g);
bool cgroup_has(struct pgroup *g, pid_t pid);
pid_t cgroup_fork(struct pgroup *g);
int cgroup_attach(struct pgroup *g, pid_t pid);
bool cgroup_vacant(const struct pgroup *g);
void cgroup_check(struct pgroup *g);        /* told empty when nothing is in it */
struct pgroup *cgroup_of(pid_t pid);       /* cgroup-of.c, cgroup_has() too */

/* guardian.c: ends cgroups whose keeper is gone */
void guardian_tell(char what, const char *base, const char *path); /* '+' made, '-' removed */

/* reaper.c: a group's own subreaper, and the keeper's side of it */
struct reaper_message {
    uint32_t kind, count;
    uint64_t token, u1, u2, u3;
    int32_t pid, a, b, c;
    pid_t except[];
};
enum { MAX_EXCEPT = 1024, MAX_INPUTS = 200 };
bool reaper_open(struct pgroup *g);
void reaper_spawn(struct pgroup *g, struct token *t, int *fds, int n);   /* takes the descriptors */
void reaper_signal(struct pgroup *g, struct token *t, int signo, bool has_value, int value);
void reaper_group_signal(struct pgroup *g, int signo, const pid_t *except, uint32_t n);
void reaper_freeze(struct pgroup *g, bool frozen);
void reaper_adopt(struct pgroup *g, struct token *t);
void reaper_end(struct pgroup *g);
void reapers_pull(void);                   /* births that reapers have told */
void reapers_work_off(void);               /* what else they told meanwhile */

/* tree.c: descent, by /proc */
struct pids { pid_t *p; size_t n, cap; };
void pids_add(struct pids *l, pid_t pid);
bool pids_has(const struct pids *l, pid_t pid);
void descendants(pid_t root, struct pids *out);
pid_t parent_of(pid_t pid);                /* 0 when there is no such process */
struct hunt {
    void (*list)(const void *where, struct pids *out);
    const void *where;
    void (*between)(void);                 /* before each round: whoever reaps, reaps */
};
void hunt(const struct hunt *h, int signo, const pid_t *except, size_t n);
void tree_signal(pid_t root, int signo, const pid_t *except, size_t n, void (*between)(void)); /* all below root */
void forest_signal(const struct pids *roots, int signo, const pid_t *except, size_t n); /* the roots and all below them */
ssize_t slurp(const char *path, char *into, size_t n); /* a small file, ended by a NUL */
void read_comm(pid_t pid, char comm[17]);

/* plan.c and child.c */
struct plan_input_spec { unsigned kind, reg; uint64_t number; char *text; };
struct plan_inputs { struct plan_input_spec list[MAX_INPUTS]; unsigned n; };
bool plan_check(struct slice plan, struct plan_inputs *inputs);
void plan_inputs_free(struct plan_inputs *inputs);
_Noreturn void child_run(int plan_fd, int status_fd, const int *inputs, unsigned n, const char *group);
struct child_report { uint32_t step, status, error, ignored; };

/* reap.c */
void reap_all(void);
void drain_messages(const char *group);    /* notify and log sockets, and the streams of a group, before an exit is reported */

/* fdstore.c: descriptors that came in by messages */
struct kept_fd {
    struct kept_fd *next;
    uint64_t id, origin;
    int fd;
    bool closing, pinned;                  /* pinned: belongs to a set of sockets */
    struct source watch;                   /* in the loop while somebody waits for its end */
    char *group;
};
extern struct kept_fd *kept_fds;
uint64_t fd_keep(int fd);
uint64_t fd_same(int fd);                  /* the kept one that is the same open file, or 0 */
void fd_watch(uint64_t id, const char *group);
uint64_t fd_keep_pinned(int fd);           /* until fd_forget, which does not close it */
void fd_forget(uint64_t id);
void fd_origin(uint64_t id, uint64_t seq);
int fd_get(uint64_t id);
void fd_close(uint64_t id);
void fd_hold(uint64_t id);                 /* keeps what came over a connection also when the manager ends */
void fd_acked(uint64_t seq);
void fds_drop_unrecorded(void);

/* listen.c, conn.c, dgram.c, stream.c */
struct listener { struct listener *next; char *id, *path; uint8_t kind; struct source source; };
extern struct listener *listeners;
void listener_open(char *id, unsigned kind, char *path, uint32_t mode, uint32_t uid, uint32_t gid);
void listener_close(const char *id);
struct listener *listener_find(const char *id);
void listeners_want(void);                 /* read what may be read now */
void conn_accept(struct listener *l);
void conn_send(uint64_t id, struct slice data);
void conn_close(uint64_t id);
void conn_connect(uint64_t id, const char *path); /* to somebody else's socket, with an id that the manager chose */
void conns_drop(void);
void conns_want(void);
void dgram_read(struct listener *l);
int recv_message(int fd, void *p, size_t n, struct creds *who, int *fds, unsigned *nfds);
struct stream;
int stream_open(uint64_t id, uint64_t token, const char *group, struct slice metadata); /* the child's end, or -1 */
void stream_accept(struct listener *l);
void streams_drain(const char *group);
void streams_want(void);
void stream_rows(void);

/* journal.c: log data, kept until the journal process has written them */
struct item;
struct queue { struct item *first, *last; };
struct stream {
    struct stream *next;
    uint64_t id, token, offset, acked;
    char *group;
    struct buf metadata;
    struct source source;
    size_t held;                           /* bytes not acknowledged */
    bool announced, ended, external;
    struct queue queue;
    struct creds last;
    char comm[17];
    uint64_t comm_read;
};
extern struct stream *streams;
void journal_setup(char **argv);
void journal_config(struct slice config);
void journal_stream_data(struct stream *s, const struct creds *who, const void *p, size_t n);
void journal_stream_end(struct stream *s);
void journal_datagram(unsigned source, const struct creds *who, const char *comm, const char *group, const void *p, size_t n);
bool journal_full(unsigned source);
bool journal_stream_full(const struct stream *s);
bool journal_idle(void);
void journal_pump(void);

/* socket-set.c: sockets of units */
void sockets_open(uint64_t id, const char *unit, struct slice spec);
void sockets_arm(uint64_t id, bool on, bool flush);
void sockets_close(uint64_t id, bool remove);
void sockets_want(void);
void socket_rows(void);

/* watch.c, lock.c, clock.c, mounts.c */
void mounts_watch(void);
void watch_path(const char *id, const char *path, uint32_t mask);
void watch_way(const char *id, char *path, uint32_t mask);
void unwatch_path(const char *id, bool starts);
void lock_path(const char *path);
void clock_setup(void);

#endif
