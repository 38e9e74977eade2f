// SPDX-License-Identifier: GPL-3.0-or-later
//
// Matrix products in bf16 with fp32 master weights, while the object lives.
//
// Thread rule: acts on the calling thread; nest on one thread only.
#pragma once

#include <ATen/autocast_mode.h>
#include <torch/torch.h>
#include <torch/version.h>

namespace lottery {

class Autocast {
public:
    Autocast(torch::Device device, bool enabled) : type_(device.type()), enabled_(enabled) {
        if (!enabled_) return;
        was_enabled_ = is_on();
        use_bf16();
        set(true);
    }
    ~Autocast() {
        if (!enabled_) return;
        set(was_enabled_);
        at::autocast::clear_cache();
    }
    Autocast(const Autocast&) = delete;
    Autocast& operator=(const Autocast&) = delete;

private:
// LibTorch 2.4 made the switches take a device type.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    [[nodiscard]] bool is_on() const { return at::autocast::is_autocast_enabled(type_); }
    void set(bool on) const { at::autocast::set_autocast_enabled(type_, on); }
    void use_bf16() const { at::autocast::set_autocast_dtype(type_, torch::kBFloat16); }
#else
    [[nodiscard]] bool is_on() const { return is_cuda() ? at::autocast::is_enabled() : at::autocast::is_cpu_enabled(); }
    void set(bool on) const { is_cuda() ? at::autocast::set_enabled(on) : at::autocast::set_cpu_enabled(on); }
    void use_bf16() const {
        is_cuda() ? at::autocast::set_autocast_gpu_dtype(torch::kBFloat16)
                  : at::autocast::set_autocast_cpu_dtype(torch::kBFloat16);
    }
    [[nodiscard]] bool is_cuda() const { return type_ == torch::kCUDA; }
#endif

    torch::DeviceType type_;
    bool enabled_;
    bool was_enabled_ = false;
};

}  // namespace lottery
