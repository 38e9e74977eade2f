// SPDX-License-Identifier: GPL-3.0-or-later
//
// Criteria from the gradient of the loss in the mask variables.
#include "core/pruning/criterion.h"
#include "core/pruning/example_gradients.h"

namespace lottery {
namespace {

// The paper's: heads and MLPs, absolute gradient of each batch's mean loss.
class BatchGradient : public CriterionPass {
public:
    BatchGradient(const MaskSearchOptions& options, const CriterionInputs& inputs)
        : kind_(options.kind), pass_(inputs.model, inputs.examples, {options.batch_size}, inputs.progress) {}

    Outcome<MeasuredPass> measure(const ComponentMasks& masks, std::stop_token stop,
                                  const OnExamples& on_examples) override {
        LOTTERY_TRY(auto raw, pass_.run(masks, std::move(stop), on_examples));
        auto importance = normalise(raw, kind_);
        return MeasuredPass{std::move(raw.predictions), std::move(importance)};
    }

private:
    SearchKind kind_;
    ImportancePass pass_;
};

class ExampleGradient : public CriterionPass {
public:
    ExampleGradient(const MaskSearchOptions& options, const CriterionInputs& inputs, GradientReduction reduction)
        : kind_(options.kind),
          reduction_(reduction),
          pass_(inputs.model, inputs.examples, options.batch_size, reduction, inputs.progress) {}

    Outcome<MeasuredPass> measure(const ComponentMasks& masks, std::stop_token stop,
                                  const OnExamples& on_examples) override {
        LOTTERY_TRY(auto raw, pass_.run(masks, std::move(stop), on_examples));
        // Fisher information needs no balance between layers: it is the loss that masking would cost, to second order.
        auto importance = reduction_ == GradientReduction::ExampleSquare
                              ? to_unit_range({std::move(raw.heads), std::move(raw.mlps), std::move(raw.neurons)})
                              : normalise(raw, kind_);
        return MeasuredPass{std::move(raw.predictions), std::move(importance)};
    }

private:
    SearchKind kind_;
    GradientReduction reduction_;
    ExampleGradientPass pass_;
};

}  // namespace

std::unique_ptr<CriterionPass> make_gradient_criterion(const MaskSearchOptions& options,
                                                       const CriterionInputs& inputs) {
    if (options.criterion == Criterion::Fisher)
        return std::make_unique<ExampleGradient>(options, inputs, GradientReduction::ExampleSquare);
    if (options.gradient == GradientTerm::Example)
        return std::make_unique<ExampleGradient>(options, inputs, GradientReduction::ExampleAbsolute);
    if (options.kind == SearchKind::Neurons)
        return std::make_unique<ExampleGradient>(options, inputs, GradientReduction::BatchAbsolute);
    return std::make_unique<BatchGradient>(options, inputs);
}

}  // namespace lottery
