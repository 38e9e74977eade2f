// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which models a tab's page Attention offers: the one of its folder, and those that one would compare it with.
//
// Thread rule: any thread; reads run.json files and names in folders.
#pragma once

#include <QString>
#include <filesystem>
#include <vector>

#include "core/study/attention_model.h"
#include "widgets/runs/run_draft.h"

namespace lottery::gui {

struct AttentionChoice {
    QString name;  // "fine-tuned", "pruned", "pre-trained", "seed 42"
    AttentionModelRequest request;
    // Masks that were found for it and are not applied: what they leave out is marked. Empty: none.
    std::filesystem::path marks;
};

struct AttentionChoices {
    std::vector<AttentionChoice> models;  // the folder's own first; empty: there is no model
    RunDraft draft;                       // data, task, device and evaluate_max_seq_length are meant
};

// Of a checkpoint, of masks or of a weight mask. `base`: what is not recorded is taken from it.
AttentionChoices attentionChoices(const std::filesystem::path& folder, const RunDraft& base);
// A checkpoint that a person chose, named by the last two parts of its path.
AttentionChoice chosenCheckpoint(const std::filesystem::path& folder, const RunDraft& draft);

}  // namespace lottery::gui
