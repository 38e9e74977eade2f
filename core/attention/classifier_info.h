// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a classifier of attention patterns was trained on and what it may be used for: the metadata of its file. No
// tensor in this header.
//
// Thread rule: plain values and pure functions; reading from any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/attention/attention_maps.h"
#include "core/base/result.h"

namespace lottery {

// The maps that it learned from.
enum class ClassifierKind { Raw, Norm, NormAsPublished, Synthetic };
inline constexpr ClassifierKind all_classifier_kinds[] = {ClassifierKind::Raw, ClassifierKind::Norm,
                                                          ClassifierKind::NormAsPublished, ClassifierKind::Synthetic};

// "raw", "norm", "norm-published", "synthetic": in files and on the command line.
const char* to_string(ClassifierKind kind);
// "trained on raw maps", "trained on synthetic maps"; for people.
std::string describe(ClassifierKind kind);

// The network has no padding and pools twice: a smaller canvas leaves nothing of it.
inline constexpr int smallest_canvas = 32;  // tokens

struct ClassifierInfo {
    ClassifierKind kind = ClassifierKind::Raw;
    std::string trained_on;            // for people: "4000 synthetic maps, seed 1"
    int maps = 0;                      // trained on and validated with
    int smallest_map = 0;              // tokens
    int largest_map = 0;               // tokens
    double validation_accuracy = 0.0;  // 0…1, of the epoch that was kept
    int best_epoch = 0;                // from 1
    int epochs = 0;
    std::uint64_t seed = 0;

    // Tokens; maps are centred on it, larger ones cropped.
    [[nodiscard]] int canvas() const { return std::max(largest_map, smallest_canvas); }
    // Rows of maps that are classified are divided by their sums: synthetic maps stand for all kinds of real ones.
    [[nodiscard]] bool divides_rows() const { return kind == ClassifierKind::Synthetic; }
    bool operator==(const ClassifierInfo&) const = default;
};

// A classifier of synthetic maps takes all kinds, others the kind they were trained on. `place` is what the error
// names: the classifier's file.
Status check_classifier_kind(const ClassifierInfo& info, AttentionKind maps, const std::string& place);

// Of a classifier's file. Errors: see read_classifier() in pattern_classifier.h; weights are not looked at.
Result<ClassifierInfo> read_classifier_info(const std::filesystem::path& file);

}  // namespace lottery
