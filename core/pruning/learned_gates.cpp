// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pruning/learned_gates.h"

#include <chrono>
#include <cmath>

#include "core/base/random.h"
#include "core/pruning/criterion.h"
#include "core/pruning/inference_pass.h"

namespace lottery {
namespace {

constexpr double kInitialLogAlpha = 2.0;  // P(z > 0) = 0.97: training starts from nearly the whole model

struct Gates {
    torch::Tensor heads, mlps, neurons;  // [L,N], [L], [L,K]; undefined: not gated

    [[nodiscard]] std::vector<torch::Tensor*> defined() {
        std::vector<torch::Tensor*> all;
        for (auto* t : {&heads, &mlps, &neurons})
            if (t->defined()) all.push_back(t);
        return all;
    }
};

class GateTap : public EncoderTap {
public:
    GateTap(const EncoderPlan& plan, const NeuronMatrix& neurons, int neuron_count, torch::Device device) {
        for (const auto& layer : plan.layers) {
            std::vector<std::int64_t> blocks;
            for (const int b : layer.blocks)
                for (int i = b * neurons.block_size; i < std::min((b + 1) * neurons.block_size, neuron_count); ++i)
                    blocks.push_back(b);
            heads_.push_back(
                torch::tensor(std::vector<std::int64_t>(layer.heads.begin(), layer.heads.end()), torch::kInt64)
                    .to(device));
            blocks_.push_back(torch::tensor(blocks, torch::kInt64).to(device));
        }
    }

    void set(const Gates& gates) { gates_ = gates; }

    torch::Tensor on_context(int l, const torch::Tensor& context) override {
        if (!gates_.heads.defined()) return context;
        return context * gates_.heads[l].index_select(0, heads_[static_cast<std::size_t>(l)]).unsqueeze(-1);
    }
    torch::Tensor on_intermediate(int l, const torch::Tensor& /*attended*/, const torch::Tensor& activation) override {
        if (!gates_.neurons.defined()) return activation;
        return activation * gates_.neurons[l].index_select(0, blocks_[static_cast<std::size_t>(l)]);
    }
    torch::Tensor on_mlp_output(int l, const torch::Tensor& output) override {
        return gates_.mlps.defined() ? output * gates_.mlps[l] : output;
    }

private:
    Gates gates_;
    std::vector<torch::Tensor> heads_, blocks_;  // per layer: gate of each kept head, of each kept neuron
};

class LearnedGates : public CriterionPass {
public:
    LearnedGates(const MaskSearchOptions& options, const CriterionInputs& inputs)
        : kind_(options.kind),
          options_(options.gates),
          inputs_(inputs),
          budget_(inputs.examples, inputs_.model->device(), inputs.progress),
          pass_(inputs.model, inputs.examples, inputs.progress) {}

    Outcome<MeasuredPass> measure(const ComponentMasks& masks, std::stop_token stop,
                                  const OnExamples& on_examples) override {
        // Once, in the full model: the gates were learned together, their order is that of the whole search.
        if (!learned_) {
            LOTTERY_TRY(learned_, train(masks, stop));
        }
        LOTTERY_TRY(auto predictions,
                    pass_.run(inputs_.model->plan(masks, Removal::Multiply), std::move(stop), on_examples));
        return MeasuredPass{std::move(predictions), *learned_};
    }

private:
    [[nodiscard]] Gates initial(const ComponentMasks& masks) const {
        const auto options = torch::TensorOptions().device(inputs_.model->device());
        const auto filled = [&](std::vector<std::int64_t> shape) {
            return torch::full(shape, kInitialLogAlpha, options).requires_grad_();
        };
        Gates log_alpha;
        if (kind_ == SearchKind::Heads || kind_ == SearchKind::HeadsMlps)
            log_alpha.heads = filled({masks.layers(), masks.heads.heads});
        if (kind_ == SearchKind::Mlps || kind_ == SearchKind::HeadsMlps) log_alpha.mlps = filled({masks.layers()});
        if (kind_ == SearchKind::Neurons) log_alpha.neurons = filled({masks.layers(), masks.neurons.blocks});
        return log_alpha;
    }

    static torch::Tensor uniform_noise(const torch::Tensor& like, Random& random) {
        std::vector<float> values(static_cast<std::size_t>(like.numel()));
        // Away from 0 and 1, where the logarithm ends.
        for (float& v : values) v = static_cast<float>(1e-6 + (1.0 - 2e-6) * random.uniform());
        return torch::tensor(values).view(like.sizes()).to(like.device());
    }

    Outcome<ComponentImportance> train(const ComponentMasks& masks, const std::stop_token& stop) {
        auto model = inputs_.model;
        const auto device = model->device();
        const auto plan = model->plan(masks, Removal::Multiply);
        Gates log_alpha = initial(masks);
        std::vector<torch::Tensor> parameters;
        for (const auto* t : log_alpha.defined()) parameters.push_back(*t);
        torch::optim::Adam adam(parameters, torch::optim::AdamOptions(options_.learning_rate));
        GateTap tap(plan, masks.neurons, model->config().intermediate_size, device);
        Random noise(derive_seed(inputs_.seed, 0));
        const std::size_t count = inputs_.examples.size();
        const auto start = std::chrono::steady_clock::now();
        std::vector<std::size_t> order;
        std::size_t next = 0;
        std::int64_t seen = 0;
        std::uint64_t epoch = 0;
        for (int step = 0; step < options_.steps; ++step) {
            if (next >= order.size()) {
                order = Random(derive_seed(inputs_.seed, ++epoch)).permutation(count);
                next = 0;
            }
            const std::size_t size = std::min(static_cast<std::size_t>(options_.batch_size), order.size() - next);
            const std::span<const std::size_t> batch(order.data() + next, size);
            next += size;
            adam.zero_grad();
            // The sample is a leaf of its own, so that its gradient can gather over the chunks of the batch.
            Gates sample, leaf;
            for (auto member : {&Gates::heads, &Gates::mlps, &Gates::neurons}) {
                if (!(log_alpha.*member).defined()) continue;
                sample.*member = sample_gate(log_alpha.*member, uniform_noise(log_alpha.*member, noise));
                leaf.*member = (sample.*member).detach().requires_grad_();
            }
            tap.set(leaf);
            const auto gather = [&]() -> Outcome<Unit> {
                for (auto* t : leaf.defined()) t->mutable_grad().reset();
                for (const auto& chunk : make_chunks(inputs_.examples, batch, budget_.tokens(), device)) {
                    if (stop.stop_requested()) return Cancelled{};
                    const auto share = static_cast<double>(chunk.examples.size()) / static_cast<double>(size);
                    (mean_loss(model->forward(chunk.batch, plan, {}, &tap), chunk.batch) * share).backward();
                }
                return Unit{};
            };
            LOTTERY_CHECK(budget_.within_memory(gather, [] {}));
            for (auto member : {&Gates::heads, &Gates::mlps, &Gates::neurons}) {
                if (!(log_alpha.*member).defined()) continue;
                if (const auto gradient = (leaf.*member).grad(); gradient.defined())
                    (sample.*member).backward(gradient);
                (open_probability(log_alpha.*member).mean() * options_.penalty).backward();
            }
            adam.step();
            seen += static_cast<std::int64_t>(size);
            const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
            if (inputs_.progress != nullptr)
                inputs_.progress->on_progress({"learning gates", step + 1, options_.steps, "step",
                                               static_cast<double>(seen) / std::max(elapsed.count(), 1e-9),
                                               "examples"});
        }
        return open_probabilities(log_alpha, masks);
    }

    ComponentImportance open_probabilities(const Gates& log_alpha, const ComponentMasks& masks) const {
        const torch::NoGradGuard no_grad;
        const auto copy = [](const torch::Tensor& from, std::vector<float>& to) {
            if (!from.defined()) return;
            const auto host = open_probability(from).to(torch::kCPU).contiguous();
            to.assign(host.data_ptr<float>(), host.data_ptr<float>() + host.numel());
        };
        auto importance = unmeasured(masks);
        copy(log_alpha.heads, importance.heads.values);
        copy(log_alpha.mlps, importance.mlps);
        copy(log_alpha.neurons, importance.neurons.values);
        forget_lost(inputs_.model->components(), importance.heads, importance.mlps, importance.neurons);
        return importance;
    }

    SearchKind kind_;
    GateOptions options_;
    CriterionInputs inputs_;
    TokenBudget budget_;  // of training the gates
    InferencePass pass_;
    std::optional<ComponentImportance> learned_;
};

}  // namespace

torch::Tensor sample_gate(const torch::Tensor& log_alpha, const torch::Tensor& noise) {
    const auto concrete = torch::sigmoid((torch::logit(noise) + log_alpha) / kGateTemperature);
    return (concrete * (kGateHigh - kGateLow) + kGateLow).clamp(0.0, 1.0);
}

torch::Tensor open_probability(const torch::Tensor& log_alpha) {
    return torch::sigmoid(log_alpha - kGateTemperature * std::log(-kGateLow / kGateHigh));
}

std::unique_ptr<CriterionPass> make_learned_gates(const MaskSearchOptions& options, const CriterionInputs& inputs) {
    return std::make_unique<LearnedGates>(options, inputs);
}

}  // namespace lottery
