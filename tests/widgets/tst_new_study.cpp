// SPDX-License-Identifier: GPL-3.0-or-later
//
// A study described in the dialog: presets, modes, what belongs together, and what is wrong.
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "widgets/runs/field_set.h"
#include "widgets/study/new_study_dialog.h"
#include "widgets/study/seed_list.h"

using namespace lottery;
using namespace lottery::gui;

namespace {

// As the core's, as far as the dialog can tell.
StudyPlan preset(StudyPreset which, Mode mode) {
    StudyPlan plan;
    plan.preset = which == StudyPreset::Demo ? "demo" : which == StudyPreset::Quick ? "quick" : "paper";
    plan.mode = mode;
    plan.search = MaskSearchOptions::for_mode(mode);
    plan.magnitude = MagnitudeOptions::for_mode(mode);
    plan.controls = ControlOptions::for_mode(mode);
    if (mode == Mode::Published) plan.hold_out = 0;
    plan.tasks = {TaskId::MRPC, TaskId::RTE};
    plan.seeds = {1337, 42};
    plan.settings = {StudySetting::HeadsMlps, StudySetting::HeadsMlpsRandom, StudySetting::Global};
    plan.training.limit_train = which == StudyPreset::Quick ? 2000 : 0;
    plan.draw_seed = 99;
    if (which == StudyPreset::Demo) plan.checkpoint = "checkpoint";
    return plan;
}

NewStudyServices services() {
    NewStudyServices made;
    made.preset = &preset;
    made.problems = [](const std::filesystem::path& folder, const StudyPlan& plan) {
        std::vector<FieldProblem> found;
        if (folder.empty()) found.push_back({"folder", "choose a folder"});
        if (plan.tasks.empty()) found.push_back({"tasks", "choose a task"});
        if (plan.training.epochs < 1) found.push_back({"training/epochs", "at least 1"});
        return found;
    };
    made.summary = [](const std::filesystem::path&, const StudyPlan& plan) {
        return QStringLiteral("%1 tasks × %2 seeds").arg(plan.tasks.size()).arg(plan.seeds.size());
    };
    made.settings = {{StudySetting::HeadsMlps, "heads_mlps", std::nullopt},
                     {StudySetting::HeadsMlpsRandom, "heads_mlps_random", StudySetting::HeadsMlps},
                     {StudySetting::Global, "global", std::nullopt},
                     {StudySetting::GlobalBad, "global_bad", StudySetting::Global}};
    made.devices = {"cpu"};
    return made;
}

FieldSet* fieldsWith(NewStudyDialog& dialog, const QString& id) {
    for (FieldSet* set : dialog.findChildren<FieldSet*>())
        if (set->contains(id)) return set;
    return nullptr;
}

QCheckBox* box(NewStudyDialog& dialog, const char* name) { return dialog.findChild<QCheckBox*>(QLatin1String(name)); }

}  // namespace

class TestNewStudy : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void begins_with_a_preset() {
        NewStudyDialog dialog(services());
        dialog.setBaseFolder("/somewhere");
        dialog.choosePreset(StudyPreset::Quick);
        StudyPlan plan = dialog.plan();
        QCOMPARE(dialog.folder().string(), std::string("/somewhere/quick"));
        QCOMPARE(plan.preset, std::string("quick"));
        QCOMPARE(plan.tasks, (std::vector<TaskId>{TaskId::MRPC, TaskId::RTE}));
        QCOMPARE(plan.seeds, (std::vector<std::uint64_t>{1337, 42}));
        QCOMPARE(plan.training.limit_train, std::int64_t(2000));
        QCOMPARE(plan.mode, Mode::Rigorous);
        QVERIFY(!plan.hold_out.has_value());
        QCOMPARE(plan.draw_seed, std::uint64_t(99));  // no field shows it
        QVERIFY(dialog.findChild<QLabel*>("studyWork")->text().contains("2 tasks × 2 seeds"));
        dialog.choosePreset(StudyPreset::Paper);
        QCOMPARE(dialog.plan().training.limit_train, std::int64_t(0));
        QCOMPARE(dialog.folder().string(), std::string("/somewhere/paper"));
    }

    void a_mode_sets_the_quirks_and_leaves_the_rest() {
        NewStudyDialog dialog(services());
        dialog.setBaseFolder("/somewhere");
        FieldSet* training = fieldsWith(dialog, "training/epochs");
        training->setInteger("training/epochs", 7);
        FieldSet* inputs = fieldsWith(dialog, "mode");
        auto* mode = qobject_cast<QComboBox*>(inputs->editor("mode"));
        QVERIFY(mode);
        QTest::keyClick(mode, Qt::Key_Up);
        const StudyPlan plan = dialog.plan();
        QCOMPARE(plan.mode, Mode::Published);
        QCOMPARE(plan.search.split, SearchSplit::Dev);
        QCOMPARE(plan.magnitude.mlp_output_bias, MlpOutputBias::Left);
        QCOMPARE(plan.hold_out, std::optional<std::int64_t>(0));
        QCOMPARE(plan.training.epochs, 7);
    }

    void controls_come_with_their_masks() {
        NewStudyDialog dialog(services());
        dialog.setBaseFolder("/somewhere");
        dialog.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dialog));
        box(dialog, "setting_global")->click();
        QVERIFY(!box(dialog, "setting_global")->isChecked());
        box(dialog, "setting_global_bad")->click();
        QVERIFY(box(dialog, "setting_global")->isChecked());
        box(dialog, "setting_heads_mlps")->click();
        QVERIFY(!box(dialog, "setting_heads_mlps_random")->isChecked());
        QCOMPARE(dialog.plan().settings, (std::vector<StudySetting>{StudySetting::Global, StudySetting::GlobalBad}));
    }

    void says_what_is_wrong_and_stays_open() {
        NewStudyDialog dialog(services());
        dialog.setBaseFolder("/somewhere");
        dialog.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dialog));
        QSignalSpy accepted(&dialog, &QDialog::accepted);
        box(dialog, "taskMRPC")->click();
        box(dialog, "taskRTE")->click();
        auto* seeds = dialog.findChild<QLineEdit*>("seeds");
        seeds->clear();
        QTest::keyClicks(seeds, "1337, x");
        QTest::mouseClick(dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok), Qt::LeftButton);
        QCOMPARE(accepted.size(), 0);
        const QString said = dialog.findChild<QLabel*>("choiceProblem")->text();
        QVERIFY2(said.contains("“x” is no seed") && said.contains("choose a task"), qPrintable(said));
        box(dialog, "taskRTE")->click();
        seeds->setText("7 8");
        QTest::mouseClick(dialog.findChild<QPushButton*>("createOnly"), Qt::LeftButton);
        QCOMPARE(accepted.size(), 1);
        QVERIFY(!dialog.runs());
        QCOMPARE(dialog.plan().seeds, (std::vector<std::uint64_t>{7, 8}));
    }

    void the_demo_brings_its_own_inputs() {
        NewStudyDialog dialog(services());
        dialog.setBaseFolder("/somewhere");
        dialog.setInputs("/models/bert", "/glue", {});
        dialog.choosePreset(StudyPreset::Quick);
        QCOMPARE(dialog.plan().checkpoint.string(), std::string("/models/bert"));
        dialog.choosePreset(StudyPreset::Demo);
        QCOMPARE(dialog.plan().checkpoint.string(), std::string("checkpoint"));
        QVERIFY(!fieldsWith(dialog, "checkpoint")->editor("checkpoint")->isVisibleTo(&dialog));
        dialog.choosePreset(StudyPreset::Paper);
        QCOMPARE(dialog.plan().checkpoint.string(), std::string("/models/bert"));
    }

    void reads_seeds_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QList<quint64>>("seeds");
        QTest::addColumn<bool>("fine");
        QTest::newRow("commas") << "1337, 42,86" << QList<quint64>{1337, 42, 86} << true;
        QTest::newRow("spaces") << " 1  2 " << QList<quint64>{1, 2} << true;
        QTest::newRow("none") << " , " << QList<quint64>{} << false;
        QTest::newRow("negative") << "-3" << QList<quint64>{} << false;
        QTest::newRow("fraction") << "1.5 2" << QList<quint64>{2} << false;
        QTest::newRow("twice") << "5 5" << QList<quint64>{5} << false;
    }
    void reads_seeds() {
        QFETCH(QString, text);
        const SeedList list = parseSeeds(text);
        QList<quint64> seeds(list.seeds.begin(), list.seeds.end());
        QTEST(seeds, "seeds");
        QTEST(list.problem.isEmpty(), "fine");
    }
};

QTEST_MAIN(TestNewStudy)
#include "tst_new_study.moc"
