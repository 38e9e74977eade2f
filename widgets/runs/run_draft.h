// SPDX-License-Identifier: GPL-3.0-or-later
//
// A run as it is being described in the window: the options of every kind, of which the chosen kind uses its own.
//
// Thread rule: plain values; saving and loading on the GUI thread.
#pragma once

#include <QString>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/pruning/magnitude_options.h"
#include "core/pruning/subnetworks.h"
#include "core/study/magnitude_runs.h"
#include "core/study/runs.h"
#include "core/study/study_evaluation.h"
#include "core/study/subnetwork_runs.h"
#include "widgets/runs/run_kind.h"

class QSettings;

namespace lottery::gui {

struct RunDraft {
    RunKind kind = RunKind::Finetune;
    std::filesystem::path checkpoint;
    std::filesystem::path data;
    // The run folder; for FinetuneAndMask the study folder that gets modelFolder() and maskFolder().
    std::filesystem::path out;
    std::filesystem::path masks;  // Supermask: <TASK>/seed_<N>/ of one setting
    std::filesystem::path study;  // EvaluateStudy
    TaskId task = TaskId::MRPC;
    std::uint64_t seed = 1337;
    TrainingOptions training;
    MaskSearchOptions search = MaskSearchOptions::for_mode(Mode::Rigorous);
    MagnitudeOptions magnitude = MagnitudeOptions::for_mode(Mode::Rigorous);
    ControlKind control = ControlKind::Random;
    Mode controlMode = Mode::Rigorous;
    ControlOptions controlOptions = ControlOptions::for_mode(Mode::Rigorous);
    std::int64_t evaluate_limit_dev = 0;
    int evaluate_max_seq_length = 128;
    Removal removal = Removal::Physical;                              // Evaluate, EvaluateStudy
    bool measure_speed = false;                                       // Evaluate
    std::optional<std::filesystem::path> predictions;                 // Evaluate
    RandomRetrainedBars random_retrained = RandomRetrainedBars::Own;  // EvaluateStudy
    ComputeOptions compute;
    // Finetune: the subnetwork that is trained. Control: the good mask. Remove, Evaluate: what is kept.
    std::optional<std::filesystem::path> head_mask;
    std::optional<std::filesystem::path> mlp_mask;
    std::optional<std::filesystem::path> weight_mask;
    std::optional<std::filesystem::path> neuron_mask;  // Evaluate
    bool resume = false;                               // go on with the fine-tuning in the run folder

    void forgetMasks() {
        for (auto* mask : {&head_mask, &mlp_mask, &weight_mask, &neuron_mask}) mask->reset();
    }
    // Of single weights, not of heads and MLPs.
    bool controlsWeights() const { return weight_mask.has_value(); }
};

// Asks whether a draft could run. A field is named as in FieldProblem; options that belong to one part are
// prefixed: "training/batch-size", "search/batch-size", "evaluate/batch-size".
using DraftProblems = std::vector<FieldProblem>;

QString runTitle(const RunDraft& draft);  // "Fine-tune MRPC, seed 1337"
// What is not plain from the fields: where parts go, that a subnetwork is trained. Empty when there is nothing to say.
QString runRemark(const RunDraft& draft);
QString taskName(TaskId task);
QString searchKindName(SearchKind kind);  // "heads + MLPs"
QString controlName(ControlKind kind);    // "random"

// Whether the run leaves a folder of its own.
inline bool writesFolder(RunKind kind) { return has(kind, kOut); }

// Where a run of FinetuneAndMask puts its parts: the layout of a study below draft.out.
std::filesystem::path modelFolder(const RunDraft& draft);
std::filesystem::path maskFolder(const RunDraft& draft);

// A folder below `base` in the layout of a study, not taken by an earlier run: models/finetuned/MRPC/seed_1337,
// masks/heads_mlps/MRPC/seed_1337; `base` itself for FinetuneAndMask. What is made of a mask that lies in a study is
// proposed beside it: masks/heads_mlps_random/MRPC/seed_1337, models/heads_mlps/MRPC/seed_1337 (retrained),
// models/heads_mlps_removed/…. Empty for a kind that writes nothing, and where too little is known yet.
std::filesystem::path proposedOut(const RunDraft& draft, const std::filesystem::path& base);

// The folder that proposedOut() would have had to start from to propose draft.out; its parent when it has another form.
std::filesystem::path studyBase(const RunDraft& draft);

// The parts of a draft as the core's requests.
FinetuneRequest finetuneRequest(const RunDraft& draft);
MaskRequest maskRequest(const RunDraft& draft);
MagnitudeRequest magnitudeRequest(const RunDraft& draft);
SubnetworkRequest subnetworkRequest(const RunDraft& draft);              // controlsWeights() is false
MagnitudeControlRequest magnitudeControlRequest(const RunDraft& draft);  // controlsWeights() is true
SupermaskRequest supermaskRequest(const RunDraft& draft);
RemoveRequest removeRequest(const RunDraft& draft);
EvaluateRequest evaluateRequest(const RunDraft& draft);
StudyEvaluationRequest studyRequest(const RunDraft& draft);

void saveDraft(QSettings& settings, const RunDraft& draft);
// Keys that are missing or make no sense keep the value of `fallback`.
RunDraft loadDraft(QSettings& settings, const RunDraft& fallback);

}  // namespace lottery::gui
