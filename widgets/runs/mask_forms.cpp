// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/mask_forms.h"

#include "widgets/runs/form_helpers.h"

namespace lottery::gui {

using namespace forms;

namespace {

std::filesystem::path orEmpty(const std::optional<std::filesystem::path>& path) {
    return path.value_or(std::filesystem::path());
}

}  // namespace

void addMaskFields(FieldSet& fields) {
    const QString arrays = tr("NumPy arrays (*.npy)");
    fields.addPath(field("head-mask", "Head mask", "None: all heads",
                         "head_mask.npy of a mask search, layers × heads, 1 = kept. The folder of a mask search can be "
                         "dropped on this window."),
                   PathEdit::Wants::ExistingFile, arrays);
    fields.addPath(
        field("mlp-mask", "MLP mask", "None: all MLPs", "mlp_mask.npy of a mask search, one value per layer, 1 = kept"),
        PathEdit::Wants::ExistingFile, arrays);
    fields.addPath(field("weight-mask", "Weight mask", "None: all weights",
                         "weight_mask.safetensors of magnitude pruning: pruned weights are zero, and in training they "
                         "stay zero"),
                   PathEdit::Wants::ExistingFile, tr("Weight masks (*.safetensors *.bin)"));
    fields.addPath(field("neuron-mask", "Neuron mask", "None: all neurons",
                         "neuron_mask.npy of a search for blocks of MLP neurons; the size of the blocks is read from "
                         "the search.json beside it"),
                   PathEdit::Wants::ExistingFile, arrays);
}

void showMasks(FieldSet& fields, const RunDraft& draft) {
    fields.setPath(key("head-mask"), orEmpty(draft.head_mask));
    fields.setPath(key("mlp-mask"), orEmpty(draft.mlp_mask));
    fields.setPath(key("weight-mask"), orEmpty(draft.weight_mask));
    fields.setPath(key("neuron-mask"), orEmpty(draft.neuron_mask));
}

void readMasks(const FieldSet& fields, RunDraft& draft) {
    const auto path = [&](const char* id, unsigned part) {
        return has(draft.kind, part) ? fields.optionalPath(key(id)) : std::nullopt;
    };
    draft.head_mask = path("head-mask", kComponentMasks);
    draft.mlp_mask = path("mlp-mask", kComponentMasks);
    draft.weight_mask = path("weight-mask", kWeightMask);
    draft.neuron_mask = path("neuron-mask", kNeuronMask);
}

void arrangeMasks(FieldSet& fields, RunKind kind) {
    for (const char* id : {"head-mask", "mlp-mask"}) fields.setFieldVisible(key(id), has(kind, kComponentMasks));
    fields.setFieldVisible(key("weight-mask"), has(kind, kWeightMask));
    fields.setFieldVisible(key("neuron-mask"), has(kind, kNeuronMask));
}

void addControlFields(FieldSet& fields) {
    fields.addChoice(
        field("control/kind", "Control", "",
              "Random: as large as the good mask, drawn without looking at what is good. Bad: as large, "
              "from what the good mask leaves out. Inverted: exactly what it leaves out."),
        {controlName(ControlKind::Random), controlName(ControlKind::Bad), controlName(ControlKind::Invert)});
    fields.addChoice(field("control/mode", "Mode", "",
                           "As published: what the paper’s code did. Rigorous: the same question asked properly. Sets "
                           "the options marked Q below; each can be chosen by itself."),
                     {tr("as published"), tr("rigorous")});
    fields.addChoice(field("control/random-size", "Size", "Q5",
                           "As published each component is kept with the good mask’s share, so that sizes vary."),
                     {tr("drawn (published)"), tr("exactly the good mask’s (rigorous)")});
    fields.addChoice(
        field("control/bad-fill", "Too little left out", "Q6",
              "Where the good mask keeps more than half, what it leaves out is smaller than it. Topped up, "
              "the bad mask has good components; not topped up, it is smaller. The overlap is always "
              "shown."),
        {tr("topped up from the good mask (published)"), tr("a smaller mask")});
}

void showControl(FieldSet& fields, const RunDraft& draft) {
    show(fields, "control/kind", draft.control);
    show(fields, "control/mode", draft.controlMode);
    show(fields, "control/random-size", draft.controlOptions.random_size);
    show(fields, "control/bad-fill", draft.controlOptions.bad_fill);
    arrangeControl(fields, draft.controlsWeights());
}

void readControl(const FieldSet& fields, RunDraft& draft) {
    read(fields, "control/kind", draft.control);
    read(fields, "control/mode", draft.controlMode);
    read(fields, "control/random-size", draft.controlOptions.random_size);
    read(fields, "control/bad-fill", draft.controlOptions.bad_fill);
}

void arrangeControl(FieldSet& fields, bool ofWeights) {
    const auto kind = static_cast<ControlKind>(fields.choice(key("control/kind")));
    fields.setFieldVisible(key("control/mode"), !ofWeights && kind != ControlKind::Invert);
    fields.setFieldVisible(key("control/random-size"), !ofWeights && kind == ControlKind::Random);
    fields.setFieldVisible(key("control/bad-fill"), !ofWeights && kind == ControlKind::Bad);
}

void applyControlMode(FieldSet& fields) {
    const auto defaults = ControlOptions::for_mode(static_cast<Mode>(fields.choice(key("control/mode"))));
    show(fields, "control/random-size", defaults.random_size);
    show(fields, "control/bad-fill", defaults.bad_fill);
}

void addEvaluateFields(FieldSet& fields) {
    fields.addChoice(
        field("removal", "Masked parts are", "Q7",
              "Both scores are always computed; this says which one counts. Multiplied by zero: a layer without heads "
              "keeps the bias of its output projection. Removed: that bias goes too, and the model is smaller and "
              "faster."),
        {tr("multiplied by zero"), tr("removed")});
    fields.addChoice(field("random-retrained", "Bars of “random, retrained”", "Q8",
                           "One published figure showed the good subnetworks’ scores there; the published tables are "
                           "right."),
                     {tr("their own scores"), tr("those of “good, retrained” (as one published figure)")});
    fields.addCheck(field("evaluate/measure-speed", "", "Time the model with and without the masked parts",
                          "Milliseconds per example in batches of 1 and of 64, on this machine. Let nothing else run "
                          "meanwhile."));
    fields.addPath(
        field("predictions", "Predictions", "None: not written", "TSV file that gets a prediction per example"),
        PathEdit::Wants::NewFile, tr("Tab-separated values (*.tsv)"));
    fields.addInteger(field("evaluate/max-seq-length", "Sequence length", "tokens at most", "Paper: 128"));
    fields.addInteger(field("evaluate/limit-dev", "Dev examples", "first so many, 0: all", "Paper: all"));
}

void showEvaluate(FieldSet& fields, const RunDraft& draft) {
    show(fields, "removal", draft.removal);
    show(fields, "random-retrained", draft.random_retrained);
    show(fields, "evaluate/measure-speed", draft.measure_speed);
    fields.setPath(key("predictions"), orEmpty(draft.predictions));
    show(fields, "evaluate/max-seq-length", draft.evaluate_max_seq_length);
    show(fields, "evaluate/limit-dev", draft.evaluate_limit_dev);
}

void readEvaluate(const FieldSet& fields, RunDraft& draft) {
    read(fields, "removal", draft.removal);
    read(fields, "random-retrained", draft.random_retrained);
    read(fields, "evaluate/measure-speed", draft.measure_speed);
    draft.predictions = fields.optionalPath(key("predictions"));
    read(fields, "evaluate/max-seq-length", draft.evaluate_max_seq_length);
    read(fields, "evaluate/limit-dev", draft.evaluate_limit_dev);
}

void arrangeEvaluate(FieldSet& fields, RunKind kind) {
    const bool one = has(kind, kEvaluation);
    fields.setFieldVisible(key("random-retrained"), has(kind, kStudyEvaluation));
    for (const char* id : {"evaluate/measure-speed", "predictions", "evaluate/max-seq-length"})
        fields.setFieldVisible(key(id), one);
}

}  // namespace lottery::gui
