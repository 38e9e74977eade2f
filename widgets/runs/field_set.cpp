// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/field_set.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QScrollArea>
#include <QStyle>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace lottery::gui {

namespace {

enum GridColumn { LabelColumn, EditorColumn, NoteColumn };

// Numbers look the same in files, commands and fields, whatever the system's language.
QString realText(double value) {
    QString text = QString::number(value, 'g', 12);
    // 2e-05 is how C writes it, 2e-5 how people do.
    text.replace(QLatin1String("e-0"), QLatin1String("e-"));
    text.replace(QLatin1String("e+0"), QLatin1String("e"));
    return text;
}

// Messages go on behind a colon elsewhere; here they stand alone.
QString capitalised(QString text) {
    if (!text.isEmpty()) text[0] = text[0].toUpper();
    return text;
}

std::optional<qint64> parsedInteger(const QString& text) {
    bool ok = false;
    const qint64 value = QLocale::c().toLongLong(text.trimmed(), &ok);
    return ok ? std::optional(value) : std::nullopt;
}

std::optional<double> parsedReal(const QString& text) {
    bool ok = false;
    const double value = QLocale::c().toDouble(text.trimmed(), &ok);
    return ok && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace

FieldSet::FieldSet(QWidget* parent) : QWidget(parent), grid_(new QGridLayout(this)) {
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setHorizontalSpacing(10);
    grid_->setVerticalSpacing(3);
    grid_->setColumnStretch(EditorColumn, 1);
}

void FieldSet::addHeading(const QString& text) {
    auto* heading = new QLabel(text);
    QFont font = heading->font();
    font.setBold(true);
    heading->setFont(font);
    heading->setContentsMargins(0, order_.empty() ? 0 : 8, 0, 2);
    grid_->addWidget(heading, grid_->rowCount(), LabelColumn, 1, 3);
}

FieldSet::Row& FieldSet::addRow(const FieldText& text, Kind kind, QWidget* editor) {
    Row row;
    row.kind = kind;
    row.label = new QLabel(text.label);
    row.label->setBuddy(editor);
    row.label->setToolTip(text.hint);
    row.label->setMinimumWidth(fontMetrics().averageCharWidth() * 21);
    editor->setToolTip(text.hint);
    editor->setObjectName(text.id);
    editor->setAccessibleName(text.label);
    editor->setAccessibleDescription(text.hint);
    const bool wide = kind == Kind::Path || kind == Kind::Check;
    row.note = new QLabel(text.note, this);
    row.note->setForegroundRole(QPalette::PlaceholderText);
    row.note->setVisible(!text.note.isEmpty() && !wide);
    row.problem = new QLabel;
    row.problem->setObjectName(text.id + QStringLiteral("-problem"));
    row.problem->setWordWrap(true);
    row.problem->hide();

    const int line = grid_->rowCount();
    grid_->addWidget(row.label, line, LabelColumn);
    if (wide) {
        grid_->addWidget(editor, line, EditorColumn, 1, 2);
    } else {
        // A number needs little room, a choice as much as its longest text.
        if (kind == Kind::Choice)
            editor->setMinimumWidth(fontMetrics().averageCharWidth() * 24);
        else
            editor->setFixedWidth(fontMetrics().averageCharWidth() * 20);
        auto* together = new QHBoxLayout;
        together->setSpacing(8);
        together->addWidget(editor);
        // A narrow window cuts the note instead of scrolling the form.
        row.note->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        together->addWidget(row.note, 1);
        if (text.note.isEmpty()) together->addStretch(1);
        grid_->addLayout(together, line, EditorColumn, 1, 2);
    }
    grid_->addWidget(row.problem, line + 1, EditorColumn, 1, 2);
    order_.push_back(text.id);
    return rows_.emplace(text.id, row).first->second;
}

void FieldSet::addInteger(const FieldText& text) {
    auto* line = new QLineEdit;
    addRow(text, Kind::Integer, line).line = line;
    connect(line, &QLineEdit::textEdited, this, [this, id = text.id] { onTyped(id); });
}

void FieldSet::addInteger(const FieldText& text, const QStringList& proposals) {
    auto* combo = new QComboBox;
    combo->setEditable(true);
    combo->setInsertPolicy(QComboBox::NoInsert);
    combo->addItems(proposals);
    combo->setCompleter(nullptr);
    Row& row = addRow(text, Kind::Integer, combo);
    row.combo = combo;
    row.line = combo->lineEdit();
    connect(combo->lineEdit(), &QLineEdit::textEdited, this, [this, id = text.id] { onTyped(id); });
    connect(combo, &QComboBox::activated, this, [this, id = text.id] { onTyped(id); });
}

void FieldSet::addReal(const FieldText& text) {
    auto* line = new QLineEdit;
    addRow(text, Kind::Real, line).line = line;
    connect(line, &QLineEdit::textEdited, this, [this, id = text.id] { onTyped(id); });
}

void FieldSet::addChoice(const FieldText& text, const QStringList& items) {
    auto* combo = new QComboBox;
    combo->addItems(items);
    addRow(text, Kind::Choice, combo).combo = combo;
    connect(combo, &QComboBox::activated, this, [this, id = text.id] { onTyped(id); });
}

void FieldSet::addCheck(const FieldText& text) {
    auto* check = new QCheckBox(text.note);
    Row& row = addRow({text.id, text.label, {}, text.hint}, Kind::Check, check);
    row.check = check;
    connect(check, &QCheckBox::clicked, this, [this, id = text.id] { onTyped(id); });
}

void FieldSet::addPath(const FieldText& text, PathEdit::Wants wants, const QString& filter) {
    auto* line = new PathEdit(wants, text.label, filter);
    line->setPlaceholderText(text.note);
    addRow(text, Kind::Path, line).line = line;
    connect(line, &PathEdit::edited, this, [this, id = text.id] { onTyped(id); });
}

FieldSet::Row& FieldSet::row(const QString& id) { return rows_.at(id); }
const FieldSet::Row& FieldSet::row(const QString& id) const { return rows_.at(id); }

void FieldSet::onTyped(const QString& id) {
    Row& field = row(id);
    field.touched = true;
    if (field.kind == Kind::Integer) {
        if (const auto value = parsedInteger(field.line->text())) field.integer = *value;
    } else if (field.kind == Kind::Real) {
        if (const auto value = parsedReal(field.line->text())) field.number = *value;
    }
    Q_EMIT changed(id);
}

void FieldSet::setInteger(const QString& id, qint64 value) {
    Row& field = row(id);
    field.integer = value;
    field.line->setText(QString::number(value));
}

void FieldSet::setReal(const QString& id, double value) {
    Row& field = row(id);
    field.number = value;
    field.line->setText(realText(value));
}

void FieldSet::setChoice(const QString& id, int item) { row(id).combo->setCurrentIndex(item); }

void FieldSet::setChecked(const QString& id, bool checked) { row(id).check->setChecked(checked); }

void FieldSet::setPath(const QString& id, const std::filesystem::path& path) {
    static_cast<PathEdit*>(row(id).line)->setPath(path);
}

qint64 FieldSet::integer(const QString& id) const { return row(id).integer; }
double FieldSet::real(const QString& id) const { return row(id).number; }
bool FieldSet::checked(const QString& id) const { return row(id).check->isChecked(); }
int FieldSet::choice(const QString& id) const { return row(id).combo->currentIndex(); }

std::filesystem::path FieldSet::path(const QString& id) const { return static_cast<PathEdit*>(row(id).line)->path(); }

std::optional<std::filesystem::path> FieldSet::optionalPath(const QString& id) const {
    if (row(id).line->text().trimmed().isEmpty()) return std::nullopt;
    return path(id);
}

QWidget* FieldSet::editor(const QString& id) const {
    const Row& field = row(id);
    if (field.check) return field.check;
    if (field.combo) return field.combo;
    return field.line;
}

QString FieldSet::label(const QString& id) const { return row(id).label->text().remove(QLatin1Char('&')); }

QString FieldSet::problem(const QString& id) const {
    const Row& field = row(id);
    return field.problem->isHidden() ? QString() : field.problem->text();
}

void FieldSet::setFieldVisible(const QString& id, bool visible) {
    const Row& field = row(id);
    field.label->setVisible(visible);
    field.note->setVisible(visible && !field.note->text().isEmpty() && field.kind != Kind::Path);
    editor(id)->setVisible(visible);
    if (!visible) field.problem->hide();
}

std::vector<FieldProblem> FieldSet::typingProblems() const {
    std::vector<FieldProblem> found;
    for (const QString& id : order_) {
        const Row& field = row(id);
        if (editor(id)->isHidden()) continue;
        const bool wrong = (field.kind == Kind::Integer && !parsedInteger(field.line->text())) ||
                           (field.kind == Kind::Real && !parsedReal(field.line->text()));
        if (!wrong) continue;
        const QString expected =
            field.kind == Kind::Integer ? tr("a whole number") : tr("a number such as 0.1 or 2e-5");
        const QString typed = field.line->text().trimmed();
        const QString message =
            typed.isEmpty() ? tr("Empty; expected %1").arg(expected) : tr("“%1” is not %2").arg(typed, expected);
        found.push_back({id.toStdString(), message.toStdString()});
    }
    return found;
}

void FieldSet::showProblems(const std::vector<FieldProblem>& problems) {
    for (const QString& id : order_) {
        const Row& field = row(id);
        const auto found = std::find_if(problems.begin(), problems.end(),
                                        [&](const FieldProblem& problem) { return problem.field == id.toStdString(); });
        const bool shown = found != problems.end() && !editor(id)->isHidden();
        const bool waiting = shown && !field.touched && field.line && field.line->text().isEmpty();
        // setVisible alone would make the grid compute its layout for every field at every key.
        if (shown) {
            field.problem->setText(capitalised(QString::fromStdString(found->message)));
            field.problem->setForegroundRole(waiting ? QPalette::PlaceholderText : QPalette::WindowText);
            QPalette colours = palette();
            if (!waiting) {
                const bool dark = colours.color(QPalette::Window).lightness() < 128;
                colours.setColor(QPalette::WindowText, dark ? QColor(0xFF, 0x8A, 0x80) : QColor(0xB7, 0x1C, 0x1C));
            }
            field.problem->setPalette(colours);
        }
        if (field.problem->isHidden() == shown) field.problem->setVisible(shown);
        editor(id)->setProperty("wrong", shown && !waiting);
    }
}

void FieldSet::touchAll() {
    for (auto& [id, field] : rows_) field.touched = true;
}

QWidget* scrolledPage(FieldSet* fields) {
    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->addWidget(fields);
    layout->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(content);
    return scroll;
}

}  // namespace lottery::gui
