// SPDX-License-Identifier: GPL-3.0-or-later
//
// What one would do next with what lies in a folder: drafts of the runs that go on from it, filled in from its record
// and from those of the runs before it.
//
// Thread rule: any thread; reads run.json files.
#pragma once

#include <QString>
#include <filesystem>
#include <functional>
#include <vector>

#include "widgets/runs/run_draft.h"

class QMenu;

namespace lottery::gui {

struct FollowUp {
    QString text;  // "Evaluate with this mask…"
    RunDraft draft;
    bool main = false;        // worth a button of its own
    bool newSection = false;  // begins a section of the menu
};

// Of a checkpoint, a mask, a weight mask or a study; nothing for other folders. `base`: what the drafts start from
// where no record says otherwise, the machine's options among it.
std::vector<FollowUp> followUps(const std::filesystem::path& folder, const RunDraft& base);

// The model that a folder's masks belong to, or that lies in the folder: checkpoint (empty: not known), data, task,
// seed, and evaluate_max_seq_length as it was trained with.
RunDraft modelOf(const std::filesystem::path& folder, const RunDraft& base);

// What that model was trained from; empty: not known, or not there any more.
std::filesystem::path pretrainedOf(const std::filesystem::path& folder);

// The masks of heads and MLPs that a study found for one of its models; empty: none.
std::filesystem::path masksFoundFor(const std::filesystem::path& checkpoint);

// An action for each, which calls `start` with its draft.
void fillMenu(QMenu& menu, const std::vector<FollowUp>& followUps, const std::function<void(const RunDraft&)>& start);

}  // namespace lottery::gui
