// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a study says of one head or MLP, on numbers that can be counted by hand.
#include "core/analysis/component_facts.h"

#include <QTest>
#include <cmath>
#include <limits>

using namespace lottery;

namespace {

StudyComponents some_study() {
    StudyComponents study;
    study.setting = "heads_mlps";
    study.heads.rows = study.head_importances.rows = 2;
    study.heads.columns = study.head_importances.columns = 2;
    study.heads.masks[TaskId::MRPC] = {{1, {1, 0, 1, 1}}, {2, {1, 1, 0, 1}}};
    study.heads.masks[TaskId::RTE] = {{1, {0, 0, 1, 1}}, {2, {1, 0, 0, 1}}};
    study.head_importances.histories[TaskId::MRPC] = {{1, {{0.5F, 0.75F, 0.0F, 1.0F}, {}}},
                                                      {2, {{1.0F, 0.25F, 0.0F, NAN}, {}}}};
    study.mlps.components = study.mlp_importances.components = MaskedComponents::Mlps;
    study.mlps.rows = 2;
    study.mlps.masks[TaskId::MRPC] = {{1, {1, 0}}};
    WeightSurvival weights;
    weights.heads = HeadMatrix(2, 2, 0.5F);
    weights.heads.at(0, 0) = 0.25F;
    weights.mlps = {0.75F, 0.5F};
    study.weights[TaskId::STSB] = {weights};
    return study;
}

}  // namespace

class TestComponentFacts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void of_a_head() {
        const auto facts = component_facts(some_study(), {0, 0});
        QCOMPARE(facts.tasks.size(), std::size_t{3});
        const auto& mrpc = facts.tasks[0];
        QVERIFY(mrpc.task == TaskId::MRPC);
        QCOMPARE(mrpc.seeds, 2);
        QCOMPARE(mrpc.kept, 2);
        QCOMPARE(*mrpc.importance, 0.75);
        QCOMPARE(*mrpc.rank, 2.0);  // third of four, first of three
        QCOMPARE(mrpc.ranked, 3);
        QVERIFY(!mrpc.weights_share.has_value());
        const auto& sts = facts.tasks[1];
        QVERIFY(sts.task == TaskId::STSB);
        QCOMPARE(sts.seeds, 0);
        QCOMPARE(*sts.weights_share, 0.25);
        const auto& rte = facts.tasks[2];
        QCOMPARE(rte.kept, 1);
        QVERIFY(!rte.importance.has_value());
        // In both tasks with seed 2, in one with seed 1.
        QCOMPARE(facts.survived->mean, 1.5);
        QVERIFY(std::abs(*facts.survived->deviation - std::sqrt(0.5)) < 1e-12);
    }

    void of_one_that_was_not_measured_once() {
        const auto facts = component_facts(some_study(), {1, 1});
        QCOMPARE(*facts.tasks[0].importance, 1.0);  // seed 1 alone
        QCOMPARE(*facts.tasks[0].rank, 1.0);
    }

    void of_an_mlp() {
        const auto facts = component_facts(some_study(), {0, -1});
        QCOMPARE(facts.tasks.size(), std::size_t{2});
        QCOMPARE(facts.tasks[0].kept, 1);
        QVERIFY(!facts.tasks[0].importance.has_value());
        QCOMPARE(*facts.tasks[1].weights_share, 0.75);
        QCOMPARE(facts.survived->mean, 1.0);
        QVERIFY(!facts.survived->deviation.has_value());
    }

    void of_one_that_is_not_there() {
        for (const Component& component : {Component{2, 0}, Component{0, 2}, Component{2, -1}, Component{-1, 0}}) {
            const auto facts = component_facts(some_study(), component);
            QVERIFY(facts.tasks.empty());
            QVERIFY(!facts.survived.has_value());
        }
        QVERIFY(component_facts({}, {0, 0}).tasks.empty());
    }
};

QTEST_GUILESS_MAIN(TestComponentFacts)
#include "tst_component_facts.moc"
