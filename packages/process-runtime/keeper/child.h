/* The child between fork and execve: a step is a function of its arguments that returns 0 or an errno. */
#ifndef CHILD_H
#define CHILD_H
#include "bytes.h"
#include <sys/types.h>

int reg_get(unsigned reg);                 /* -1: nothing in it */
int reg_set(unsigned reg, int fd);         /* takes fd; 0, or EINVAL */
int make_free(int fd);                     /* moves a register or the status pipe that stands on this number */

/* steps-exec.c */
int step_find_executable(struct cur *c);
int step_exec(struct cur *c, char **environment);

/* steps-identity.c */
int step_rlimit(struct cur *c);
int step_sched(struct cur *c);
int step_ioprio(struct cur *c);
int step_affinity(struct cur *c);
int step_setgroups(struct cur *c);
int step_setuid(struct cur *c);
int step_bounding(struct cur *c);
int step_ambient(struct cur *c);
int step_oom(struct cur *c);
int step_nice(struct cur *c);

/* steps-files.c: below a base directory, safe from links that others made */
int close_keep(int fd, int error);         /* closes fd, returns error */
int open_parent(const char *base, char *path, bool make, char **name);
int open_parent_mode(const char *base, char *path, bool make, mode_t mode, char **name); /* missing ones get this mode */
int follow(int dir, const char *name, int flags);
int step_make_directory(struct cur *c);
int step_remove(struct cur *c);
int step_symlink(struct cur *c);
int step_touch(struct cur *c);

/* steps-open.c */
int step_open(struct cur *c);
int step_tty(struct cur *c);
int step_data(struct cur *c);
#endif
