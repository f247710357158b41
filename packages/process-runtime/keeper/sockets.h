/* Sockets of units (systemd.socket(5)): what the manager wants opened, and the sets that are open. */
#ifndef SOCKETS_H
#define SOCKETS_H
#include "bytes.h"
#include "loop.h"
#include <stdbool.h>
#include <sys/types.h>

enum { MAX_PORTS = 128, MAX_OPTIONS = 64, MAX_LINKS = 64 };

/* A list of socket options: checked when the spec was read, walked again whenever it is applied. */
struct options { struct cur at; uint32_t n; };

struct port_spec {
    unsigned kind;
    bool accepts, listens, writable;
    char *path;                            /* "" where there is none */
    uint32_t domain, type, protocol, backlog, pipe_size, error;
    struct slice address;
    struct options before, after;          /* bind(2) */
    uint64_t max_messages, message_size;
};

struct socket_spec {
    uint32_t directory_mode, mode, uid, gid, owner_error;
    bool accept, replaces;                 /* replaces: a link may take the place of what is there */
    char *links[MAX_LINKS];
    uint32_t nlinks, nports;
    struct port_spec *ports;
};

struct port { struct source source; struct socket_set *set; struct port_spec *spec; uint64_t fd; int poll_error; };

struct socket_set {
    struct socket_set *next;
    uint64_t id;
    char *unit;
    struct buf bytes;                      /* what the spec points into */
    struct socket_spec spec;
    struct port *ports;
    bool armed;
    unsigned fresh;                        /* connections accepted and not yet recorded by the manager */
    uint64_t last_seq;                     /* of the latest of these */
};

/* What was tried in vain and is no failure: port (NONE_PORT: a link), index of the option or link, errno. */
struct ignored { uint32_t port, index; int error; };
#define NONE_PORT 0xffffffffu
struct ignored_list { struct ignored list[MAX_PORTS]; unsigned n; };

/* socket-spec.c */
bool socket_spec_read(struct slice bytes, struct socket_spec *spec);
void socket_spec_free(struct socket_spec *spec);
bool option_next(struct options *o, uint32_t *level, uint32_t *name, unsigned *flags, struct slice *value);

/* socket-open.c */
int port_open(const struct socket_spec *s, uint32_t at, int *fd, struct ignored_list *ignored);
void port_apply(const struct port_spec *p, int fd, uint32_t at, struct ignored_list *ignored); /* options that follow bind(2) */
void links_make(const struct socket_spec *s, struct ignored_list *ignored);

/* socket-nodes.c */
int node_parent(const char *path, mode_t mode, bool make, char **copy, char **name);
int nodes_own(const struct socket_spec *s, uint32_t *at);
void nodes_remove(const struct socket_spec *s);
#endif
