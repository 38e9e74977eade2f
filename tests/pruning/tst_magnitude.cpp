// SPDX-License-Identifier: GPL-3.0-or-later
//
// Magnitude pruning's own logic (method.md §4): which weights go, which step is kept, edge cases, controls.
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/pruning/magnitude.h"
#include "core/pruning/magnitude_record.h"
#include "core/pruning/magnitude_selection.h"
#endif

#include <QTest>
#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <memory>
#include <numeric>

#include "core/base/random.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

namespace {

// The selection by sorting everything: what the counting passes must equal.
std::deque<bool> pruned_by_sorting(const std::vector<float>& weights, std::deque<bool> kept, std::int64_t number,
                                   MagnitudeEnd end) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < weights.size(); ++i)
        if (kept[i]) order.push_back(i);
    const auto rank = [&](std::size_t i) {
        const double magnitude = std::isnan(weights[i]) ? INFINITY : std::abs(static_cast<double>(weights[i]));
        return end == MagnitudeEnd::Smallest ? magnitude : -magnitude;
    };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
    for (std::size_t i = 0; i < order.size() && static_cast<std::int64_t>(i) < number; ++i) kept[order[i]] = false;
    return kept;
}

// 2 layers, 1 head of size 4, no weight twice unless `levels` says of how many different ones.
struct Scripted {
    BertConfig config;
    MagnitudeTarget target;
    std::vector<WeightMasks> scored;
    std::function<double(const WeightMasks&)> score = [](const WeightMasks&) { return 1.0; };

    explicit Scripted(int levels = 0) {
        config.vocab_size = 5;
        config.hidden_size = 4;
        config.num_hidden_layers = 2;
        config.num_attention_heads = 1;
        config.intermediate_size = 4;
        config.max_position_embeddings = 4;
        config.type_vocab_size = 2;
        target.metric = "acc";
        target.chance = 0.5;
        target.everything = all_weights_kept(config, MlpOutputBias::Pruned);  // 2·120
        torch::manual_seed(9);
        for (const auto& mask : target.everything.masks)
            target.weights.push_back(levels == 0 ? torch::randn(mask.kept.sizes())
                                                 : torch::randint(levels, mask.kept.sizes()).to(torch::kFloat32));
        target.score = [this](const WeightMasks& masks) -> Outcome<double> {
            scored.push_back(masks.clone());
            return score(masks);
        };
    }

    Outcome<MagnitudeSearch> run(const MagnitudeOptions& options, std::stop_token stop = {}) {
        MagnitudeObserver quiet;
        return search_weight_masks(target, options, std::move(stop), quiet);
    }
};

MagnitudeOptions published(double amount = 0.1) {
    auto options = MagnitudeOptions::for_mode(Mode::Published);
    options.amount = amount;
    return options;
}

}  // namespace

class TestMagnitude : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void selection_equals_sorting_data() {
        QTest::addColumn<int>("levels");  // of magnitudes; 0: all different
        QTest::addColumn<int>("end");
        for (const int levels : {0, 1, 2, 5, 50})
            for (const int end : {0, 1}) QTest::addRow("%d levels, end %d", levels, end) << levels << end;
    }
    void selection_equals_sorting() {
        QFETCH(int, levels);
        QFETCH(int, end);
        Random random(static_cast<std::uint64_t>(levels + 7));
        for (int round = 0; round < 40; ++round) {
            // Split over three parameters; signs, zeros of both signs, infinities, NaN and denormals among them.
            const std::size_t size = 1 + random.below(400);
            std::vector<float> weights(size);
            std::deque<bool> kept(size);
            for (std::size_t i = 0; i < size; ++i) {
                const auto magnitude = levels == 0
                                           ? std::exp(static_cast<float>(20 * random.uniform() - 10))
                                           : static_cast<float>(random.below(static_cast<std::uint64_t>(levels)));
                weights[i] = random.below(2) == 0 ? magnitude : -magnitude;
                if (random.below(30) == 0) weights[i] = random.below(2) == 0 ? std::nanf("") : -INFINITY;
                if (random.below(30) == 0) weights[i] = random.below(2) == 0 ? 1e-44F : -0.0F;
                kept[i] = random.below(4) != 0;
            }
            // Infinite and NaN tie in the sorted reference and do not here: leave one kind.
            for (auto& w : weights)
                if (std::isinf(w)) w = std::nanf("");
            const auto number = static_cast<std::int64_t>(random.below(size + 2));
            const auto expected = pruned_by_sorting(weights, kept, number, static_cast<MagnitudeEnd>(end));
            auto flags = std::make_unique<bool[]>(size);
            std::copy(kept.begin(), kept.end(), flags.get());
            const auto a = static_cast<std::int64_t>(random.below(size + 1));
            const auto b = a + static_cast<std::int64_t>(random.below(size + 1 - static_cast<std::size_t>(a)));
            const std::vector<MaskedWeights> parameters{
                {weights.data(), flags.get(), a},
                {weights.data() + a, flags.get() + a, b - a},
                {weights.data() + b, flags.get() + b, static_cast<std::int64_t>(size) - b}};
            prune_by_magnitude(parameters, number, static_cast<MagnitudeEnd>(end));
            QVERIFY(std::equal(expected.begin(), expected.end(), flags.get()));
        }
    }

    // 240 weights: 24, then round(21.6) = 22, … of those still alive.
    void prunes_a_share_of_what_is_alive() {
        Scripted s;
        const auto found = s.run(published());
        QVERIFY_VALUE(found);
        std::int64_t alive = 240;
        for (const auto& step : found->result.steps) {
            QCOMPARE(step.kept, alive);
            QCOMPARE(s.scored[static_cast<std::size_t>(step.index)].kept(), alive);
            alive -= static_cast<std::int64_t>(std::nearbyint(0.1 * static_cast<double>(alive)));
        }
        QCOMPARE(found->result.steps.size(), std::size_t{11});
    }

    // Half goes to even, as Python rounds: 0.1 · 25 = 2.5 → 2; 0.1 · 35 → 4 (in floating point 3.5 exactly).
    void rounds_half_to_even_data() {
        QTest::addColumn<int>("alive");
        QTest::addColumn<int>("pruned");
        QTest::newRow("25") << 25 << 2;
        QTest::newRow("35") << 35 << 4;
        QTest::newRow("26") << 26 << 3;
    }
    void rounds_half_to_even() {
        QFETCH(int, alive);
        QFETCH(int, pruned);
        Scripted s;
        auto& mask = s.target.everything.masks;
        mask = {{"bert.encoder.layer.0.attention.self.query.weight", torch::ones({alive}, torch::kBool)}};
        s.target.weights = {torch::randn({alive})};
        auto options = published();
        options.max_steps = 1;
        QVERIFY_VALUE(s.run(options));
        QCOMPARE(s.scored[1].kept(), std::int64_t{alive - pruned});
    }

    void keeps_the_mask_before_the_last_step_data() {
        QTest::addColumn<int>("good_steps");  // steps that reach the threshold
        QTest::addColumn<int>("tried");
        QTest::addColumn<int>("kept_step");
        QTest::newRow("the first one fails") << 0 << 1 << 0;
        QTest::newRow("the fourth one fails") << 3 << 4 << 3;
        QTest::newRow("the tenth one fails") << 9 << 10 << 9;
        QTest::newRow("none fails") << 100 << 10 << 9;
    }
    void keeps_the_mask_before_the_last_step() {
        QFETCH(int, good_steps);
        QFETCH(int, tried);
        QFETCH(int, kept_step);
        Scripted s;
        s.score = [&](const WeightMasks&) {
            return static_cast<int>(s.scored.size()) - 1 <= good_steps
                       ? 1.0 - 0.001 * static_cast<double>(s.scored.size())
                       : 0.1;
        };
        const auto found = s.run(published());
        QVERIFY_VALUE(found);
        const auto& r = found->result;
        QCOMPARE(static_cast<int>(r.steps.size()), tried + 1);
        QCOMPARE(r.kept_step, kept_step);
        QVERIFY(found->masks == s.scored[static_cast<std::size_t>(kept_step)]);
        QCOMPARE(r.score, r.steps[static_cast<std::size_t>(kept_step)].score);
        QCOMPARE(r.steps.back().accepted, good_steps >= tried);
    }

    void the_threshold_itself_is_reached() {
        Scripted s;
        s.score = [&](const WeightMasks&) { return s.scored.size() == 1 ? 1.0 : s.scored.size() == 2 ? 0.9 : 0.8999; };
        const auto found = s.run(published());
        QVERIFY_VALUE(found);
        QCOMPARE(found->result.kept_step, 1);
    }

    // Everything at once: then a step would prune nothing, and the empty mask stays.
    void nothing_left() {
        Scripted s;
        const auto found = s.run(published(1.0));
        QVERIFY_VALUE(found);
        QCOMPARE(found->masks.kept(), std::int64_t{0});
        QCOMPARE(found->result.kept_step, 1);
        QCOMPARE(found->result.steps.size(), std::size_t{2});
    }

    void an_amount_too_small_prunes_nothing() {
        Scripted s;
        const auto found = s.run(published(0.002));  // round(0.48) = 0
        QVERIFY_VALUE(found);
        QCOMPARE(found->masks.kept(), std::int64_t{240});
        QCOMPARE(found->result.steps.size(), std::size_t{1});
    }

    void ties_go_by_index() {
        Scripted s(1);  // all weights are equal
        const auto found = s.run(published(0.5));
        QVERIFY_VALUE(found);
        const auto& first = s.scored[1];
        std::int64_t index = 0;
        for (const auto& mask : first.masks)
            for (std::int64_t i = 0; i < mask.kept.numel(); ++i, ++index)
                QCOMPARE(mask.kept.flatten()[i].item<bool>(), index >= 120);
    }

    void full_score_data() {
        QTest::addColumn<int>("mode");
        QTest::addColumn<double>("full");
        QTest::addColumn<bool>("refused");
        QTest::addColumn<int>("steps");
        const int published_mode = static_cast<int>(Mode::Published), rigorous = static_cast<int>(Mode::Rigorous);
        QTest::newRow("published, negative: prunes nothing") << published_mode << -0.1 << false << 1;
        QTest::newRow("published, zero: goes on while not negative") << published_mode << 0.0 << false << 11;
        QTest::newRow("published, undefined: the worst score") << published_mode << std::nan("") << false << 1;
        QTest::newRow("rigorous, negative") << rigorous << -0.1 << true << 0;
        QTest::newRow("rigorous, chance itself") << rigorous << 0.2 << true << 0;
        QTest::newRow("rigorous, above chance") << rigorous << 0.21 << false << 11;
        QTest::newRow("rigorous, undefined") << rigorous << std::nan("") << true << 0;
    }
    void full_score() {
        QFETCH(int, mode);
        QFETCH(double, full);
        QFETCH(bool, refused);
        QFETCH(int, steps);
        Scripted s;
        s.target.chance = 0.2;
        s.target.worst = -1.0;
        s.score = [full](const WeightMasks&) { return full; };
        auto options = published();
        options.mode = static_cast<Mode>(mode);
        const auto found = s.run(options);
        QCOMPARE(found.failed(), refused);
        if (refused) {
            QVERIFY(found.error().to_string().find("chance") != std::string::npos);
        } else {
            QCOMPARE(static_cast<int>(found->result.steps.size()), steps);
            if (steps == 1) QCOMPARE(found->masks.kept(), std::int64_t{240});
        }
    }

    void undefined_score_counts_as_the_worst() {
        Scripted s;
        s.target.worst = -1.0;
        s.score = [&](const WeightMasks&) { return s.scored.size() < 3 ? 1.0 : std::nan(""); };
        const auto found = s.run(published());
        QVERIFY_VALUE(found);
        QCOMPARE(found->result.steps.back().score, -1.0);
        QCOMPARE(found->result.kept_step, 1);
    }

    void cancelled_between_steps() {
        Scripted s;
        std::stop_source source;
        s.score = [&](const WeightMasks&) {
            if (s.scored.size() == 3) source.request_stop();
            return 1.0;
        };
        QVERIFY(s.run(published(), source.get_token()).cancelled());
        QCOMPARE(s.scored.size(), std::size_t{3});
    }

    void failed_score_fails_the_search() {
        Scripted s;
        s.target.score = [](const WeightMasks&) -> Outcome<double> { return Error{"out of memory", "", ""}; };
        QVERIFY(s.run(published()).failed());
    }

    void defaults_of_a_mode() {
        QCOMPARE(MagnitudeOptions::for_mode(Mode::Published).mlp_output_bias, MlpOutputBias::Left);
        QCOMPARE(MagnitudeOptions::for_mode(Mode::Published).split, SearchSplit::Dev);
        QCOMPARE(MagnitudeOptions::for_mode(Mode::Rigorous).mlp_output_bias, MlpOutputBias::Pruned);
        QCOMPARE(MagnitudeOptions::for_mode(Mode::Rigorous).split, SearchSplit::Train);
    }

    void controls_have_the_same_size() {
        Scripted s;
        auto options = published(0.3);
        options.max_steps = 4;
        const auto found = s.run(options);
        QVERIFY_VALUE(found);
        const auto& good = found->masks;
        const auto random = random_weight_masks(good, 1);
        QCOMPARE(random.kept(), good.kept());
        QVERIFY(random == random_weight_masks(good, 1));
        QVERIFY(!(random == random_weight_masks(good, 2)));
        const auto bad = bad_weight_masks(good, s.target.weights);
        QCOMPARE(bad.kept(), good.kept());
        // No weight that the bad mask keeps is larger than one that it prunes.
        float largest_kept = 0, smallest_pruned = INFINITY;
        for (std::size_t i = 0; i < bad.masks.size(); ++i) {
            const auto magnitude = s.target.weights[i].abs();
            const auto kept = magnitude.masked_select(bad.masks[i].kept);
            const auto pruned = magnitude.masked_select(bad.masks[i].kept.logical_not());
            if (kept.numel() > 0) largest_kept = std::max(largest_kept, kept.max().item<float>());
            if (pruned.numel() > 0) smallest_pruned = std::min(smallest_pruned, pruned.min().item<float>());
        }
        QVERIFY(largest_kept < smallest_pruned);
        // 240 weights, 82 kept: the two ends have nothing in common.
        QCOMPARE(common_weights(good, bad), std::int64_t{0});
        QCOMPARE(common_weights(good, good), good.kept());
    }

    void controls_of_empty_and_full_masks() {
        Scripted s;
        auto none = s.target.everything.clone();
        for (auto& mask : none.masks) mask.kept.zero_();
        QCOMPARE(random_weight_masks(none, 3).kept(), std::int64_t{0});
        QCOMPARE(bad_weight_masks(none, s.target.weights).kept(), std::int64_t{0});
        QCOMPARE(random_weight_masks(s.target.everything, 3).kept(), std::int64_t{240});
        QCOMPARE(bad_weight_masks(s.target.everything, s.target.weights).kept(), std::int64_t{240});
    }

    // Each weight is kept equally often: 2000 draws of 60 in 240; 500 ± 5 standard deviations (19.4).
    void random_masks_are_uniform() {
        Scripted s;
        auto good = s.target.everything.clone();
        for (auto& mask : good.masks) mask.kept.flatten().slice(0, mask.kept.numel() / 4) = false;
        QCOMPARE(good.kept(), std::int64_t{60});
        std::vector<int> often(240);
        for (std::uint64_t seed = 0; seed < 2000; ++seed) {
            std::size_t i = 0;
            for (const auto& mask : random_weight_masks(good, seed).masks)
                for (std::int64_t w = 0; w < mask.kept.numel(); ++w, ++i) often[i] += mask.kept.data_ptr<bool>()[w];
        }
        QCOMPARE(std::accumulate(often.begin(), often.end(), 0), 2000 * 60);
        QVERIFY(*std::min_element(often.begin(), often.end()) > 403);
        QVERIFY(*std::max_element(often.begin(), often.end()) < 597);
    }

    void record() {
        Scripted s;
        const auto found = s.run(published());
        QVERIFY_VALUE(found);
        auto result = found->result;
        result.survival = weight_survival(found->masks, s.config);
        const auto json = to_json(result);
        QCOMPARE(json.at("kept_step").get<int>(), 9);
        QCOMPARE(json.at("steps").size(), std::size_t{11});
        QCOMPARE(json.at("steps")[0].at("phase").get<std::string>(), std::string("full"));
        QCOMPARE(json.at("kept_weights_share").get<double>(),
                 json.at("steps")[9].at("kept_weights_share").get<double>());
        QCOMPARE(json.at("kept_heads").get<int>(), 2);
        QVERIFY(json.at("dev_score").is_null());
    }
};

QTEST_GUILESS_MAIN(TestMagnitude)
#include "tst_magnitude.moc"
