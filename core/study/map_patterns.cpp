// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/map_patterns.h"

#include <string>
#include <utility>

#include "core/attention/built_in_classifier.h"
#include "core/attention/pattern_classifier.h"
#include "core/study/job_boundary.h"

namespace lottery {

struct MapClassifier::Parts {
    PatternClassifier classifier;
    std::string place;
};

MapClassifier::MapClassifier(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
MapClassifier::~MapClassifier() = default;

Result<std::shared_ptr<MapClassifier>> MapClassifier::open(const std::optional<std::filesystem::path>& file) {
    Parts parts;
    parts.place = file ? file->string() : "the built-in classifier";
    if (file) {
        LOTTERY_TRY(parts.classifier, read_classifier(*file, torch::kCPU));
    } else {
        LOTTERY_TRY(parts.classifier, built_in_classifier());
    }
    return std::shared_ptr<MapClassifier>(new MapClassifier(std::make_unique<Parts>(std::move(parts))));
}

const ClassifierInfo& MapClassifier::info() const { return parts_->classifier.info; }

Outcome<std::vector<std::optional<MapPattern>>> MapClassifier::classify(const AttentionMaps& maps,
                                                                        std::stop_token stop) {
    return at_job_boundary("patterns", [&]() -> Outcome<std::vector<std::optional<MapPattern>>> {
        if (maps.difference) return Error{"a difference has no pattern", "patterns", "Show the maps of one model"};
        LOTTERY_CHECK(check_classifier_kind(info(), maps.kind, parts_->place));
        if (maps.size() < info().smallest_map)
            return Error{"the text has " + std::to_string(maps.size()) + " tokens, the classifier was trained on " +
                             std::to_string(info().smallest_map) + " and more",
                         "patterns", "Choose a longer text"};
        std::vector<std::optional<MapPattern>> found(maps.present.values.size());
        // A layer at a time, so that a stop is noticed.
        for (int l = 0; l < maps.layers; ++l) {
            if (stop.stop_requested()) return Cancelled{};
            std::vector<MapView> views;
            std::vector<std::size_t> places;
            for (int h = 0; h < maps.heads; ++h) {
                if (!maps.has(l, h)) continue;
                views.push_back({maps.map(l, h), maps.size()});
                places.push_back(static_cast<std::size_t>(l * maps.heads + h));
            }
            if (views.empty()) continue;
            const auto probabilities = lottery::classify(parts_->classifier, views);
            for (std::size_t i = 0; i < views.size(); ++i) {
                const auto pattern = most_probable(probabilities[i]);
                found[places[i]] = MapPattern{pattern, static_cast<double>(probabilities[i][index_of(pattern)])};
            }
        }
        return found;
    });
}

}  // namespace lottery
