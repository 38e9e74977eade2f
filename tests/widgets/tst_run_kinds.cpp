// SPDX-License-Identifier: GPL-3.0-or-later
//
// The kinds of run: what the dialog shows of each, the quirk options that modes set, and where runs go.
#include <QListWidget>
#include <QTabWidget>
#include <QTest>

#include "tests/widgets/new_run_fixture.h"
#include "widgets/runs/folder_kind.h"

using namespace lottery;
using namespace lottery::gui;
using namespace lottery::gui::test;

class TestRunKinds : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyKindShowsWhatItNeeds_data() {
        QTest::addColumn<int>("kind");
        for (const RunKindInfo& info : allRunKinds()) QTest::newRow(info.id) << static_cast<int>(info.kind);
    }
    void everyKindShowsWhatItNeeds() {
        QFETCH(int, kind);
        const auto chosen = static_cast<RunKind>(kind);
        NewRunDialog dialog(services());
        fill(dialog);
        dialog.show();
        dialog.findChild<QListWidget*>("kinds")->setCurrentRow(kind);
        QCOMPARE(dialog.draft().kind, chosen);
        const std::pair<const char*, unsigned> inputs[] = {
            {"checkpoint", kCheckpoint}, {"data", kData},  {"task", kTask}, {"seed", kSeed}, {"out", kOut},
            {"masks", kMaskTree},        {"study", kStudy}};
        for (const auto& [id, part] : inputs) {
            auto* editor = dialog.findChild<QWidget*>(QLatin1String(id));
            QVERIFY2(editor, id);
            // Of a control of heads and MLPs, no model need be known.
            const bool expected = has(chosen, part) && !(chosen == RunKind::Control && part == kCheckpoint);
            QVERIFY2(editor->isVisible() == expected, id);
        }
        auto* tabs = dialog.findChild<QTabWidget*>("options");
        QStringList shown;
        for (int i = 0; i < tabs->count(); ++i)
            if (tabs->isTabVisible(i)) shown << tabs->tabText(i).remove('&');
        QCOMPARE(shown.contains("Masks"), has(chosen, kComponentMasks | kWeightMask | kNeuronMask));
        QCOMPARE(shown.contains("Magnitude pruning"), has(chosen, kMagnitude));
        QCOMPARE(shown.contains("Control"), has(chosen, kControl));
        QCOMPARE(shown.contains("Evaluation"), has(chosen, kEvaluation | kStudyEvaluation));
        QCOMPARE(shown.contains("Machine"), has(chosen, kMachine));
    }

    void modesSetTheQuirkOptions() {
        NewRunDialog dialog(services());
        fill(dialog);
        dialog.show();
        const auto choose = [&](const char* id, const QString& text) {
            auto* combo = dialog.findChild<QComboBox*>(QLatin1String(id));
            QVERIFY2(combo, id);
            for (int i = 0; i < combo->count(); ++i)
                if (combo->itemText(i).startsWith(text)) {
                    combo->setCurrentIndex(i);
                    Q_EMIT combo->activated(i);
                }
        };
        dialog.findChild<QListWidget*>("kinds")->setCurrentRow(int(RunKind::MaskSearch));
        QCOMPARE(dialog.draft().search.phase_importance, PhaseImportance::KeptPass);
        choose("search/mode", "as published");
        QCOMPARE(dialog.draft().search.phase_importance, PhaseImportance::LastPass);
        choose("search/phase-importance", "the kept");
        QCOMPARE(dialog.draft().search.mode, Mode::Published);
        QCOMPARE(dialog.draft().search.phase_importance, PhaseImportance::KeptPass);
        // What another kind of search has no use for is not shown.
        QVERIFY(dialog.findChild<QWidget*>("search/gradient")->isVisible());
        choose("search/criterion", "random");
        QVERIFY(!dialog.findChild<QWidget*>("search/gradient")->isVisible());
        choose("search/kind", "heads");
        QCOMPARE(dialog.draft().search.criterion, Criterion::Random);

        dialog.findChild<QListWidget*>("kinds")->setCurrentRow(int(RunKind::Magnitude));
        QCOMPARE(dialog.draft().magnitude.mlp_output_bias, MlpOutputBias::Pruned);
        choose("magnitude/mode", "as published");
        QCOMPARE(dialog.draft().magnitude.mlp_output_bias, MlpOutputBias::Left);
        QCOMPARE(dialog.draft().magnitude.split, SearchSplit::Dev);

        dialog.findChild<QListWidget*>("kinds")->setCurrentRow(int(RunKind::Control));
        QCOMPARE(dialog.draft().controlOptions.random_size, RandomSize::Exact);
        choose("control/mode", "as published");
        QCOMPARE(dialog.draft().controlOptions.random_size, RandomSize::Drawn);
        QVERIFY(!dialog.findChild<QWidget*>("control/bad-fill")->isVisible());
        choose("control/kind", "bad");
        QVERIFY(dialog.findChild<QWidget*>("control/bad-fill")->isVisible());
        QVERIFY(!dialog.findChild<QWidget*>("control/random-size")->isVisible());
    }

    // Of weights: the model must be known, and the size is always the good mask's.
    void aControlOfWeights() {
        NewRunDialog dialog(services());
        RunDraft draft;
        draft.kind = RunKind::Control;
        draft.weight_mask = "/s/masks/global/MRPC/seed_42/weight_mask.safetensors";
        dialog.setBaseFolder("/elsewhere");
        dialog.setDraft(draft);
        dialog.show();
        QVERIFY(dialog.findChild<QWidget*>("checkpoint")->isVisible());
        QVERIFY(!dialog.findChild<QWidget*>("control/mode")->isVisible());
        QCOMPARE(line(dialog, "out")->text(), QStringLiteral("/s/masks/global_random/MRPC/seed_42"));
        QVERIFY(dialog.draft().controlsWeights());
    }

    void whatIsMadeOfAMaskLiesBesideIt_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("control");
        QTest::addColumn<QString>("mask");
        QTest::addColumn<QString>("out");
        const auto row = [](RunKind kind, ControlKind control, const char* mask, const char* out) {
            QTest::newRow(out) << int(kind) << int(control) << mask << out;
        };
        const char* found = "/s/masks/heads_mlps/RTE/seed_7/head_mask.npy";
        row(RunKind::Control, ControlKind::Random, found, "/s/masks/heads_mlps_random/RTE/seed_7");
        row(RunKind::Control, ControlKind::Bad, found, "/s/masks/heads_mlps_bad_1/RTE/seed_7");
        row(RunKind::Control, ControlKind::Invert, found, "/s/masks/heads_mlps_invert/RTE/seed_7");
        row(RunKind::Remove, ControlKind::Random, found, "/s/models/heads_mlps_removed/RTE/seed_7");
        row(RunKind::Finetune, ControlKind::Random, found, "/s/models/heads_mlps/RTE/seed_7");
        // A mask that lies in no study.
        row(RunKind::Control, ControlKind::Bad, "/x/head_mask.npy", "/base/masks/heads_mlps_bad_1/MRPC/seed_1337");
    }
    void whatIsMadeOfAMaskLiesBesideIt() {
        QFETCH(int, kind);
        QFETCH(int, control);
        QFETCH(QString, mask);
        RunDraft draft;
        draft.kind = static_cast<RunKind>(kind);
        draft.control = static_cast<ControlKind>(control);
        draft.head_mask = pathFromText(mask);
        QTEST(textFromPath(proposedOut(draft, "/base")), "out");
    }

    // A mask that another run needed must not make a subnetwork of what is trained next without a word.
    void saysThatASubnetworkIsTrained() {
        NewRunDialog dialog(services());
        RunDraft draft;
        draft.kind = RunKind::Finetune;
        dialog.setDraft(draft);
        auto* places = dialog.findChild<QLabel*>("places");
        QVERIFY(places->isHidden());
        draft.head_mask = "/m/head_mask.npy";
        dialog.setDraft(draft);
        QVERIFY(!places->isHidden());
        QVERIFY(places->text().contains("subnetwork"));
        QVERIFY(finetuneRequest(dialog.draft()).head_mask);
        // Of no effect on kinds that take no masks.
        dialog.findChild<QListWidget*>("kinds")->setCurrentRow(int(RunKind::MaskSearch));
        QVERIFY(!dialog.draft().head_mask);
    }

    void placesTheMasksOfAllSeeds() {
        RunDraft draft;
        draft.kind = RunKind::Supermask;
        draft.masks = "/s/masks/heads_mlps";
        draft.out = proposedOut(draft, "/base");
        QCOMPARE(draft.out, std::filesystem::path("/s/masks"));
        QCOMPARE(supermaskRequest(draft).prefix, std::string("heads_mlps_"));
        QCOMPARE(studyBase(draft), std::filesystem::path("/s"));
        draft.out = "/elsewhere";
        QCOMPARE(supermaskRequest(draft).prefix, std::string());
    }
};

QTEST_MAIN(TestRunKinds)
#include "tst_run_kinds.moc"
