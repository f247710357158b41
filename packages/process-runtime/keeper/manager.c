/* The manager's commands, each executed once, and what a new manager is told. */
#include "keeper.h"
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

struct peer manager = {.name = "manager", .source.fd = -1};
static uint64_t last_command;

static void started(struct peer *p)
{
    (void)p;
    inventory(last_command);
    event_resend();
    listeners_want();
    sockets_want();
}

static void died(struct peer *p, int code, int status)
{
    (void)p;
    conns_drop();
    fds_drop_unrecorded();
    listeners_want();
    sockets_want();
    if (keeper.ending)
        return;
    complain("the manager ended (%s %d); starting it again", code == CLD_EXITED ? "status" : "signal", status);
    /* A manager that never gave a command and dies again and again cannot run at all here. */
    if (!keeper.is_pid1 && last_command == 0 && manager.generation >= 5) {
        complain("the manager never came up; giving up");
        keeper_end(code == CLD_EXITED && status != 0 ? status : 1);
    }
}

static void group_signal_command(struct cur *c, const char *name, uint32_t signo)
{
    static uint64_t except[MAX_EXCEPT];
    uint32_t n = get_u32(c);
    if (n > MAX_EXCEPT)
        c->bad = true;
    for (uint32_t i = 0; i < n && !c->bad; i++)
        except[i] = get_u64(c);
    struct pgroup *g = group_find(name);
    if (!c->bad && g != NULL)
        group_signal(g, (int)signo, except, n);
}

static void group_command(unsigned type, struct cur *c)
{
    char *name = get_str(c);
    if (type == CMD_GROUP_SIGNAL) {
        uint32_t signo = get_u32(c);
        group_signal_command(c, name, signo);
    } else if (type == CMD_GROUP_CREATE) {
        char *path = get_str(c);
        if (!c->bad) {
            struct pgroup *g = group_need(name);
            int error = cgroup_create(g, path);
            struct buf *b = event_begin(EV_GROUP_CREATED, true);
            put_str(b, name);
            put_u32(b, (uint32_t)error);
            event_end();
        }
        free(path);
    } else if (!c->bad) {
        struct pgroup *g = group_find(name);
        if (type != CMD_GROUP_REMOVE)
            group_freeze(name, type == CMD_GROUP_FREEZE);
        else if (g != NULL)
            group_remove(g);
    }
    free(name);
}

static void spawn_command(struct cur *c)
{
    uint64_t id = get_u64(c);
    char *group = get_str(c);
    struct slice plan = get_bytes(c);
    if (!c->bad)
        spawn(id, group, plan);
    free(group);
}

static void adopt_command(struct cur *c)
{
    uint64_t id = get_u64(c);
    char *group = get_str(c);
    uint32_t pid = get_u32(c);
    bool force = get_u8(c) != 0;
    if (!c->bad)
        token_adopt(id, group, (pid_t)pid, force);
    free(group);
}

static void attach_command(struct cur *c)
{
    uint64_t id = get_u64(c);
    char *group = get_str(c);
    uint32_t pid = get_u32(c);
    uint64_t start = get_u64(c);
    if (!c->bad)
        token_attach(id, group, (pid_t)pid, start);
    free(group);
}

static void connect_command(struct cur *c)
{
    uint64_t id = get_u64(c);
    char *path = get_str(c);
    if (!c->bad)
        conn_connect(id, path);
    free(path);
}

static void signal_command(struct cur *c)
{
    uint64_t id = get_u64(c);
    uint32_t signo = get_u32(c);
    bool has_value = get_u8(c) != 0;
    int value = get_i32(c);
    struct token *t = token_find(id);
    if (!c->bad && t != NULL && signo <= 64)
        token_signal(t, (int)signo, has_value, value);
}

static void fd_watch_command(struct cur *c)
{
    uint64_t id = get_u64(c);
    char *group = get_str(c);
    if (!c->bad)
        fd_watch(id, group);
    free(group);
}

static void listen_command(struct cur *c)
{
    char *id = get_str(c);
    unsigned kind = get_u8(c);
    char *path = get_str(c);
    uint32_t mode = get_u32(c), uid = get_u32(c), gid = get_u32(c);
    if (kind > LISTEN_LOG_STDOUT)
        c->bad = true;
    if (!c->bad)
        listener_open(id, kind, path, mode, uid, gid);
    else {
        free(id);
        free(path);
    }
}

static void sockets_command(unsigned type, struct cur *c)
{
    uint64_t id = get_u64(c);
    if (type == CMD_SOCKETS_OPEN) {
        char *unit = get_str(c);
        struct slice spec = get_bytes(c);
        if (!c->bad)
            sockets_open(id, unit, spec);
        free(unit);
    } else if (type == CMD_SOCKETS_ARM) {
        bool on = get_u8(c) != 0, flush = get_u8(c) != 0;
        if (!c->bad)
            sockets_arm(id, on, flush);
    } else {
        bool remove = get_u8(c) != 0;
        if (!c->bad)
            sockets_close(id, remove);
    }
}

static void watch_command(unsigned type, struct cur *c)
{
    char *id = get_str(c);
    bool sets = type == CMD_WATCH_PATH || type == CMD_WATCH_WAY;
    char *path = sets ? get_str(c) : NULL;
    uint32_t mask = sets ? get_u32(c) : 0;
    if (!c->bad && type == CMD_WATCH_PATH)
        watch_path(id, path, mask);
    else if (!c->bad && type == CMD_WATCH_WAY)
        watch_way(id, path, mask);
    else if (!c->bad)
        unwatch_path(id, type == CMD_UNWATCH_ALL);
    free(id);
    free(path);
}

static void text_command(unsigned type, struct cur *c)
{
    char *text = get_str(c);
    if (!c->bad && type == CMD_UNLISTEN)
        listener_close(text);
    else if (!c->bad && type == CMD_LOCK)
        lock_path(text);
    else if (!c->bad && type == CMD_GROUP_MODE) {
        free(cgroup_base);
        cgroup_base = text[0] == '/' ? xstrndup(text, strlen(text)) : NULL;
    }
    free(text);
}

static void execute(unsigned type, struct cur *c)
{
    struct creds self = {keeper.pid, keeper.uid, keeper.gid};
    struct token *t;
    struct slice data;
    uint64_t id;
    switch (type) {
    case CMD_SPAWN: spawn_command(c); break;
    case CMD_SIGNAL: signal_command(c); break;
    case CMD_ADOPT: adopt_command(c); break;
    case CMD_ATTACH: attach_command(c); break;
    case CMD_CONNECT: connect_command(c); break;
    case CMD_HOLD_FD: fd_hold(get_u64(c)); break;
    case CMD_RELEASE:
        if ((t = token_find(get_u64(c))) != NULL && !c->bad)
            token_release(t);
        break;
    case CMD_GROUP_SIGNAL: case CMD_GROUP_FREEZE: case CMD_GROUP_THAW: case CMD_GROUP_REMOVE: case CMD_GROUP_CREATE:
        group_command(type, c);
        break;
    case CMD_LISTEN: listen_command(c); break;
    case CMD_GROUP_MODE: case CMD_UNLISTEN: case CMD_LOCK: text_command(type, c); break;
    case CMD_CONN_SEND:
        id = get_u64(c);
        data = get_bytes(c);
        if (!c->bad)
            conn_send(id, data);
        break;
    case CMD_CONN_CLOSE: conn_close(get_u64(c)); break;
    case CMD_LOG:
        data = get_bytes(c);
        if (!c->bad) {
            self.pid = manager.pid;
            journal_datagram(SOURCE_MANAGER, &self, "", "", data.p, data.n);
        }
        break;
    case CMD_SOCKETS_OPEN: case CMD_SOCKETS_ARM: case CMD_SOCKETS_CLOSE: sockets_command(type, c); break;
    case CMD_MOUNTS_WATCH: mounts_watch(); break;
    case CMD_FD_WATCH: fd_watch_command(c); break;
    case CMD_CLOSE_FD: fd_close(get_u64(c)); break;
    case CMD_WATCH_PATH: case CMD_WATCH_WAY: case CMD_UNWATCH_PATH: case CMD_UNWATCH_ALL: watch_command(type, c); break;
    case CMD_EXIT: {
        uint32_t status = get_u32(c);
        if (!c->bad)
            keeper_end((int)(status & 255));
        break;
    }
    case CMD_REBOOT: {
        uint32_t what = get_u32(c);
        if (!c->bad && keeper.is_pid1) {
            sync();
            if (reboot((int)what) < 0)
                complain("the machine does not let itself be rebooted from here");
        }
        break;
    }
    case CMD_JOURNAL_CONFIG:
        data = get_bytes(c);
        if (!c->bad)
            journal_config(data);
        break;
    case CMD_ACK: event_ack(get_u64(c)); break;
    default: c->bad = true;
    }
}

static bool frame(struct peer *p, unsigned type, struct cur c)
{
    (void)p;
    uint64_t number = get_u64(&c);
    if (c.bad)
        return false;
    if (number != 0 && number <= last_command)
        return true;
    execute(type, &c);
    if (c.bad || c.n != 0)
        return false;
    if (number != 0)
        last_command = number;
    return true;
}

void manager_setup(char **argv)
{
    manager.argv = argv;
    manager.started = started;
    manager.died = died;
    manager.frame = frame;
}
