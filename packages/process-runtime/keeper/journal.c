/*
 * Log data on its way to the journal process, in order of arrival, each piece kept until it is acknowledged as written. A new journal
 * process gets all that is left again, from the acknowledged offset of each stream on.
 */
#include "keeper.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { STREAM_MAX = 65536, DGRAM_COUNT = 4096, DGRAM_BYTES = 8 << 20, TOTAL_MAX = 64 << 20, OUT_HIGH = 256 << 10 };

struct item {
    struct item *prev, *next;              /* all, in order of arrival */
    struct item *next_own;                 /* of the same stream or source */
    bool sent;
    struct stream *stream;                 /* NULL: a datagram */
    unsigned source;
    uint64_t number;                       /* offset of the first byte, or a datagram's number */
    bool end;
    struct creds who;
    char comm[17];
    char *group;
    uint64_t realtime, monotonic;
    size_t n;
    uint8_t p[];
};

struct peer journal = {.name = "journal process", .source.fd = -1};
static struct item *first, *last, *unsent;
static struct buf config;
static struct { uint64_t next; size_t count, bytes; struct queue queue; } sources[SOURCES];
static size_t total;
static bool config_sent;

static size_t open_frame(unsigned type)
{
    size_t at = journal.out.n;
    put_u32(&journal.out, 0);
    put_u8(&journal.out, type);
    return at;
}

static void close_frame(size_t at)
{
    uint32_t n = (uint32_t)(journal.out.n - at - 4);
    for (int i = 0; i < 4; i++)
        journal.out.p[at + (size_t)i] = (uint8_t)(n >> (8 * i));
}

static void put_item(const struct item *i, size_t skip)
{
    struct buf *b = &journal.out;
    put_u32(b, (uint32_t)i->who.pid);
    put_u32(b, i->who.uid);
    put_u32(b, i->who.gid);
    put_str(b, i->comm);
    put_str(b, i->group);
    put_u64(b, i->realtime);
    put_u64(b, i->monotonic);
    put_bytes(b, i->p + skip, i->n - skip);
}

static void send_item(struct item *i)
{
    struct stream *s = i->stream;
    size_t at;
    if (s == NULL) {
        at = open_frame(JN_DATAGRAM);
        put_u8(&journal.out, i->source);
        put_u64(&journal.out, i->number);
        put_item(i, 0);
        close_frame(at);
        return;
    }
    if (!s->announced) {
        at = open_frame(JN_STREAM_OPEN);
        put_u64(&journal.out, s->id);
        put_bytes(&journal.out, s->metadata.p, s->metadata.n);
        close_frame(at);
        s->announced = true;
    }
    size_t skip = s->acked > i->number ? (size_t)(s->acked - i->number) : 0;
    at = open_frame(i->end ? JN_STREAM_EOF : JN_STREAM_DATA);
    put_u64(&journal.out, s->id);
    put_u64(&journal.out, i->number + skip);
    if (!i->end)
        put_item(i, skip);
    close_frame(at);
}

static struct queue *queue_of(struct item *i) { return i->stream != NULL ? &i->stream->queue : &sources[i->source].queue; }

/* Acknowledged from the front: the first of its stream or source. */
static void drop_item(struct item *i)
{
    struct queue *q = queue_of(i);
    q->first = i->next_own;
    if (q->first == NULL)
        q->last = NULL;
    *(i->prev != NULL ? &i->prev->next : &first) = i->next;
    *(i->next != NULL ? &i->next->prev : &last) = i->prev;
    if (unsent == i)
        unsent = i->next;
    total -= i->n;
    if (i->stream == NULL) {
        sources[i->source].count--;
        sources[i->source].bytes -= i->n;
    }
    free(i->group);
    free(i);
}

static void drop_stream(struct stream *s)
{
    struct stream **at = &streams;
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    loop_close(&s->source);
    buf_free(&s->metadata);
    free(s->group);
    loop_free_later(s);
}

/* An ended stream is forgotten when its end was sent and every byte is acknowledged. */
static void settle_stream(struct stream *s)
{
    if (s->ended && s->acked == s->offset)
        drop_stream(s);
}

void journal_pump(void)
{
    if (journal.source.fd < 0)
        return;
    while (unsent != NULL && journal.out.n - journal.out_at < OUT_HIGH) {
        struct item *i = unsent;
        struct stream *s = i->stream;
        unsent = i->next;
        i->sent = true;
        send_item(i);
        if (!i->end)
            continue;
        s->ended = true;
        if (s->acked == s->offset) { /* then the end is all that is left of it */
            drop_item(i);
            drop_stream(s);
        }
    }
    peer_flush(&journal);
}

static struct item *add(struct stream *s, unsigned source, const void *p, size_t n)
{
    struct item *i = xalloc(sizeof *i + n);
    i->stream = s;
    i->source = source;
    struct queue *q = queue_of(i);
    *(q->last != NULL ? &q->last->next_own : &q->first) = i;
    q->last = i;
    i->n = n;
    if (n > 0)
        memcpy(i->p, p, n);
    i->realtime = clock_usec(CLOCK_REALTIME);
    i->monotonic = clock_usec(CLOCK_MONOTONIC);
    i->prev = last;
    *(last != NULL ? &last->next : &first) = i;
    last = i;
    if (unsent == NULL)
        unsent = i;
    total += n;
    return i;
}

/* Without a journal process nobody would ever read: then streams are read and forgotten. */
static bool nobody(void) { return journal.argv == NULL || journal.argv[0] == NULL; }

void journal_stream_data(struct stream *s, const struct creds *who, const void *p, size_t n)
{
    if (nobody()) {
        s->offset += n;
        s->acked = s->offset;
        return;
    }
    struct item *i = add(s, 0, p, n);
    i->number = s->offset;
    i->who = *who;
    memcpy(i->comm, s->comm, sizeof i->comm);
    i->group = xstrndup(s->group, strlen(s->group));
    s->offset += n;
    s->held += n;
}

void journal_stream_end(struct stream *s)
{
    if (s->offset == s->acked && !s->announced) {
        drop_stream(s); /* it never said a word to this journal process */
        return;
    }
    struct item *i = add(s, 0, NULL, 0);
    i->number = s->offset;
    i->end = true;
    i->group = xstrndup("", 0);
}

void journal_datagram(unsigned source, const struct creds *who, const char *comm, const char *group, const void *p, size_t n)
{
    if (nobody())
        return;
    struct item *i = add(NULL, source, p, n);
    i->number = ++sources[source].next;
    i->who = *who;
    strncpy(i->comm, comm, sizeof i->comm - 1);
    i->group = xstrndup(group, strlen(group));
    sources[source].count++;
    sources[source].bytes += n;
}

bool journal_full(unsigned source)
{
    return sources[source].count >= DGRAM_COUNT || sources[source].bytes >= DGRAM_BYTES || total >= TOTAL_MAX;
}

bool journal_stream_full(const struct stream *s) { return s->held >= STREAM_MAX || total >= TOTAL_MAX; }

bool journal_idle(void) { return first == NULL; }

static void stream_acked(uint64_t id, uint64_t offset)
{
    struct stream *s = streams;
    while (s != NULL && s->id != id)
        s = s->next;
    if (s == NULL || offset > s->offset)
        return;
    for (struct item *i; (i = s->queue.first) != NULL && i->sent && i->number + i->n <= offset;) {
        s->held -= i->n;
        drop_item(i);
    }
    if (offset > s->acked)
        s->acked = offset;
    settle_stream(s);
}

static void datagrams_acked(unsigned source, uint64_t number)
{
    for (struct item *i; (i = sources[source].queue.first) != NULL && i->sent && i->number <= number;)
        drop_item(i);
}

static bool frame(struct peer *p, unsigned type, struct cur c)
{
    (void)p;
    if (type == JN_STREAM_ACK) {
        uint64_t id = get_u64(&c), offset = get_u64(&c);
        if (!c.bad)
            stream_acked(id, offset);
    } else if (type == JN_DATAGRAM_ACK) {
        unsigned source = get_u8(&c);
        uint64_t number = get_u64(&c);
        if (source >= SOURCES)
            return false;
        if (!c.bad)
            datagrams_acked(source, number);
    } else
        return false;
    streams_want();
    listeners_want();
    return !c.bad && c.n == 0;
}

static void send_config(void)
{
    size_t at = open_frame(JN_CONFIG);
    put_bytes(&journal.out, config.p, config.n);
    close_frame(at);
}

static void started(struct peer *p)
{
    size_t at = open_frame(JN_HELLO);
    put_u32(&journal.out, PROTOCOL_VERSION);
    put_u64(&journal.out, p->generation);
    put_str(&journal.out, keeper.boot_id);
    put_u32(&journal.out, (uint32_t)keeper.pid);
    close_frame(at);
    if (config_sent)
        send_config();
    for (struct stream *s = streams; s != NULL; s = s->next)
        s->announced = s->ended = false;
    unsent = first;
    for (struct item *i = first; i != NULL; i = i->next)
        i->sent = false;
}

static void died(struct peer *p, int code, int status)
{
    (void)p;
    if (keeper.ending)
        return;
    complain("the journal process ended (%s %d); starting it again", code == CLD_EXITED ? "status" : "signal", status);
    struct buf *b = event_begin(EV_JOURNAL_DIED, true);
    put_u32(b, (uint32_t)p->pid);
    put_u32(b, (uint32_t)code);
    put_u32(b, (uint32_t)status);
    event_end();
}

void journal_config(struct slice data)
{
    config.n = 0;
    buf_append(&config, data.p, data.n);
    config_sent = true;
    if (journal.source.fd >= 0)
        send_config();
}

void journal_setup(char **argv)
{
    journal.argv = argv;
    journal.started = started;
    journal.died = died;
    journal.frame = frame;
}
