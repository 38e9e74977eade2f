// SPDX-License-Identifier: GPL-3.0-or-later
//
// The search's own logic (method.md §4) on scripted scores and importances: phases, amounts, quirks, edge cases.
#include "core/pruning/mask_search.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/pruning/search_record.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

namespace {

// A model whose score depends only on how many components are kept, and whose importances are given.
struct Scripted {
    int layers = 2;
    int heads = 4;
    double chance = 0.5;
    double worst = 0.0;
    std::optional<ComponentMasks> components;
    std::function<double(const ComponentMasks&)> score = [](const ComponentMasks&) { return 1.0; };
    // Heads in row order, MLPs in layer order: later is more important, unless given.
    std::function<ComponentImportance(const ComponentMasks&)> importance;
    int passes = 0;

    Outcome<MaskSearchResult> run(MaskSearchOptions options, MaskSearchObserver* observer = nullptr,
                                  std::stop_token stop = {}) {
        SearchTarget target;
        target.layers = layers;
        target.heads = heads;
        target.metric = "acc";
        target.chance = chance;
        target.worst = worst;
        target.components = components;
        target.pass = [this](const ComponentMasks& masks) -> Outcome<ScoredPass> {
            ++passes;
            return ScoredPass{score(masks), importance ? importance(masks) : ascending()};
        };
        MaskSearchObserver quiet;
        return search_masks(target, options, std::move(stop), observer != nullptr ? *observer : quiet);
    }

    [[nodiscard]] ComponentImportance ascending() const {
        ComponentImportance i{HeadMatrix(layers, heads, 0.0F), std::vector<float>(static_cast<std::size_t>(layers))};
        for (std::size_t k = 0; k < i.heads.values.size(); ++k) i.heads.values[k] = static_cast<float>(k);
        for (std::size_t k = 0; k < i.mlps.size(); ++k) i.mlps[k] = static_cast<float>(k);
        return i;
    }
};

MaskSearchOptions options(SearchKind kind, Mode mode = Mode::Published, double amount = 0.25) {
    auto o = MaskSearchOptions::for_mode(mode);
    o.kind = kind;
    o.amount = amount;
    return o;
}

std::vector<std::string> phases(const MaskSearchResult& r) {
    std::vector<std::string> names;
    for (const auto& s : r.steps) names.push_back(s.phase + (s.accepted ? "+" : "-"));
    return names;
}

using Names = std::vector<std::string>;

}  // namespace

class TestMaskSearch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // 8 heads, 2 a step; score ≥ 0.9 while at least 4 heads are left.
    void heads_stop_below_the_threshold() {
        Scripted s;
        s.score = [](const ComponentMasks& m) { return m.kept_heads() >= 4 ? 0.95 : 0.5; };
        const auto r = s.run(options(SearchKind::Heads));
        QVERIFY_VALUE(r);
        QCOMPARE(phases(*r), (Names{"full+", "heads+", "heads+", "heads-"}));
        QCOMPARE(r->masks.kept_heads(), 4);
        QCOMPARE(r->masks.kept_mlps(), 2);
        QCOMPARE(r->masks.heads.values, (std::vector<float>{0, 0, 0, 0, 1, 1, 1, 1}));
        QCOMPARE(r->steps[1].masked, (std::vector<Component>{{0, 0}, {0, 1}}));
        QCOMPARE(r->score, 0.95);
        // The rejected masks are recorded too.
        QCOMPARE(r->steps[3].masks.kept_heads(), 2);
    }

    // A model that has lost two heads and an MLP: they start masked, are never chosen, and do not count as kept.
    void removed_components_start_masked() {
        Scripted s;
        s.components = ComponentMasks::all_kept(2, 4);
        s.components->heads.at(0, 0) = 0.0F;
        s.components->heads.at(1, 1) = 0.0F;
        s.components->mlps[0] = 0.0F;
        s.importance = [&](const ComponentMasks&) {
            auto i = s.ascending();
            i.heads.at(0, 0) = i.heads.at(1, 1) = i.mlps[0] = NAN;
            return i;
        };
        const auto r = s.run(options(SearchKind::HeadsMlps));
        QVERIFY_VALUE(r);
        QCOMPARE(r->steps[0].masks, *s.components);
        QCOMPARE(r->steps[0].masks.kept_heads(), 6);
        QCOMPARE(r->steps[1].masked, (std::vector<Component>{{0, 1}, {0, 2}, {1, -1}}));
        QCOMPARE(r->masks.kept_mlps(), 0);
        std::vector<Component> masked;
        for (const auto& step : r->steps) masked.insert(masked.end(), step.masked.begin(), step.masked.end());
        for (const Component gone : {Component{0, 0}, Component{1, 1}, Component{0, -1}})
            QVERIFY(std::find(masked.begin(), masked.end(), gone) == masked.end());
        // NaN survives its way to disk and back.
        QTemporaryDir folder;
        QVERIFY_VALUE(write_search_step(folder.path().toStdString(), r->steps[0]));
        const auto read = read_head_matrix(folder.filePath("head_importance_0.npy").toStdString());
        QVERIFY_VALUE(read);
        QVERIFY(std::isnan(read->at(0, 0)) && !std::isnan(read->at(0, 1)));
    }

    void the_threshold_itself_is_kept() {
        Scripted s;
        s.score = [](const ComponentMasks& m) {
            return m.kept_heads() == 8 ? 1.0 : m.kept_heads() == 6 ? 0.9 : 0.8999;
        };
        const auto r = s.run(options(SearchKind::Heads));
        QVERIFY_VALUE(r);
        QCOMPARE(r->masks.kept_heads(), 6);
    }

    void nothing_left() {
        Scripted s;
        const auto r = s.run(options(SearchKind::Heads));
        QVERIFY_VALUE(r);
        QCOMPARE(r->masks.kept_heads(), 0);
        QCOMPARE(r->steps.size(), std::size_t{5});
    }

    // 8 heads, 3 a step: the last step takes the two that are left.
    void last_step_takes_what_is_left() {
        Scripted s;
        const auto r = s.run(options(SearchKind::Heads, Mode::Published, 0.4));
        QVERIFY_VALUE(r);
        QCOMPARE(r->steps.back().masked.size(), std::size_t{2});
    }

    void amount_is_at_least_one_head() {
        Scripted s;
        const auto r = s.run(options(SearchKind::Heads, Mode::Published, 0.01));
        QVERIFY_VALUE(r);
        QCOMPARE(r->steps[1].masked.size(), std::size_t{1});
    }

    void mlps_go_one_at_a_time() {
        Scripted s;
        s.layers = 3;
        s.score = [](const ComponentMasks& m) { return m.kept_mlps() >= 2 ? 1.0 : 0.0; };
        const auto r = s.run(options(SearchKind::Mlps));
        QVERIFY_VALUE(r);
        QCOMPARE(phases(*r), (Names{"full+", "mlps+", "mlps-"}));
        QCOMPARE(r->masks.mlps, (std::vector<float>{0, 1, 1}));
        QCOMPARE(r->masks.kept_heads(), 12);
    }

    // Phase (a) fails at once; (b) masks half as many heads with all MLPs; (c) one MLP with the heads of (b).
    void three_phases() {
        Scripted s;
        s.layers = 3;
        s.heads = 4;
        s.score = [](const ComponentMasks& m) { return m.kept_heads() >= 10 && m.kept_mlps() >= 2 ? 1.0 : 0.1; };
        const auto r = s.run(options(SearchKind::HeadsMlps, Mode::Published, 0.34));  // int(4.08) = 4, half 2
        QVERIFY_VALUE(r);
        QCOMPARE(phases(*r), (Names{"full+", "heads_mlps-", "heads+", "heads-", "mlps+", "mlps-"}));
        QCOMPARE(r->steps[1].masked.size(), std::size_t{5});
        QCOMPARE(r->steps[1].masked.back(), (Component{0, -1}));
        QCOMPARE(r->steps[2].masked.size(), std::size_t{2});
        QCOMPARE(r->masks.kept_heads(), 10);
        QCOMPARE(r->masks.kept_mlps(), 2);
    }

    // Q2: phase (b) chooses by the importances of the failed pass.
    void later_phases_use_the_last_pass() {
        Scripted s;
        s.score = [](const ComponentMasks& m) { return m.kept_mlps() == 2 ? 1.0 : 0.0; };
        s.importance = [&s](const ComponentMasks& m) {
            auto i = s.ascending();
            // The failed pass of phase (a) has one MLP masked: it turns the order round.
            if (m.kept_mlps() == 1)
                for (std::size_t k = 0; k < i.heads.values.size(); ++k) i.heads.values[k] = -static_cast<float>(k);
            return i;
        };
        const auto r = s.run(options(SearchKind::HeadsMlps));
        QVERIFY_VALUE(r);
        QCOMPARE(phases(*r)[1], std::string("heads_mlps-"));
        QCOMPARE(r->steps[2].phase, std::string("heads"));
        QCOMPARE(r->steps[2].masked, (std::vector<Component>{{1, 3}}));
    }

    // 2 × 4 heads at 10%: none; at least 1, whose half is 0 as published and 1 in rigorous mode.
    void half_of_one_head() {
        Scripted s;
        s.score = [](const ComponentMasks& m) { return m.kept_mlps() == 2 && m.kept_heads() >= 5 ? 1.0 : 0.0; };
        const auto published = s.run(options(SearchKind::HeadsMlps, Mode::Published, 0.1));
        QVERIFY_VALUE(published);
        QCOMPARE(phases(*published), (Names{"full+", "heads_mlps-", "mlps-"}));
        const auto rigorous = s.run(options(SearchKind::HeadsMlps, Mode::Rigorous, 0.1));
        QVERIFY_VALUE(rigorous);
        QCOMPARE(phases(*rigorous), (Names{"full+", "heads_mlps-", "heads+", "heads+", "heads+", "heads-", "mlps-"}));
    }

    // One kind runs out: phase (a) ends with the masks it kept.
    void first_phase_ends_when_mlps_run_out() {
        Scripted s;
        s.heads = 8;  // 16 heads, 4 a step, 2 MLPs
        const auto r = s.run(options(SearchKind::HeadsMlps));
        QVERIFY_VALUE(r);
        QCOMPARE(phases(*r)[1], std::string("heads_mlps+"));
        QCOMPARE(phases(*r)[2], std::string("heads_mlps+"));
        QCOMPARE(r->steps[3].phase, std::string("heads"));
        QCOMPARE(r->masks.kept_heads(), 0);
        QCOMPARE(r->masks.kept_mlps(), 0);
    }

    void masked_components_are_not_chosen_again_data() {
        QTest::addColumn<int>("kind");
        QTest::newRow("heads") << 0;
        QTest::newRow("mlps") << 1;
        QTest::newRow("heads and mlps") << 2;
    }
    void masked_components_are_not_chosen_again() {
        QFETCH(int, kind);
        Scripted s;
        s.layers = 4;
        const auto r = s.run(options(static_cast<SearchKind>(kind), Mode::Published, 0.2));
        QVERIFY_VALUE(r);
        auto masks = ComponentMasks::all_kept(4, 4);
        for (const auto& step : r->steps) {
            if (!step.accepted) continue;
            for (const auto& c : step.masked) {
                float& m = c.head < 0 ? masks.mlps[static_cast<std::size_t>(c.layer)] : masks.heads.at(c.layer, c.head);
                QCOMPARE(m, 1.0F);
                m = 0.0F;
            }
            QCOMPARE(step.masks, masks);
        }
    }

    // 2 layers × 3 blocks (of 4, 4 and 2 neurons), a third of them per step, the least important first.
    void blocks_of_neurons() {
        SearchTarget target;
        target.layers = 2;
        target.heads = 4;
        target.neurons = 10;
        target.metric = "acc";
        target.chance = 0.5;
        target.pass = [](const ComponentMasks& m) -> Outcome<ScoredPass> {
            auto worth = m.neurons;
            for (std::size_t i = 0; i < worth.values.size(); ++i) worth.values[i] = -static_cast<float>(i / 2);
            return ScoredPass{m.kept_neuron_blocks() >= 2 ? 1.0 : 0.0, {m.heads, m.mlps, worth}};
        };
        auto o = options(SearchKind::Neurons, Mode::Published, 0.34);
        o.block_size = 4;
        MaskSearchObserver quiet;
        const auto r = search_masks(target, o, {}, quiet);
        QVERIFY_VALUE(r);
        QCOMPARE(phases(*r), (Names{"full+", "neurons+", "neurons+", "neurons-"}));
        QCOMPARE(r->steps[1].masked, (std::vector<Component>{{1, -1, 1}, {1, -1, 2}}));
        QCOMPARE(r->steps[2].masked, (std::vector<Component>{{0, -1, 2}, {1, -1, 0}}));
        QCOMPARE(r->masks.neurons.values, (std::vector<float>{1, 1, 0, 0, 0, 0}));
        QCOMPARE(r->masks.kept_heads(), 8);
        QCOMPARE(r->masks.kept_mlps(), 2);
        // A model that has lost an MLP has no neurons there.
        target.components = ComponentMasks::all_kept(2, 4);
        target.components->mlps[1] = 0.0F;
        const auto rest = search_masks(target, o, {}, quiet);
        QVERIFY_VALUE(rest);
        QCOMPARE(rest->steps[0].masks.neurons.values, (std::vector<float>{1, 1, 1, 0, 0, 0}));
    }

    void ties_are_broken_by_index() {
        Scripted s;
        s.importance = [](const ComponentMasks&) { return ComponentImportance{HeadMatrix(2, 4, 1.0F), {1.0F, 1.0F}}; };
        s.score = [](const ComponentMasks& m) { return m.kept_heads() >= 6 ? 1.0 : 0.0; };
        const auto r = s.run(options(SearchKind::Heads));
        QVERIFY_VALUE(r);
        QCOMPARE(r->masks.heads.values, (std::vector<float>{0, 0, 1, 1, 1, 1, 1, 1}));
    }

    void full_score_data() {
        QTest::addColumn<int>("mode");
        QTest::addColumn<double>("full");
        QTest::addColumn<bool>("refused");
        QTest::addColumn<int>("steps");
        const int published = static_cast<int>(Mode::Published), rigorous = static_cast<int>(Mode::Rigorous);
        QTest::newRow("published, negative: prunes nothing") << published << -0.1 << false << 1;
        QTest::newRow("published, zero: goes on while not negative") << published << 0.0 << false << 5;
        QTest::newRow("rigorous, negative") << rigorous << -0.1 << true << 0;
        QTest::newRow("rigorous, zero") << rigorous << 0.0 << true << 0;
        QTest::newRow("rigorous, chance itself") << rigorous << 0.2 << true << 0;
        QTest::newRow("rigorous, above chance") << rigorous << 0.21 << false << 5;
        QTest::newRow("rigorous, undefined") << rigorous << std::nan("") << true << 0;
    }
    void full_score() {
        QFETCH(int, mode);
        QFETCH(double, full);
        QFETCH(bool, refused);
        QFETCH(int, steps);
        Scripted s;
        s.chance = 0.2;
        s.worst = -1.0;
        s.score = [full](const ComponentMasks&) { return full; };
        const auto r = s.run(options(SearchKind::Heads, static_cast<Mode>(mode)));
        QCOMPARE(r.failed(), refused);
        if (refused)
            QVERIFY(r.error().to_string().find("chance") != std::string::npos);
        else
            QCOMPARE(static_cast<int>(r->steps.size()), steps);
    }

    void a_threshold_below_chance_is_told_data() {
        QTest::addColumn<double>("full");
        QTest::addColumn<double>("threshold");
        QTest::addColumn<int>("warnings");
        QTest::newRow("threshold 0.54 under chance 0.6") << 0.6 + 1e-9 << 0.9 << 1;
        QTest::newRow("threshold above chance") << 0.8 << 0.9 << 0;
        QTest::newRow("the same score, a lower threshold") << 0.8 << 0.7 << 1;
    }
    void a_threshold_below_chance_is_told() {
        QFETCH(double, full);
        QFETCH(double, threshold);
        QFETCH(int, warnings);
        struct Observer : MaskSearchObserver {
            int warnings = 0;
            void on_message(Severity severity, const std::string& message) override {
                warnings += severity == Severity::Warning && message.find("below chance") != std::string::npos ? 1 : 0;
            }
        } observer;
        Scripted s;
        s.chance = 0.6;
        s.score = [full](const ComponentMasks&) { return full; };
        auto o = options(SearchKind::Heads, Mode::Rigorous);
        o.threshold = threshold;
        QVERIFY_VALUE(s.run(o, &observer));
        QCOMPARE(observer.warnings, warnings);
    }

    void undefined_score_counts_as_the_worst() {
        struct Observer : MaskSearchObserver {
            int warnings = 0;
            void on_message(Severity severity, const std::string& message) override {
                warnings += severity == Severity::Warning && message.find("undefined") != std::string::npos ? 1 : 0;
            }
        } observer;
        Scripted s;
        s.worst = -1.0;
        s.score = [](const ComponentMasks& m) { return m.kept_heads() == 8 ? 1.0 : std::nan(""); };
        const auto r = s.run(options(SearchKind::Heads), &observer);
        QVERIFY_VALUE(r);
        QCOMPARE(observer.warnings, 1);
        QCOMPARE(r->steps[1].score, -1.0);
        QVERIFY(!r->steps[1].accepted);
        QCOMPARE(r->masks.kept_heads(), 8);
    }

    void cancelled_between_passes() {
        Scripted s;
        std::stop_source source;
        s.score = [&](const ComponentMasks& m) {
            if (m.kept_heads() == 4) source.request_stop();
            return 1.0;
        };
        QVERIFY(s.run(options(SearchKind::Heads), nullptr, source.get_token()).cancelled());
        QCOMPARE(s.passes, 3);
    }

    void failed_pass_fails_the_search() {
        SearchTarget target{
            1,   1,   "acc",
            0.0, 0.0, [](const ComponentMasks&) -> Outcome<ScoredPass> { return Error{"out of memory", "", ""}; }};
        MaskSearchObserver quiet;
        QVERIFY(search_masks(target, options(SearchKind::Heads), {}, quiet).failed());
    }

    void one_layer_one_head() {
        Scripted s;
        s.layers = 1;
        s.heads = 1;
        const auto r = s.run(options(SearchKind::HeadsMlps, Mode::Rigorous));
        QVERIFY_VALUE(r);
        QCOMPARE(r->masks.kept_heads(), 0);
        QCOMPARE(r->masks.kept_mlps(), 0);
    }

    void record_is_read_back() {
        Scripted s;
        s.score = [](const ComponentMasks& m) { return m.kept_heads() >= 4 ? 1.0 : 0.5; };
        struct Recorder : MaskSearchObserver {
            std::filesystem::path folder;
            void on_search_step(const MaskSearchStep& step) override { QVERIFY_VALUE(write_search_step(folder, step)); }
        } recorder;
        QTemporaryDir folder;
        recorder.folder = folder.path().toStdString();
        auto r = s.run(options(SearchKind::HeadsMlps), &recorder);
        QVERIFY_VALUE(r);
        r->dev_score = 0.75;
        QVERIFY_VALUE(write_mask_search(recorder.folder, *r, {{"task", "MRPC"}}));
        const auto back = read_mask_search(recorder.folder);
        QVERIFY_VALUE(back);
        QCOMPARE(to_json(*back).dump(), to_json(*r).dump());
        QCOMPARE(back->masks, r->masks);
        for (std::size_t i = 0; i < r->steps.size(); ++i) {
            QCOMPARE(back->steps[i].masks, r->steps[i].masks);
            QCOMPARE(back->steps[i].importance.heads, r->steps[i].importance.heads);
        }
        // A step's arrays are gone: said with the file's name.
        QVERIFY(QFile::remove(folder.filePath("head_mask_2.npy")));
        const auto damaged = read_mask_search(recorder.folder);
        QVERIFY(!damaged);
        QVERIFY(damaged.error().place.find("head_mask_2.npy") != std::string::npos);
    }

    void masks_of_another_model_are_refused() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("head_mask.npy").toStdString();
        QVERIFY_VALUE(write_head_matrix(file, HeadMatrix(2, 4, 1.0F)));
        QVERIFY_VALUE(read_head_mask(file, 2, 4));
        const auto other = read_head_mask(file, 12, 12);
        QVERIFY(!other);
        QVERIFY(other.error().to_string().find("12 × 12") != std::string::npos);
        QVERIFY_VALUE(write_head_matrix(file, HeadMatrix(2, 4, 0.5F)));
        QVERIFY(!read_head_mask(file, 2, 4));
        QVERIFY(!read_mlp_mask(file, 2));
    }
};

QTEST_GUILESS_MAIN(TestMaskSearch)
#include "tst_mask_search.moc"
