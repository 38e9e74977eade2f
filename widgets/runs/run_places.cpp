// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where runs go: the layout of a study (docs/formats.md).
#include <system_error>

#include "widgets/runs/run_draft.h"

namespace lottery::gui {

namespace fs = std::filesystem;

namespace {

// Folder names of the published layout.
const char* maskSetting(SearchKind kind) {
    switch (kind) {
        case SearchKind::Heads:
            return "heads";
        case SearchKind::Mlps:
            return "mlps";
        case SearchKind::HeadsMlps:
            return "heads_mlps";
        case SearchKind::Neurons:
            return "neurons";
    }
    return "heads_mlps";
}

fs::path below(const fs::path& base, const char* part, const std::string& setting, const RunDraft& draft) {
    return base / part / setting / task_info(draft.task).name / ("seed_" + std::to_string(draft.seed));
}

bool isTaken(const fs::path& folder) {
    std::error_code error;
    return fs::exists(folder, error) && !fs::is_empty(folder, error);
}

fs::path firstFree(const fs::path& folder) {
    fs::path candidate = folder;
    for (int i = 2; isTaken(candidate); ++i) candidate = folder.string() + "_" + std::to_string(i);
    return candidate;
}

// Of a mask file in a study: <study>/masks/<setting>/<place…>/head_mask.npy.
struct MaskPlace {
    fs::path study;
    std::string setting;
    fs::path place;  // "MRPC/seed_1337"
};

std::optional<MaskPlace> placeOfMask(const RunDraft& draft) {
    const auto& mask = draft.weight_mask ? draft.weight_mask : draft.head_mask ? draft.head_mask : draft.mlp_mask;
    if (!mask) return std::nullopt;
    const fs::path seed = mask->parent_path(), task = seed.parent_path(), setting = task.parent_path();
    if (setting.parent_path().filename() != "masks" || !setting.has_filename()) return std::nullopt;
    return MaskPlace{setting.parent_path().parent_path(), setting.filename().string(),
                     fs::path(task.filename()) / seed.filename()};
}

std::string controlSetting(const std::string& good, const RunDraft& draft) {
    switch (draft.control) {
        case ControlKind::Random:
            return good + "_random";
        case ControlKind::Bad:
            // The published names.
            return good + (draft.controlsWeights() ? "_bad" : "_bad_1");
        case ControlKind::Invert:
            return good + "_invert";
    }
    return good;
}

// What is made of a mask: beside it where it lies in a study, otherwise in a folder that says what it is.
fs::path ofMask(const RunDraft& draft, const fs::path& base) {
    const auto place = placeOfMask(draft);
    const bool any = draft.head_mask || draft.mlp_mask || draft.weight_mask;
    if (!any) return {};
    const std::string setting = place ? place->setting : draft.weight_mask ? "global" : "heads_mlps";
    const fs::path study = place ? place->study : base;
    const fs::path run =
        place ? place->place : fs::path(task_info(draft.task).name) / ("seed_" + std::to_string(draft.seed));
    switch (draft.kind) {
        case RunKind::Control:
            return study / "masks" / controlSetting(setting, draft) / run;
        case RunKind::Remove:
            return study / "models" / (setting + "_removed") / run;
        default:
            return study / "models" / setting / run;
    }
}

}  // namespace

fs::path modelFolder(const RunDraft& draft) {
    return draft.kind == RunKind::FinetuneAndMask ? below(draft.out, "models", "finetuned", draft) : draft.out;
}

fs::path maskFolder(const RunDraft& draft) {
    return draft.kind == RunKind::FinetuneAndMask ? below(draft.out, "masks", maskSetting(draft.search.kind), draft)
                                                  : draft.out;
}

fs::path proposedOut(const RunDraft& draft, const fs::path& base) {
    switch (draft.kind) {
        case RunKind::Evaluate:
        case RunKind::EvaluateStudy:
            return {};
        case RunKind::FinetuneAndMask: {
            RunDraft placed = draft;
            for (int i = 1;; ++i) {
                placed.out = i == 1 ? base : fs::path(base.string() + "_" + std::to_string(i));
                if (!isTaken(modelFolder(placed)) && !isTaken(maskFolder(placed))) return placed.out;
            }
        }
        case RunKind::Finetune: {
            const fs::path retrained = ofMask(draft, base);
            return firstFree(retrained.empty() ? below(base, "models", "finetuned", draft) : retrained);
        }
        case RunKind::MaskSearch:
            return firstFree(below(base, "masks", maskSetting(draft.search.kind), draft));
        case RunKind::Magnitude:
            return firstFree(below(base, "masks", "global", draft));
        case RunKind::Control:
        case RunKind::Remove: {
            const fs::path folder = ofMask(draft, base);
            return folder.empty() ? folder : firstFree(folder);
        }
        case RunKind::Supermask:
            return draft.masks.parent_path();
    }
    return {};
}

fs::path studyBase(const RunDraft& draft) {
    if (draft.kind == RunKind::FinetuneAndMask) return draft.out;
    const fs::path setting = draft.kind == RunKind::Supermask ? draft.masks : draft.out.parent_path().parent_path();
    const fs::path part = setting.parent_path();
    if (part.filename() == "models" || part.filename() == "masks") return part.parent_path();
    return draft.out.parent_path();
}

}  // namespace lottery::gui
