/* One epoll loop: descriptors, deadlines, and memory that lives until the present round ends. */
#ifndef LOOP_H
#define LOOP_H
#include <stdint.h>

struct source {
    int fd;                                       /* -1: not in the loop */
    uint32_t events;
    void (*ready)(struct source *, uint32_t events);
};

struct deadline {
    uint64_t due;                                 /* monotonic microseconds; 0: not armed */
    void (*fire)(struct deadline *);
    struct deadline *next;
};

void loop_open(void);
void loop_add(struct source *s, int fd, uint32_t events, void (*ready)(struct source *, uint32_t));
void loop_want(struct source *s, uint32_t events);
void loop_close(struct source *s);                /* out of the loop, and closes the descriptor */
void loop_free_later(void *p);                    /* free(p) when no event of this round can point to it */
void deadline_arm(struct deadline *d, uint64_t due, void (*fire)(struct deadline *));
void loop_round(void (*before_wait)(void));       /* waits once, dispatches what is ready */
uint64_t now_monotonic(void);
uint64_t clock_usec(int clock);
#endif
