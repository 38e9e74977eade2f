// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model_cost.h"

#include "core/model/bert_config.h"

namespace lottery {
std::int64_t parameters_without_embeddings(const BertConfig& config, int outputs, const ComponentMasks& kept) {
    const std::int64_t hidden = config.hidden_size;
    const std::int64_t head_size = config.head_size();
    std::int64_t count = hidden * hidden + hidden + outputs * hidden + outputs;
    for (int l = 0; l < kept.layers(); ++l) {
        const std::int64_t heads = kept.kept_heads_in(l);
        count += heads * (4 * head_size * hidden + 3 * head_size) + (heads > 0 ? hidden : 0);
        const std::int64_t neurons = kept.kept_neurons_in(l, config.intermediate_size);
        count += neurons * (2 * hidden + 1) + (neurons > 0 ? hidden : 0);
        count += 4 * hidden;
    }
    return count;
}

double kept_parameter_share(const BertConfig& config, int outputs, const ComponentMasks& kept) {
    const auto all = ComponentMasks::all_kept(config.num_hidden_layers, config.num_attention_heads);
    return static_cast<double>(parameters_without_embeddings(config, outputs, kept)) /
           static_cast<double>(parameters_without_embeddings(config, outputs, all));
}

double multiply_adds_per_example(const BertConfig& config, int outputs, const ComponentMasks& kept,
                                 std::span<const std::int64_t> lengths) {
    if (lengths.empty()) return 0.0;
    double tokens = 0.0;
    double squares = 0.0;
    for (const auto length : lengths) {
        const auto s = static_cast<double>(length);
        tokens += s;
        squares += s * s;
    }
    const auto examples = static_cast<double>(lengths.size());
    tokens /= examples;
    squares /= examples;

    const double hidden = config.hidden_size;
    double sum = hidden * hidden + hidden * outputs;
    for (int l = 0; l < kept.layers(); ++l) {
        const double width = static_cast<double>(kept.kept_heads_in(l)) * config.head_size();
        sum += 4 * tokens * width * hidden + 2 * squares * width;
        sum += 2 * tokens * hidden * kept.kept_neurons_in(l, config.intermediate_size);
    }
    return sum;
}

}  // namespace lottery
