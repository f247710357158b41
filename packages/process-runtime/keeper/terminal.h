/* The program as a help of clients: see terminal.c. */
#ifndef TERMINAL_H
#define TERMINAL_H

_Noreturn void terminal_main(void);
_Noreturn void relay_main(const char *path);
_Noreturn void exec_main(char **argv); /* a soft limit of descriptors, and a command */
#endif
