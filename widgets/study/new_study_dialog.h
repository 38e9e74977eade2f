// SPDX-License-Identifier: GPL-3.0-or-later
//
// Describes a study: from a preset, with its tasks, seeds, masks and options. Judged as it is typed; closes with OK
// only when nothing is wrong.
//
// Thread rule: GUI thread only.
#pragma once

#include <QDialog>
#include <QStringList>
#include <QTimer>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "core/study/study_plan.h"

class QCheckBox;
class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTabWidget;

namespace lottery::gui {

class FieldSet;

struct StudySettingInfo {
    StudySetting setting;
    QString name;  // its folder: "heads_mlps_bad_1"
    std::optional<StudySetting> madeFrom;
};

// What the dialog needs to know but, living without tensors, cannot find out itself.
struct NewStudyServices {
    std::function<StudyPlan(StudyPreset, Mode)> preset;
    // Fields: "folder", "checkpoint", "data", "tasks", "seeds", "settings", and those of the option pages.
    std::function<std::vector<FieldProblem>(const std::filesystem::path& folder, const StudyPlan&)> problems;
    // How much work it is: "73 jobs: 12 fine-tunings, …".
    std::function<QString(const std::filesystem::path& folder, const StudyPlan&)> summary;
    std::vector<StudySettingInfo> settings;
    QStringList devices;  // "cpu", "cuda:0", …
};

class NewStudyDialog : public QDialog {
    Q_OBJECT

public:
    explicit NewStudyDialog(NewStudyServices services, QWidget* parent = nullptr);

    // New studies are proposed below this folder.
    void setBaseFolder(const std::filesystem::path& base);
    // Checkpoint, data and device of what was run last.
    void setInputs(const std::filesystem::path& checkpoint, const std::filesystem::path& glue,
                   const ComputeOptions& compute);
    void choosePreset(StudyPreset preset);

    std::filesystem::path folder() const;
    StudyPlan plan() const;
    // It was closed with "Create and run", not with "Create".
    bool runs() const { return runs_; }

    // Judges what is described now instead of shortly after the last key. True when nothing is wrong.
    bool validate();
    void accept() override;

private:
    void buildChoices();
    void showPlan(const StudyPlan& plan);
    void onChanged(const QString& id);
    void onSetting(std::size_t row, bool checked);
    void propose();
    StudyPreset preset() const;
    Mode mode() const;
    QList<FieldSet*> fieldSets() const;

    NewStudyServices services_;
    StudyPlan base_;  // what no field shows
    std::filesystem::path baseFolder_;
    bool folderIsProposed_ = true;
    bool showing_ = false;
    bool runs_ = false;
    FieldSet* inputs_;
    FieldSet* training_;
    FieldSet* search_;
    FieldSet* magnitude_;
    FieldSet* control_;
    FieldSet* machine_;
    std::vector<std::pair<TaskId, QCheckBox*>> tasks_;
    std::vector<QCheckBox*> settings_;  // as services_.settings
    QLineEdit* seeds_;
    QCheckBox* retrain_;
    QCheckBox* holdOutAsDev_;
    QWidget* choices_;
    QLabel* description_;
    QLabel* choiceProblem_;
    QLabel* summary_;
    QTabWidget* pages_;
    QDialogButtonBox* buttons_;
    QPushButton* create_;
    QTimer validation_;
};

}  // namespace lottery::gui
