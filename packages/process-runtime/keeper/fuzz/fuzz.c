/*
 * fuzz WHAT SEED ROUNDS < SAMPLES: mutates samples (u32 length and bytes each) and feeds them to the code that reads
 * what other processes send. WHAT: manager, journal, plan or sockets. What would act on the machine is replaced below.
 */
#include "keeper.h"
#include "loop.h"
#include "sockets.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Everything that acts. */
struct keeper keeper;
struct token *tokens;
struct pgroup *groups;
struct listener *listeners;
struct kept_fd *kept_fds;
struct stream *streams;
char *cgroup_base;
static struct plan_inputs inputs;
static struct pgroup one_group;
static struct token one_token;

void complain(const char *format, ...) { (void)format; }
void keeper_end(int status) { (void)status; }
uint64_t now_monotonic(void) { return 1; }
uint64_t clock_usec(int clock) { return (uint64_t)clock; }
void loop_add(struct source *s, int fd, uint32_t e, void (*ready)(struct source *, uint32_t)) { *s = (struct source){fd, e, ready}; }
void loop_want(struct source *s, uint32_t e) { s->events = e; }
void loop_close(struct source *s) { s->fd = -1; }
void loop_free_later(void *p) { free(p); }
void deadline_arm(struct deadline *d, uint64_t due, void (*fire)(struct deadline *)) { d->due = due; d->fire = fire; }
struct token *token_find(uint64_t id) { return id % 2 ? &one_token : NULL; }
void token_release(struct token *t) { (void)t; }
void token_signal(struct token *t, int signo, bool has, int value) { (void)t; (void)signo; (void)has; (void)value; }
void token_adopt(uint64_t id, const char *g, pid_t pid, bool force) { (void)id; (void)g; (void)pid; (void)force; }
void spawn(uint64_t id, const char *g, struct slice plan)
{
    (void)id; (void)g;
    plan_check(plan, &inputs);
    plan_inputs_free(&inputs);
}
struct pgroup *group_find(const char *name) { return name[0] & 1 ? &one_group : NULL; }
struct pgroup *group_need(const char *name) { (void)name; return &one_group; }
void group_signal(struct pgroup *g, int signo, const uint64_t *e, uint32_t n)
{
    (void)g; (void)signo;
    volatile uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += e[i];
}
void group_freeze(const char *name, bool frozen) { (void)name; (void)frozen; }
void group_remove(struct pgroup *g) { (void)g; }
int cgroup_create(struct pgroup *g, const char *path) { (void)g; return path[0]; }
void listener_open(char *id, unsigned k, char *path, uint32_t m, uint32_t u, uint32_t g) { (void)k; (void)m; (void)u; (void)g; free(id); free(path); }
void listener_close(const char *id) { (void)id; }
void listeners_want(void) {}
void conn_send(uint64_t id, struct slice data) { volatile uint8_t x = 0; for (uint32_t i = 0; i < data.n; i++) x ^= data.p[i]; (void)id; }
void conn_close(uint64_t id) { (void)id; }
void conn_connect(uint64_t id, const char *path) { (void)id; (void)path; }
void token_attach(uint64_t id, const char *g, pid_t pid, uint64_t start) { (void)id; (void)g; (void)pid; (void)start; }
void fd_hold(uint64_t id) { (void)id; }
void conns_drop(void) {}
void streams_want(void) {}
void stream_rows(void) {}
void watch_path(const char *id, const char *path, uint32_t mask) { (void)id; (void)path; (void)mask; }
void watch_way(const char *id, char *path, uint32_t mask) { (void)id; (void)path; (void)mask; }
void unwatch_path(const char *id, bool starts) { (void)id; (void)starts; }
void lock_path(const char *path) { (void)path; }
void mounts_watch(void) {}
void fd_watch(uint64_t id, const char *group) { (void)id; (void)group; }
void fd_close(uint64_t id) { (void)id; }
void fd_acked(uint64_t seq) { (void)seq; }
void fds_drop_unrecorded(void) {}
void sockets_arm(uint64_t id, bool on, bool flush) { (void)id; (void)on; (void)flush; }
void sockets_close(uint64_t id, bool remove) { (void)id; (void)remove; }
void sockets_want(void) {}
void socket_rows(void) {}
/* Read, and walked as it is when it is applied. */
void sockets_open(uint64_t id, const char *unit, struct slice bytes)
{
    struct socket_spec spec;
    (void)id; (void)unit;
    volatile size_t sum = 0;
    if (socket_spec_read(bytes, &spec))
        for (uint32_t i = 0; i < spec.nports; i++) {
            uint32_t level, name;
            unsigned flags;
            struct slice value;
            for (struct options o = spec.ports[i].before; option_next(&o, &level, &name, &flags, &value);)
                sum += value.n > 0 ? value.p[value.n - 1] : level;
            for (struct options o = spec.ports[i].after; option_next(&o, &level, &name, &flags, &value);)
                sum += value.n > 0 ? value.p[value.n - 1] : name;
            sum += strlen(spec.ports[i].path) + (spec.ports[i].kind == PORT_SOCKET ? spec.ports[i].address.p[spec.ports[i].address.n - 1] : 0);
        }
    socket_spec_free(&spec);
}

static uint64_t state;
static uint64_t rnd(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* A few changes at random places: bits, bytes, known bad numbers, pieces removed, doubled, exchanged. */
static void mutate(struct buf *b)
{
    static const uint32_t bad[] = {0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x10000, 0xfffff, 0x100000, 0x100001, 0x7fffffff, 0x80000000, 0xffffffff};
    for (uint64_t n = rnd() % 8; n > 0 && b->n > 0; n--) {
        size_t at = rnd() % b->n, len = 1 + rnd() % 16;
        if (len > b->n - at)
            len = b->n - at;
        switch (rnd() % 6) {
        case 0: b->p[at] ^= (uint8_t)(1u << rnd() % 8); break;
        case 1: b->p[at] = (uint8_t)rnd(); break;
        case 2:
            for (size_t i = 0; i < 4 && at + i < b->n; i++)
                b->p[at + i] = (uint8_t)(bad[rnd() % (sizeof bad / sizeof *bad)] >> (8 * i));
            break;
        case 3:
            memmove(b->p + at, b->p + at + len, b->n - at - len);
            b->n -= len;
            break;
        case 4: {
            uint8_t copy[16];
            memcpy(copy, b->p + at, len);
            buf_append(b, copy, len);
            break;
        }
        case 5: memmove(b->p + at, b->p + rnd() % (b->n - len + 1), len); break;
        }
    }
}

static struct buf all;
static struct slice samples[4096];
static size_t sample_count;

static void read_samples(void)
{
    ssize_t n;
    do {
        size_t had = all.n;
        n = read(0, buf_room(&all, 65536), 65536);
        all.n = had + (n > 0 ? (size_t)n : 0);
    } while (n > 0);
    struct cur c = {all.p, all.n, false};
    while (c.n > 0 && !c.bad && sample_count < 4096)
        samples[sample_count++] = get_bytes(&c);
}

/* A journal process that has something to acknowledge. */
static void some_items(void)
{
    struct creds who = {1, 2, 3};
    if (streams == NULL) {
        streams = xalloc(sizeof *streams);
        streams->id = rnd() % 4;
        streams->source.fd = -1;
        streams->group = xstrndup("g", 1);
    }
    journal_stream_data(streams, &who, "abcdefgh", 1 + rnd() % 8);
    journal_datagram(rnd() % SOURCES, &who, "comm", "group", "xyz", 3);
    if (rnd() % 8 == 0)
        journal_stream_end(streams);
    journal_pump();
    journal.out.n = journal.out_at = 0;
}

static void feed(struct peer *p, const struct buf *b)
{
    p->in.n = 0;
    /* An exact copy, so that a byte read beyond it is seen. */
    struct peer copy = *p;
    copy.in = (struct buf){malloc(b->n), b->n, b->n};
    memcpy(copy.in.p, b->p, b->n);
    peer_execute(&copy);
    free(copy.in.p);
}

int main(int argc, char **argv)
{
    static char *some_argv[] = {"x", NULL};
    if (argc != 4)
        return 2;
    state = strtoull(argv[2], NULL, 10) * 2654435761u + 1;
    one_group.name = "g";
    one_group.dir = -1;
    manager_setup(some_argv);
    journal_setup(some_argv);
    journal.source.fd = 99; /* nothing is sent: descriptor 99 is not open, and sending fails */
    read_samples();
    for (unsigned long i = strtoul(argv[3], NULL, 10); i > 0 && sample_count > 0; i--) {
        struct buf b = {0};
        for (uint64_t n = 1 + rnd() % 3; n > 0; n--) {
            struct slice s = samples[rnd() % sample_count];
            buf_append(&b, s.p, s.n);
        }
        mutate(&b);
        if (strcmp(argv[1], "manager") == 0) {
            feed(&manager, &b);
            manager.out.n = 0;
            event_ack(UINT64_MAX);
        } else if (strcmp(argv[1], "journal") == 0) {
            some_items();
            feed(&journal, &b);
        } else {
            uint8_t *exact = malloc(b.n);
            memcpy(exact, b.p, b.n);
            struct slice all_of_it = {exact, (uint32_t)b.n};
            if (strcmp(argv[1], "sockets") == 0)
                sockets_open(1, "u", all_of_it);
            else {
                plan_check(all_of_it, &inputs);
                plan_inputs_free(&inputs);
            }
            free(exact);
        }
        buf_free(&b);
    }
    puts("done");
    return 0;
}
