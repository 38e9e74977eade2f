// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/attention_models.h"

#include <QCoreApplication>
#include <algorithm>
#include <system_error>
#include <utility>

#include "app/gui/follow_ups.h"
#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

namespace fs = std::filesystem;

namespace {

QString tr(const char* text) { return QCoreApplication::translate("AttentionModels", text); }

std::optional<fs::path> ifThere(const fs::path& file) {
    std::error_code error;
    return fs::exists(file, error) ? std::optional(file) : std::nullopt;
}

AttentionModelRequest requestOf(const fs::path& checkpoint, const RunDraft& draft) {
    AttentionModelRequest request;
    request.checkpoint = checkpoint;
    request.compute = draft.compute;
    return request;
}

// Models of the same setting and task, trained with other seeds: …/<TASK>/seed_<N>.
std::vector<AttentionChoice> otherSeeds(const fs::path& checkpoint, const RunDraft& draft) {
    std::vector<AttentionChoice> others;
    std::error_code error;
    if (!checkpoint.filename().string().starts_with("seed_")) return others;
    for (const auto& entry : fs::directory_iterator(checkpoint.parent_path(), error)) {
        const QString name = textFromPath(entry.path().filename());
        if (entry.path() == checkpoint || !name.startsWith(QLatin1String("seed_")) ||
            !ifThere(entry.path() / "config.json"))
            continue;
        others.push_back({tr("seed %1").arg(name.section('_', -1)), requestOf(entry.path(), draft), {}});
    }
    std::ranges::sort(others, {}, [](const AttentionChoice& choice) { return choice.request.checkpoint; });
    return others;
}

}  // namespace

AttentionChoices attentionChoices(const fs::path& folder, const RunDraft& base) {
    AttentionChoices choices;
    const FolderKind kind = folderKind(folder);
    if (kind != FolderKind::Checkpoint && kind != FolderKind::MaskSearch && kind != FolderKind::WeightMask)
        return choices;
    choices.draft = modelOf(folder, base);
    // Blocks of neurons change no map's heads, and are not applied here.
    if (choices.draft.checkpoint.empty() || ifThere(folder / "neuron_mask.npy")) return choices;
    const fs::path checkpoint = choices.draft.checkpoint;
    const AttentionModelRequest whole = requestOf(checkpoint, choices.draft);
    const fs::path masks = kind == FolderKind::MaskSearch ? folder : masksFoundFor(checkpoint);
    const fs::path pretrained = pretrainedOf(folder);

    AttentionModelRequest pruned = whole;
    if (kind == FolderKind::WeightMask) {
        pruned.weight_mask = folder / "weight_mask.safetensors";
    } else if (!masks.empty()) {
        pruned.head_mask = ifThere(masks / "head_mask.npy");
        pruned.mlp_mask = ifThere(masks / "mlp_mask.npy");
    }
    // A checkpoint that nobody has trained here is what it is.
    const QString own = pretrained.empty() ? tr("this checkpoint") : tr("fine-tuned");
    if (kind == FolderKind::Checkpoint) choices.models.push_back({own, whole, masks});
    if (!(pruned == whole)) choices.models.push_back({tr("pruned"), pruned, {}});
    if (kind != FolderKind::Checkpoint) choices.models.push_back({tr("not pruned"), whole, masks});
    if (!pretrained.empty()) choices.models.push_back({tr("pre-trained"), requestOf(pretrained, choices.draft), {}});
    for (auto& other : otherSeeds(checkpoint, choices.draft)) choices.models.push_back(std::move(other));
    return choices;
}

AttentionChoice chosenCheckpoint(const fs::path& folder, const RunDraft& draft) {
    return {textFromPath(folder.parent_path().filename() / folder.filename()), requestOf(folder, draft), {}};
}

}  // namespace lottery::gui
