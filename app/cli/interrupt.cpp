// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/interrupt.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace lottery::cli {

Interrupt::Interrupt() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    // Waiting in a thread rather than in a handler: requesting a stop is not safe in a signal handler. The thread
    // lives as long as the program.
    std::thread([source = source_, signals]() mutable {
        for (int count = 0;; ++count) {
            int signal = 0;
            if (sigwait(&signals, &signal) != 0) return;
            if (count > 0) _exit(130);
            source.request_stop();
        }
    }).detach();
}

}  // namespace lottery::cli
