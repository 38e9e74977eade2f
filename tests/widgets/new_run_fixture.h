// SPDX-License-Identifier: GPL-3.0-or-later
//
// The new-run dialog with rules of its own, and the hands of a person in it.
//
// Thread rule: GUI thread.
#pragma once

#include <QComboBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>

#include "widgets/runs/new_run_dialog.h"

namespace lottery::gui::test {

// Rules of this test, so that it needs no core: what they are does not matter, that they are shown does.
inline DraftProblems rules(const RunDraft& draft) {
    DraftProblems found;
    if (draft.checkpoint.empty()) found.push_back({"checkpoint", "choose a checkpoint folder"});
    if (draft.data.empty()) found.push_back({"data", "choose a GLUE folder"});
    if (has(draft.kind, kTraining) && (draft.training.epochs < 1 || draft.training.epochs > 1000))
        found.push_back({"training/epochs", std::to_string(draft.training.epochs) + " found, 1 to 1000 expected"});
    if (draft.kind != RunKind::Finetune && draft.search.threshold > 1.0)
        found.push_back({"search/threshold", "more than 1"});
    if (draft.seed == 13) found.push_back({"moon", "wrong phase of the moon"});
    return found;
}

inline NewRunServices services() {
    return {&rules, [](const RunDraft&) { return qint64(408); }, {"cpu", "cuda:0"}};
}

// The line that a person types in.
inline QLineEdit* line(const QWidget& dialog, const char* id) {
    if (auto* combo = dialog.findChild<QComboBox*>(QLatin1String(id))) return combo->lineEdit();
    return dialog.findChild<QLineEdit*>(QLatin1String(id));
}

inline void type(const QWidget& dialog, const char* id, const QString& text) {
    QLineEdit* edit = line(dialog, id);
    QVERIFY2(edit, id);
    edit->setFocus();
    edit->selectAll();
    if (text.isEmpty())
        QTest::keyClick(edit, Qt::Key_Delete);
    else
        QTest::keyClicks(edit, text);
}

inline QString problem(const QWidget& dialog, const char* id) {
    const auto* label = dialog.findChild<QLabel*>(QLatin1String(id) + QStringLiteral("-problem"));
    return label && !label->isHidden() ? label->text() : QString();
}

inline QPushButton* ok(const NewRunDialog& dialog) {
    return dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok);
}

inline void fill(NewRunDialog& dialog) {
    RunDraft draft = dialog.draft();
    draft.checkpoint = "/model";
    draft.data = "/glue";
    draft.out.clear();
    dialog.setDraft(draft);
}

}  // namespace lottery::gui::test
