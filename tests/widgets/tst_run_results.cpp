// SPDX-License-Identifier: GPL-3.0-or-later
//
// The inspector of a head or MLP.
#include <QTableWidget>
#include <QTest>
#include <cmath>

#include "widgets/runs/component_history.h"
#include "widgets/runs/component_inspector.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

// Two layers of three heads. Step 1 masks head 0.0, step 2 masks 1.2 and the MLP of layer 0 but falls below.
std::vector<MaskSearchStep> steps() {
    std::vector<MaskSearchStep> made(3);
    for (int i = 0; i < 3; ++i) {
        auto& step = made[static_cast<std::size_t>(i)];
        step.index = i;
        step.phase = i == 0 ? "full" : "heads_mlps";
        step.accepted = i < 2;
        step.score = 0.9 - 0.1 * i;
        step.masks = ComponentMasks::all_kept(2, 3);
        step.importance = {HeadMatrix(2, 3, 0.0F), {0.5F, 0.25F}};
        for (int h = 0; h < 6; ++h)
            step.importance.heads.values[static_cast<std::size_t>(h)] = 0.1F * static_cast<float>(h + 1);
    }
    made[1].masks.heads.at(0, 0) = 0.0F;
    made[2].masks.heads.at(0, 0) = 0.0F;
    made[2].masks.heads.at(1, 2) = 0.0F;
    made[2].masks.mlps[0] = 0.0F;
    made[2].importance.heads.at(0, 1) = std::nanf("");
    return made;
}

}  // namespace

class TestRunResults : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsTheHistory_data() {
        QTest::addColumn<int>("layer");
        QTest::addColumn<int>("head");
        QTest::addColumn<bool>("kept");
        QTest::addColumn<int>("maskedIn");  // -1: never
        QTest::addColumn<int>("rankAtFirst");
        QTest::newRow("masked") << 0 << 0 << false << 1 << 6;
        QTest::newRow("masked in a step that was not kept") << 1 << 2 << true << -1 << 1;
        QTest::newRow("kept") << 0 << 1 << true << -1 << 5;
        QTest::newRow("an MLP") << 0 << -1 << true << -1 << 1;
        QTest::newRow("another MLP") << 1 << -1 << true << -1 << 2;
    }
    void tellsTheHistory() {
        QFETCH(int, layer);
        QFETCH(int, head);
        QFETCH(int, maskedIn);
        const ComponentHistory history = componentHistory({layer, head}, steps());
        QCOMPARE(history.steps.size(), std::size_t(3));
        QTEST(history.keptToTheEnd, "kept");
        QCOMPARE(history.maskedInStep.value_or(-1), maskedIn);
        QVERIFY(history.steps[0].rank);
        QTEST(*history.steps[0].rank, "rankAtFirst");
        QCOMPARE(history.steps[0].among, head < 0 ? 2 : 6);
    }

    void ranksOnlyWhatIsKeptAndMeasured() {
        // Head 0.1 is second to last of six, last of five when 0.0 has gone, and unmeasured at the end.
        const ComponentHistory history = componentHistory({0, 1}, steps());
        QCOMPARE(*history.steps[1].rank, 5);
        QCOMPARE(history.steps[1].among, 5);
        QVERIFY(!history.steps[2].rank);
        QVERIFY(!componentHistory({0, 0}, steps()).steps[1].rank);
    }

    void knowsNothingOutsideOfTheModel() {
        QVERIFY(componentHistory({2, 0}, steps()).steps.empty());
        QVERIFY(componentHistory({0, 3}, steps()).steps.empty());
        QVERIFY(componentHistory({-1, -1}, steps()).steps.empty());
        QVERIFY(componentHistory({0, 0}, {}).steps.empty());
    }

    void inspects() {
        ComponentInspector inspector;
        QCOMPARE(inspector.headline(), QString());
        inspector.showHistory(componentHistory({0, 0}, steps()), "MRPC, seed 1");
        QCOMPARE(inspector.headline(), QStringLiteral("Layer 1, head 1"));
        QCOMPARE(inspector.state(), QStringLiteral("Masked in step 1 (phase heads_mlps)."));
        QCOMPARE(inspector.table()->rowCount(), 3);
        QCOMPARE(inspector.table()->item(0, 3)->text(), QStringLiteral("0.1000"));
        QCOMPARE(inspector.table()->item(0, 4)->text(), QStringLiteral("6/6"));
        QCOMPARE(inspector.table()->item(1, 4)->text(), QStringLiteral("masked"));
        inspector.showHistory(componentHistory({1, -1}, steps()), "MRPC, seed 1");
        QCOMPARE(inspector.headline(), QStringLiteral("Layer 2, MLP"));
        QCOMPARE(inspector.state(), QStringLiteral("Kept so far, through step 2."));
        inspector.showHistory(componentHistory({7, 7}, steps()), "MRPC, seed 1");
        QCOMPARE(inspector.headline(), QString());
    }

    void paintsEveryKindOfHistory() {
        ComponentInspector inspector;
        inspector.resize(320, 500);
        inspector.showHistory(componentHistory({0, 1}, steps()), "MRPC");
        const QImage with = inspector.grab().toImage();
        auto unmeasured = steps();
        for (auto& step : unmeasured)
            step.importance = {HeadMatrix(2, 3, std::nanf("")), {std::nanf(""), std::nanf("")}};
        inspector.showHistory(componentHistory({0, 1}, unmeasured), "MRPC");
        QVERIFY(inspector.grab().toImage() != with);
        QCOMPARE(inspector.table()->item(0, 3)->text(), QStringLiteral("–"));
    }
};

QTEST_MAIN(TestRunResults)
#include "tst_run_results.moc"
