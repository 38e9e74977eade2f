// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/machine_meter.h"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

namespace lottery {
namespace fs = std::filesystem;

namespace {

// "VmRSS:     1234 kB" of a file of such lines, in bytes.
std::optional<std::uint64_t> kilobytes_of(std::ifstream& in, std::string_view key) {
    in.clear();
    in.seekg(0);
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ':') continue;
        const auto begin = line.find_first_of("0123456789");
        if (begin == std::string::npos) return std::nullopt;
        std::uint64_t value = 0;
        const auto read = std::from_chars(line.data() + begin, line.data() + line.size(), value);
        return read.ec == std::errc() ? std::optional(value * 1024) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<unsigned> number_in(std::string_view text) {
    unsigned value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

// N of "cuda:N", 0 of "cuda".
std::optional<unsigned> ordinal_of(std::string_view device) {
    if (device == "cuda") return 0U;
    constexpr std::string_view kPrefix = "cuda:";
    return device.starts_with(kPrefix) ? number_in(device.substr(kPrefix.size())) : std::nullopt;
}

std::vector<std::string> split_at_commas(std::string_view text) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(',', begin), text.size());
        parts.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

}  // namespace

std::optional<ProcessMemory> process_memory() {
    std::ifstream in("/proc/self/status");
    const auto resident = kilobytes_of(in, "VmRSS");
    const auto peak = kilobytes_of(in, "VmHWM");
    if (!resident || !peak) return std::nullopt;
    return ProcessMemory{*resident, *peak};
}

std::optional<DeviceMemory> system_memory() {
    std::ifstream in("/proc/meminfo");
    const auto total = kilobytes_of(in, "MemTotal");
    const auto available = kilobytes_of(in, "MemAvailable");
    if (!total || !available) return std::nullopt;
    return DeviceMemory{*total - std::min(*available, *total), *total};
}

std::optional<double> package_joules(const fs::path& powercap) {
    std::optional<double> joules;
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(powercap, ec)) {
        const auto name = entry.path().filename().string();
        // "intel-rapl:0" is a package, "intel-rapl:0:1" a part of it.
        if (!name.starts_with("intel-rapl:") || std::count(name.begin(), name.end(), ':') != 1) continue;
        std::ifstream in(entry.path() / "energy_uj");
        double microjoules = 0;
        if (in >> microjoules) joules = joules.value_or(0.0) + microjoules * 1e-6;
    }
    return joules;
}

// The few of NVML's functions that are used, as its header declares them (NVIDIA, NVML API reference); 0 is success.
struct GpuMeter::Library {
    struct Memory {
        unsigned long long total = 0, free = 0, used = 0;
    };
    void* handle = nullptr;
    int (*init)() = nullptr;
    int (*shutdown)() = nullptr;
    int (*count)(unsigned*) = nullptr;
    int (*by_index)(unsigned, void**) = nullptr;
    int (*by_uuid)(const char*, void**) = nullptr;
    int (*name)(void*, char*, unsigned) = nullptr;
    int (*memory)(void*, Memory*) = nullptr;
    int (*energy)(void*, unsigned long long*) = nullptr;  // millijoules; nullptr in old drivers
    bool begun = false;

    explicit Library(const std::string& path) : handle(dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL)) {
        if (!handle) return;
        find(init, "nvmlInit_v2");
        find(shutdown, "nvmlShutdown");
        find(count, "nvmlDeviceGetCount_v2");
        find(by_index, "nvmlDeviceGetHandleByIndex_v2");
        find(by_uuid, "nvmlDeviceGetHandleByUUID");
        find(name, "nvmlDeviceGetName");
        find(memory, "nvmlDeviceGetMemoryInfo");
        find(energy, "nvmlDeviceGetTotalEnergyConsumption");
        if (init && shutdown && count && by_index && by_uuid && name && memory) begun = init() == 0;
    }
    ~Library() {
        if (begun) shutdown();
        if (handle) dlclose(handle);
    }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    template <typename Function>
    void find(Function& function, const char* symbol) {
        function = reinterpret_cast<Function>(dlsym(handle, symbol));
    }

    // Whether CUDA counts the devices as NVML does. CUDA's own order is the fastest first; among equals that of the
    // bus.
    [[nodiscard]] bool same_order(unsigned devices) const {
        const char* order = std::getenv("CUDA_DEVICE_ORDER");
        if (order && std::string_view(order) == "PCI_BUS_ID") return true;
        constexpr unsigned kLongest = 96;
        std::string first;
        for (unsigned i = 0; i < devices; ++i) {
            void* device = nullptr;
            char text[kLongest] = {};
            if (by_index(i, &device) != 0 || name(device, text, kLongest) != 0) return false;
            if (i == 0) first = text;
            if (first != text) return false;
        }
        return true;
    }

    [[nodiscard]] void* device_at(unsigned ordinal) const {
        unsigned devices = 0;
        void* device = nullptr;
        if (count(&devices) != 0) return nullptr;
        const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");
        if (!visible) {
            const bool found = ordinal < devices && same_order(devices) && by_index(ordinal, &device) == 0;
            return found ? device : nullptr;
        }
        const auto names = split_at_commas(visible);
        if (ordinal >= names.size()) return nullptr;
        if (const auto index = number_in(names[ordinal]))
            return *index < devices && same_order(devices) && by_index(*index, &device) == 0 ? device : nullptr;
        return by_uuid(names[ordinal].c_str(), &device) == 0 ? device : nullptr;
    }
};

std::optional<GpuMeter> GpuMeter::open(const std::string& device, const std::string& library) {
    const auto ordinal = ordinal_of(device);
    if (!ordinal) return std::nullopt;
    auto loaded = std::make_shared<const Library>(library);
    if (!loaded->begun) return std::nullopt;
    void* const found = loaded->device_at(*ordinal);
    if (!found) return std::nullopt;
    return GpuMeter(std::move(loaded), found);
}

std::optional<DeviceMemory> GpuMeter::memory() const {
    Library::Memory memory;
    if (library_->memory(device_, &memory) != 0) return std::nullopt;
    return DeviceMemory{memory.used, memory.total};
}

std::optional<double> GpuMeter::joules() const {
    unsigned long long millijoules = 0;
    if (!library_->energy || library_->energy(device_, &millijoules) != 0) return std::nullopt;
    return static_cast<double>(millijoules) * 1e-3;
}

}  // namespace lottery
