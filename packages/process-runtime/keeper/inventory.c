/* What a new manager is told first: who the keeper is, and everything that is there. */
#include "keeper.h"

static void hello(uint64_t last_command)
{
    struct buf *b = event_begin(EV_HELLO, false);
    put_u32(b, PROTOCOL_VERSION);
    put_u64(b, manager.generation);
    put_str(b, keeper.boot_id);
    put_u64(b, last_command);
    put_u8(b, keeper.is_pid1);
    put_u32(b, (uint32_t)keeper.pid);
    put_u64(b, event_oldest());
    event_end();
}

static void token_row(const struct token *t)
{
    struct buf *b = event_begin(EV_ROW_TOKEN, false);
    put_u64(b, t->id);
    put_str(b, t->group->name);
    put_u32(b, (uint32_t)t->pid);
    put_u8(b, t->state);
    put_u8(b, t->exec);
    put_u32(b, t->code);
    put_u32(b, t->exit_status);
    put_u64(b, t->user);
    put_u64(b, t->system);
    put_u64(b, t->maxrss);
    put_u64(b, t->exit_monotonic);
    put_u64(b, t->exit_realtime);
    event_end();
}

static void group_row(const struct pgroup *g)
{
    struct buf *b = event_begin(EV_ROW_GROUP, false);
    put_str(b, g->name);
    put_u8(b, g->mode);
    put_str(b, g->path == NULL ? "" : g->path);
    put_u32(b, (uint32_t)g->reaper);
    put_u8(b, g->empty);
    event_end();
}

void inventory(uint64_t last_command)
{
    hello(last_command);
    for (struct token *t = tokens; t != NULL; t = t->next_all)
        if (!t->forget)
            token_row(t);
    for (struct pgroup *g = groups; g != NULL; g = g->next)
        group_row(g);
    for (struct listener *l = listeners; l != NULL; l = l->next) {
        struct buf *b = event_begin(EV_ROW_LISTENER, false);
        put_str(b, l->id);
        put_u8(b, l->kind);
        put_str(b, l->path);
        event_end();
    }
    for (struct kept_fd *f = kept_fds; f != NULL; f = f->next) {
        if (f->pinned)
            continue; /* its set has a row */
        struct buf *b = event_begin(EV_ROW_FD, false);
        put_u64(b, f->id);
        put_u64(b, f->origin);
        event_end();
    }
    stream_rows();
    socket_rows();
    event_begin(EV_INVENTORY_END, false);
    event_end();
}
