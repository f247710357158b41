/* Events to the manager: numbered, stamped with the keeper's clocks, kept until acknowledged. */
#include "keeper.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_EVENTS = 8192, MAX_BYTES = 8 << 20 };

struct event { struct event *next; uint64_t seq; size_t n; uint8_t p[]; };

static struct event *first, *last;
static size_t count, bytes;
static uint64_t next_seq = 1;
static struct buf scratch;
static uint64_t scratch_seq;
uint64_t event_acked;

struct buf *event_begin(unsigned type, bool keep)
{
    scratch.n = 0;
    scratch_seq = keep ? next_seq++ : 0;
    put_u32(&scratch, 0);
    put_u8(&scratch, type);
    put_u64(&scratch, scratch_seq);
    put_u64(&scratch, clock_usec(CLOCK_MONOTONIC));
    put_u64(&scratch, clock_usec(CLOCK_BOOTTIME));
    put_u64(&scratch, clock_usec(CLOCK_REALTIME));
    return &scratch;
}

uint64_t event_end(void)
{
    uint32_t n = (uint32_t)(scratch.n - 4);
    for (int i = 0; i < 4; i++)
        scratch.p[i] = (uint8_t)(n >> (8 * i));
    if (scratch_seq != 0) {
        struct event *e = xalloc(sizeof *e + scratch.n);
        e->seq = scratch_seq;
        e->n = scratch.n;
        memcpy(e->p, scratch.p, scratch.n);
        if (last != NULL)
            last->next = e;
        else
            first = e;
        last = e;
        count++;
        bytes += e->n;
    }
    if (manager.source.fd >= 0)
        buf_append(&manager.out, scratch.p, scratch.n);
    return scratch_seq;
}

void event_ack(uint64_t seq)
{
    bool was_full = event_full();
    while (first != NULL && first->seq <= seq) {
        struct event *e = first;
        first = e->next;
        if (first == NULL)
            last = NULL;
        count--;
        bytes -= e->n;
        event_acked = e->seq;
        free(e);
    }
    fd_acked(event_acked);
    if (was_full && !event_full())
        listeners_want();
    sockets_want();
}

bool event_full(void) { return count >= MAX_EVENTS || bytes >= MAX_BYTES; }

void event_resend(void)
{
    for (struct event *e = first; e != NULL; e = e->next)
        buf_append(&manager.out, e->p, e->n);
}

uint64_t event_oldest(void) { return first == NULL ? next_seq : first->seq; }
