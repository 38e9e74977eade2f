// SPDX-License-Identifier: GPL-3.0-or-later
//
// Stands in for NVIDIA's library where there is no GPU: two devices. SEVERAL_KINDS: of different names; OLD: without
// energy; BROKEN: without a function that is needed.
#include <cstring>

namespace {
int devices[2] = {0, 1};
}

extern "C" {

int nvmlInit_v2() { return 0; }
int nvmlShutdown() { return 0; }
#ifndef BROKEN
int nvmlDeviceGetCount_v2(unsigned* count) {
    *count = 2;
    return 0;
}
#endif
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
    if (index >= 2) return 2;
    *device = &devices[index];
    return 0;
}
int nvmlDeviceGetHandleByUUID(const char* uuid, void** device) {
    if (std::strcmp(uuid, "GPU-b") != 0) return 6;
    *device = &devices[1];
    return 0;
}
int nvmlDeviceGetName(void* device, char* name, unsigned length) {
    const char* text = "H100";
#ifdef SEVERAL_KINDS
    if (device == &devices[1]) text = "A30";
#else
    (void)device;
#endif
    std::strncpy(name, text, length);
    return 0;
}
struct Memory {
    unsigned long long total, free, used;
};
int nvmlDeviceGetMemoryInfo(void* device, Memory* memory) {
    const unsigned long long used = device == &devices[1] ? 2000 : 1000;
    *memory = {8000, 8000 - used, used};
    return 0;
}
#ifndef OLD
int nvmlDeviceGetTotalEnergyConsumption(void* device, unsigned long long* millijoules) {
    *millijoules = device == &devices[1] ? 5500 : 1500;
    return 0;
}
#endif
}
