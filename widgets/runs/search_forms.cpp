// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/search_forms.h"

#include "widgets/runs/form_helpers.h"
#include "widgets/runs/run_draft.h"

namespace lottery::gui {

using namespace forms;

namespace {

const char* kModeHint =
    "As published: what the paper’s code did, its quirks included, so that numbers can be compared. Rigorous: the same "
    "question asked properly. Sets the options marked Q below; each can be chosen by itself.";

QStringList modes() { return {tr("as published"), tr("rigorous")}; }
QStringList splits() { return {tr("the dev set (published)"), tr("a slice of train (rigorous)")}; }

// In the order of Criterion.
QStringList criteria() {
    return {tr("gradient × mask, the paper’s"),
            tr("empirical Fisher information"),
            tr("leave one out: exact, slow"),
            tr("attention entropy"),
            tr("attention confidence"),
            tr("learned gates"),
            tr("random")};
}

}  // namespace

void addSearchFields(FieldSet& fields) {
    fields.addChoice(field("search/kind", "Search for", "", "Which components may be masked"),
                     {searchKindName(SearchKind::Heads), searchKindName(SearchKind::Mlps),
                      searchKindName(SearchKind::HeadsMlps), searchKindName(SearchKind::Neurons)});
    fields.addChoice(field("search/mode", "Mode", "", kModeHint), modes());
    fields.addChoice(field("search/split", "Search on", "Q4",
                           "The paper searched and reported on the dev set. Rigorous: search on a held-out slice of "
                           "train, report on dev."),
                     splits());
    fields.addReal(field("search/threshold", "Threshold", "share of the full score, up to 1",
                         "Masking goes on while the score stays at or above this share. Paper: 0.9"));
    fields.addReal(field("search/amount", "Masked per step", "share of all heads or blocks",
                         "At least one; of MLPs one per step. Paper: 0.1"));
    fields.addInteger(field("search/block-size", "Block", "neurons masked together",
                            "Neighbouring neurons of an MLP; a layer’s last block may be smaller."));
    fields.addInteger(field("search/batch-size", "Batch size", "examples",
                            "Part of the definition of importance, not only of speed. Paper: 64"));
    fields.addInteger(field("search/max-seq-length", "Sequence length", "tokens at most", "Paper: 128"));
    fields.addInteger(field("search/limit-dev", "Examples", "first so many, 0: all", "For a quick try. Paper: all"));
    fields.addHeading(tr("Importance"));
    fields.addChoice(field("search/criterion", "Criterion", "",
                           "By what components are ranked. Entropy and confidence are of heads alone. Finished "
                           "searches are compared with lottery mask compare."),
                     criteria());
    fields.addChoice(field("search/gradient", "Absolute value", "Q1",
                           "Of each batch’s mean loss, then summed, as published; or of each example’s loss, then "
                           "averaged, so that examples pulling in different directions do not cancel."),
                     {tr("of each batch’s gradient (published)"), tr("of each example’s gradient")});
    fields.addChoice(field("search/phase-importance", "Later phases begin with", "Q2",
                           "The second and third phase start from the kept masks. As published with the importances of "
                           "the last pass, which mostly fell below the threshold."),
                     {tr("the last pass’s importances (published)"), tr("the kept masks’ importances (rigorous)")});
    fields.addInteger(field("search/gate-steps", "Gate steps", "of Adam", "Training steps of the learned gates"));
    fields.addInteger(field("search/gate-batch-size", "Gate batch size", "examples per step", "Of the learned gates"));
    fields.addReal(field("search/gate-learning-rate", "Gate learning rate", "", "Of the learned gates"));
    fields.addReal(field("search/gate-penalty", "Gate penalty", "nats when all gates are open",
                         "Added to the loss for the share of gates expected open"));
    fields.addCheck(field("search/measure-speed", "", "Time every mask with its components removed",
                          "Milliseconds per example at every step, for the plot of score against speed. Let nothing "
                          "else run meanwhile."));
}

void showSearch(FieldSet& fields, const MaskSearchOptions& options) {
    show(fields, "search/kind", options.kind);
    show(fields, "search/mode", options.mode);
    show(fields, "search/split", options.split);
    show(fields, "search/threshold", options.threshold);
    show(fields, "search/amount", options.amount);
    show(fields, "search/block-size", options.block_size);
    show(fields, "search/batch-size", options.batch_size);
    show(fields, "search/max-seq-length", options.max_seq_length);
    show(fields, "search/limit-dev", options.limit_dev);
    show(fields, "search/criterion", options.criterion);
    show(fields, "search/gradient", options.gradient);
    show(fields, "search/phase-importance", options.phase_importance);
    show(fields, "search/gate-steps", options.gates.steps);
    show(fields, "search/gate-batch-size", options.gates.batch_size);
    show(fields, "search/gate-learning-rate", options.gates.learning_rate);
    show(fields, "search/gate-penalty", options.gates.penalty);
    show(fields, "search/measure-speed", options.measure_speed);
    arrangeSearch(fields);
}

void readSearch(const FieldSet& fields, MaskSearchOptions& options) {
    read(fields, "search/kind", options.kind);
    read(fields, "search/mode", options.mode);
    read(fields, "search/split", options.split);
    read(fields, "search/threshold", options.threshold);
    read(fields, "search/amount", options.amount);
    read(fields, "search/block-size", options.block_size);
    read(fields, "search/batch-size", options.batch_size);
    read(fields, "search/max-seq-length", options.max_seq_length);
    read(fields, "search/limit-dev", options.limit_dev);
    read(fields, "search/criterion", options.criterion);
    read(fields, "search/gradient", options.gradient);
    read(fields, "search/phase-importance", options.phase_importance);
    read(fields, "search/gate-steps", options.gates.steps);
    read(fields, "search/gate-batch-size", options.gates.batch_size);
    read(fields, "search/gate-learning-rate", options.gates.learning_rate);
    read(fields, "search/gate-penalty", options.gates.penalty);
    read(fields, "search/measure-speed", options.measure_speed);
}

void arrangeSearch(FieldSet& fields) {
    const auto kind = static_cast<SearchKind>(fields.choice(key("search/kind")));
    const auto criterion = static_cast<Criterion>(fields.choice(key("search/criterion")));
    fields.setFieldVisible(key("search/amount"), kind != SearchKind::Mlps);
    fields.setFieldVisible(key("search/block-size"), kind == SearchKind::Neurons);
    fields.setFieldVisible(key("search/phase-importance"), kind == SearchKind::HeadsMlps);
    fields.setFieldVisible(key("search/gradient"), criterion == Criterion::Gradient);
    for (const char* id :
         {"search/gate-steps", "search/gate-batch-size", "search/gate-learning-rate", "search/gate-penalty"})
        fields.setFieldVisible(key(id), criterion == Criterion::Learned);
}

void applySearchMode(FieldSet& fields) {
    const auto defaults = MaskSearchOptions::for_mode(static_cast<Mode>(fields.choice(key("search/mode"))));
    show(fields, "search/split", defaults.split);
    show(fields, "search/gradient", defaults.gradient);
    show(fields, "search/phase-importance", defaults.phase_importance);
}

void addMagnitudeFields(FieldSet& fields) {
    fields.addChoice(field("magnitude/mode", "Mode", "", kModeHint), modes());
    fields.addChoice(field("magnitude/split", "Search on", "Q4",
                           "The paper searched and reported on the dev set. Rigorous: search on a held-out slice of "
                           "train, report on dev."),
                     splits());
    fields.addChoice(field("magnitude/mlp-output-bias", "MLP output bias", "Q3",
                           "The bias of each MLP’s output layer: the paper’s code left it out of the pruning."),
                     {tr("left alone (published)"), tr("pruned like every other (rigorous)")});
    fields.addReal(field("magnitude/threshold", "Threshold", "share of the full score, up to 1",
                         "Pruning goes on while the score stays at or above this share. Paper: 0.9"));
    fields.addReal(field("magnitude/amount", "Pruned per step", "share of the weights still alive",
                         "The smallest |w| over all layers together. Paper: 0.1"));
    fields.addInteger(field("magnitude/max-steps", "Steps", "at most; the mask before the last one is kept",
                            "Paper: 10, so at least 39% of the weights are kept"));
    fields.addInteger(field("magnitude/batch-size", "Batch size", "examples", "Speed and memory only"));
    fields.addInteger(field("magnitude/max-seq-length", "Sequence length", "tokens at most", "Paper: 128"));
    fields.addInteger(field("magnitude/limit-dev", "Examples", "first so many, 0: all", "For a quick try. Paper: all"));
}

void showMagnitude(FieldSet& fields, const MagnitudeOptions& options) {
    show(fields, "magnitude/mode", options.mode);
    show(fields, "magnitude/split", options.split);
    show(fields, "magnitude/mlp-output-bias", options.mlp_output_bias);
    show(fields, "magnitude/threshold", options.threshold);
    show(fields, "magnitude/amount", options.amount);
    show(fields, "magnitude/max-steps", options.max_steps);
    show(fields, "magnitude/batch-size", options.batch_size);
    show(fields, "magnitude/max-seq-length", options.max_seq_length);
    show(fields, "magnitude/limit-dev", options.limit_dev);
}

void readMagnitude(const FieldSet& fields, MagnitudeOptions& options) {
    read(fields, "magnitude/mode", options.mode);
    read(fields, "magnitude/split", options.split);
    read(fields, "magnitude/mlp-output-bias", options.mlp_output_bias);
    read(fields, "magnitude/threshold", options.threshold);
    read(fields, "magnitude/amount", options.amount);
    read(fields, "magnitude/max-steps", options.max_steps);
    read(fields, "magnitude/batch-size", options.batch_size);
    read(fields, "magnitude/max-seq-length", options.max_seq_length);
    read(fields, "magnitude/limit-dev", options.limit_dev);
}

void applyMagnitudeMode(FieldSet& fields) {
    const auto defaults = MagnitudeOptions::for_mode(static_cast<Mode>(fields.choice(key("magnitude/mode"))));
    show(fields, "magnitude/split", defaults.split);
    show(fields, "magnitude/mlp-output-bias", defaults.mlp_output_bias);
}

}  // namespace lottery::gui
