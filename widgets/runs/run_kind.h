// SPDX-License-Identifier: GPL-3.0-or-later
//
// The kinds of run that the window offers: what each is called, and what it is described by.
//
// Thread rule: immutable table.
#pragma once

#include <QString>
#include <span>

namespace lottery::gui {

enum class RunKind {
    Finetune,
    MaskSearch,
    FinetuneAndMask,
    Magnitude,
    Control,
    Supermask,
    Remove,
    Evaluate,
    EvaluateStudy
};
inline constexpr int kRunKinds = 9;

// The parts of a description. Each of the second group is a page of options.
enum RunPart : unsigned {
    kCheckpoint = 1U << 0,
    kTask = 1U << 1,  // with its data
    kData = 1U << 2,
    kSeed = 1U << 3,
    kOut = 1U << 4,
    kMaskTree = 1U << 5,  // the masks of several seeds
    kStudy = 1U << 6,     // a whole study folder

    kTraining = 1U << 8,
    kSearch = 1U << 9,
    kMagnitude = 1U << 10,
    kComponentMasks = 1U << 11,  // of heads and MLPs
    kWeightMask = 1U << 12,
    kNeuronMask = 1U << 13,
    kControl = 1U << 14,
    kEvaluation = 1U << 15,
    kStudyEvaluation = 1U << 16,
    kMachine = 1U << 17,
};

struct RunKindInfo {
    RunKind kind;
    const char* id;           // in settings
    const char* name;         // "Mask search"; to be translated, as the description
    const char* description;  // one sentence
    const char* icon;
    unsigned parts;  // of RunPart
};

std::span<const RunKindInfo> allRunKinds();  // in the order of RunKind
const RunKindInfo& runKindInfo(RunKind kind);
inline bool has(RunKind kind, unsigned parts) { return (runKindInfo(kind).parts & parts) != 0; }

QString runKindName(RunKind kind);
QString runKindDescription(RunKind kind);
QString runKindIcon(RunKind kind);

}  // namespace lottery::gui
