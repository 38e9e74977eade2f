// SPDX-License-Identifier: GPL-3.0-or-later
//
// Runs of a tiny model, then the same once more from their records; records in the window: shown, compared, and those
// that only the terminal can do again.
#include <QClipboard>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QGuiApplication>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTableWidget>
#include <QTest>
#include <QTreeWidget>

#include "app/gui/record_command.h"
#include "app/gui/record_draft.h"
#include "app/gui/run_parts.h"
#include "app/gui/run_tabs.h"
#include "core/base/json.h"
#include "core/study/run_inputs.h"
#include "tests/gui/window_fixture.h"
#include "widgets/provenance/provenance_view.h"
#include "widgets/provenance/run_difference_dialog.h"
#include "widgets/runs/new_run_dialog.h"
#include "widgets/runs/study_view.h"

using namespace lottery;
using namespace lottery::gui;
using namespace lottery::gui::test;

namespace {

void write(const QString& path, const QByteArray& text) {
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), text.size());
}

Json recordOf(const QString& folder) {
    const Result<Json> json = read_json(pathFromText(folder + QStringLiteral("/run.json")));
    return json ? *json : Json();
}

void runs(MainWindow& window, const RunDraft& draft) {
    const JobId id = window.startRun(draft);
    QTRY_VERIFY_WITH_TIMEOUT(isEnd(state(window, id)), kPatience);
    QCOMPARE(state(window, id), JobState::Done);
}

// The draft of the same run; a kind that nobody makes when there is none.
RunDraft again(const QString& folder) {
    const Result<RunAgain> made = runAgain(pathFromText(folder), {});
    if (!made) qWarning("%s", made.error().to_string().c_str());
    return made && made->draft ? *made->draft : RunDraft();
}

template <typename Request>
void sameInputs(const Request& request, const QString& folder) {
    FileHashes hashes;
    const Result<Json> inputs = run_inputs(request, hashes);
    QVERIFY2(inputs, inputs ? "" : inputs.error().to_string().c_str());
    QVERIFY2(*inputs == recordOf(folder).at("inputs"), inputs->dump().c_str());
}

void openHere(MainWindow& window, const QString& folder) {
    window.openFolder(folder);
    QTRY_VERIFY(window.tabs()->current() && window.tabs()->current()->folder() == folder);
}

QString said(const QString& folder) {
    const Result<RunAgain> made = runAgain(pathFromText(folder), {});
    return made ? QString() : QString::fromStdString(made.error().to_string());
}

}  // namespace

class TestRunAgain : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void describesTheSameRun() {
        Fixture f;
        QVERIFY(f.ready);
        MainWindow window(f.settings());
        show(window);
        RunDraft both = f.draft(RunKind::FinetuneAndMask, "study");
        both.training.dropout = 0.05;
        both.training.hold_out = 4;
        both.search.threshold = 0.8;
        runs(window, both);
        const QString model = f.path("study/models/finetuned/RTE/seed_1337");
        const QString mask = f.path("study/masks/heads_mlps/RTE/seed_1337");

        RunDraft draft = again(model);
        QCOMPARE(draft.kind, RunKind::Finetune);
        QVERIFY(draft.out.empty());
        QCOMPARE(textFromPath(draft.checkpoint), tinyCheckpoint());
        QCOMPARE(textFromPath(draft.data), f.glue());
        QCOMPARE(draft.compute.device, std::string("cpu"));
        QCOMPARE(draft.compute.threads, 1);
        sameInputs(finetuneRequest(draft), model);

        draft = again(mask);
        QCOMPARE(draft.kind, RunKind::MaskSearch);
        QCOMPARE(textFromPath(draft.checkpoint), model);
        sameInputs(maskRequest(draft), mask);
        for (const auto kind : {SearchKind::Heads, SearchKind::Mlps}) {
            const QString out = f.folder.filePath(searchKindName(kind));
            RunDraft search = draft;
            search.search.kind = kind;
            search.out = pathFromText(out);
            runs(window, search);
            QCOMPARE(again(out).search.kind, kind);
            sameInputs(maskRequest(again(out)), out);
        }

        RunDraft weights = f.draft(RunKind::Magnitude, "weights");
        weights.checkpoint = pathFromText(model);
        weights.magnitude = MagnitudeOptions::for_mode(Mode::Published);
        weights.magnitude.max_seq_length = 16;
        weights.magnitude.threshold = 0.5;
        weights.magnitude.max_steps = 2;
        runs(window, weights);
        QCOMPARE(again(f.path("weights")).kind, RunKind::Magnitude);
        sameInputs(magnitudeRequest(again(f.path("weights"))), f.path("weights"));

        RunDraft control = f.draft(RunKind::Control, "bad");
        control.control = ControlKind::Bad;
        control.controlOptions.bad_fill = BadFill::None;
        control.seed = 5;
        control.head_mask = pathFromText(mask) / "head_mask.npy";
        control.mlp_mask = pathFromText(mask) / "mlp_mask.npy";
        runs(window, control);
        QCOMPARE(again(f.path("bad")).kind, RunKind::Control);
        sameInputs(subnetworkRequest(again(f.path("bad"))), f.path("bad"));

        RunDraft random = f.draft(RunKind::Control, "random");
        random.control = ControlKind::Random;
        random.seed = 6;
        random.checkpoint = pathFromText(model);
        random.weight_mask = pathFromText(f.path("weights")) / "weight_mask.safetensors";
        runs(window, random);
        QVERIFY(again(f.path("random")).controlsWeights());
        sameInputs(magnitudeControlRequest(again(f.path("random"))), f.path("random"));

        RunDraft smaller = f.draft(RunKind::Remove, "smaller");
        smaller.checkpoint = pathFromText(model);
        smaller.head_mask = control.head_mask;
        smaller.mlp_mask = control.mlp_mask;
        runs(window, smaller);
        draft = again(f.path("smaller"));
        QCOMPARE(draft.kind, RunKind::Remove);
        QCOMPARE(draft.checkpoint, smaller.checkpoint);
        QCOMPARE(draft.mlp_mask, smaller.mlp_mask);

        RunDraft retrained = f.draft(RunKind::Finetune, "retrained");
        retrained.head_mask = control.head_mask;
        retrained.mlp_mask = control.mlp_mask;
        runs(window, retrained);
        sameInputs(finetuneRequest(again(f.path("retrained"))), f.path("retrained"));

        RunDraft super = f.draft(RunKind::Supermask, "study/masks");
        super.masks = pathFromText(f.path("study/masks/heads_mlps"));
        super.seed = 9;
        runs(window, super);
        // Of a seed, whose record is its task's.
        draft = again(f.path("study/masks/heads_mlps_super/RTE/seed_1337"));
        QCOMPARE(draft.kind, RunKind::Supermask);
        QCOMPARE(draft.seed, std::uint64_t(9));
        QCOMPARE(draft.masks, super.masks);
        QCOMPARE(proposedOut(draft, {}), super.out);

        RunDraft scores = f.draft(RunKind::EvaluateStudy, "");
        scores.study = pathFromText(f.path("study"));
        scores.removal = Removal::Multiply;
        scores.evaluate_limit_dev = 8;
        runs(window, scores);
        for (const char* folder : {"study", "study/evaluate_masked"}) {
            draft = again(f.path(folder));
            QCOMPARE(draft.kind, RunKind::EvaluateStudy);
            QCOMPARE(draft.study, scores.study);
            QCOMPARE(textFromPath(draft.data), f.glue());
            QCOMPARE(draft.removal, Removal::Multiply);
            QCOMPARE(draft.evaluate_limit_dev, std::int64_t(8));
        }

        // Opened in another start of the window: a click, and the run is described.
        MainWindow next(f.path("other.ini"));
        show(next);
        openHere(next, mask);
        RunView* view = next.tabs()->current();
        click(view, "runAgain");
        auto* dialog = next.findChild<NewRunDialog*>();
        QVERIFY(dialog);
        sameInputs(maskRequest(dialog->draft()), mask);
        QVERIFY(!dialog->draft().out.empty());
        QVERIFY(textFromPath(dialog->draft().out) != mask);
        QVERIFY(dialog->validate());
        dialog->reject();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        // And from the record.
        view->parts()->setCurrentWidget(view->parts()->recordView());
        click(view->parts()->recordView(), "recordRunAgain");
        QVERIFY(next.findChild<NewRunDialog*>());
        next.findChild<NewRunDialog*>()->reject();

        // Two runs of the study, from its list.
        openHere(next, f.path("study"));
        QTableWidget* list = next.tabs()->current()->parts()->studyView()->runs();
        for (const int row : {0, 1})
            QTest::mouseClick(list->viewport(), Qt::LeftButton, row ? Qt::ControlModifier : Qt::NoModifier,
                              list->visualItemRect(list->item(row, 1)).center());
        click(next.tabs()->current(), "compareRuns");
        auto* difference = next.findChild<RunDifferenceDialog*>();
        QVERIFY(difference);
        QVERIFY(!difference->differences().empty() || !difference->message().isEmpty());
        difference->reject();
    }

    void comparesWithWhatIsOpen() {
        Fixture f;
        const QByteArray other = R"({"format": 1, "command": "remove", "inputs": {"version": 2}})";
        write(f.path("a/run.json"), R"({"format": 1, "command": "remove", "inputs": {"version": 1}})");
        write(f.path("b/run.json"), other);
        write(f.path("gone/run.json"), other);
        MainWindow window(f.settings());
        show(window);
        for (const char* name : {"gone", "b", "a"}) openHere(window, f.path(name));
        QVERIFY(QFile::remove(f.path("gone/run.json")));
        RunView* view = window.tabs()->current();
        click(view->parts()->recordView(), "compareRecord");
        auto* dialog = window.findChild<RunDifferenceDialog*>();
        QVERIFY(dialog);
        auto* chooser = dialog->findChild<QComboBox*>("otherRun");
        QCOMPARE(chooser->count(), 1);
        QCOMPARE(chooser->itemText(0), f.path("b"));
        chooser->setFocus();
        QTest::keyClick(chooser, Qt::Key_Down);
        QTest::keyClick(chooser->lineEdit(), Qt::Key_Return);
        QCOMPARE(dialog->differences().size(), std::size_t(1));
        QCOMPARE(dialog->table()->topLevelItem(0)->child(0)->text(0), QStringLiteral("inputs/version"));
    }

    void tellsTheCommandOfKindsWithoutAForm() {
        Fixture f;
        write(f.path("it's tickets/run.json"),
              R"({"format": 1, "command": "mask imp", "checkpoint": "/models/a b", "data": "/glue",
                  "inputs": {"task": "RTE", "seed": 3, "options": {"epochs": 2, "precision": "bf16"},
                             "imp": {"amount": 0.3, "target_sparsity": null, "rounds": 2, "rewind_step": 10,
                                     "mlp_output_bias": "left"}}})");
        MainWindow window(f.settings());
        show(window);
        openHere(window, f.path("it's tickets"));
        click(window.tabs()->current(), "runAgain");
        auto* dialog = window.findChild<QDialog*>("runCommand");
        QVERIFY(dialog);
        const QString command = dialog->findChild<QPlainTextEdit*>("commandText")->toPlainText();
        QVERIFY2(command.startsWith("lottery mask imp --checkpoint '/models/a b' --task RTE --data /glue --seed 3 "
                                    "--rounds 2 --amount 0.3 --rewind-step 10 --mlp-output-bias left --epochs 2 "),
                 qPrintable(command));
        QVERIFY2(command.contains(" --precision bf16 "), qPrintable(command));
        QVERIFY2(command.endsWith(" --out " + shellWord(f.path("it's tickets_2"))), qPrintable(command));
        QVERIFY(command.contains("it'\\''s tickets_2"));
        click(dialog, "copyCommand");
        QCOMPARE(QGuiApplication::clipboard()->text(), command);
        QTest::keyClick(dialog, Qt::Key_Escape);
        QVERIFY(!dialog->isVisible());
    }

    void commands_data() {
        QTest::addColumn<QByteArray>("record");
        QTest::addColumn<QString>("command");
        QTest::newRow("reset")
            << QByteArray(R"({"command": "reset", "checkpoint": "/m", "pretrained": "/p", "data": "/g", "inputs":
                {"how": "pretrained", "parts": ["query", "key"], "layers": [0, 3], "scored_on":
                 {"task": "RTE", "limit_dev": 5, "max_seq_length": 64}}})")
            << "lottery reset --checkpoint /m --how pretrained --pretrained /p --parts query,key --layers 0,3 --task "
               "RTE "
               "--data /g --limit-dev 5 --max-seq-length 64 --out ";
        QTest::newRow("reset, all layers")
            << QByteArray(R"({"command": "reset", "checkpoint": "/m", "inputs":
                {"how": "reinit", "parts": ["layer"], "layers": [], "series": "layers", "seed": 4}})")
            << "lottery reset --checkpoint /m --how reinit --parts layer --seed 4 --series layers --out ";
        QTest::newRow("import") << QByteArray(R"({"command": "import", "published": "/their work", "inputs": {}})")
                                << "lottery import --published '/their work' --out ";
        QTest::newRow("scores of another length")
            << QByteArray(R"({"command": "evaluate study", "data": "/g", "inputs": {"removal": "multiply",
                "random_retrained": "own", "limit_dev": 0, "max_seq_length": 64, "seed": 1337}})")
            << "lottery evaluate --study ";
    }
    void commands() {
        QFETCH(QByteArray, record);
        QFETCH(QString, command);
        Fixture f;
        write(f.path("s/run/run.json"), record);
        const Result<RunAgain> made = runAgain(pathFromText(f.path("s/run")), {});
        QVERIFY2(made, made ? "" : made.error().to_string().c_str());
        QVERIFY(!made->draft);
        QVERIFY2(made->command.startsWith(command), qPrintable(made->command));
        if (command.contains("--study"))
            QVERIFY(made->command.endsWith(f.path("s") + " --data /g --removal multiply --random-retrained own "
                                                         "--limit-dev 0 --max-seq-length 64"));
        else
            QVERIFY(made->command.endsWith(' ' + f.path("s/run_2")));
    }

    void findsRelativePathsFromTheRunUpwards() {
        Fixture f;
        write(f.path("s/demo/checkpoint/config.json"), "{}");
        write(f.path("s/models/x/run.json"),
              R"({"command": "remove", "checkpoint": "demo/checkpoint", "head_mask": "nowhere.npy", "inputs": {}})");
        const RunDraft draft = again(f.path("s/models/x"));
        QCOMPARE(textFromPath(draft.checkpoint), f.path("s/demo/checkpoint"));
        QCOMPARE(textFromPath(draft.head_mask.value()), QStringLiteral("nowhere.npy"));
    }

    void saysWhyItCannot_data() {
        QTest::addColumn<QByteArray>("record");
        QTest::addColumn<QString>("expected");
        QTest::newRow("none") << QByteArray() << "is not there";
        QTest::newRow("damaged") << QByteArray("{\"command\"") << "is not valid JSON";
        QTest::newRow("of nobody") << QByteArray("{}") << "key 'command' not found";
        QTest::newRow("without inputs") << QByteArray(R"({"command": "finetune"})") << "key 'inputs' not found";
        QTest::newRow("unknown task") << QByteArray(R"({"command": "finetune", "inputs": {"task": "SQuAD"}})")
                                      << "SQuAD";
        QTest::newRow("option of a later version")
            << QByteArray(R"({"command": "mask heads", "checkpoint": "/c", "data": "/d", "inputs":
                {"task": "RTE", "seed": 1, "options": {"kind": "heads", "invented": 1}}})")
            << "inputs/options: unknown key \"invented\"";
        QTest::newRow("a round") << QByteArray(R"({"command": "finetune", "inputs": {"keep_step": 4}})")
                                 << "one round of iterative magnitude pruning";
        QTest::newRow("a part of the demo")
            << QByteArray(R"({"command": "demo random-masks", "inputs": {}})") << "no run of its own";
    }
    void saysWhyItCannot() {
        QFETCH(QByteArray, record);
        QFETCH(QString, expected);
        Fixture f;
        QDir().mkpath(f.path("run"));
        if (!record.isEmpty()) write(f.path("run/run.json"), record);
        QVERIFY2(said(f.path("run")).contains(expected), qPrintable(said(f.path("run"))));
        QVERIFY(said(f.path("run")).contains(f.path("run/run.json")) || expected == "SQuAD");
    }

    void aDamagedRecordIsNoEmptyPage() {
        Fixture f;
        write(f.path("run/config.json"), "{}");
        write(f.path("run/run.json"), "{\"command\": ");
        MainWindow window(f.settings());
        show(window);
        openHere(window, f.path("run"));
        const ProvenanceView* record = window.tabs()->current()->parts()->recordView();
        QVERIFY(record);
        QVERIFY2(record->message().contains("is not valid JSON"), qPrintable(record->message()));
        auto* button = window.tabs()->current()->findChild<QPushButton*>("runAgain");
        QVERIFY(button && !button->isVisible());
    }
};

QTEST_MAIN(TestRunAgain)
#include "tst_run_again.moc"
