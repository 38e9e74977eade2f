// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pruning/magnitude.h"

#include <chrono>
#include <cmath>
#include <utility>

#include "core/base/random.h"
#include "core/pruning/search_rules.h"

namespace lottery {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

class Search {
public:
    Search(const MagnitudeTarget& target, const MagnitudeOptions& options, std::stop_token stop,
           MagnitudeObserver& observer)
        : target_(target),
          options_(options),
          stop_(std::move(stop)),
          observer_(observer),
          prunable_(target.everything.prunable()) {}

    Outcome<MagnitudeSearch> run() {
        const auto start = Clock::now();
        auto& result = search_.result;
        result.metric = target_.metric;
        auto masks = target_.everything.clone();
        LOTTERY_TRY(const double full_score, pass(masks, prunable_, start, 0.0));
        result.full_score = result.score = full_score;
        result.threshold_score = options_.threshold * full_score;
        LOTTERY_CHECK(check_full_score(options_.mode, target_.metric, full_score, result.threshold_score,
                                       target_.chance, observer_));
        // Kept whatever its score. A negative one lies below 0.9 times itself: nothing is ever pruned then.
        result.steps.front().accepted = true;
        observer_.on_magnitude_step(result.steps.front());

        search_.masks = masks.clone();
        double score = full_score;
        while (score >= result.threshold_score && result.steps.back().index < options_.max_steps) {
            const auto step_start = Clock::now();
            const auto alive = result.steps.back().kept;
            const auto number = share_of(alive, options_.amount);
            keep(masks, score);
            if (number == 0) break;
            prune_weights(masks, target_.weights, number, MagnitudeEnd::Smallest);
            LOTTERY_TRY(score, pass(masks, alive - number, step_start, seconds_since(step_start)));
            auto& step = result.steps.back();
            step.accepted = score >= result.threshold_score;
            observer_.on_magnitude_step(step);
        }
        result.survival = result.steps[static_cast<std::size_t>(result.kept_step)].survival;
        result.seconds = seconds_since(start);
        return std::move(search_);
    }

private:
    void keep(const WeightMasks& masks, double score) {
        search_.masks = masks.clone();
        search_.result.score = score;
        search_.result.kept_step = search_.result.steps.back().index;
    }

    Outcome<double> pass(const WeightMasks& masks, std::int64_t kept, Clock::time_point start, double selection) {
        if (stop_.stop_requested()) return Cancelled{};
        MagnitudeStep step;
        step.index = static_cast<int>(search_.result.steps.size());
        step.kept = kept;
        step.kept_share = prunable_ == 0 ? 1.0 : static_cast<double>(kept) / static_cast<double>(prunable_);
        step.selection_seconds = selection;
        if (target_.survival) step.survival = target_.survival(masks);
        LOTTERY_TRY(const double score, target_.score(masks));
        step.score = score_or_worst(score, target_.worst, target_.metric, step.index, observer_);
        step.seconds = seconds_since(start);
        search_.result.steps.push_back(step);
        return step.score;
    }

    const MagnitudeTarget& target_;
    const MagnitudeOptions& options_;
    std::stop_token stop_;
    MagnitudeObserver& observer_;
    std::int64_t prunable_;
    MagnitudeSearch search_;
};

}  // namespace

Outcome<MagnitudeSearch> search_weight_masks(const MagnitudeTarget& target, const MagnitudeOptions& options,
                                             std::stop_token stop, MagnitudeObserver& observer) {
    return Search(target, options, std::move(stop), observer).run();
}

void prune_weights(WeightMasks& masks, const std::vector<torch::Tensor>& weights, std::int64_t number,
                   MagnitudeEnd end) {
    std::vector<MaskedWeights> parameters;
    for (std::size_t i = 0; i < weights.size(); ++i)
        parameters.push_back({weights[i].data_ptr<float>(), masks.masks[i].kept.data_ptr<bool>(), weights[i].numel()});
    prune_by_magnitude(parameters, number, end);
}

std::int64_t share_of(std::int64_t alive, double amount) {
    return static_cast<std::int64_t>(std::nearbyint(amount * static_cast<double>(alive)));
}

WeightMasks random_weight_masks(const WeightMasks& good, std::uint64_t seed) {
    WeightMasks masks = good.clone();
    Random random(seed);
    auto left = good.prunable();
    auto wanted = good.kept();
    // One weight after the other, kept with probability wanted / left: every mask of this size is equally likely.
    for (const auto& mask : masks.masks) {
        bool* kept = mask.kept.data_ptr<bool>();
        for (std::int64_t i = 0; i < mask.kept.numel(); ++i, --left) {
            kept[i] = random.uniform() * static_cast<double>(left) < static_cast<double>(wanted);
            wanted -= static_cast<std::int64_t>(kept[i]);
        }
    }
    return masks;
}

WeightMasks bad_weight_masks(const WeightMasks& good, const std::vector<torch::Tensor>& weights) {
    WeightMasks masks;
    for (const auto& mask : good.masks) masks.masks.push_back({mask.parameter, torch::ones_like(mask.kept)});
    prune_weights(masks, weights, good.prunable() - good.kept(), MagnitudeEnd::Largest);
    return masks;
}

std::int64_t common_weights(const WeightMasks& a, const WeightMasks& b) {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < a.masks.size(); ++i)
        count += a.masks[i].kept.logical_and(b.masks[i].kept).count_nonzero().item<std::int64_t>();
    return count;
}

}  // namespace lottery
