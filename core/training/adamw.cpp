// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/adamw.h"

#include <ATen/Parallel.h>

#include <cmath>

#include "core/training/adamw_update.h"

namespace lottery {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;

struct Update {
    double decay;         // factor on the parameter, 1 − learning rate × weight decay
    double step_size;     // learning rate / (1 − β1^t)
    double second_scale;  // 1 / √(1 − β2^t)
    double epsilon;
};

void update_in_one_pass(AdamW::Slot& slot, const torch::Tensor& gradient, float clip, const Update& u) {
    const auto g = gradient.contiguous();
    const AdamWUpdate update{
        static_cast<float>(kBeta1),   static_cast<float>(kBeta2),      clip,
        static_cast<float>(u.decay),  static_cast<float>(u.step_size), static_cast<float>(u.second_scale),
        static_cast<float>(u.epsilon)};
    float* p = slot.parameter.data_ptr<float>();
    float* m = slot.exp_avg.data_ptr<float>();
    float* v = slot.exp_avg_sq.data_ptr<float>();
    const float* gradients = g.data_ptr<float>();
    at::parallel_for(0, slot.parameter.numel(), 1 << 15, [&](std::int64_t begin, std::int64_t end) {
        adamw_update(p + begin, m + begin, v + begin, gradients + begin, end - begin, update);
    });
}

void update_by_operations(AdamW::Slot& slot, const torch::Tensor& gradient, const torch::Tensor& clip,
                          const Update& u) {
    const auto g = clip.defined() ? gradient * clip : gradient;
    slot.exp_avg.mul_(kBeta1).add_(g, 1.0 - kBeta1);
    slot.exp_avg_sq.mul_(kBeta2).addcmul_(g, g, 1.0 - kBeta2);
    const auto denominator = slot.exp_avg_sq.sqrt().mul_(u.second_scale).add_(u.epsilon);
    if (u.decay != 1.0) slot.parameter.mul_(u.decay);
    slot.parameter.addcdiv_(slot.exp_avg, denominator, -u.step_size);
}

}  // namespace

AdamW::AdamW(const std::vector<std::pair<std::string, torch::Tensor>>& parameters, AdamWOptions options)
    : options_(options) {
    for (const auto& [name, parameter] : parameters) {
        const bool decays = !name.ends_with("bias") && name.find("LayerNorm") == std::string::npos;
        slots_.push_back({name, parameter, torch::zeros_like(parameter), torch::zeros_like(parameter), decays});
    }
}

torch::Tensor AdamW::clip_coefficient() const {
    if (options_.max_gradient_norm <= 0) return {};
    std::vector<torch::Tensor> norms;
    for (const auto& slot : slots_)
        if (slot.parameter.grad().defined()) norms.push_back(torch::linalg_vector_norm(slot.parameter.grad()));
    if (norms.empty()) return {};
    const auto norm = torch::linalg_vector_norm(torch::stack(norms));
    return torch::clamp_max(options_.max_gradient_norm / (norm + 1e-6), 1.0);
}

void AdamW::step(std::int64_t step, double learning_rate) {
    const torch::NoGradGuard no_grad;
    const auto clip = clip_coefficient();
    const auto t = static_cast<double>(step);
    for (auto& slot : slots_) {
        auto& gradient = slot.parameter.mutable_grad();
        if (!gradient.defined()) continue;
        const Update update{slot.decays ? 1.0 - learning_rate * options_.weight_decay : 1.0,
                            learning_rate / (1.0 - std::pow(kBeta1, t)), 1.0 / std::sqrt(1.0 - std::pow(kBeta2, t)),
                            options_.epsilon};
        if (slot.parameter.is_cpu() && slot.parameter.is_contiguous())
            update_in_one_pass(slot, gradient, clip.defined() ? clip.item<float>() : 1.0F, update);
        else
            update_by_operations(slot, gradient, clip, update);
        gradient.reset();
    }
}

}  // namespace lottery
