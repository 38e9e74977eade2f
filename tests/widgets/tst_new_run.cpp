// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include "tests/widgets/new_run_fixture.h"
#include "widgets/runs/field_set.h"
#include "widgets/runs/folder_kind.h"
#include "widgets/runs/new_run_dialog.h"
#include "widgets/runs/run_draft.h"

using namespace lottery;
using namespace lottery::gui;
using namespace lottery::gui::test;

namespace {

// As from a file manager.
void drop(QWidget* on, const QList<QUrl>& urls) {
    QMimeData mime;
    mime.setUrls(urls);
    QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(on, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(QPointF(5, 5), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(on, &event);
    QVERIFY(event.isAccepted());
}

}  // namespace

class TestNewRun : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void startsWithThePapersOptions() {
        NewRunDialog dialog(services());
        const RunDraft draft = dialog.draft();
        QCOMPARE(draft.training.epochs, 3);
        QCOMPARE(draft.training.batch_size, 32);
        QCOMPARE(draft.training.learning_rate, 2e-5);
        QCOMPARE(draft.training.dropout, 0.1);
        QCOMPARE(draft.search.threshold, 0.9);
        QCOMPARE(draft.search.batch_size, 64);
        QCOMPARE(draft.seed, std::uint64_t(1337));
        QCOMPARE(line(dialog, "training/learning-rate")->text(), QStringLiteral("2e-5"));
        QCOMPARE(line(dialog, "training/adam-epsilon")->text(), QStringLiteral("1e-8"));
    }

    void judgesWhatIsTyped_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("expected");  // part of what is shown; empty: nothing
        QTest::newRow("good") << "5"
                              << "";
        QTest::newRow("out of range") << "0"
                                      << "0 found, 1 to 1000 expected";
        QTest::newRow("negative") << "-3"
                                  << "-3 found";
        QTest::newRow("a word") << "three"
                                << "“three” is not a whole number";
        QTest::newRow("a fraction") << "2.5"
                                    << "“2.5” is not a whole number";
        QTest::newRow("empty") << ""
                               << "Empty; expected a whole number";
        QTest::newRow("blanks around") << " 7 "
                                       << "";
    }
    void judgesWhatIsTyped() {
        QFETCH(QString, typed);
        QFETCH(QString, expected);
        NewRunDialog dialog(services());
        fill(dialog);
        dialog.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dialog));
        type(dialog, "training/epochs", typed);
        if (expected.isEmpty()) {
            QTRY_COMPARE(problem(dialog, "training/epochs"), QString());
            QCOMPARE(dialog.draft().training.epochs, typed.trimmed().toInt());
        } else {
            QTRY_VERIFY2(problem(dialog, "training/epochs").contains(expected),
                         qPrintable(problem(dialog, "training/epochs")));
            QVERIFY(dialog.findChild<QLabel*>("summary")->text().contains("Epochs"));
        }
        QCOMPARE(dialog.validate(), expected.isEmpty());
    }

    void readsNumbersAsPeopleWriteThem_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<double>("value");
        QTest::newRow("scientific") << "5e-5" << 5e-5;
        QTest::newRow("decimal") << "0.00003" << 3e-5;
        QTest::newRow("capital") << "1E-4" << 1e-4;
    }
    void readsNumbersAsPeopleWriteThem() {
        QFETCH(QString, typed);
        NewRunDialog dialog(services());
        fill(dialog);
        dialog.show();
        type(dialog, "training/learning-rate", typed);
        QVERIFY(dialog.validate());
        QTEST(dialog.draft().training.learning_rate, "value");
        // The numbers that C would also take.
        for (const QString& bad : {QStringLiteral("nan"), QStringLiteral("inf"), QStringLiteral("2e-5x")}) {
            type(dialog, "training/learning-rate", bad);
            QVERIFY2(!dialog.validate(), qPrintable(bad));
        }
    }

    void staysOpenUntilAllIsWell() {
        NewRunDialog dialog(services());
        QSignalSpy accepted(&dialog, &QDialog::accepted);
        dialog.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dialog));
        QTest::mouseClick(ok(dialog), Qt::LeftButton);
        QCOMPARE(accepted.size(), 0);
        QVERIFY(dialog.isVisible());
        QCOMPARE(dialog.focusWidget(), line(dialog, "checkpoint"));
        QTest::keyClicks(line(dialog, "checkpoint"), "/model");
        QTest::mouseClick(ok(dialog), Qt::LeftButton);
        QCOMPARE(dialog.focusWidget(), line(dialog, "data"));
        QTest::keyClicks(line(dialog, "data"), "/glue");
        QTest::mouseClick(ok(dialog), Qt::LeftButton);
        QCOMPARE(accepted.size(), 1);
        QCOMPARE(dialog.draft().checkpoint, std::filesystem::path("/model"));
        QCOMPARE(dialog.draft().data, std::filesystem::path("/glue"));
    }

    void showsProblemsThatHaveNoField() {
        NewRunDialog dialog(services());
        fill(dialog);
        type(dialog, "seed", "13");
        QVERIFY(!dialog.validate());
        QCOMPARE(dialog.findChild<QLabel*>("summary")->text(), QStringLiteral("wrong phase of the moon"));
    }

    void leadsToTheTabOfTheProblem() {
        NewRunDialog dialog(services());
        fill(dialog);
        dialog.findChild<QListWidget*>("kinds")->setCurrentRow(int(RunKind::FinetuneAndMask));
        dialog.show();
        auto* tabs = dialog.findChild<QTabWidget*>("options");
        QCOMPARE(tabs->tabText(tabs->currentIndex()), QStringLiteral("&Fine-tuning"));
        type(dialog, "search/threshold", "1.5");
        QTest::mouseClick(ok(dialog), Qt::LeftButton);
        QVERIFY(dialog.isVisible());
        QCOMPARE(tabs->tabText(tabs->currentIndex()), QStringLiteral("&Mask search"));
        QVERIFY(!tabs->tabIcon(tabs->currentIndex()).isNull());
        QCOMPARE(dialog.focusWidget(), line(dialog, "search/threshold"));
        // Of no concern to a fine-tuning alone.
        dialog.findChild<QListWidget*>("kinds")->setCurrentRow(int(RunKind::Finetune));
        QVERIFY(dialog.validate());
    }

    void modeDecidesTheSplit() {
        NewRunDialog dialog(services());
        fill(dialog);
        dialog.findChild<QListWidget*>("kinds")->setCurrentRow(int(RunKind::FinetuneAndMask));
        QCOMPARE(dialog.draft().search.mode, Mode::Rigorous);
        QCOMPARE(dialog.draft().search.split, SearchSplit::Train);
        // Rigorous: the search sees examples that training has not.
        QCOMPARE(dialog.draft().training.hold_out, std::int64_t(408));
        auto* mode = dialog.findChild<QComboBox*>("search/mode");
        mode->setFocus();
        QTest::keyClick(mode, Qt::Key_Up);
        QCOMPARE(dialog.draft().search.mode, Mode::Published);
        QCOMPARE(dialog.draft().search.split, SearchSplit::Dev);
        QVERIFY(dialog.validate());
        QCOMPARE(dialog.draft().training.hold_out, std::int64_t(0));
        // A person's number stays.
        type(dialog, "training/hold-out", "50");
        QTest::keyClick(mode, Qt::Key_Down);
        QVERIFY(dialog.validate());
        QCOMPARE(dialog.draft().training.hold_out, std::int64_t(50));
    }

    void proposesTheRunFolder() {
        QTemporaryDir base;
        NewRunDialog dialog(services());
        dialog.setBaseFolder(pathFromText(base.path()));
        fill(dialog);
        const QString first = base.filePath("models/finetuned/MRPC/seed_1337");
        QCOMPARE(line(dialog, "out")->text(), first);
        auto* task = dialog.findChild<QComboBox*>("task");
        task->setCurrentText("RTE");
        type(dialog, "seed", "42");
        QTRY_COMPARE(line(dialog, "out")->text(), base.filePath("models/finetuned/RTE/seed_42"));
        dialog.findChild<QListWidget*>("kinds")->setCurrentRow(int(RunKind::MaskSearch));
        QCOMPARE(line(dialog, "out")->text(), base.filePath("masks/heads_mlps/RTE/seed_42"));
        // A folder that is taken is not proposed.
        QVERIFY(QDir().mkpath(base.filePath("masks/heads_mlps/RTE/seed_42/old")));
        QVERIFY(dialog.validate());
        QCOMPARE(line(dialog, "out")->text(), base.filePath("masks/heads_mlps/RTE/seed_42_2"));
        // A person's folder stays.
        type(dialog, "out", "/mine");
        type(dialog, "seed", "86");
        QVERIFY(dialog.validate());
        QCOMPARE(line(dialog, "out")->text(), QStringLiteral("/mine"));
        type(dialog, "out", "");
        QVERIFY(dialog.validate());
        QCOMPARE(line(dialog, "out")->text(), base.filePath("masks/heads_mlps/RTE/seed_86"));
    }

    void placesTheTwoPartsOfACombinedRun() {
        QTemporaryDir base;
        NewRunDialog dialog(services());
        dialog.setBaseFolder(pathFromText(base.path()));
        fill(dialog);
        dialog.findChild<QListWidget*>("kinds")->setCurrentRow(int(RunKind::FinetuneAndMask));
        const RunDraft draft = dialog.draft();
        QCOMPARE(textFromPath(draft.out), base.path());
        QCOMPARE(textFromPath(finetuneRequest(draft).out), base.filePath("models/finetuned/MRPC/seed_1337"));
        QCOMPARE(textFromPath(maskRequest(draft).out), base.filePath("masks/heads_mlps/MRPC/seed_1337"));
        QCOMPARE(maskRequest(draft).checkpoint, finetuneRequest(draft).out);
        QVERIFY(dialog.findChild<QLabel*>("places")->text().contains("seed_1337"));
        QVERIFY(QDir().mkpath(base.filePath("models/finetuned/MRPC/seed_1337/old")));
        QVERIFY(dialog.validate());
        QCOMPARE(textFromPath(dialog.draft().out), base.path() + "_2");
    }

    void takesDroppedFolders() {
        QTemporaryDir folder;
        for (const char* file : {"model/config.json", "glue/RTE/dev.tsv", "mask/head_mask.npy"}) {
            QVERIFY(QDir().mkpath(QFileInfo(folder.filePath(file)).path()));
            QFile made(folder.filePath(file));
            QVERIFY(made.open(QIODevice::WriteOnly));
        }
        NewRunDialog dialog(services());
        drop(&dialog, {QUrl::fromLocalFile(folder.filePath("glue")), QUrl::fromLocalFile(folder.filePath("model")),
                       QUrl::fromLocalFile(folder.filePath("mask"))});
        QCOMPARE(textFromPath(dialog.draft().checkpoint), folder.filePath("model"));
        QCOMPARE(textFromPath(dialog.draft().data), folder.filePath("glue"));
        QVERIFY(dialog.draft().head_mask);
        QCOMPARE(textFromPath(*dialog.draft().head_mask), folder.filePath("mask/head_mask.npy"));
        QVERIFY(dialog.validate());
        // On a field, a folder goes into that field whatever it is.
        drop(line(dialog, "data"), {QUrl::fromLocalFile(folder.path())});
        QCOMPARE(textFromPath(dialog.draft().data), folder.path());
    }

    void restoresThePapersDefaults() {
        NewRunDialog dialog(services());
        fill(dialog);
        type(dialog, "training/epochs", "9");
        type(dialog, "training/learning-rate", "1e-3");
        dialog.findChild<QPushButton*>("defaults")->click();
        QCOMPARE(dialog.draft().training.epochs, 3);
        QCOMPARE(dialog.draft().training.learning_rate, 2e-5);
        QCOMPARE(dialog.draft().search.mode, Mode::Published);
        QCOMPARE(dialog.draft().checkpoint, std::filesystem::path("/model"));
    }

    void remembersEveryValue() {
        RunDraft draft;
        draft.magnitude = MagnitudeOptions::for_mode(Mode::Published);
        draft.magnitude.max_steps = 4;
        draft.magnitude.amount = 0.2;
        draft.control = ControlKind::Bad;
        draft.controlMode = Mode::Published;
        draft.controlOptions = {RandomSize::Drawn, BadFill::None};
        draft.random_retrained = RandomRetrainedBars::GoodRetrained;
        draft.measure_speed = true;
        draft.search.criterion = Criterion::Learned;
        draft.search.gradient = GradientTerm::Example;
        draft.search.phase_importance = PhaseImportance::LastPass;
        draft.search.gates = {77, 8, 0.05, 2.0};
        draft.search.block_size = 32;
        draft.search.measure_speed = true;
        draft.masks = "/s/masks/heads_mlps";
        draft.study = "/s";
        draft.kind = RunKind::FinetuneAndMask;
        draft.checkpoint = "/m";
        draft.data = "/d";
        draft.task = TaskId::STSB;
        draft.seed = 18446744073709551615ULL;
        draft.training.epochs = 4;
        draft.training.batch_size = 16;
        draft.training.learning_rate = 3e-5;
        draft.training.warmup_share = 0.06;
        draft.training.adam_epsilon = 1e-6;
        draft.training.weight_decay = 0.01;
        draft.training.max_gradient_norm = 2.0;
        draft.training.dropout = 0.2;
        draft.training.max_seq_length = 64;
        draft.training.hold_out = 5;
        draft.training.limit_train = 100;
        draft.training.limit_dev = 50;
        draft.training.save_steps = 10;
        draft.training.precision = Precision::Bf16;
        draft.search.kind = SearchKind::Heads;
        draft.search.mode = Mode::Published;
        draft.search.threshold = 0.8;
        draft.search.amount = 0.05;
        draft.search.batch_size = 8;
        draft.search.split = SearchSplit::Dev;
        draft.search.limit_dev = 33;
        draft.search.max_seq_length = 96;
        draft.evaluate_limit_dev = 7;
        draft.evaluate_max_seq_length = 80;
        draft.head_mask = "/h.npy";
        draft.removal = Removal::Multiply;
        draft.compute = {"cuda:0", 3};
        QTemporaryDir folder;
        QSettings settings(folder.filePath("s.ini"), QSettings::IniFormat);
        saveDraft(settings, draft);
        settings.sync();
        QSettings again(folder.filePath("s.ini"), QSettings::IniFormat);
        const RunDraft back = loadDraft(again, {});
        // Through the dialog as well: every field shows and gives back what it was given.
        NewRunDialog dialog(services());
        dialog.setDraft(back);
        RunDraft shown = dialog.draft();
        for (const RunDraft& got : {back, shown}) {
            QCOMPARE(got.kind, draft.kind);
            QCOMPARE(got.checkpoint, draft.checkpoint);
            QCOMPARE(got.data, draft.data);
            QCOMPARE(got.task, draft.task);
            QCOMPARE(got.training.epochs, draft.training.epochs);
            QCOMPARE(got.training.batch_size, draft.training.batch_size);
            QCOMPARE(got.training.learning_rate, draft.training.learning_rate);
            QCOMPARE(got.training.warmup_share, draft.training.warmup_share);
            QCOMPARE(got.training.adam_epsilon, draft.training.adam_epsilon);
            QCOMPARE(got.training.weight_decay, draft.training.weight_decay);
            QCOMPARE(got.training.max_gradient_norm, draft.training.max_gradient_norm);
            QCOMPARE(got.training.dropout, draft.training.dropout);
            QCOMPARE(got.training.max_seq_length, draft.training.max_seq_length);
            QCOMPARE(got.training.hold_out, draft.training.hold_out);
            QCOMPARE(got.training.limit_train, draft.training.limit_train);
            QCOMPARE(got.training.limit_dev, draft.training.limit_dev);
            QCOMPARE(got.training.save_steps, draft.training.save_steps);
            QCOMPARE(got.training.precision, draft.training.precision);
            QCOMPARE(got.search.kind, draft.search.kind);
            QCOMPARE(got.search.mode, draft.search.mode);
            QCOMPARE(got.search.threshold, draft.search.threshold);
            QCOMPARE(got.search.amount, draft.search.amount);
            QCOMPARE(got.search.batch_size, draft.search.batch_size);
            QCOMPARE(got.search.split, draft.search.split);
            QCOMPARE(got.search.limit_dev, draft.search.limit_dev);
            QCOMPARE(got.search.max_seq_length, draft.search.max_seq_length);
            QCOMPARE(got.evaluate_limit_dev, draft.evaluate_limit_dev);
            QCOMPARE(got.evaluate_max_seq_length, draft.evaluate_max_seq_length);
            QCOMPARE(got.magnitude.mode, draft.magnitude.mode);
            QCOMPARE(got.magnitude.split, draft.magnitude.split);
            QCOMPARE(got.magnitude.mlp_output_bias, draft.magnitude.mlp_output_bias);
            QCOMPARE(got.magnitude.max_steps, draft.magnitude.max_steps);
            QCOMPARE(got.magnitude.amount, draft.magnitude.amount);
            QCOMPARE(got.control, draft.control);
            QCOMPARE(got.controlMode, draft.controlMode);
            QVERIFY(got.controlOptions == draft.controlOptions);
            QCOMPARE(got.random_retrained, draft.random_retrained);
            QCOMPARE(got.measure_speed, draft.measure_speed);
            QCOMPARE(got.search.criterion, draft.search.criterion);
            QCOMPARE(got.search.gradient, draft.search.gradient);
            QCOMPARE(got.search.phase_importance, draft.search.phase_importance);
            QVERIFY(got.search.gates == draft.search.gates);
            QCOMPARE(got.search.block_size, draft.search.block_size);
            QCOMPARE(got.search.measure_speed, draft.search.measure_speed);
            QCOMPARE(got.masks, draft.masks);
            QCOMPARE(got.study, draft.study);
            QCOMPARE(got.removal, draft.removal);
            QCOMPARE(got.compute.device, draft.compute.device);
            QCOMPARE(got.compute.threads, draft.compute.threads);
        }
        QCOMPARE(back.seed, draft.seed);
        // Masks belong to kinds that use them; the file remembers them for those.
        QCOMPARE(back.head_mask, draft.head_mask);
        QVERIFY(!dialog.draft().head_mask);
    }

    void ignoresRubbishInSettings() {
        QTemporaryDir folder;
        QSettings settings(folder.filePath("s.ini"), QSettings::IniFormat);
        settings.setValue("kind", 77);
        settings.setValue("task", "RTE");
        settings.setValue("training/epochs", "many");
        settings.setValue("search/mode", -1);
        const RunDraft back = loadDraft(settings, {});
        QCOMPARE(back.kind, RunKind::Finetune);
        QCOMPARE(back.task, TaskId::MRPC);
        QCOMPARE(back.training.epochs, 3);
        QCOMPARE(back.search.mode, Mode::Rigorous);
    }
};

QTEST_MAIN(TestNewRun)
#include "tst_new_run.moc"
