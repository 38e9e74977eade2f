// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/pattern_scores.h"

#include <algorithm>
#include <cassert>

namespace lottery {
namespace {

std::optional<double> ratio(std::int64_t part, std::int64_t whole) {
    if (whole == 0) return std::nullopt;
    return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

PatternClass most_probable(const PatternProbabilities& probabilities) {
    const auto most = std::max_element(probabilities.begin(), probabilities.end());
    return all_patterns()[static_cast<std::size_t>(most - probabilities.begin())];
}

PatternScores pattern_scores(std::span<const PatternClass> truth, std::span<const PatternClass> predicted) {
    assert(truth.size() == predicted.size());
    PatternScores scores;
    scores.maps = static_cast<std::int64_t>(truth.size());
    for (std::size_t i = 0; i < truth.size(); ++i) {
        ++scores.confusion[index_of(truth[i])][index_of(predicted[i])];
        ++scores.classes[index_of(truth[i])].maps;
        ++scores.classes[index_of(predicted[i])].predicted;
        if (truth[i] == predicted[i])
            ++scores.classes[index_of(truth[i])].correct;
        else
            scores.wrong.push_back(i);
    }
    for (auto& one : scores.classes) {
        scores.correct += one.correct;
        one.precision = ratio(one.correct, one.predicted);
        one.recall = ratio(one.correct, one.maps);
        one.f1 = ratio(2 * one.correct, one.maps + one.predicted);
    }
    scores.accuracy = ratio(scores.correct, scores.maps);
    return scores;
}

}  // namespace lottery
