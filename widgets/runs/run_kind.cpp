// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_kind.h"

#include <QCoreApplication>
#include <array>

namespace lottery::gui {

namespace {

constexpr unsigned kOnTask = kCheckpoint | kTask | kData | kMachine;
constexpr unsigned kRun = kOnTask | kSeed | kOut;

constexpr std::array<RunKindInfo, kRunKinds> kKinds{{
    {RunKind::Finetune, "finetune", QT_TRANSLATE_NOOP("RunKind", "Fine-tune"),
     QT_TRANSLATE_NOOP("RunKind", "Train a pre-trained checkpoint, or a subnetwork of it, on one GLUE task."),
     "finetune", kRun | kTraining | kComponentMasks | kWeightMask | kNeuronMask},
    {RunKind::MaskSearch, "mask", QT_TRANSLATE_NOOP("RunKind", "Mask search"),
     QT_TRANSLATE_NOOP("RunKind", "Find the heads and MLPs that a fine-tuned checkpoint can do without."),
     "mask-search", kRun | kSearch},
    {RunKind::FinetuneAndMask, "finetune-mask", QT_TRANSLATE_NOOP("RunKind", "Fine-tune, then mask search"),
     QT_TRANSLATE_NOOP("RunKind", "From a pre-trained checkpoint to its mask in one go."), "finetune-mask",
     kRun | kTraining | kSearch},
    {RunKind::Magnitude, "magnitude", QT_TRANSLATE_NOOP("RunKind", "Magnitude pruning"),
     QT_TRANSLATE_NOOP("RunKind", "Prune the smallest weights of a fine-tuned checkpoint, step by step."), "magnitude",
     kRun | kMagnitude},
    {RunKind::Control, "control", QT_TRANSLATE_NOOP("RunKind", "Control of a mask"),
     QT_TRANSLATE_NOOP("RunKind", "Make a random, bad or inverted mask to hold a found one against."), "control",
     kCheckpoint | kSeed | kOut | kComponentMasks | kWeightMask | kControl},
    {RunKind::Supermask, "supermask", QT_TRANSLATE_NOOP("RunKind", "Masks of all seeds"),
     QT_TRANSLATE_NOOP("RunKind", "What the masks of all seeds of a task have in common, with its controls."),
     "supermask", kSeed | kOut | kMaskTree},
    {RunKind::Remove, "remove", QT_TRANSLATE_NOOP("RunKind", "Remove"),
     QT_TRANSLATE_NOOP("RunKind", "Write the smaller checkpoint that a mask of heads and MLPs leaves."), "remove",
     kCheckpoint | kOut | kComponentMasks | kMachine},
    {RunKind::Evaluate, "evaluate", QT_TRANSLATE_NOOP("RunKind", "Evaluate"),
     QT_TRANSLATE_NOOP("RunKind", "Score a fine-tuned checkpoint, whole or with masks."), "evaluate",
     kOnTask | kComponentMasks | kWeightMask | kNeuronMask | kEvaluation},
    {RunKind::EvaluateStudy, "evaluate-study", QT_TRANSLATE_NOOP("RunKind", "Evaluate a study"),
     QT_TRANSLATE_NOOP("RunKind", "Score every model and mask of a study folder, into its table and figures."), "study",
     kData | kStudy | kStudyEvaluation | kMachine},
}};

QString translated(const char* text) { return QCoreApplication::translate("RunKind", text); }

}  // namespace

std::span<const RunKindInfo> allRunKinds() { return kKinds; }

const RunKindInfo& runKindInfo(RunKind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

QString runKindName(RunKind kind) { return translated(runKindInfo(kind).name); }
QString runKindDescription(RunKind kind) { return translated(runKindInfo(kind).description); }
QString runKindIcon(RunKind kind) { return QLatin1String(runKindInfo(kind).icon); }

}  // namespace lottery::gui
