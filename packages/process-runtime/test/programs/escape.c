/*
 * A service that tries to get away: escape MODE. "fork" forks twice, takes a new session, empties its environment and
 * waits; "breed" does that and its grandchild goes on forking successors that live for a moment; "swarm" is eight of
 * these; "bomb" forks 128 sleepers that ignore every signal that can be ignored. Each prints "ready" when its first processes live.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static void wait_forever(void)
{
    for (;;)
        pause();
}

static void hide(void)
{
    setsid();
    environ[0] = NULL;
    for (int i = 1; i < 32; i++)
        signal(i, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
}

static void say_ready(void)
{
    (void)!write(1, "ready\n", 6);
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "fork";
    if (strcmp(mode, "bomb") == 0) {
        hide();
        for (int i = 0; i < 7; i++)
            (void)!fork(); /* 128 processes */
        if (strcmp(mode, "bomb") == 0)
            say_ready();
        wait_forever();
    }
    if (fork() > 0) {
        if (argc > 2)
            return 0; /* the main process goes at once */
        wait_forever();
    }
    hide();
    if (fork() > 0)
        return 0;
    hide();
    say_ready();
    if (strcmp(mode, "swarm") == 0)
        for (int i = 0; i < 3; i++)
            (void)!fork();
    if (strcmp(mode, "breed") == 0 || strcmp(mode, "swarm") == 0)
        for (;;) {
            if (fork() > 0)
                _exit(0); /* the child carries on: another pid, again and again */
            setsid();
            usleep(300); /* a busy machine must not run out of pids for the zombies */
        }
    wait_forever();
}
