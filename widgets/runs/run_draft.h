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

#include "core/study/runs.h"

class QSettings;

namespace lottery::gui {

enum class RunKind { Finetune, MaskSearch, FinetuneAndMask, Evaluate };
inline constexpr int kRunKinds = 4;

struct RunDraft {
    RunKind kind = RunKind::Finetune;
    std::filesystem::path checkpoint;
    std::filesystem::path data;
    // The run folder; for FinetuneAndMask the study folder that gets modelFolder() and maskFolder().
    std::filesystem::path out;
    TaskId task = TaskId::MRPC;
    std::uint64_t seed = 1337;
    TrainingOptions training;
    MaskSearchOptions search;
    std::int64_t evaluate_limit_dev = 0;
    int evaluate_max_seq_length = 128;
    ComputeOptions compute;
    std::optional<std::filesystem::path> head_mask;    // Evaluate
    std::optional<std::filesystem::path> mlp_mask;     // Evaluate
    Removal removal = Removal::Physical;               // Evaluate
    std::optional<std::filesystem::path> predictions;  // Evaluate
    bool resume = false;                               // go on with the fine-tuning in the run folder
};

// Asks whether a draft could run. A field is named as in FieldProblem; options that belong to one part are
// prefixed: "training/batch-size", "search/batch-size", "evaluate/batch-size".
using DraftProblems = std::vector<FieldProblem>;

QString runKindName(RunKind kind);         // "Fine-tune", "Mask search", …
QString runKindDescription(RunKind kind);  // one sentence
QString runKindIcon(RunKind kind);
QString runTitle(const RunDraft& draft);  // "Fine-tune MRPC, seed 1337"
QString taskName(TaskId task);
QString searchKindName(SearchKind kind);  // "heads + MLPs"

bool writesFolder(RunKind kind);

// Where a run of FinetuneAndMask puts its parts: the layout of a study below draft.out.
std::filesystem::path modelFolder(const RunDraft& draft);
std::filesystem::path maskFolder(const RunDraft& draft);

// A folder below `base` in the layout of a study, not taken by an earlier run: models/finetuned/MRPC/seed_1337,
// masks/heads_mlps/MRPC/seed_1337; `base` itself for FinetuneAndMask. Empty for a kind that writes nothing.
std::filesystem::path proposedOut(const RunDraft& draft, const std::filesystem::path& base);

// The folder that proposedOut() would have had to start from to propose draft.out; its parent when it has another form.
std::filesystem::path studyBase(const RunDraft& draft);

// The parts of a draft as the core's requests.
FinetuneRequest finetuneRequest(const RunDraft& draft);
MaskRequest maskRequest(const RunDraft& draft);
EvaluateRequest evaluateRequest(const RunDraft& draft);

void saveDraft(QSettings& settings, const RunDraft& draft);
// Keys that are missing or make no sense keep the value of `fallback`.
RunDraft loadDraft(QSettings& settings, const RunDraft& fallback);

}  // namespace lottery::gui
