// SPDX-License-Identifier: GPL-3.0-or-later
//
// Training that goes on from a state that another run kept, as iterative magnitude pruning rewinds.
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/training/resume_point.h"
#include "tests/training/tiny_training.h"
#endif

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lottery;
using namespace lottery::test;

class TestRewinding : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }

    // A run that begins at the state another one kept goes on to the same bits, with the steps from there alone.
    void begins_where_another_run_was() {
        QTemporaryDir folder;
        const std::filesystem::path state = folder.filePath("state").toStdString();
        Run whole(folder.filePath("whole").toStdString());
        whole.plan.keep_step = 7;
        whole.plan.keep_file = state;
        QVERIFY_VALUE(whole.train());
        // Interrupted, it keeps the same state.
        Run first(folder.filePath("parts").toStdString());
        first.plan.keep_step = 7;
        first.plan.keep_file = folder.filePath("again").toStdString();
        QVERIFY(first.train(5).cancelled());
        QVERIFY(!std::filesystem::exists(first.plan.keep_file));
        Run second(first.plan.resume_file);
        second.plan.resume = true;
        second.plan.keep_step = 7;
        second.plan.keep_file = first.plan.keep_file;
        QVERIFY_VALUE(second.train());
        Run kept(folder.filePath("kept").toStdString());
        QVERIFY_VALUE(read_resume_weights(first.plan.keep_file, kept.model));
        Run expected(folder.filePath("expected").toStdString());
        QVERIFY_VALUE(read_resume_weights(state, expected.model));
        QVERIFY(same_weights(kept.model, expected.model));
        QVERIFY(!same_weights(kept.model, whole.model));

        Run rewound(folder.filePath("rewound").toStdString());
        rewound.plan.begin_at = state;
        rewound.plan.fingerprint = "another run";
        const auto history = rewound.train();
        QVERIFY_VALUE(history);
        QVERIFY(same_weights(whole.model, rewound.model));
        QCOMPARE(history->steps.size(), std::size_t{8});
        QCOMPARE(history->steps.front().step, std::int64_t{8});
        QCOMPARE(history->evaluations.front().step, std::int64_t{7});
        QCOMPARE(history->examples, std::int64_t{24 + 14});
        // Interrupted and resumed itself.
        Run third(folder.filePath("third").toStdString());
        third.plan.begin_at = state;
        QVERIFY(third.train(4).cancelled());
        Run fourth(third.plan.resume_file);
        fourth.plan.begin_at = state;
        fourth.plan.resume = true;
        QVERIFY_VALUE(fourth.train());
        QVERIFY(same_weights(whole.model, fourth.model));
    }

    // The state knows nothing of the masks: neither weights nor moments of what is pruned may come back.
    void rewound_weights_that_are_pruned_stay_zero() {
        QTemporaryDir folder;
        Run whole(folder.filePath("whole").toStdString());
        whole.plan.keep_step = 7;
        whole.plan.keep_file = folder.filePath("state").toStdString();
        QVERIFY_VALUE(whole.train());
        auto masks = all_weights_kept(whole.model->config(), MlpOutputBias::Pruned);
        torch::manual_seed(1);
        for (auto& mask : masks.masks) mask.kept = torch::rand(mask.kept.sizes()) < 0.5;
        Run rewound(folder.filePath("rewound").toStdString());
        rewound.plan.begin_at = whole.plan.keep_file;
        rewound.plan.weight_masks = &masks;
        QVERIFY_VALUE(rewound.train());
        const auto parameters = rewound.model->named_parameters();
        for (const auto& mask : masks.masks) {
            QVERIFY(parameters[mask.parameter].masked_select(mask.kept.logical_not()).eq(0).all().item<bool>());
            QVERIFY(parameters[mask.parameter].masked_select(mask.kept).ne(0).any().item<bool>());
        }
    }

    void rewinding_that_is_refused_data() {
        QTest::addColumn<QString>("wrong");
        QTest::addColumn<QString>("said");
        QTest::newRow("beyond the last step") << "late"
                                              << "no training after step 15, the run has 15 steps";
        QTest::newRow("a shorter run") << "shorter"
                                       << "no training after step 7, the run has 5 steps";
        QTest::newRow("missing") << "missing"
                                 << "state";
        QTest::newRow("truncated") << "truncated"
                                   << "state";
    }
    void rewinding_that_is_refused() {
        QFETCH(QString, wrong);
        QFETCH(QString, said);
        QTemporaryDir folder;
        const auto state = folder.filePath("state");
        Run run(folder.filePath("run").toStdString());
        run.plan.keep_step = wrong == "late" ? 15 : 7;
        run.plan.keep_file = state.toStdString();
        auto result = run.train();
        if (wrong != "late") {
            QVERIFY_VALUE(result);
            Run rewound(folder.filePath("rewound").toStdString());
            rewound.plan.begin_at = state.toStdString();
            if (wrong == "shorter") rewound.plan.options.epochs = 1;
            if (wrong == "missing") QVERIFY(QFile::remove(state));
            if (wrong == "truncated") QVERIFY(QFile::resize(state, QFile(state).size() - 100));
            result = rewound.train();
        }
        QVERIFY(result.failed());
        QVERIFY2(QString::fromStdString(result.error().to_string()).contains(said), result.error().to_string().c_str());
    }
};

QTEST_GUILESS_MAIN(TestRewinding)
#include "tst_rewinding.moc"
