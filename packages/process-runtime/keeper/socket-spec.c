/* What is to be opened, as the manager says it: read whole and checked before anything is done. */
#include "keeper.h"
#include "sockets.h"
#include <stdlib.h>
#include <string.h>

bool option_next(struct options *o, uint32_t *level, uint32_t *name, unsigned *flags, struct slice *value)
{
    if (o->n == 0)
        return false;
    o->n--;
    *level = get_u32(&o->at);
    *name = get_u32(&o->at);
    *flags = get_u8(&o->at);
    *value = get_bytes(&o->at);
    return !o->at.bad;
}

static struct options read_options(struct cur *c)
{
    struct options o = {.n = get_u32(c)};
    if (o.n > MAX_OPTIONS)
        c->bad = true;
    o.at = *c;
    for (uint32_t i = 0; i < o.n && !c->bad; i++) {
        get_u32(c);
        get_u32(c);
        get_u8(c);
        if (get_bytes(c).n > 256)
            c->bad = true;
    }
    return o;
}

static void read_port(struct cur *c, struct port_spec *p)
{
    p->kind = get_u8(c);
    p->accepts = get_u8(c) != 0;
    p->path = get_str(c);
    if (p->path[0] != 0 && p->path[0] != '/')
        c->bad = true;
    switch (p->kind) {
    case PORT_SOCKET:
        p->domain = get_u32(c);
        p->type = get_u32(c);
        p->protocol = get_u32(c);
        p->listens = get_u8(c) != 0;
        p->backlog = get_u32(c);
        p->address = get_bytes(c);
        p->before = read_options(c);
        p->after = read_options(c);
        if (p->address.n < 2 || p->address.n > 128)
            c->bad = true;
        break;
    case PORT_FIFO: p->pipe_size = get_u32(c); break;
    case PORT_SPECIAL: p->writable = get_u8(c) != 0; break;
    case PORT_QUEUE:
        p->max_messages = get_u64(c);
        p->message_size = get_u64(c);
        break;
    case PORT_FAIL: p->error = get_u32(c); break;
    default: c->bad = true;
    }
    if (p->kind != PORT_SOCKET && p->kind != PORT_FAIL && p->path[0] == 0)
        c->bad = true;
    if (c->n != 0)
        c->bad = true;
}

/* False where it is malformed; to be freed in either case. It points into `bytes`. */
bool socket_spec_read(struct slice bytes, struct socket_spec *s)
{
    struct cur c = sub(bytes);
    *s = (struct socket_spec){.directory_mode = get_u32(&c)};
    s->mode = get_u32(&c);
    s->uid = get_u32(&c);
    s->gid = get_u32(&c);
    s->owner_error = get_u32(&c);
    s->accept = get_u8(&c) != 0;
    s->replaces = get_u8(&c) != 0;
    uint32_t links = get_u32(&c);
    if (links > MAX_LINKS)
        return false;
    while (s->nlinks < links && !c.bad)
        s->links[s->nlinks++] = get_str(&c);
    uint32_t ports = get_u32(&c);
    if (ports == 0 || ports > MAX_PORTS)
        return false;
    s->ports = xalloc(ports * sizeof *s->ports);
    while (s->nports < ports && !c.bad) {
        struct cur one = sub(get_bytes(&c));
        read_port(&one, &s->ports[s->nports++]);
        if (one.bad)
            return false;
    }
    return !c.bad && c.n == 0;
}

void socket_spec_free(struct socket_spec *s)
{
    for (uint32_t i = 0; i < s->nlinks; i++)
        free(s->links[i]);
    for (uint32_t i = 0; i < s->nports; i++)
        free(s->ports[i].path);
    free(s->ports);
    s->ports = NULL;
    s->nlinks = s->nports = 0;
}
