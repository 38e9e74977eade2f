// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pruning/criterion.h"

#include <limits>

#include "core/base/random.h"
#include "core/pruning/inference_pass.h"

namespace lottery {
namespace {

class RandomCriterion : public CriterionPass {
public:
    explicit RandomCriterion(const CriterionInputs& inputs)
        : model_(inputs.model), seed_(inputs.seed), pass_(inputs.model, inputs.examples, inputs.progress) {}

    Outcome<MeasuredPass> measure(const ComponentMasks& masks, std::stop_token stop,
                                  const OnExamples& on_examples) override {
        LOTTERY_TRY(auto predictions, pass_.run(model_->plan(masks, Removal::Multiply), std::move(stop), on_examples));
        // The same draw in every pass: one random order, followed to its end.
        auto importance = unmeasured(masks);
        draw(importance.heads.values, 0);
        draw(importance.mlps, 1);
        draw(importance.neurons.values, 2);
        forget_lost(model_->components(), importance.heads, importance.mlps, importance.neurons);
        return MeasuredPass{std::move(predictions), std::move(importance)};
    }

private:
    void draw(std::vector<float>& values, std::uint64_t stream) const {
        Random random(derive_seed(seed_, stream));
        for (float& v : values) v = static_cast<float>(random.uniform());
    }

    BertForSequenceClassification model_;
    std::uint64_t seed_;
    InferencePass pass_;
};

}  // namespace

ComponentImportance unmeasured(const ComponentMasks& masks) {
    constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
    ComponentImportance importance{HeadMatrix(masks.layers(), masks.heads.heads, kNone),
                                   std::vector<float>(masks.mlps.size(), kNone), masks.neurons};
    for (float& v : importance.neurons.values) v = kNone;
    return importance;
}

Result<std::unique_ptr<CriterionPass>> make_criterion(const MaskSearchOptions& options, const CriterionInputs& inputs) {
    if (const auto problem = criterion_problem(options.criterion, options.kind))
        return Error{*problem, "--criterion", {}};
    for (auto& parameter : inputs.model->parameters()) parameter.requires_grad_(false);
    switch (options.criterion) {
        case Criterion::Gradient:
        case Criterion::Fisher:
            return make_gradient_criterion(options, inputs);
        case Criterion::LeaveOneOut:
            return make_leave_one_out(options, inputs);
        case Criterion::Entropy:
        case Criterion::Confidence:
            return make_attention_criterion(options, inputs);
        case Criterion::Learned:
            return make_learned_gates(options, inputs);
        case Criterion::Random:
            break;
    }
    return std::unique_ptr<CriterionPass>(std::make_unique<RandomCriterion>(inputs));
}

}  // namespace lottery
