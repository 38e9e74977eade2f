// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a folder is, judged by the names in it; no file is opened.
//
// Thread rule: any thread.
#pragma once

#include <QString>
#include <filesystem>

namespace lottery::gui {

enum class FolderKind {
    Missing,     // not there, or not a folder
    MaskSearch,  // search.json, or masks in the published layout
    WeightMask,  // weight_mask.safetensors: a mask of single weights
    Checkpoint,  // config.json: a Hugging Face folder
    Glue,        // TSV files of a task, or folders of tasks
    Study,       // models/, masks/ or evaluate_masked/ below it
    Unknown,
};

FolderKind folderKind(const std::filesystem::path& folder);
// "mask search", "checkpoint", …
QString folderKindName(FolderKind kind);

// Text of a path field to a path: surrounding blanks and a file: address are understood, "~" is the home folder.
std::filesystem::path pathFromText(const QString& text);
QString textFromPath(const std::filesystem::path& path);

}  // namespace lottery::gui
