#include "bytes.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *need(void *p)
{
    if (p == NULL) {
        static const char words[] = "steward-keeper: out of memory\n";
        (void)!write(2, words, sizeof words - 1);
        _exit(70);
    }
    return p;
}

void *xalloc(size_t n) { return need(calloc(1, n == 0 ? 1 : n)); }

char *xstrndup(const void *p, size_t n)
{
    char *s = xalloc(n + 1);
    if (n > 0)
        memcpy(s, p, n);
    return s;
}

uint8_t *buf_room(struct buf *b, size_t n)
{
    if (b->n + n > b->cap) {
        size_t cap = b->cap == 0 ? 512 : b->cap;
        while (cap < b->n + n)
            cap *= 2;
        b->p = need(realloc(b->p, cap));
        b->cap = cap;
    }
    uint8_t *at = b->p + b->n;
    b->n += n;
    return at;
}

void buf_append(struct buf *b, const void *p, size_t n)
{
    if (n > 0)
        memcpy(buf_room(b, n), p, n);
}

void buf_drop(struct buf *b, size_t n)
{
    b->n -= n;
    if (b->n > 0)
        memmove(b->p, b->p + n, b->n);
    else if (b->cap > 65536)
        buf_free(b);
}

void buf_free(struct buf *b)
{
    free(b->p);
    *b = (struct buf){0};
}

void put_u8(struct buf *b, unsigned v) { *buf_room(b, 1) = (uint8_t)v; }

void put_u32(struct buf *b, uint32_t v)
{
    uint8_t *p = buf_room(b, 4);
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

void put_u64(struct buf *b, uint64_t v)
{
    uint8_t *p = buf_room(b, 8);
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

void put_bytes(struct buf *b, const void *p, size_t n)
{
    put_u32(b, (uint32_t)n);
    buf_append(b, p, n);
}

void put_str(struct buf *b, const char *s) { put_bytes(b, s, strlen(s)); }

static const uint8_t *take(struct cur *c, size_t n)
{
    if (c->bad || n > c->n) {
        c->bad = true;
        return NULL;
    }
    const uint8_t *p = c->p;
    c->p += n;
    c->n -= n;
    return p;
}

static uint64_t little(struct cur *c, size_t n)
{
    const uint8_t *p = take(c, n);
    uint64_t v = 0;
    for (size_t i = 0; p != NULL && i < n; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

unsigned get_u8(struct cur *c) { return (unsigned)little(c, 1); }
uint32_t get_u32(struct cur *c) { return (uint32_t)little(c, 4); }
int32_t get_i32(struct cur *c) { return (int32_t)(uint32_t)little(c, 4); }
uint64_t get_u64(struct cur *c) { return little(c, 8); }

struct slice get_bytes(struct cur *c)
{
    uint32_t n = get_u32(c);
    const uint8_t *p = take(c, n);
    return p == NULL ? (struct slice){(const uint8_t *)"", 0} : (struct slice){p, n};
}

char *get_str(struct cur *c)
{
    struct slice s = get_bytes(c);
    if (s.n > 0 && memchr(s.p, 0, s.n) != NULL) {
        c->bad = true;
        s.n = 0;
    }
    return xstrndup(s.p, s.n);
}

struct cur sub(struct slice s) { return (struct cur){s.p, s.n, false}; }
