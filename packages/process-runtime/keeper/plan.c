/* A plan is walked to its end before anything is forked for it: the child then reads only what is there. */
#include "keeper.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_ITEMS = 65536 };

static bool check_input(struct cur *c, struct plan_inputs *inputs)
{
    if (inputs->n == MAX_INPUTS)
        return false;
    struct plan_input_spec *in = &inputs->list[inputs->n++];
    *in = (struct plan_input_spec){.kind = get_u8(c)};
    in->reg = get_u8(c);
    if (in->kind == INPUT_LOG) {
        in->number = get_u64(c);
        in->text = get_str(c);
    } else if (in->kind == INPUT_FD)
        in->number = get_u64(c);
    else if (in->kind == INPUT_LISTENER)
        in->text = get_str(c);
    else
        return false;
    return !c->bad;
}

static void skip_text(struct cur *c)
{
    struct slice s = get_bytes(c);
    if (s.n > 0 && memchr(s.p, 0, s.n) != NULL)
        c->bad = true;
}

static void skip_u32s(struct cur *c)
{
    uint32_t n = get_u32(c);
    for (uint32_t i = 0; i < n && !c->bad; i++)
        get_u32(c);
}

static void skip_texts(struct cur *c, uint32_t least)
{
    uint32_t n = get_u32(c);
    if (n < least || n > MAX_ITEMS)
        c->bad = true;
    for (uint32_t i = 0; i < n && !c->bad; i++)
        skip_text(c);
}

/* The shape of each operation: u byte, 4 u32, 8 u64, s text, b bytes, l list of u32, t list of texts, T the same and not empty. */
static const char *shape(unsigned op)
{
    switch (op) {
    case OP_SETSID: case OP_NO_NEW_PRIVILEGES: return "";
    case OP_IGNORE_SIGNALS: case OP_AFFINITY: case OP_SETGROUPS: return "l";
    case OP_UMASK: case OP_NICE: case OP_OOM_SCORE_ADJUST: case OP_IOPRIO: case OP_SETGID: case OP_SECURE_BITS:
    case OP_PERSONALITY: case OP_FAIL: return "4";
    case OP_RLIMIT: return "488";
    case OP_SCHED: return "44u";
    case OP_SETUID: case OP_NON_BLOCK: return "4u";
    case OP_CHDIR: case OP_CHROOT: return "s";
    case OP_CAPABILITY_BOUNDING: case OP_CAPABILITY_AMBIENT: return "8";
    case OP_OPEN: return "u44us";
    case OP_DUP: return "u4";
    case OP_DUP_FD: return "44";
    case OP_TTY: return "uuus";
    case OP_DATA: return "ub";
    case OP_MAKE_DIRECTORY: return "ss444u";
    case OP_REMOVE: return "ssu";
    case OP_SYMLINK: return "sss";
    case OP_EXEC: return "sTt";
    case OP_FIND_EXECUTABLE: return "st";
    case OP_TOUCH: return "ss48";
    default: return NULL;
    }
}

static bool check_step(struct cur *c)
{
    unsigned op = get_u8(c);
    get_u8(c);
    get_u8(c);
    struct cur args = sub(get_bytes(c));
    const char *s = shape(op);
    if (s == NULL || c->bad)
        return false;
    for (; *s != 0; s++)
        switch (*s) {
        case 'u': get_u8(&args); break;
        case '4': get_u32(&args); break;
        case '8': get_u64(&args); break;
        case 's': skip_text(&args); break;
        case 'b': get_bytes(&args); break;
        case 'l': skip_u32s(&args); break;
        case 't': skip_texts(&args, 0); break;
        case 'T': skip_texts(&args, 1); break;
        }
    return !args.bad && args.n == 0;
}

bool plan_check(struct slice plan, struct plan_inputs *inputs)
{
    struct cur c = sub(plan);
    inputs->n = 0;
    uint32_t n = get_u32(&c);
    for (uint32_t i = 0; i < n; i++)
        if (!check_input(&c, inputs))
            return false;
    n = get_u32(&c);
    for (uint32_t i = 0; i < n && !c.bad; i++) {
        if (get_u8(&c) > ENV_INODE)
            return false;
        get_u8(&c);
        skip_text(&c);
    }
    n = get_u32(&c);
    for (uint32_t i = 0; i < n; i++)
        if (!check_step(&c))
            return false;
    return !c.bad && c.n == 0;
}

void plan_inputs_free(struct plan_inputs *inputs)
{
    for (unsigned i = 0; i < inputs->n; i++)
        free(inputs->list[i].text);
    inputs->n = 0;
}
