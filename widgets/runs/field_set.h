// SPDX-License-Identifier: GPL-3.0-or-later
//
// A form of named fields, each with its label, a short note and room for what is wrong with it just below. Numbers
// are typed freely and judged as typed: text that is not a number is a problem of its own, found here; whether a
// value makes sense is for others to say, and is shown here.
//
// Thread rule: GUI thread only.
#pragma once

#include <QString>
#include <QStringList>
#include <QWidget>
#include <filesystem>
#include <map>
#include <optional>
#include <vector>

#include "core/study/runs.h"
#include "widgets/runs/path_edit.h"

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;

namespace lottery::gui {

// What a field is called and explained by.
struct FieldText {
    QString id;  // as in FieldProblem
    QString label;
    QString note;  // unit or meaning of 0, shown behind the editor; may be empty
    QString hint;  // tool tip: what it is, where it comes from
};

class FieldSet : public QWidget {
    Q_OBJECT

public:
    explicit FieldSet(QWidget* parent = nullptr);

    void addHeading(const QString& text);
    void addInteger(const FieldText& text);
    // A number with proposals to choose from.
    void addInteger(const FieldText& text, const QStringList& proposals);
    void addReal(const FieldText& text);
    void addChoice(const FieldText& text, const QStringList& items);
    // The note is the text beside the box.
    void addCheck(const FieldText& text);
    void addPath(const FieldText& text, PathEdit::Wants wants, const QString& filter = {});

    void setInteger(const QString& id, qint64 value);
    void setReal(const QString& id, double value);
    void setChoice(const QString& id, int item);
    void setChecked(const QString& id, bool checked);
    void setPath(const QString& id, const std::filesystem::path& path);

    // The typed value; a text that is not a number gives the value set last, and typingProblems() says so.
    qint64 integer(const QString& id) const;
    double real(const QString& id) const;
    int choice(const QString& id) const;
    bool checked(const QString& id) const;
    std::filesystem::path path(const QString& id) const;
    std::optional<std::filesystem::path> optionalPath(const QString& id) const;

    bool contains(const QString& id) const { return rows_.count(id) > 0; }
    QWidget* editor(const QString& id) const;
    QString label(const QString& id) const;
    // What is shown below a field now; empty when nothing is.
    QString problem(const QString& id) const;
    // Hides a field together with its label and problem.
    void setFieldVisible(const QString& id, bool visible);

    std::vector<FieldProblem> typingProblems() const;
    // Shows the problems of the fields that are here and clears the others. An empty field that was never touched
    // says quietly what it waits for.
    void showProblems(const std::vector<FieldProblem>& problems);
    // From now on every field counts as touched.
    void touchAll();

Q_SIGNALS:
    // A person changed a field.
    void changed(const QString& id);

private:
    enum class Kind { Integer, Real, Choice, Check, Path };
    struct Row {
        Kind kind = Kind::Integer;
        QLabel* label = nullptr;
        QLabel* note = nullptr;
        QLineEdit* line = nullptr;   // Integer, Real, Path
        QComboBox* combo = nullptr;  // Choice, Integer with proposals
        QCheckBox* check = nullptr;  // Check
        QLabel* problem = nullptr;
        double number = 0.0;  // last one set or understood; exact for integers up to 2^53
        qint64 integer = 0;
        bool touched = false;
    };

    Row& addRow(const FieldText& text, Kind kind, QWidget* editor);
    void onTyped(const QString& id);
    Row& row(const QString& id);
    const Row& row(const QString& id) const;

    QGridLayout* grid_;
    std::map<QString, Row> rows_;
    std::vector<QString> order_;
};

// A page that holds a form, with a margin and, where it is too low, a scroll bar; for tabs of a dialog.
QWidget* scrolledPage(FieldSet* fields);

}  // namespace lottery::gui
