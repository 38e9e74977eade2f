// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pruning/mask_search.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/pruning/search_rules.h"

namespace lottery {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Indices of kept values, least important first.
std::vector<int> by_importance(const std::vector<float>& mask, const std::vector<float>& importance) {
    std::vector<int> kept;
    for (std::size_t i = 0; i < mask.size(); ++i)
        if (mask[i] != 0.0F) kept.push_back(static_cast<int>(i));
    const auto rank = [&](int i) {
        const float value = importance[static_cast<std::size_t>(i)];
        return std::isnan(value) ? std::numeric_limits<float>::infinity() : value;
    };
    std::stable_sort(kept.begin(), kept.end(), [&](int a, int b) { return rank(a) < rank(b); });
    return kept;
}

void mask_out(ComponentMasks& masks, const std::vector<Component>& components) {
    for (const auto& c : components) {
        if (c.block >= 0)
            masks.neurons.at(c.layer, c.block) = 0.0F;
        else
            (c.head < 0 ? masks.mlps[static_cast<std::size_t>(c.layer)] : masks.heads.at(c.layer, c.head)) = 0.0F;
    }
}

// How many components a step masks at most.
struct StepSize {
    int heads = 0, mlps = 0, blocks = 0;
};

class Search {
public:
    Search(const SearchTarget& target, const MaskSearchOptions& options, std::stop_token stop,
           MaskSearchObserver& observer)
        : target_(target), options_(options), stop_(std::move(stop)), observer_(observer) {}

    Outcome<MaskSearchResult> run() {
        const auto start = Clock::now();
        kept_ = target_.components.value_or(ComponentMasks::all_kept(target_.layers, target_.heads));
        if (options_.kind == SearchKind::Neurons) {
            auto& neurons = kept_.neurons = NeuronMatrix(target_.layers, target_.neurons, options_.block_size, 1.0F);
            for (int l = 0; l < neurons.layers; ++l)
                for (int b = 0; b < neurons.blocks; ++b)
                    if (!kept_.keeps_mlp(l)) neurons.at(l, b) = 0.0F;
        }
        result_.metric = target_.metric;
        LOTTERY_CHECK(pass("full", {}));
        auto& full = result_.steps.front();
        result_.full_score = kept_score_ = full.score;
        result_.importance = full.importance;
        threshold_ = result_.threshold_score = options_.threshold * full.score;
        LOTTERY_CHECK(
            check_full_score(options_.mode, target_.metric, full.score, threshold_, target_.chance, observer_));
        // Kept whatever its score. A negative one lies below 0.9 times itself: nothing is ever pruned then.
        full.accepted = true;
        observer_.on_search_step(full);

        const int step_heads = std::max(1, static_cast<int>(options_.amount * target_.layers * target_.heads));
        switch (options_.kind) {
            case SearchKind::Heads:
                LOTTERY_CHECK(prune("heads", {.heads = step_heads}));
                break;
            case SearchKind::Mlps:
                LOTTERY_CHECK(prune("mlps", {.mlps = 1}));
                break;
            case SearchKind::Neurons: {
                const auto& blocks = kept_.neurons;
                const int step = std::max(1, static_cast<int>(options_.amount * blocks.layers * blocks.blocks));
                LOTTERY_CHECK(prune("neurons", {.blocks = step}));
                break;
            }
            case SearchKind::HeadsMlps: {
                LOTTERY_CHECK(prune("heads_mlps", {.heads = step_heads, .mlps = 1}));
                const int half = options_.mode == Mode::Rigorous ? std::max(1, step_heads / 2) : step_heads / 2;
                LOTTERY_CHECK(prune("heads", {.heads = half}));
                LOTTERY_CHECK(prune("mlps", {.mlps = 1}));
                break;
            }
        }
        result_.masks = kept_;
        result_.score = kept_score_;
        result_.seconds = seconds_since(start);
        return std::move(result_);
    }

private:
    // Scores `kept_` without `masked`, and records the step.
    Outcome<Unit> pass(const std::string& phase, std::vector<Component> masked) {
        if (stop_.stop_requested()) return Cancelled{};
        const auto start = Clock::now();
        MaskSearchStep step;
        step.index = static_cast<int>(result_.steps.size());
        step.phase = phase;
        step.masks = kept_;
        mask_out(step.masks, masked);
        step.masked = std::move(masked);
        LOTTERY_TRY(auto scored, target_.pass(step.masks));
        step.score = score_or_worst(scored.score, target_.worst, target_.metric, step.index, observer_);
        step.importance = std::move(scored.importance);
        step.kept_share = scored.kept_share;
        step.milliseconds_per_example = scored.milliseconds_per_example;
        step.seconds = scored.seconds.value_or(seconds_since(start));
        result_.steps.push_back(std::move(step));
        return Unit{};
    }

    // Masks so many components a step until the score falls below the threshold or one kind runs out.
    // Masks and score start again from the last kept ones, whatever a phase before this one tried; whose importances
    // come first is PhaseImportance's to say. Within a phase the last pass is always a kept one.
    Outcome<Unit> prune(const std::string& phase, const StepSize& size) {
        if (size.heads == 0 && size.mlps == 0 && size.blocks == 0) return Unit{};
        const bool from_kept = options_.phase_importance == PhaseImportance::KeptPass;
        for (bool begins = true; kept_score_ >= threshold_; begins = false) {
            const auto& importance =
                (begins && from_kept ? result_.steps[kept_step_] : result_.steps.back()).importance;
            auto masked = least_important_heads(kept_, importance, size.heads);
            if (size.heads > 0 && masked.empty()) return Unit{};
            const auto mlps = least_important_mlps(kept_, importance, size.mlps);
            if (size.mlps > 0 && mlps.empty()) return Unit{};
            const auto blocks = least_important_neurons(kept_, importance, size.blocks);
            if (size.blocks > 0 && blocks.empty()) return Unit{};
            masked.insert(masked.end(), mlps.begin(), mlps.end());
            masked.insert(masked.end(), blocks.begin(), blocks.end());

            LOTTERY_CHECK(pass(phase, std::move(masked)));
            auto& step = result_.steps.back();
            step.accepted = step.score >= threshold_;
            observer_.on_search_step(step);
            if (!step.accepted) return Unit{};
            kept_ = step.masks;
            kept_score_ = step.score;
            kept_step_ = result_.steps.size() - 1;
        }
        return Unit{};
    }

    const SearchTarget& target_;
    const MaskSearchOptions& options_;
    std::stop_token stop_;
    MaskSearchObserver& observer_;
    MaskSearchResult result_;
    ComponentMasks kept_;
    double kept_score_ = 0.0;
    std::size_t kept_step_ = 0;  // whose masks kept_ is
    double threshold_ = 0.0;
};

}  // namespace

std::vector<Component> least_important_heads(const ComponentMasks& masks, const ComponentImportance& importance,
                                             int count) {
    std::vector<Component> chosen;
    for (const int i : by_importance(masks.heads.values, importance.heads.values)) {
        if (static_cast<int>(chosen.size()) >= count) break;
        chosen.push_back({i / masks.heads.heads, i % masks.heads.heads});
    }
    return chosen;
}

std::vector<Component> least_important_mlps(const ComponentMasks& masks, const ComponentImportance& importance,
                                            int count) {
    std::vector<Component> chosen;
    for (const int i : by_importance(masks.mlps, importance.mlps)) {
        if (static_cast<int>(chosen.size()) >= count) break;
        chosen.push_back({i, -1});
    }
    return chosen;
}

std::vector<Component> least_important_neurons(const ComponentMasks& masks, const ComponentImportance& importance,
                                               int count) {
    std::vector<Component> chosen;
    if (count <= 0) return chosen;
    for (const int i : by_importance(masks.neurons.values, importance.neurons.values)) {
        if (static_cast<int>(chosen.size()) >= count) break;
        chosen.push_back({i / masks.neurons.blocks, -1, i % masks.neurons.blocks});
    }
    return chosen;
}

Outcome<MaskSearchResult> search_masks(const SearchTarget& target, const MaskSearchOptions& options,
                                       std::stop_token stop, MaskSearchObserver& observer) {
    return Search(target, options, std::move(stop), observer).run();
}

}  // namespace lottery
