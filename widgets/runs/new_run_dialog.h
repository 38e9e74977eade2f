// SPDX-License-Identifier: GPL-3.0-or-later
//
// Describes a run: what kind, on what, with which options, where to. Everything is judged as it is typed, each
// problem shown beside its field; the dialog closes with OK only when nothing is wrong.
//
// Thread rule: GUI thread only.
#pragma once

#include <QDialog>
#include <QStringList>
#include <QTimer>
#include <functional>
#include <vector>

#include "widgets/runs/run_draft.h"

class QDialogButtonBox;
class QLabel;
class QListWidget;
class QTabWidget;

namespace lottery::gui {

class FieldSet;

// What the dialog needs to know but, living without tensors, cannot find out itself.
struct NewRunServices {
    std::function<DraftProblems(const RunDraft&)> problems;
    // Size of the task's dev set, 0 when it cannot be told: what a rigorous run holds out of train.
    std::function<qint64(const RunDraft&)> devExamples;
    QStringList devices;  // "cpu", "cuda:0", …
};

class NewRunDialog : public QDialog {
    Q_OBJECT

public:
    explicit NewRunDialog(NewRunServices services, QWidget* parent = nullptr);

    // Folders for new runs are proposed below this one.
    void setBaseFolder(const std::filesystem::path& base);
    // Shows a draft; a run folder that is empty is proposed, one that is given stays.
    void setDraft(const RunDraft& draft);
    RunDraft draft() const;
    // Puts a dropped folder where it belongs, judged by what is in it.
    void takeFolder(const std::filesystem::path& folder);

    // Judges the draft now instead of shortly after the last key. True when nothing is wrong.
    bool validate();

    void accept() override;

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    struct Page {
        FieldSet* fields;
        QWidget* widget;  // the tab
    };

    void arrange();
    void arrangeControls();
    void onChanged(const QString& id);
    void onKindChosen(int row);
    void propose();
    void restoreDefaults();
    void showProblems(const DraftProblems& problems);
    void addPage(FieldSet* fields, const QString& title);
    void setPageVisible(const FieldSet* fields, bool visible);
    void showPage(const FieldSet* fields);
    bool isShown(const FieldSet* fields) const;
    QList<FieldSet*> fieldSets() const;

    NewRunServices services_;
    std::filesystem::path base_;
    RunKind kind_ = RunKind::Finetune;
    bool outIsProposed_ = true;
    bool holdOutIsProposed_ = true;
    bool arranging_ = false;
    QListWidget* kinds_;
    QLabel* description_;
    QLabel* places_;  // what is not plain from the fields: where parts go, what is trained
    FieldSet* inputs_;
    FieldSet* training_;
    FieldSet* masks_;
    FieldSet* search_;
    FieldSet* magnitude_;
    FieldSet* control_;
    FieldSet* evaluate_;
    FieldSet* machine_;
    QTabWidget* tabs_;
    std::vector<Page> pages_;
    QLabel* summary_;
    QDialogButtonBox* buttons_;
    QTimer validation_;
};

}  // namespace lottery::gui
