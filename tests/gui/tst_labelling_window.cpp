// SPDX-License-Identifier: GPL-3.0-or-later
//
// From a tiny model's maps to labels in a folder, and from labels to a classifier, in their windows.
#include <QApplication>
#include <QFile>
#include <QLabel>
#include <QMessageBox>
#include <QPointer>
#include <QTest>
#include <QTimer>

#include "app/gui/classifier_window.h"
#include "app/gui/labelling_window.h"
#include "core/attention/synthetic_maps.h"
#include "tests/gui/window_fixture.h"
#include "widgets/analysis/check_menu.h"
#include "widgets/attention/classifier_training_view.h"
#include "widgets/attention/labelling_view.h"
#include "widgets/runs/path_edit.h"

using namespace lottery;
using namespace lottery::gui;
using namespace lottery::gui::test;

namespace {

MapSampleRequest tinyRequest(const Fixture& fixture) {
    MapSampleRequest request;
    request.checkpoints = {pathFromText(tinyCheckpoint())};
    request.data = pathFromText(fixture.glue());
    request.tasks = {TaskId::RTE};
    request.count = 6;
    request.least_tokens = 5;
    request.most_tokens = 24;
    request.compute = {"cpu", 1};
    return request;
}

// Presses a button of the question that comes next.
void answerNext(QMessageBox::StandardButton button) {
    QTimer::singleShot(0, [button] {
        QMessageBox* box = nullptr;
        QVERIFY(QTest::qWaitFor(
            [&] { return (box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget())) != nullptr; }));
        QTest::mouseClick(box->button(button), Qt::LeftButton);
    });
}

}  // namespace

class TestLabellingWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QCoreApplication::setAttribute(Qt::AA_DontUseNativeDialogs); }

    void maps_are_sampled_labelled_and_kept() {
        const Fixture fixture;
        QVERIFY(fixture.ready);
        QPointer<LabellingWindow> window = new LabellingWindow(tinyRequest(fixture));
        window->show();
        SampleDialog* dialog = window->chooseMaps();
        QVERIFY(dialog);
        QVERIFY2(dialog->sampleButton()->isEnabled(), qPrintable(dialog->problemLabel()->text()));
        QTest::mouseClick(dialog->sampleButton(), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(window->view()->session().size(), std::size_t{6}, kPatience);
        QTest::keyClick(window->view(), Qt::Key_1);
        QTest::keyClick(window->view(), Qt::Key_5);
        QCOMPARE(window->view()->session().labelled(), 2);
        QVERIFY(window->isWindowModified());
        QVERIFY(window->view()->session().map(0).origin.find("RTE example") == 0);

        // Closing would lose labels: one can go on, and keep them.
        answerNext(QMessageBox::Cancel);
        QVERIFY(!window->close());
        QVERIFY(window->view()->saveTo(pathFromText(fixture.path("labels"))).has_value());
        const auto kept = read_labelled_maps(pathFromText(fixture.path("labels")));
        QVERIFY(kept.has_value());
        QCOMPARE(kept->maps.size(), std::size_t{2});
        QVERIFY(window->close());
        QTRY_VERIFY(!window);
    }

    void the_same_seed_draws_the_same_maps() {
        const Fixture fixture;
        ProgressSink quiet;
        const auto request = tinyRequest(fixture);
        const auto first = sample_maps(request, {}, quiet);
        const auto second = sample_maps(request, {}, quiet);
        QVERIFY(first && second);
        QCOMPARE(first->size(), std::size_t{6});
        for (std::size_t i = 0; i < first->size(); ++i) {
            QCOMPARE((*first)[i].origin, (*second)[i].origin);
            QCOMPARE((*first)[i].values, (*second)[i].values);
            QCOMPARE((*first)[i].tokens.size(), static_cast<std::size_t>((*first)[i].size));
        }
        auto none = request;
        none.least_tokens = none.most_tokens = 23;
        const auto refused = sample_maps(none, {}, quiet);
        QVERIFY(refused.failed());
        QVERIFY(refused.error().message.find("no text of 23 to 23 tokens") != std::string::npos);
    }

    void what_is_wrong_is_said() {
        const Fixture fixture;
        auto request = tinyRequest(fixture);
        request.checkpoints.clear();
        QPointer<LabellingWindow> window = new LabellingWindow(request);
        SampleDialog* dialog = window->chooseMaps();
        QVERIFY(!dialog->sampleButton()->isEnabled());
        QVERIFY(dialog->problemLabel()->text().contains(QStringLiteral("checkpoint")));
        dialog->addCheckpoint(tinyCheckpoint());
        QVERIFY2(dialog->sampleButton()->isEnabled(), qPrintable(dialog->problemLabel()->text()));
        dialog->reject();
        QVERIFY(window->close());
    }

    void a_classifier_is_trained_and_watched() {
        const Fixture fixture;
        const auto folder = pathFromText(fixture.path("synthetic"));
        QVERIFY(write_labelled_maps(folder, synthetic_maps(30, 3, {16, 20})).has_value());
        ClassifierWindow window({"cpu", 1});
        window.setAttribute(Qt::WA_DeleteOnClose, false);
        QVERIFY(!window.trainButton()->isEnabled());
        TrainPatternsRequest request;
        request.data = folder;
        request.out = pathFromText(fixture.path("trained")) / "mine.safetensors";
        request.options.epochs = 2;
        window.setRequest(request);
        QVERIFY2(window.trainButton()->isEnabled(), qPrintable(window.problemLabel()->text()));
        QTest::mouseClick(window.trainButton(), Qt::LeftButton);
        QVERIFY(window.isTraining());
        QTRY_VERIFY_WITH_TIMEOUT(!window.isTraining(), kPatience);
        QCOMPARE(window.view()->epochs().size(), std::size_t{2});
        QVERIFY(QFile::exists(fixture.path("trained") + QStringLiteral("/mine.safetensors")));
        // Its file is there now: it is not overwritten.
        QTRY_VERIFY(!window.trainButton()->isEnabled() || window.problemLabel()->text().isEmpty());
        window.train();
        QTRY_VERIFY_WITH_TIMEOUT(!window.isTraining(), kPatience);
        QVERIFY(read_classifier_info(request.out).has_value());
    }
};

QTEST_MAIN(TestLabellingWindow)
#include "tst_labelling_window.moc"
