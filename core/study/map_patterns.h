// SPDX-License-Identifier: GPL-3.0-or-later
//
// The pattern of each head's map of one text, for those who look at maps one by one. No tensor in this header.
//
// Thread rule: one thread at a time per object.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/attention/attention_maps.h"
#include "core/attention/classifier_info.h"
#include "core/attention/pattern_classes.h"
#include "core/base/result.h"

namespace lottery {

struct MapPattern {
    PatternClass pattern = PatternClass::Vertical;
    double probability = 0.0;  // that the classifier gives it
};

class MapClassifier {
public:
    // Nothing: the built-in one, trained on synthetic maps. Errors: those of read_classifier().
    static Result<std::shared_ptr<MapClassifier>> open(const std::optional<std::filesystem::path>& file);
    ~MapClassifier();
    MapClassifier(const MapClassifier&) = delete;
    MapClassifier& operator=(const MapClassifier&) = delete;

    [[nodiscard]] const ClassifierInfo& info() const;
    // [L,N], nothing for heads that are not present. Errors: a difference, maps of a kind or size that the classifier
    // was not trained for.
    Outcome<std::vector<std::optional<MapPattern>>> classify(const AttentionMaps& maps, std::stop_token stop);

private:
    struct Parts;
    explicit MapClassifier(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace lottery
