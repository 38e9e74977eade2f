// SPDX-License-Identifier: GPL-3.0-or-later
//
// Training of the pattern classifier: that it learns, what it keeps and tells, cancelling, and what it refuses.
#include "core/attention/train_classifier.h"

#include <ATen/CPUGeneratorImpl.h>

#include <QTest>
#include <cmath>

#include "core/attention/synthetic_maps.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

namespace {

struct Watch : PatternTrainingObserver {
    std::vector<PatternEpoch> epochs;
    std::vector<Progress> progress;
    MessageLog log;
    std::stop_source stop;
    int stop_after = -1;  // steps

    void on_pattern_epoch(const PatternEpoch& epoch) override { epochs.push_back(epoch); }
    void on_progress(const Progress& one) override {
        progress.push_back(one);
        if (std::ssize(progress) == stop_after) stop.request_stop();
    }
    void on_message(Severity severity, const std::string& message) override { log.on_message(severity, message); }
};

// Maps small enough for a canvas of 32.
LabelledMaps small_maps(int count, std::uint64_t seed) { return synthetic_maps(count, seed, {16, 32}); }

PatternTrainingPlan plan_of(int epochs, std::uint64_t seed = 1) {
    PatternTrainingPlan plan;
    plan.options.epochs = epochs;
    plan.options.batch_size = 16;
    plan.seed = seed;
    plan.kind = ClassifierKind::Synthetic;
    plan.trained_on = "a test's maps";
    return plan;
}

bool same_weights(const PatternClassifier& a, const PatternClassifier& b) {
    const auto right = b.network->named_parameters();
    for (const auto& entry : a.network->named_parameters())
        if (!entry.value().equal(right[entry.key()])) return false;
    return true;
}

}  // namespace

class TestTrainClassifier : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }

    void learns_and_tells() {
        const auto maps = small_maps(250, 1);
        Watch watch;
        auto trained = train_classifier(maps, plan_of(14), {}, watch);
        QVERIFY_VALUE(trained);
        QCOMPARE(watch.epochs.size(), std::size_t{14});
        QCOMPARE(trained->history.size(), std::size_t{14});
        for (std::size_t i = 0; i < watch.epochs.size(); ++i) {
            QCOMPARE(watch.epochs[i].epoch, static_cast<int>(i) + 1);
            QCOMPARE(watch.epochs[i].validation_accuracy, trained->history[i].validation_accuracy);
        }
        // 200 maps to train on are 13 batches.
        QCOMPARE(watch.progress.size(), std::size_t{14 * 13});
        QCOMPARE(watch.progress.back().done, watch.progress.back().total);
        QVERIFY(watch.epochs.back().train_loss < 0.7 * watch.epochs.front().train_loss);

        const auto& info = trained->classifier.info;
        QCOMPARE(info.maps, 250);
        QCOMPARE(info.smallest_map, maps.smallest());
        QCOMPARE(info.largest_map, 32);
        QCOMPARE(info.epochs, 14);
        QCOMPARE(info.trained_on, std::string("a test's maps"));
        // The weights that are kept are those of the epoch that is named; chance is 0.2.
        QCOMPARE(trained->scores.maps, std::int64_t{50});
        QCOMPARE(*trained->scores.accuracy, info.validation_accuracy);
        QVERIFY2(info.validation_accuracy > 0.5, std::to_string(info.validation_accuracy).c_str());
        const auto unseen = score_classifier(trained->classifier, small_maps(200, 2).maps);
        QVERIFY2(*unseen.accuracy > 0.5, std::to_string(*unseen.accuracy).c_str());
        // The last of the best.
        for (const auto& epoch : trained->history) {
            QVERIFY(epoch.validation_accuracy <= info.validation_accuracy);
            if (epoch.epoch > info.best_epoch) QVERIFY(epoch.validation_accuracy < info.validation_accuracy);
        }
        QCOMPARE(trained->validation.size(), std::size_t{50});
        QCOMPARE(trained->validation_probabilities.size(), std::size_t{50});
        for (const auto place : trained->scores.wrong)
            QVERIFY(most_probable(trained->validation_probabilities[place]) !=
                    maps.maps[trained->validation[place]].label);
        for (const auto& parameter : trained->classifier.network->parameters()) QVERIFY(!parameter.requires_grad());
    }

    void a_seed_gives_the_same_weights() {
        const auto maps = small_maps(40, 1);
        Watch watch;
        const auto state = at::detail::getDefaultCPUGenerator().get_state();
        const auto first = train_classifier(maps, plan_of(2), {}, watch);
        QVERIFY(at::detail::getDefaultCPUGenerator().get_state().equal(state));
        torch::manual_seed(99);
        const auto again = train_classifier(maps, plan_of(2), {}, watch);
        const auto other = train_classifier(maps, plan_of(2, 2), {}, watch);
        QVERIFY(first && again && other);
        QVERIFY(same_weights(first->classifier, again->classifier));
        QVERIFY(!same_weights(first->classifier, other->classifier));
        QCOMPARE(first->history.back().train_loss, again->history.back().train_loss);
    }

    // Constant probabilities: one accuracy in all epochs.
    void of_equal_epochs_the_last_is_kept() {
        auto plan = plan_of(3);
        plan.options.learning_rate = 1e-12;
        Watch watch;
        const auto trained = train_classifier(small_maps(30, 1), plan, {}, watch);
        QVERIFY_VALUE(trained);
        QCOMPARE(trained->history.front().validation_accuracy, trained->history.back().validation_accuracy);
        QCOMPARE(trained->classifier.info.best_epoch, 3);
    }

    void stops_data() {
        QTest::addColumn<int>("after");
        QTest::newRow("before the first step") << 0;
        QTest::newRow("within an epoch") << 1;
        QTest::newRow("with the last step") << 4;
    }
    void stops() {
        QFETCH(int, after);
        Watch watch;
        watch.stop_after = after;
        if (after == 0) watch.stop.request_stop();
        // 32 maps to train on are two batches.
        const auto trained = train_classifier(small_maps(40, 1), plan_of(2), watch.stop.get_token(), watch);
        QVERIFY(trained.cancelled());
        QCOMPARE(static_cast<int>(watch.progress.size()), after);
    }

    void tells_of_classes_without_maps() {
        auto maps = small_maps(40, 1);
        std::erase_if(maps.maps, [](const LabelledMap& map) {
            return map.label == PatternClass::Block || map.label == PatternClass::Diagonal;
        });
        Watch watch;
        const auto trained = train_classifier(maps, plan_of(1), {}, watch);
        QVERIFY_VALUE(trained);
        QVERIFY(watch.log.mentions("no map is of class diagonal, block"));
        QVERIFY(!trained->scores.classes[index_of(PatternClass::Block)].recall);
    }

    void refuses_data() {
        QTest::addColumn<int>("change");
        QTest::addColumn<QString>("says");
        QTest::newRow("no map") << 0 << "there is no map to train on";
        QTest::newRow("a class with one map") << 1 << "class vertical has 1 map";
        QTest::newRow("a loss that is not finite") << 2 << "the loss became";
    }
    void refuses() {
        QFETCH(int, change);
        QFETCH(QString, says);
        auto maps = small_maps(40, 1);
        if (change == 0) maps.maps.clear();
        if (change == 1) {
            bool first = true;
            std::erase_if(maps.maps, [&](const LabelledMap& map) {
                return map.label == PatternClass::Vertical && !std::exchange(first, false);
            });
        }
        auto plan = plan_of(3);
        if (change == 2) plan.options.learning_rate = 1e30;
        Watch watch;
        const auto trained = train_classifier(maps, plan, {}, watch);
        QVERIFY(trained.failed());
        QVERIFY2(trained.error().to_string().find(says.toStdString()) != std::string::npos,
                 trained.error().to_string().c_str());
    }
};

QTEST_GUILESS_MAIN(TestTrainClassifier)
#include "tst_train_classifier.moc"
