// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the machine lets be read of memory and energy: of this process and the processor from Linux's /proc and RAPL, of
// NVIDIA GPUs from NVML, which is looked for when it is asked for. What cannot be read is nothing, never a guess.
//
// Thread rule: functions from any thread; one thread at a time per GpuMeter.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace lottery {

struct ProcessMemory {
    std::uint64_t resident = 0;  // bytes, now
    std::uint64_t peak = 0;      // bytes, the most since the process began
};
std::optional<ProcessMemory> process_memory();

struct DeviceMemory {
    std::uint64_t used = 0;   // bytes, by all processes
    std::uint64_t total = 0;  // bytes
};
std::optional<DeviceMemory> system_memory();

// Joules that the processor packages have used so far (RAPL; mostly readable by root alone). The counters begin again
// at 0 now and then: a later reading may be smaller.
std::optional<double> package_joules(const std::filesystem::path& powercap = "/sys/class/powercap");

// One GPU, by LibTorch's name for it.
class GpuMeter {
public:
    // "cuda" or "cuda:N". Nothing for other devices, without NVML (`library`), and where it cannot be told which of
    // NVML's devices LibTorch's is: CUDA_VISIBLE_DEVICES has names that NVML does not know, or the GPUs are of several
    // kinds and CUDA_DEVICE_ORDER is not PCI_BUS_ID, so that the two may count them differently.
    static std::optional<GpuMeter> open(const std::string& device, const std::string& library = "libnvidia-ml.so.1");

    [[nodiscard]] std::optional<DeviceMemory> memory() const;
    // Since the driver was loaded, by all processes. GPUs before Volta do not count.
    [[nodiscard]] std::optional<double> joules() const;

private:
    struct Library;
    GpuMeter(std::shared_ptr<const Library> library, void* device) : library_(std::move(library)), device_(device) {}
    std::shared_ptr<const Library> library_;
    void* device_;
};

}  // namespace lottery
