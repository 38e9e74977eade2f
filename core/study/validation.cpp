// SPDX-License-Identifier: GPL-3.0-or-later
//
// What can be refused before a run begins, field by field. Cheap enough to run at every keystroke.
#include <algorithm>
#include <filesystem>

#include "core/study/field_check.h"
#include "core/study/hans_run.h"
#include "core/study/imp_run.h"
#include "core/study/magnitude_runs.h"
#include "core/study/mask_files.h"
#include "core/study/reset_run.h"
#include "core/study/runs.h"
#include "core/study/study_evaluation.h"
#include "core/study/subnetwork_runs.h"

namespace lottery {
namespace fs = std::filesystem;

std::vector<FieldProblem> problems(const FinetuneRequest& r) {
    FieldCheck check;
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
    FieldCheck check;
    check.checkpoint(r.checkpoint, r.max_seq_length);
    check.data(r.data, r.task, false);
    check.compute(r.compute);
    check.range("max-seq-length", r.max_seq_length, 3, 65536);
    check.range("limit-dev", r.limit_dev, std::int64_t{0}, most_rows);
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
    FieldCheck check;
    check.checkpoint(r.checkpoint, r.max_seq_length);
    if (r.data.empty()) check.add("data", "choose HANS' heuristics_evaluation_set.txt, or its folder");
    check.compute(r.compute);
    check.range("max-seq-length", r.max_seq_length, 3, 65536);
    check.range("limit", r.limit, std::int64_t{0}, most_rows);
    check.masks(r.head_mask, r.mlp_mask, r.checkpoint);
    check.mask_file("weight-mask", r.weight_mask);
    check.file_to_write("predictions", r.predictions);
    const auto entailments = std::count_if(r.classes.begin(), r.classes.end(), names_entailment);
    if (!r.classes.empty() && entailments != 1)
        check.add("classes", std::to_string(entailments) + " of the names are \"entailment\", exactly 1 expected");
    return check.take();
}

std::vector<FieldProblem> problems(const RemoveRequest& r) {
    FieldCheck check;
    check.checkpoint(r.checkpoint, 0);
    check.out(r.out, r.checkpoint);
    check.compute(r.compute);
    if (!r.head_mask && !r.mlp_mask) check.add("head-mask", "give --head-mask, --mlp-mask or both");
    check.masks(r.head_mask, r.mlp_mask, r.checkpoint);
    return check.take();
}

std::vector<FieldProblem> problems(const MaskRequest& r) {
    FieldCheck check;
    check.checkpoint(r.checkpoint, r.options.max_seq_length);
    check.data(r.data, r.task, r.options.split == SearchSplit::Train);
    check.out(r.out, r.checkpoint);
    check.compute(r.compute);
    check.positive("threshold", r.options.threshold, 1.0);
    check.positive("amount", r.options.amount, 1.0);
    check.range("batch-size", r.options.batch_size, 1, 65536);
    check.range("max-seq-length", r.options.max_seq_length, 3, 65536);
    check.range("limit-dev", r.options.limit_dev, std::int64_t{0}, most_rows);
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
    FieldCheck check;
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
    check.range("rewind-step", r.rewind_step, std::int64_t{0}, most_rows);
    return check.take();
}

std::vector<FieldProblem> problems(const ResetRequest& r) {
    FieldCheck check;
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
        check.range("limit-dev", r.limit_dev, std::int64_t{0}, most_rows);
        check.range("max-seq-length", r.max_seq_length, 3, 65536);
    }
    return check.take();
}

std::vector<FieldProblem> problems(const MagnitudeRequest& r) {
    FieldCheck check;
    check.checkpoint(r.checkpoint, r.options.max_seq_length);
    check.data(r.data, r.task, r.options.split == SearchSplit::Train);
    check.out(r.out, r.checkpoint);
    check.compute(r.compute);
    check.positive("threshold", r.options.threshold, 1.0);
    check.positive("amount", r.options.amount, 1.0);
    check.range("max-steps", r.options.max_steps, 1, 1000);
    check.range("batch-size", r.options.batch_size, 1, 65536);
    check.range("max-seq-length", r.options.max_seq_length, 3, 65536);
    check.range("limit-dev", r.options.limit_dev, std::int64_t{0}, most_rows);
    return check.take();
}

std::vector<FieldProblem> problems(const SubnetworkRequest& r) {
    FieldCheck check;
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
    FieldCheck check;
    check.checkpoint(r.checkpoint, 0);
    check.out(r.out, r.checkpoint);
    check.mask_file("weight-mask", r.weight_mask);
    return check.take();
}

std::vector<FieldProblem> problems(const SupermaskRequest& r) {
    FieldCheck check;
    check.folder("masks", r.masks, "the folder of a setting's masks: <task>/seed_<N>/head_mask.npy");
    check.out(r.out);
    return check.take();
}

std::vector<FieldProblem> problems(const StudyEvaluationRequest& r) {
    FieldCheck check;
    check.folder("study", r.study, "a study folder, with models/ and masks/");
    check.folder("data", r.data, "a GLUE folder");
    check.compute(r.compute);
    check.range("limit-dev", r.limit_dev, std::int64_t{0}, most_rows);
    return check.take();
}

}  // namespace lottery
