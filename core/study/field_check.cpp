// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/field_check.h"

#include <algorithm>

#include "core/data/glue_reader.h"
#include "core/model/bert_config.h"
#include "core/model/masks.h"
#include "core/study/reference_study.h"

namespace lottery {
namespace fs = std::filesystem;

void FieldCheck::positive(const char* field, double value, double high) {
    if (value > 0 && value <= high) return;
    add(field, shown(value) + " found, more than 0 and at most " + shown(high) + " expected");
}

void FieldCheck::checkpoint(const fs::path& folder, int max_seq_length) {
    if (folder.empty()) return add("checkpoint", "choose a Hugging Face checkpoint folder");
    std::error_code ec;
    if (!fs::is_directory(folder, ec)) return add("checkpoint", folder.string() + " is not a folder");
    if (const auto config = read_bert_config(folder); !config) {
        add("checkpoint", config.error().to_string());
    } else if (max_seq_length > config->max_position_embeddings) {
        add("max-seq-length", std::to_string(max_seq_length) + " found, the model has " +
                                  std::to_string(config->max_position_embeddings) + " positions");
    }
    if (!fs::exists(folder / "vocab.txt", ec)) add("checkpoint", (folder / "vocab.txt").string() + ": no such file");
}

void FieldCheck::masks(const std::optional<fs::path>& head_mask, const std::optional<fs::path>& mlp_mask,
                       const fs::path& checkpoint) {
    const auto config = read_bert_config(checkpoint);
    const auto one = [&](const char* field, const std::optional<fs::path>& heads, const std::optional<fs::path>& mlps) {
        const auto& file = heads ? heads : mlps;
        if (!file) return;
        std::error_code ec;
        if (!fs::exists(*file, ec)) return add(field, file->string() + ": no such file");
        if (!config) return;  // said already
        if (const auto read = read_component_masks(heads, mlps, config->components()); !read)
            add(field, read.error().to_string());
    };
    one("head-mask", head_mask, std::nullopt);
    one("mlp-mask", std::nullopt, mlp_mask);
}

void FieldCheck::data(const fs::path& folder, TaskId task, bool needs_train) {
    if (folder.empty()) return add("data", "choose a GLUE folder");
    const TaskInfo& info = task_info(task);
    const auto found = find_task_folder(info, folder);
    if (!found) return add("data", found.error().to_string());
    std::error_code ec;
    if (needs_train && !fs::exists(*found / "train.tsv", ec))
        add("data", (*found / "train.tsv").string() + ": no such file");
    for (const auto file : info.dev_files)
        if (!fs::exists(*found / file, ec)) add("data", (*found / file).string() + ": no such file");
}

void FieldCheck::mask_file(const char* field, const std::optional<fs::path>& file) {
    std::error_code ec;
    if (file && !fs::exists(*file, ec)) add(field, file->string() + ": no such file");
}

void FieldCheck::folder(const char* field, const fs::path& folder, const char* what) {
    if (folder.empty()) return add(field, std::string("choose ") + what);
    std::error_code ec;
    if (!fs::is_directory(folder, ec)) add(field, folder.string() + " is not a folder");
}

void FieldCheck::out(const fs::path& folder) {
    if (folder.empty()) return add("out", "choose a folder for the results");
    std::error_code ec;
    if (fs::exists(folder, ec) && !fs::is_directory(folder, ec))
        return add("out", folder.string() + " is a file, a folder was expected");
    if (const auto writable = check_study_is_writable(folder); !writable) add("out", writable.error().to_string());
}

void FieldCheck::out(const fs::path& folder, const fs::path& checkpoint) {
    out(folder);
    std::error_code ec;
    if (fs::equivalent(folder, checkpoint, ec)) add("out", "is the checkpoint's own folder; choose another");
}

void FieldCheck::file_to_write(const char* field, const std::optional<fs::path>& file) {
    if (!file) return;
    if (const auto writable = check_study_is_writable(file->parent_path()); !writable)
        add(field, writable.error().to_string());
}

void FieldCheck::layers(const char* field, const std::vector<int>& layers, const fs::path& checkpoint) {
    const auto config = read_bert_config(checkpoint);
    for (auto it = layers.begin(); config && it != layers.end(); ++it) {
        range(field, *it, 0, config->num_hidden_layers - 1);
        if (std::find(layers.begin(), it, *it) != it) add(field, "layer " + std::to_string(*it) + " is named twice");
    }
}

void FieldCheck::block_size(const fs::path& checkpoint, int size) {
    const auto config = read_bert_config(checkpoint);
    range("block-size", size, 1, config ? config->intermediate_size : 1'000'000);
}

void FieldCheck::training(const TrainingOptions& options) {
    range("epochs", options.epochs, 1, 1000);
    range("batch-size", options.batch_size, 1, 4096);
    positive("learning-rate", options.learning_rate, 1.0);
    range("warmup", options.warmup_share, 0.0, 1.0);
    range("weight-decay", options.weight_decay, 0.0, 1.0);
    positive("adam-epsilon", options.adam_epsilon, 1.0);
    range("max-gradient-norm", options.max_gradient_norm, 0.0, 1e6);
    range("dropout", options.dropout, 0.0, 0.99);
    range("max-seq-length", options.max_seq_length, 3, 65536);
    range("hold-out", options.hold_out, std::int64_t{0}, most_rows);
    range("limit-train", options.limit_train, std::int64_t{0}, most_rows);
    range("limit-dev", options.limit_dev, std::int64_t{0}, most_rows);
    range("save-steps", options.save_steps, std::int64_t{0}, most_rows);
}

void FieldCheck::compute(const ComputeOptions& options) {
    if (options.threads < 0 || options.threads > 1024)
        add("threads", std::to_string(options.threads) + " found, 0 to 1024 expected");
    if (options.device != "auto" && options.device != "cpu" && options.device != "cuda" &&
        !options.device.starts_with("cuda:"))
        add("device", "\"" + options.device + "\" found, auto, cpu, cuda or cuda:N expected");
}

}  // namespace lottery
