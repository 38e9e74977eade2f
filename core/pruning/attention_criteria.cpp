// SPDX-License-Identifier: GPL-3.0-or-later
//
// Entropy and confidence of a head's attention: how far it concentrates on single tokens.
//   confidence  mean over queries of the largest probability, [SEP] neither as query nor as key (Voita et al. 2019,
//               arXiv 1905.09418, §4: the end-of-sentence symbol is excluded; in BERT, [SEP] is where a head looks that
//               has nothing to do, Clark et al. 2019, arXiv 1906.04341, §3.2)
//   entropy     mean over all queries of −Σ p ln p, nats (Clark et al. 2019, §3.3)
// Voita et al. find that the heads which matter are the confident ones: high confidence and low entropy count as
// important. Neither knows the task's labels.
//
// Heads are measured at the input their layer has with the current masks, masked ones too.
#include <algorithm>

#include "core/pruning/criterion.h"
#include "core/pruning/inference_pass.h"

namespace lottery {
namespace {

class AttentionTap : public EncoderTap {
public:
    torch::Tensor sums;  // [L,N] over queries
    std::int64_t queries = 0;

    AttentionTap(const BertForSequenceClassificationImpl& model, Criterion criterion)
        : sums(torch::zeros({model.config().num_hidden_layers, model.config().num_attention_heads},
                            torch::TensorOptions().dtype(torch::kFloat64).device(model.device()))),
          whole_(model.plan()),
          criterion_(criterion) {}

    void begin_pass() {
        sums.zero_();
        queries = 0;
    }
    void begin(const DeviceBatch& batch) {
        batch_ = &batch;
        words_.clear();
        std::int64_t first = 0;
        for (const auto& group : batch.layout.groups)
            for (std::int64_t i = 0; i < group.sequences; ++i, first += group.length) {
                const auto ids = batch.input_ids.narrow(0, first, group.length);
                // Every sequence ends in [SEP].
                words_.push_back(ids.ne(ids[group.length - 1]));
                queries += criterion_ == Criterion::Entropy ? group.length : words_.back().sum().item<std::int64_t>();
            }
    }

    void on_layer_input(int l, const torch::Tensor& hidden) override {
        const auto& layer = whole_.layers[static_cast<std::size_t>(l)];
        if (layer.heads.empty()) return;
        const auto heads =
            torch::tensor(std::vector<std::int64_t>(layer.heads.begin(), layer.heads.end()), torch::kInt64)
                .to(sums.device());
        const auto probs = head_probs(hidden, layer.tensors, batch_->layout);
        for (std::size_t b = 0; b < probs.size(); ++b) {
            const auto& p = probs[b];                          // [n,s,s]
            const auto words = words_[b].to(p.scalar_type());  // [s], 1 but at [SEP]
            const auto of_example = criterion_ == Criterion::Entropy ? torch::special::entr(p).sum({-1, -2})
                                                                     : ((p * words).amax(-1) * words).sum(-1);
            sums[l].index_add_(0, heads, of_example.to(torch::kFloat64));
        }
    }

private:
    EncoderPlan whole_;
    Criterion criterion_;
    const DeviceBatch* batch_ = nullptr;
    std::vector<torch::Tensor> words_;  // per sequence [s] bool
};

class AttentionCriterion : public CriterionPass {
public:
    AttentionCriterion(const MaskSearchOptions& options, const CriterionInputs& inputs)
        : criterion_(options.criterion), model_(inputs.model), pass_(inputs.model, inputs.examples, inputs.progress) {}

    Outcome<MeasuredPass> measure(const ComponentMasks& masks, std::stop_token stop,
                                  const OnExamples& on_examples) override {
        const torch::NoGradGuard no_grad;
        AttentionTap tap(*model_, criterion_);
        LOTTERY_TRY(
            auto predictions,
            pass_.run(model_->plan(masks, Removal::Multiply), std::move(stop), on_examples,
                      {&tap, [&] { tap.begin_pass(); }, [&](const Chunk& chunk) { tap.begin(chunk.batch); }, {}}));
        auto mean = tap.sums / static_cast<double>(std::max<std::int64_t>(tap.queries, 1));
        if (criterion_ == Criterion::Entropy) mean = -mean;
        const auto host = mean.to(torch::kCPU, torch::kFloat32).contiguous();
        auto importance = unmeasured(masks);
        importance.heads.values.assign(host.data_ptr<float>(), host.data_ptr<float>() + host.numel());
        forget_lost(model_->components(), importance.heads, importance.mlps, importance.neurons);
        return MeasuredPass{std::move(predictions), to_unit_range(std::move(importance))};
    }

private:
    Criterion criterion_;
    BertForSequenceClassification model_;
    InferencePass pass_;
};

}  // namespace

std::unique_ptr<CriterionPass> make_attention_criterion(const MaskSearchOptions& options,
                                                        const CriterionInputs& inputs) {
    return std::make_unique<AttentionCriterion>(options, inputs);
}

}  // namespace lottery
