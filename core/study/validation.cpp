// SPDX-License-Identifier: GPL-3.0-or-later
//
// What can be refused before a run begins, field by field. Cheap enough to run at every keystroke.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "core/data/glue_reader.h"
#include "core/model/bert_config.h"
#include "core/model/masks.h"
#include "core/study/hans_run.h"
#include "core/study/imp_run.h"
#include "core/study/magnitude_runs.h"
#include "core/study/mask_files.h"
#include "core/study/reference_study.h"
#include "core/study/reset_run.h"
#include "core/study/runs.h"
#include "core/study/study_evaluation.h"
#include "core/study/subnetwork_runs.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kMost = 1'000'000'000;

class Check {
public:
    void add(std::string field, std::string message) { problems_.push_back({std::move(field), std::move(message)}); }

    template <typename T>
    void range(const char* field, T value, T low, T high) {
        if (value >= low && value <= high) return;
        add(field, shown(value) + " found, " + shown(low) + " to " + shown(high) + " expected");
    }
    // (low, high]
    void positive(const char* field, double value, double high) {
        if (value > 0 && value <= high) return;
        add(field, shown(value) + " found, more than 0 and at most " + shown(high) + " expected");
    }

    void checkpoint(const fs::path& folder, int max_seq_length) {
        if (folder.empty()) return add("checkpoint", "choose a Hugging Face checkpoint folder");
        std::error_code ec;
        if (!fs::is_directory(folder, ec)) return add("checkpoint", folder.string() + " is not a folder");
        if (const auto config = read_bert_config(folder); !config) {
            add("checkpoint", config.error().to_string());
        } else if (max_seq_length > config->max_position_embeddings) {
            add("max-seq-length", std::to_string(max_seq_length) + " found, the model has " +
                                      std::to_string(config->max_position_embeddings) + " positions");
        }
        if (!fs::exists(folder / "vocab.txt", ec))
            add("checkpoint", (folder / "vocab.txt").string() + ": no such file");
    }

    // Masks that do not fit the checkpoint, or keep what it no longer has.
    void masks(const std::optional<fs::path>& head_mask, const std::optional<fs::path>& mlp_mask,
               const fs::path& checkpoint) {
        const auto config = read_bert_config(checkpoint);
        const auto one = [&](const char* field, const std::optional<fs::path>& heads,
                             const std::optional<fs::path>& mlps) {
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

    void data(const fs::path& folder, TaskId task, bool needs_train) {
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

    void mask_file(const char* field, const std::optional<fs::path>& file) {
        std::error_code ec;
        if (file && !fs::exists(*file, ec)) add(field, file->string() + ": no such file");
    }

    void folder(const char* field, const fs::path& folder, const char* what) {
        if (folder.empty()) return add(field, std::string("choose ") + what);
        std::error_code ec;
        if (!fs::is_directory(folder, ec)) add(field, folder.string() + " is not a folder");
    }

    void out(const fs::path& folder) {
        if (folder.empty()) return add("out", "choose a folder for the results");
        std::error_code ec;
        if (fs::exists(folder, ec) && !fs::is_directory(folder, ec))
            return add("out", folder.string() + " is a file, a folder was expected");
        if (const auto writable = check_study_is_writable(folder); !writable) add("out", writable.error().to_string());
    }
    void out(const fs::path& folder, const fs::path& checkpoint) {
        out(folder);
        std::error_code ec;
        if (fs::equivalent(folder, checkpoint, ec)) add("out", "is the checkpoint's own folder; choose another");
    }

    // Nothing is written into a reference study, beside a run neither.
    void file_to_write(const char* field, const std::optional<fs::path>& file) {
        if (!file) return;
        if (const auto writable = check_study_is_writable(file->parent_path()); !writable)
            add(field, writable.error().to_string());
    }

    // Layers that the model does not have, or named twice.
    void layers(const char* field, const std::vector<int>& layers, const fs::path& checkpoint) {
        const auto config = read_bert_config(checkpoint);
        for (auto it = layers.begin(); config && it != layers.end(); ++it) {
            range(field, *it, 0, config->num_hidden_layers - 1);
            if (std::find(layers.begin(), it, *it) != it)
                add(field, "layer " + std::to_string(*it) + " is named twice");
        }
    }

    void block_size(const fs::path& checkpoint, int size) {
        const auto config = read_bert_config(checkpoint);
        range("block-size", size, 1, config ? config->intermediate_size : 1'000'000);
    }

    void training(const TrainingOptions& options) {
        range("epochs", options.epochs, 1, 1000);
        range("batch-size", options.batch_size, 1, 4096);
        positive("learning-rate", options.learning_rate, 1.0);
        range("warmup", options.warmup_share, 0.0, 1.0);
        range("weight-decay", options.weight_decay, 0.0, 1.0);
        positive("adam-epsilon", options.adam_epsilon, 1.0);
        range("max-gradient-norm", options.max_gradient_norm, 0.0, 1e6);
        range("dropout", options.dropout, 0.0, 0.99);
        range("max-seq-length", options.max_seq_length, 3, 65536);
        range("hold-out", options.hold_out, std::int64_t{0}, kMost);
        range("limit-train", options.limit_train, std::int64_t{0}, kMost);
        range("limit-dev", options.limit_dev, std::int64_t{0}, kMost);
        range("save-steps", options.save_steps, std::int64_t{0}, kMost);
    }

    void compute(const ComputeOptions& options) {
        if (options.threads < 0 || options.threads > 1024)
            add("threads", std::to_string(options.threads) + " found, 0 to 1024 expected");
        if (options.device != "auto" && options.device != "cpu" && options.device != "cuda" &&
            !options.device.starts_with("cuda:"))
            add("device", "\"" + options.device + "\" found, auto, cpu, cuda or cuda:N expected");
    }

    std::vector<FieldProblem> take() { return std::move(problems_); }

private:
    static std::string shown(double value) {
        char text[32];
        std::snprintf(text, sizeof text, "%g", value);
        return text;
    }
    static std::string shown(std::int64_t value) { return std::to_string(value); }
    static std::string shown(int value) { return std::to_string(value); }

    std::vector<FieldProblem> problems_;
};

}  // namespace

std::vector<FieldProblem> problems(const FinetuneRequest& r) {
    Check check;
    check.checkpoint(r.checkpoint, r.options.max_seq_length);
    check.data(r.data, r.task, true);
    check.out(r.out, r.checkpoint);
    check.compute(r.compute);
    check.masks(r.head_mask, r.mlp_mask, r.checkpoint);
    check.training(r.options);
    check.mask_file("weight-mask", r.weight_mask);
    if (r.weight_mask && (r.head_mask || r.mlp_mask))
        check.add("weight-mask", "a subnetwork is trained under a weight mask or under head and MLP masks, not both");
    check.mask_file("neuron-mask", r.neuron_mask);
    if (r.block_size && !r.neuron_mask) check.add("block-size", "has no meaning without --neuron-mask");
    if (r.block_size) check.block_size(r.checkpoint, *r.block_size);
    if (r.neuron_mask && r.weight_mask) check.add("neuron-mask", "cannot be combined with --weight-mask");
    return check.take();
}

std::vector<FieldProblem> problems(const EvaluateRequest& r) {
    Check check;
    check.checkpoint(r.checkpoint, r.max_seq_length);
    check.data(r.data, r.task, false);
    check.compute(r.compute);
    check.range("max-seq-length", r.max_seq_length, 3, 65536);
    check.range("limit-dev", r.limit_dev, std::int64_t{0}, kMost);
    check.masks(r.head_mask, r.mlp_mask, r.checkpoint);
    check.mask_file("weight-mask", r.weight_mask);
    check.mask_file("neuron-mask", r.neuron_mask);
    if (r.block_size && !r.neuron_mask) check.add("block-size", "has no meaning without --neuron-mask");
    if (r.block_size) check.block_size(r.checkpoint, *r.block_size);
    check.file_to_write("predictions", r.predictions);
    if (r.without_residuals) {
        check.layers("layers", r.without_residuals->layers, r.checkpoint);
        if (r.measure_speed) check.add("measure-speed", "cannot be combined with --without-residuals");
    }
    if (r.neuron_mask && r.weight_mask) check.add("neuron-mask", "cannot be combined with --weight-mask");
    return check.take();
}

std::vector<FieldProblem> problems(const HansRequest& r) {
    Check check;
    check.checkpoint(r.checkpoint, r.max_seq_length);
    if (r.data.empty()) check.add("data", "choose HANS' heuristics_evaluation_set.txt, or its folder");
    check.compute(r.compute);
    check.range("max-seq-length", r.max_seq_length, 3, 65536);
    check.range("limit", r.limit, std::int64_t{0}, kMost);
    check.masks(r.head_mask, r.mlp_mask, r.checkpoint);
    check.mask_file("weight-mask", r.weight_mask);
    check.file_to_write("predictions", r.predictions);
    const auto entailments = std::count_if(r.classes.begin(), r.classes.end(), names_entailment);
    if (!r.classes.empty() && entailments != 1)
        check.add("classes", std::to_string(entailments) + " of the names are \"entailment\", exactly 1 expected");
    return check.take();
}

std::vector<FieldProblem> problems(const RemoveRequest& r) {
    Check check;
    check.checkpoint(r.checkpoint, 0);
    check.out(r.out, r.checkpoint);
    check.compute(r.compute);
    if (!r.head_mask && !r.mlp_mask) check.add("head-mask", "give --head-mask, --mlp-mask or both");
    check.masks(r.head_mask, r.mlp_mask, r.checkpoint);
    return check.take();
}

std::vector<FieldProblem> problems(const MaskRequest& r) {
    Check check;
    check.checkpoint(r.checkpoint, r.options.max_seq_length);
    check.data(r.data, r.task, r.options.split == SearchSplit::Train);
    check.out(r.out, r.checkpoint);
    check.compute(r.compute);
    check.positive("threshold", r.options.threshold, 1.0);
    check.positive("amount", r.options.amount, 1.0);
    check.range("batch-size", r.options.batch_size, 1, 65536);
    check.range("max-seq-length", r.options.max_seq_length, 3, 65536);
    check.range("limit-dev", r.options.limit_dev, std::int64_t{0}, kMost);
    if (const auto problem = criterion_problem(r.options.criterion, r.options.kind)) check.add("criterion", *problem);
    if (r.options.criterion == Criterion::Learned) {
        check.range("gate-steps", r.options.gates.steps, 1, 1'000'000);
        check.range("gate-batch-size", r.options.gates.batch_size, 1, 4096);
        check.positive("gate-learning-rate", r.options.gates.learning_rate, 100.0);
        check.range("gate-penalty", r.options.gates.penalty, 0.0, 1e6);
    }
    if (r.options.kind == SearchKind::Neurons) check.block_size(r.checkpoint, r.options.block_size);
    return check.take();
}

std::vector<FieldProblem> problems(const ImpRequest& r) {
    Check check;
    check.checkpoint(r.checkpoint, r.training.max_seq_length);
    check.data(r.data, r.task, true);
    check.out(r.out, r.checkpoint);
    check.compute(r.compute);
    check.training(r.training);
    const auto share = [&](const char* field, double value) {
        check.positive(field, value, 1.0);
        if (value == 1.0) check.add(field, "1 found, less than 1 expected: nothing would be left to train");
    };
    share("amount", r.amount);
    if (r.target_sparsity) share("target-sparsity", *r.target_sparsity);
    if (r.rounds) check.range("rounds", *r.rounds, 1, 1000);
    if (!r.target_sparsity && !r.rounds)
        check.add("target-sparsity", "say where to end: --target-sparsity or --rounds");
    check.range("rewind-step", r.rewind_step, std::int64_t{0}, kMost);
    return check.take();
}

std::vector<FieldProblem> problems(const ResetRequest& r) {
    Check check;
    check.checkpoint(r.checkpoint, r.task ? r.max_seq_length : 0);
    check.out(r.out, r.checkpoint);
    check.compute(r.compute);
    if (r.how == ResetHow::Pretrained) {
        std::error_code ec;
        if (!r.pretrained)
            check.add("pretrained", "give the checkpoint that this model was fine-tuned from");
        else if (!fs::is_directory(*r.pretrained, ec))
            check.add("pretrained", r.pretrained->string() + " is not a folder");
    } else if (r.pretrained) {
        check.add("pretrained", "has no meaning without --how pretrained");
    }
    if (r.parts.parts.empty()) check.add("parts", "say what to reset");
    for (auto it = r.parts.parts.begin(); it != r.parts.parts.end(); ++it)
        if (std::find(r.parts.parts.begin(), it, *it) != it)
            check.add("parts", std::string(to_string(*it)) + " is named twice");
    const auto in_layers = std::count_if(r.parts.parts.begin(), r.parts.parts.end(), is_in_layers);
    check.layers("layers", r.parts.layers, r.checkpoint);
    if (!r.parts.layers.empty() && in_layers == 0) check.add("layers", "none of --parts is one of layers");
    if (r.series && *r.series != ResetSeries::Parts) {
        if (in_layers != std::ssize(r.parts.parts))
            check.add("parts", "a series over layers can only reset parts of layers");
        if (!r.parts.layers.empty()) check.add("layers", "has no meaning with --series layers or layer-pairs");
    }
    if (r.series && !r.task) check.add("task", "a series is scored: give --task and --data");
    if (r.task) {
        check.data(r.data, *r.task, false);
        check.range("limit-dev", r.limit_dev, std::int64_t{0}, kMost);
        check.range("max-seq-length", r.max_seq_length, 3, 65536);
    }
    return check.take();
}

std::vector<FieldProblem> problems(const MagnitudeRequest& r) {
    Check check;
    check.checkpoint(r.checkpoint, r.options.max_seq_length);
    check.data(r.data, r.task, r.options.split == SearchSplit::Train);
    check.out(r.out, r.checkpoint);
    check.compute(r.compute);
    check.positive("threshold", r.options.threshold, 1.0);
    check.positive("amount", r.options.amount, 1.0);
    check.range("max-steps", r.options.max_steps, 1, 1000);
    check.range("batch-size", r.options.batch_size, 1, 65536);
    check.range("max-seq-length", r.options.max_seq_length, 3, 65536);
    check.range("limit-dev", r.options.limit_dev, std::int64_t{0}, kMost);
    return check.take();
}

std::vector<FieldProblem> problems(const SubnetworkRequest& r) {
    Check check;
    check.out(r.out);
    if (r.head_mask.empty()) {
        check.add("head-mask", "choose the good mask's head_mask.npy");
    } else if (const auto masks = read_good_masks(r.head_mask, r.mlp_mask); !masks) {
        // Which of the two is wrong, the message says.
        check.add(read_good_masks(r.head_mask, std::nullopt) ? "mlp-mask" : "head-mask", masks.error().to_string());
    }
    return check.take();
}

std::vector<FieldProblem> problems(const MagnitudeControlRequest& r) {
    Check check;
    check.checkpoint(r.checkpoint, 0);
    check.out(r.out, r.checkpoint);
    check.mask_file("weight-mask", r.weight_mask);
    return check.take();
}

std::vector<FieldProblem> problems(const SupermaskRequest& r) {
    Check check;
    check.folder("masks", r.masks, "the folder of a setting's masks: <task>/seed_<N>/head_mask.npy");
    check.out(r.out);
    return check.take();
}

std::vector<FieldProblem> problems(const StudyEvaluationRequest& r) {
    Check check;
    check.folder("study", r.study, "a study folder, with models/ and masks/");
    check.folder("data", r.data, "a GLUE folder");
    check.compute(r.compute);
    check.range("limit-dev", r.limit_dev, std::int64_t{0}, kMost);
    return check.take();
}

}  // namespace lottery
