// SPDX-License-Identifier: GPL-3.0-or-later
//
// Options that more than one command has.
#include <charconv>

#include "app/cli/command.h"

namespace lottery::cli {

void add_mask_options(CLI::App& command, std::optional<std::filesystem::path>& head_mask,
                      std::optional<std::filesystem::path>& mlp_mask) {
    command.add_option("--head-mask", head_mask, "head_mask.npy [layers, heads], 1 kept and 0 masked");
    command.add_option("--mlp-mask", mlp_mask, "mlp_mask.npy [layers]");
}

void add_scored_mask_options(CLI::App& command, std::optional<std::filesystem::path>& head_mask,
                             std::optional<std::filesystem::path>& mlp_mask,
                             std::optional<std::filesystem::path>& weight_mask, Removal& removal) {
    add_mask_options(command, head_mask, mlp_mask);
    command.add_option("--weight-mask", weight_mask, "weight_mask.safetensors; pruned weights are set to zero");
    add_named(command, "--removal", removal, {{"physical", Removal::Physical}, {"multiply", Removal::Multiply}},
              "Which score counts: masked components leave the model (default), or are multiplied by 0 and keep the "
              "output projection's bias");
}

void add_training_options(CLI::App& command, TrainingOptions& options) {
    command.add_option("--epochs", options.epochs, "Passes over the training set")->capture_default_str();
    command.add_option("--batch-size", options.batch_size, "Examples per optimizer step")->capture_default_str();
    command.add_option("--learning-rate", options.learning_rate, "Peak, decays linearly to 0")->capture_default_str();
    command.add_option("--warmup", options.warmup_share, "Share of the steps with linear warm-up")
        ->capture_default_str();
    command.add_option("--weight-decay", options.weight_decay, "AdamW's, never on biases and LayerNorm")
        ->capture_default_str();
    command.add_option("--adam-epsilon", options.adam_epsilon, "AdamW's epsilon")->capture_default_str();
    command.add_option("--max-gradient-norm", options.max_gradient_norm, "Clipping, 0 disables it")
        ->capture_default_str();
    command.add_option("--dropout", options.dropout, "Hidden, attention and classifier dropout")->capture_default_str();
    command.add_option("--max-seq-length", options.max_seq_length, "Tokens per example")->capture_default_str();
    command.add_option("--hold-out", options.hold_out, "Training examples set aside for a mask search on unseen ones")
        ->capture_default_str();
    command.add_option("--limit-train", options.limit_train, "First so many training examples, 0: all")
        ->capture_default_str();
    command.add_option("--limit-dev", options.limit_dev, "First so many dev examples, 0: all")->capture_default_str();
    command
        .add_option("--save-steps", options.save_steps,
                    "Steps between resume points (fewer where they are slow), 0: one per epoch")
        ->capture_default_str();
    add_named(command, "--precision", options.precision, {{"fp32", Precision::Fp32}, {"bf16", Precision::Bf16}},
              "fp32, or bf16 products with fp32 master weights");
}

CLI::Option* add_layers_option(CLI::App& command, std::vector<int>& layers, const std::string& help) {
    const auto number = [](const std::string& text) {
        int value = -1;
        const auto* end = text.data() + text.size();
        const auto [p, ec] = std::from_chars(text.data(), end, value);
        // A range of a million layers is a slip of the finger, too.
        if (text.empty() || ec != std::errc{} || p != end || value < 0 || value > 9999)
            throw CLI::ValidationError("--layers", "\"" + text + "\" found, layers such as 0,3-5 expected");
        return value;
    };
    return command
        .add_option_function<std::vector<std::string>>(
            "--layers",
            [&layers, number](const std::vector<std::string>& items) {
                for (const auto& item : items) {
                    const auto dash = item.find('-');
                    const int first = number(item.substr(0, dash));
                    const int last = dash == std::string::npos ? first : number(item.substr(dash + 1));
                    if (last < first) throw CLI::ValidationError("--layers", "\"" + item + "\" counts downwards");
                    for (int layer = first; layer <= last; ++layer) layers.push_back(layer);
                }
            },
            help)
        ->delimiter(',');
}

}  // namespace lottery::cli
