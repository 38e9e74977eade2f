// SPDX-License-Identifier: GPL-3.0-or-later
//
// What patterns of heads say, on models small enough to count by hand.
#include <QTest>
#include <cmath>
#include <limits>

#include "core/analysis/pattern_analysis.h"

using namespace lottery;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

PatternShares only(PatternClass pattern) {
    PatternShares shares{};
    shares[index_of(pattern)] = 1.0;
    return shares;
}

// One layer of four heads: vertical, diagonal, half diagonal and half heterogeneous, heterogeneous.
HeadPatterns patterns(TaskId task, std::uint64_t seed, PatternModel model = PatternModel::Finetuned,
                      AttentionKind kind = AttentionKind::Raw) {
    HeadPatterns p;
    p.task = task;
    p.seed = seed;
    p.model = model;
    p.kind = kind;
    p.present = HeadMatrix(1, 4, 1.0F);
    p.shares = {only(PatternClass::Vertical), only(PatternClass::Diagonal), only(PatternClass::Diagonal),
                only(PatternClass::Heterogeneous)};
    p.shares[2][index_of(PatternClass::Diagonal)] = 0.5;
    p.shares[2][index_of(PatternClass::Heterogeneous)] = 0.5;
    p.examples = 10;
    return p;
}

MaskSet masks_of(TaskId task, std::map<std::uint64_t, MaskRow> rows) {
    MaskSet set;
    set.rows = 1;
    set.columns = 4;
    set.masks[task] = std::move(rows);
    return set;
}

std::string text(const PatternAnalysis& analysis) { return text_of(tables_of(analysis)); }

}  // namespace

class TestPatternAnalysis : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void a_head_has_the_pattern_of_most_of_its_maps() {
        auto p = patterns(TaskId::RTE, 1);
        QVERIFY(p.pattern_of(0, 0) == PatternClass::Vertical);
        QVERIFY(p.pattern_of(0, 2) == PatternClass::Diagonal);  // the first of equal ones
        p.present.at(0, 2) = 0.0F;
        p.shares[2].fill(kNone);
        QVERIFY(!p.pattern_of(0, 2).has_value());
    }

    void shares_are_means_over_heads() {
        auto p = patterns(TaskId::RTE, 1);
        const auto all = shares_of(p, nullptr);
        QVERIFY(all.has_value());
        QCOMPARE(all->maps, std::int64_t{40});
        QCOMPARE(all->shares, (PatternShares{.25, .375, 0, 0, .375}));
        HeadMatrix mask(1, 4, 0.0F);
        QVERIFY(!shares_of(p, &mask).has_value());
        mask.at(0, 3) = 1.0F;
        QCOMPARE(shares_of(p, &mask)->shares, only(PatternClass::Heterogeneous));
        p.present.at(0, 3) = 0.0F;  // kept by the mask, but gone from the model
        p.shares[3].fill(kNone);
        QVERIFY(!shares_of(p, &mask).has_value());
    }

    void survival_is_counted_over_seeds() {
        const auto analysis =
            analyse_patterns({patterns(TaskId::RTE, 2), patterns(TaskId::RTE, 1), patterns(TaskId::RTE, 9)},
                             masks_of(TaskId::RTE, {{1, {1, 1, 0, 0}}, {2, {1, 0, 0, 0}}}));
        QCOMPARE(analysis.survival.size(), std::size_t{1});
        const auto& survival = analysis.survival.front();
        QCOMPARE(survival.seeds, 2);  // seed 9 has no mask
        QCOMPARE(survival.count, 8);
        QCOMPARE(survival.heads[index_of(PatternClass::Vertical)], (std::array<int, 2>{0, 2}));
        QCOMPARE(survival.heads[index_of(PatternClass::Diagonal)], (std::array<int, 2>{3, 1}));
        QCOMPARE(survival.heads[index_of(PatternClass::Heterogeneous)], (std::array<int, 2>{2, 0}));
        QCOMPARE(*survival.survival_of(PatternClass::Diagonal), 0.25);
        QVERIFY(!survival.survival_of(PatternClass::Block).has_value());
        // scipy.stats.pointbiserialr([1,1,0,0,1,0,0,0], [0,0,.5,1,0,0,.5,1])
        QVERIFY(survival.correlation.has_value());
        QVERIFY(std::abs(*survival.correlation - -0.7006490497453708) < 1e-12);
        QVERIFY(std::abs(*survival.p_value - 0.05290778036072038) < 1e-9);
        QCOMPARE(analysis.super_survivors.at(TaskId::RTE).values, (std::vector<float>{1, 0, 0, 0}));
    }

    void nothing_varies_is_undefined() {
        const auto analysis = analyse_patterns({patterns(TaskId::RTE, 1)}, masks_of(TaskId::RTE, {{1, {1, 1, 1, 1}}}));
        QVERIFY(!analysis.survival.front().correlation.has_value());
        QVERIFY(to_json(analysis).at("survival")[0].at("heterogeneous_correlation").is_null());
        QVERIFY(text(analysis).find("–") != std::string::npos);
    }

    void masks_of_other_models_are_left_out() {
        auto set = masks_of(TaskId::RTE, {{1, {1, 1, 0, 0, 1, 1, 1, 1}}});
        set.columns = 8;
        const auto analysis = analyse_patterns({patterns(TaskId::RTE, 1)}, set);
        QVERIFY(analysis.survival.empty());
        QVERIFY(analysis.super_survivors.empty());
    }

    void the_figure_has_a_panel_per_kind_and_four_bars_per_task() {
        std::vector<HeadPatterns> found;
        for (const auto kind : {AttentionKind::Norm, AttentionKind::Raw})
            for (const auto model : {PatternModel::Finetuned, PatternModel::Pretrained})
                for (const std::uint64_t seed : {1, 2}) found.push_back(patterns(TaskId::RTE, seed, model, kind));
        found.push_back(patterns(TaskId::CoLA, 1));
        const auto analysis = analyse_patterns(std::move(found), masks_of(TaskId::RTE, {{1, {1, 0, 0, 0}}}));
        const auto content = pattern_content(analysis);
        QCOMPARE(content.panels.size(), std::size_t{2});
        QCOMPARE(content.panels[0].name, std::string("raw attention"));
        QCOMPARE(content.groups.size(), std::size_t{4});
        QCOMPARE(content.groups[0], std::string("all heads, pre-trained"));
        QCOMPARE(content.groups[3], std::string("super-survivors, fine-tuned"));
        QCOMPARE(content.panels[0].tasks.size(), std::size_t{2});
        QCOMPARE(content.panels[0].tasks[0].name, std::string("CoLA"));
        QVERIFY(content.panels[0].tasks[0].bars[0].shares.empty());  // no pre-trained model on CoLA
        QVERIFY(content.panels[0].tasks[0].bars[3].shares.empty());  // nor masks
        const auto& rte = content.panels[0].tasks[1];
        QCOMPARE(rte.bars[0].maps, std::int64_t{80});  // both seeds
        QCOMPARE(rte.bars[0].shares, (std::vector<double>{.25, .375, 0, 0, .375}));
        QCOMPARE(rte.bars[3].shares, (std::vector<double>{1, 0, 0, 0, 0}));
        QCOMPARE(rte.bars[3].maps, std::int64_t{20});
    }

    void without_masks_there_are_shares_alone() {
        const auto analysis = analyse_patterns({patterns(TaskId::RTE, 1)}, std::nullopt);
        QCOMPARE(pattern_content(analysis).groups.size(), std::size_t{2});
        QCOMPARE(tables_of(analysis).size(), std::size_t{1});
        QVERIFY(text(analysis).find("37.5%") != std::string::npos);
        QVERIFY(text(analysis).find("uper-survivors") == std::string::npos);
    }

    void data_has_every_share() {
        auto p = patterns(TaskId::RTE, 7);
        p.present.at(0, 1) = 0.0F;
        const auto data = data_of(analyse_patterns({p}, std::nullopt));
        QCOMPARE(data.rows.size(), std::size_t{15});
        QCOMPARE(data.columns.size(), std::size_t{8});
        QCOMPARE(std::get<std::string>(data.rows[0][6]), std::string("vertical"));
        QCOMPARE(std::get<double>(data.rows[0][7]), 1.0);
        QCOMPARE(std::get<std::int64_t>(data.rows[5][5]), std::int64_t{3});  // head 2 is not there
    }
};

QTEST_GUILESS_MAIN(TestPatternAnalysis)
#include "tst_pattern_analysis.moc"
