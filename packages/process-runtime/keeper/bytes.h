/* Byte buffers that grow, and cursors that never read past their end. */
#ifndef BYTES_H
#define BYTES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf { uint8_t *p; size_t n, cap; };
struct slice { const uint8_t *p; uint32_t n; };
struct cur { const uint8_t *p; size_t n; bool bad; };

void *xalloc(size_t n);                     /* zeroed; ends the process when there is no memory */
char *xstrndup(const void *p, size_t n);
void buf_append(struct buf *b, const void *p, size_t n);
uint8_t *buf_room(struct buf *b, size_t n); /* n more bytes, to be filled by the caller */
void buf_drop(struct buf *b, size_t n);     /* the first n bytes */
void buf_free(struct buf *b);
void put_u8(struct buf *b, unsigned v);
void put_u32(struct buf *b, uint32_t v);
void put_u64(struct buf *b, uint64_t v);
void put_bytes(struct buf *b, const void *p, size_t n);
void put_str(struct buf *b, const char *s);

/* Each returns 0 or an empty slice and sets bad when the bytes do not suffice. */
unsigned get_u8(struct cur *c);
uint32_t get_u32(struct cur *c);
int32_t get_i32(struct cur *c);
uint64_t get_u64(struct cur *c);
struct slice get_bytes(struct cur *c);
char *get_str(struct cur *c);               /* a fresh copy; a NUL inside is bad */
struct cur sub(struct slice s);
#endif
