// SPDX-License-Identifier: GPL-3.0-or-later
//
// The experiments whose scores a study keeps: what they are called on disk (the published names), what they are called
// in tables, and which model and masks of the study folder they evaluate (method.md §5, interfaces.md).
//
// Thread rule: immutable table.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace lottery {

enum class ExperimentFamily { Reference, Structured, Super, Magnitude };

enum class MaskKind { None, Components, Weights };

struct ExperimentInfo {
    std::string_view name;   // folder in evaluate_masked/: "head_mlp_retrained"
    std::string_view label;  // "good, retrained"
    ExperimentFamily family = ExperimentFamily::Reference;
    // Folders in models/ and masks/, by the names they may have; the first that is there counts. A retrained model
    // carries its pruned structure or weights itself and is evaluated as it is.
    std::vector<std::string_view> models;  // empty: no model is needed (the majority baseline)
    std::vector<std::string_view> masks;
    MaskKind mask_kind = MaskKind::None;
};

inline constexpr std::string_view kMajorityExperiment = "freq_baseline";
inline constexpr std::string_view kFullExperiment = "no_mask";

// In the order of tables: majority, full, good, random, bad, super masks, magnitude; each retrained after pruned.
std::span<const ExperimentInfo> all_experiments();
// nullptr: no such experiment.
const ExperimentInfo* find_experiment(std::string_view name);

}  // namespace lottery
