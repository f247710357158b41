/* Jumps of the realtime clock: a timer that the kernel cancels when the clock is set (timerfd_create(2)). */
#include "keeper.h"
#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

static struct source timer = {.fd = -1};

static void arm(void)
{
    struct itimerspec far = {.it_value.tv_sec = INT64_MAX / 2000000000};
    timerfd_settime(timer.fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far, NULL);
}

static void ready(struct source *s, uint32_t events)
{
    (void)events;
    uint64_t times;
    if (read(s->fd, &times, sizeof times) < 0 && errno != ECANCELED)
        return;
    arm();
    event_begin(EV_CLOCK_CHANGED, true);
    event_end();
}

void clock_setup(void)
{
    int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (fd < 0)
        return;
    loop_add(&timer, fd, EPOLLIN, ready);
    arm();
}
