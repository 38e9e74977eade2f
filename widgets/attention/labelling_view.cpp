// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/labelling_view.h"

#include <QAction>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "resources/themed_icon.h"
#include "widgets/attention/labelling_agreement.h"
#include "widgets/attention/labelling_folder.h"
#include "widgets/figures/figure_view.h"
#include "widgets/figures/tool_pane.h"

namespace lottery::gui {

namespace {

// The label that a map has must not be taken for one that it could get.
const QString kClassStyle = QStringLiteral(
    "QPushButton { text-align: left; padding: 4px 10px; }"
    "QPushButton:checked { background: palette(highlight); color: palette(highlighted-text);"
    " font-weight: bold; border-radius: 3px; }");

QString nameOf(PatternClass pattern) { return QString::fromLatin1(to_string(pattern)); }

QLabel* wrappedLabel(const char* name) {
    auto* label = new QLabel;
    label->setObjectName(QLatin1String(name));
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QString pathText(const std::filesystem::path& path) { return QString::fromStdString(path.string()); }

}  // namespace

LabellingView::LabellingView(QWidget* parent)
    : QWidget(parent),
      heading_(new QLabel),
      map_(new FigureView),
      origin_(wrappedLabel("origin")),
      message_(wrappedLabel("message")) {
    setFocusPolicy(Qt::StrongFocus);
    heading_->setObjectName(QStringLiteral("heading"));
    message_->setAlignment(Qt::AlignCenter);
    // Without it a long origin would make the window wider.
    origin_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    // A child that is hidden at the end would pass the focus, and the keys, to a button.
    map_->setFocusPolicy(Qt::NoFocus);

    auto* middle = new QWidget;
    auto* column = new QVBoxLayout(middle);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(heading_);
    column->addWidget(message_, 1);
    column->addWidget(map_, 1);
    column->addWidget(origin_);
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->addWidget(middle);
    splitter->addWidget(makeSide());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({1000, 1});  // the side as narrow as it may be
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(10);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(8);
    layout->addWidget(makeTools());
    layout->addWidget(splitter, 1);
    makeBold(heading_);
    message_->setText(tr("Choose maps to label, or open a folder of maps that were begun before."));
    showAll();
}

QWidget* LabellingView::makeTools() {
    auto* tools = new QWidget;
    auto* row = new QHBoxLayout(tools);
    row->setContentsMargins(0, 0, 0, 0);
    const auto button = [&](const QString& text, const char* icon, const QString& tip, auto signal) {
        auto* made = new QPushButton(themedIcon(QLatin1String(icon)), text);
        made->setToolTip(tip);
        made->setFocusPolicy(Qt::TabFocus);  // a click leaves the keys to the maps
        connect(made, &QPushButton::clicked, this, signal);
        row->addWidget(made);
        return made;
    };
    button(tr("Choose maps…"), "attention", tr("Sample maps from models and tasks"), &LabellingView::mapsWanted);
    button(tr("Open…"), "open-folder", tr("Go on with a folder of maps and labels"), &LabellingView::folderWanted);
    const auto action = [&](const QString& text, const char* icon, QKeySequence::StandardKey keys,
                            void (LabellingSession::*step)()) {
        auto* made = new QAction(themedIcon(QLatin1String(icon)), text, this);
        made->setShortcuts(keys);
        made->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(made, &QAction::triggered, this, [this, step] { move(step); });
        addAction(made);
        auto* tool = new QToolButton;
        tool->setDefaultAction(made);
        row->addWidget(tool);
        return made;
    };
    undo_ = action(tr("Undo"), "undo", QKeySequence::Undo, &LabellingSession::undo);
    redo_ = action(tr("Redo"), "redo", QKeySequence::Redo, &LabellingSession::redo);
    row->addStretch(1);
    unsaved_ = new QLabel;
    unsaved_->setObjectName(QStringLiteral("unsaved"));
    row->addWidget(unsaved_);
    save_ = button(tr("Save"), "record",
                   tr("Write maps and labels into a folder (%1)").arg(QKeySequence(QKeySequence::Save).toString()),
                   &LabellingView::saveRequested);
    auto* save = new QAction(this);
    save->setShortcuts(QKeySequence::Save);
    save->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(save, &QAction::triggered, save_, &QPushButton::click);
    addAction(save);
    return tools;
}

QWidget* LabellingView::makeSide() {
    auto* side = new QWidget;
    side->setMinimumWidth(fontMetrics().averageCharWidth() * 42);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    labeller_ = new QLineEdit;
    labeller_->setObjectName(QStringLiteral("labeller"));
    labeller_->setPlaceholderText(tr("whose labels these are"));
    auto* name = new QLabel(tr("&Labeller"));
    name->setBuddy(labeller_);
    auto* row = new QHBoxLayout;
    row->addWidget(name);
    row->addWidget(labeller_, 1);
    column->addLayout(row);
    connect(labeller_, &QLineEdit::textEdited, this, [this](const QString& text) {
        session_.setLabeller(text.trimmed().toStdString());
        showAll();
    });
    // Then keys label again.
    connect(labeller_, &QLineEdit::returnPressed, this, [this] { setFocus(); });

    progress_ = wrappedLabel("progress");
    bar_ = new QProgressBar;
    bar_->setTextVisible(false);
    bar_->setFixedHeight(fontMetrics().height() / 2);
    column->addWidget(progress_);
    column->addWidget(bar_);
    for (const PatternClass pattern : all_patterns()) {
        auto* button = new QPushButton;
        button->setCheckable(true);
        button->setFocusPolicy(Qt::NoFocus);
        button->setStyleSheet(kClassStyle);
        connect(button, &QPushButton::clicked, this, [this, pattern] { label(pattern); });
        classes_[index_of(pattern)] = button;
        column->addWidget(button);
    }
    const auto step = [&](const QString& text, const QString& tip, auto slot) {
        auto* button = new QPushButton(text);
        button->setToolTip(tip);
        button->setFocusPolicy(Qt::NoFocus);
        connect(button, &QPushButton::clicked, this, slot);
        return button;
    };
    back_ = step(tr("Back"), tr("To the map before (Left)"), [this] { move(&LabellingSession::back); });
    skip_ = step(tr("Skip"), tr("On without a label (Space or Right)"), [this] { move(&LabellingSession::skip); });
    next_ = step(tr("Next open"), tr("To the next map without a label (N)"), [this] { goToUnlabelled(); });
    auto* steps = new QHBoxLayout;
    for (QPushButton* button : {back_, skip_, next_}) steps->addWidget(button);
    column->addLayout(steps);
    last_ = wrappedLabel("last");
    column->addWidget(last_);
    column->addStretch(1);

    compare_ = new QPushButton(tr("Compare with another labeller…"));
    compare_->setFocusPolicy(Qt::TabFocus);
    compare_->setToolTip(tr("Read somebody else's label file of the same maps"));
    connect(compare_, &QPushButton::clicked, this, &LabellingView::comparisonWanted);
    agreement_ = new LabellingAgreement;
    column->addWidget(compare_);
    column->addWidget(agreement_);
    return side;
}

Status LabellingView::setMaps(std::vector<MapToLabel> maps) {
    auto session = LabellingSession::of(std::move(maps));
    if (!session) return report(session.error());
    session->beginAnew(session_.labeller());
    take(*std::move(session));
    return ok();
}

Status LabellingView::openFolder(const std::filesystem::path& folder) {
    auto session = readLabelling(folder);
    if (!session) return report(session.error());
    const std::string mine = session_.labeller(), theirs = session->labeller();
    const bool other = !mine.empty() && !theirs.empty() && mine != theirs;
    if (other) session->beginAnew(mine);
    if (theirs.empty()) session->setLabeller(mine);
    take(*std::move(session));
    if (other)
        lastText_ = tr("The maps that %1 labelled, without these labels. Save yours to another folder.")
                        .arg(QString::fromStdString(theirs));
    showAll();
    return ok();
}

void LabellingView::take(LabellingSession session) {
    session_ = std::move(session);
    theirs_.reset();
    lastText_.clear();
    labeller_->setText(QString::fromStdString(session_.labeller()));
    message_->clear();
    showAll();
    setFocus();
}

Status LabellingView::saveTo(const std::filesystem::path& folder) {
    const Status saved = saveLabelling(folder, session_);
    if (!saved) return report(saved);
    lastText_ = tr("Saved in %1").arg(pathText(folder));
    showAll();
    return ok();
}

Status LabellingView::compareWith(const std::filesystem::path& labelFile) {
    auto labels = read_label_file(labelFile);
    if (!labels) return report(labels.error());
    theirs_ = *std::move(labels);
    theirFile_ = pathText(labelFile);
    showComparison();
    return ok();
}

Status LabellingView::report(Status status) {
    if (!status) {
        const QString text = QString::fromStdString(status.error().to_string());
        if (session_.size() == 0)
            message_->setText(text);
        else
            last_->setText(lastText_ = text);
    }
    return status;
}

QString LabellingView::unsavedText() const {
    if (!session_.isModified() || session_.size() == 0) return {};
    const int count = session_.unsaved();
    if (count == 0) return tr("Not saved");
    return count == 1 ? tr("1 label is not saved") : tr("%1 labels are not saved").arg(count);
}

void LabellingView::keyPressEvent(QKeyEvent* event) {
    const bool plain = !(event->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier));
    const int digit = event->key() - Qt::Key_1;
    // A key held down would label what nobody has seen.
    if (!plain || session_.size() == 0) {
        QWidget::keyPressEvent(event);
    } else if (digit >= 0 && digit < static_cast<int>(pattern_count)) {
        if (!event->isAutoRepeat()) label(all_patterns()[static_cast<std::size_t>(digit)]);
    } else if (event->key() == Qt::Key_Space || event->key() == Qt::Key_Right) {
        if (!event->isAutoRepeat()) move(&LabellingSession::skip);
    } else if (event->key() == Qt::Key_Left) {
        move(&LabellingSession::back);
    } else if (event->key() == Qt::Key_N) {
        goToUnlabelled();
    } else {
        QWidget::keyPressEvent(event);
    }
}

void LabellingView::label(PatternClass pattern) {
    if (session_.isAtEnd()) {
        showAll();  // a button that was clicked shows as pressed
        return;
    }
    lastText_ = tr("Map %1: %2").arg(session_.place() + 1).arg(nameOf(pattern));
    session_.label(pattern);
    showAll();
}

void LabellingView::move(void (LabellingSession::*step)()) {
    (session_.*step)();
    lastText_.clear();
    showAll();
}

void LabellingView::goToUnlabelled() {
    lastText_ = session_.goToUnlabelled() ? QString() : tr("Every map has a label.");
    showAll();
}

void LabellingView::showAll() {
    const auto count = static_cast<int>(session_.size());
    QString progress = tr("%1 of %2 labelled").arg(session_.labelled()).arg(count);
    if (session_.skipped() > 0) progress += tr(", %1 skipped").arg(session_.skipped());
    progress_->setText(count > 0 ? progress : QString());
    bar_->setMaximum(std::max(count, 1));
    bar_->setValue(session_.labelled());
    bar_->setVisible(count > 0);
    const auto counts = session_.counts();
    const auto current = session_.isAtEnd() ? std::nullopt : session_.labelOf(session_.place());
    for (const PatternClass pattern : all_patterns()) {
        QPushButton* button = classes_[index_of(pattern)];
        button->setText(
            tr("%1   %2  (%3)").arg(index_of(pattern) + 1).arg(nameOf(pattern)).arg(counts[index_of(pattern)]));
        button->setChecked(current == pattern);
        button->setEnabled(!session_.isAtEnd());
    }
    back_->setEnabled(session_.place() > 0);
    skip_->setEnabled(!session_.isAtEnd());
    next_->setEnabled(session_.labelled() < count);
    undo_->setEnabled(session_.canUndo());
    redo_->setEnabled(session_.canRedo());
    save_->setEnabled(count > 0);
    compare_->setEnabled(count > 0);
    last_->setText(lastText_);
    unsaved_->setText(unsavedText());
    showMap();
    showComparison();
    if (const bool modified = !unsavedText().isEmpty(); modified != modified_) {
        modified_ = modified;
        Q_EMIT modifiedChanged(modified);
    }
}

void LabellingView::showMap() {
    const bool any = session_.size() > 0, end = session_.isAtEnd();
    message_->setVisible(!any || end);
    map_->setVisible(any && !end);
    origin_->setVisible(any && !end);
    heading_->setVisible(any && !end);
    if (!any) return;
    if (end) {
        const int open = static_cast<int>(session_.size()) - session_.labelled();
        message_->setText(open == 0 ? tr("Every map has a label.")
                                    : tr("That was the last map. %1 have no label: N goes to the next of them, Left "
                                         "back.")
                                          .arg(open));
        return;
    }
    const std::size_t place = session_.place();
    const bool known = session_.labelOf(place).has_value();
    heading_->setText(tr("Map %1").arg(place + 1));
    const QString origin = QString::fromStdString(session_.map(place).origin);
    origin_->setText(known ? origin : tr("Where it comes from shows once it has a label."));
    const QString tip = known ? origin : QString();
    const AttentionMapContent drawn = content(place);
    map_->setFigure(
        [drawn](const FigureStyle& style) {
            AttentionMapOptions options;
            options.value_label = "attention";
            return attention_map_figure(drawn, options, style);
        },
        [tip](Point, const FigureStyle&) { return tip; });
}

AttentionMapContent LabellingView::content(std::size_t place) const {
    const MapToLabel& map = session_.map(place);
    AttentionMapContent content;
    content.values = map.values;
    for (int i = 0; i < map.size; ++i) {
        const std::string token = map.tokens.empty() ? std::to_string(i + 1) : map.tokens[static_cast<std::size_t>(i)];
        // A text's words would tell it; its separators belong to the pattern.
        const bool shown = map.tokens.empty() || session_.labelOf(place) || token == "[CLS]" || token == "[SEP]";
        content.rows.push_back(shown ? token : std::string());
    }
    content.columns = content.rows;
    return content;
}

void LabellingView::showComparison() {
    agreement_->setComparison(theirs_ ? std::optional(compareLabels(session_, *theirs_)) : std::nullopt, theirFile_);
}

}  // namespace lottery::gui
