// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_controls.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>
#include <limits>

namespace lottery::gui {

namespace {

QComboBox* newKindBox(const QString& accessibleName) {
    auto* box = new QComboBox;
    box->addItem(AttentionControls::tr("probabilities"), static_cast<int>(AttentionKind::Raw));
    box->addItem(AttentionControls::tr("norms"), static_cast<int>(AttentionKind::Norm));
    box->addItem(AttentionControls::tr("norms as published"), static_cast<int>(AttentionKind::NormAsPublished));
    box->setItemData(0, AttentionControls::tr("How a token's attention is shared out: each row sums to 1"),
                     Qt::ToolTipRole);
    box->setItemData(1, AttentionControls::tr("Probability times the norm of what the head takes from the token"),
                     Qt::ToolTipRole);
    box->setItemData(
        2, AttentionControls::tr("As the paper's code computed them: the output projection is not transposed"),
        Qt::ToolTipRole);
    box->setAccessibleName(accessibleName);
    return box;
}

QLabel* labelFor(const QString& text, QWidget* buddy) {
    auto* label = new QLabel(text);
    label->setBuddy(buddy);
    return label;
}

QHBoxLayout* row(std::initializer_list<QWidget*> widgets) {
    auto* layout = new QHBoxLayout;
    layout->setSpacing(6);
    for (QWidget* widget : widgets) layout->addWidget(widget);
    return layout;
}

AttentionKind kindOf(const QComboBox* box) { return static_cast<AttentionKind>(box->currentData().toInt()); }

}  // namespace

AttentionControls::AttentionControls(QWidget* parent)
    : QWidget(parent),
      text_(new QLineEdit),
      pair_(new QLineEdit),
      exampleLabel_(new QLabel),
      example_(new QSpinBox),
      count_(new QLabel),
      split_(new QComboBox),
      mean_(new QCheckBox(tr("Mean over the first"))),
      meanCount_(new QSpinBox),
      model_(new QComboBox),
      kind_(newKindBox(tr("Kind of maps"))),
      minus_(new QComboBox),
      minusKind_(newKindBox(tr("Kind of maps that are subtracted"))) {
    text_->setObjectName(QStringLiteral("text"));
    text_->setPlaceholderText(tr("A sentence, then Return"));
    text_->setAccessibleName(tr("Text"));
    text_->setClearButtonEnabled(true);
    pair_->setObjectName(QStringLiteral("textPair"));
    pair_->setPlaceholderText(tr("A second one, for a pair (optional)"));
    pair_->setAccessibleName(tr("Second text"));
    pair_->setClearButtonEnabled(true);
    example_->setObjectName(QStringLiteral("example"));
    example_->setRange(1, std::numeric_limits<int>::max());
    example_->setKeyboardTracking(false);
    example_->setAccessibleName(tr("Example"));
    exampleLabel_->setBuddy(example_);
    split_->setObjectName(QStringLiteral("split"));
    split_->addItem(tr("dev"), static_cast<int>(TextSplit::Dev));
    split_->addItem(tr("train"), static_cast<int>(TextSplit::Train));
    split_->setAccessibleName(tr("File of the examples"));
    mean_->setObjectName(QStringLiteral("mean"));
    mean_->setToolTip(tr("Average position by position over many examples"));
    meanCount_->setRange(2, 100000);
    meanCount_->setValue(100);
    meanCount_->setKeyboardTracking(false);
    meanCount_->setSuffix(tr(" examples"));
    meanCount_->setAccessibleName(tr("Examples of the mean"));
    for (QComboBox* box : {model_, minus_}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(16);
        box->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }
    model_->setObjectName(QStringLiteral("model"));
    model_->setAccessibleName(tr("Model"));
    minus_->setObjectName(QStringLiteral("minus"));
    minus_->setAccessibleName(tr("Model that is subtracted"));
    minus_->setToolTip(tr("Show the difference of two models, or kinds, as a signed map"));

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addLayout(row({text_, pair_}));
    auto* examples = row({exampleLabel_, example_, count_, split_, mean_, meanCount_});
    examples->addStretch(1);
    layout->addLayout(examples);
    layout->addLayout(
        row({labelFor(tr("Model"), model_), model_, kind_, labelFor(tr("minus"), minus_), minus_, minusKind_}));

    for (QLineEdit* edit : {text_, pair_})
        connect(edit, &QLineEdit::editingFinished, this, &AttentionControls::takeTyped);
    connect(example_, &QSpinBox::valueChanged, this, &AttentionControls::takeExample);
    connect(split_, &QComboBox::currentIndexChanged, this, &AttentionControls::takeExample);
    connect(mean_, &QCheckBox::toggled, this, [this] {
        updateEnabled();
        Q_EMIT changed();
    });
    connect(meanCount_, &QSpinBox::valueChanged, this, [this] {
        if (mean_->isChecked()) Q_EMIT changed();
    });
    for (QComboBox* box : {kind_, minusKind_})
        connect(box, &QComboBox::currentIndexChanged, this, &AttentionControls::changed);
    // The last entry of both asks for a folder.
    connect(model_, &QComboBox::currentIndexChanged, this, [this](int index) {
        if (index >= 0 && index < model_->count() - 1) {
            chosen_ = index;
            Q_EMIT changed();
        }
    });
    connect(minus_, &QComboBox::currentIndexChanged, this, [this](int index) {
        updateEnabled();
        if (index < 0 || index >= minus_->count() - 1) return;
        subtracted_ = index;
        Q_EMIT changed();
    });
    for (QComboBox* box : {model_, minus_})
        connect(box, &QComboBox::activated, this, [this, box](int index) {
            if (index != box->count() - 1) return;
            box->setCurrentIndex(box == model_ ? chosen_ : subtracted_);
            Q_EMIT folderWanted();
        });
    setModels({});
    setTask({});
}

void AttentionControls::setModels(const QStringList& names) {
    const QSignalBlocker model(model_);
    const QSignalBlocker minus(minus_);
    model_->clear();
    minus_->clear();
    minus_->addItem(tr("nothing"));
    for (const QString& name : names) {
        model_->addItem(name);
        minus_->addItem(name);
    }
    model_->addItem(tr("another checkpoint…"));
    minus_->addItem(tr("another checkpoint…"));
    const auto count = static_cast<int>(names.size());
    chosen_ = std::clamp(chosen_, 0, std::max(count - 1, 0));
    subtracted_ = subtracted_ > count ? 0 : subtracted_;
    model_->setCurrentIndex(names.isEmpty() ? -1 : chosen_);
    minus_->setCurrentIndex(subtracted_);
    updateEnabled();
}

void AttentionControls::chooseModel(int model) {
    if (model >= 0 && model < model_->count() - 1) model_->setCurrentIndex(model);
}

void AttentionControls::setTask(const QString& task, const QString& why) {
    hasTask_ = !task.isEmpty();
    // The first thing to be seen is an example, where there is one.
    if (shown_.text.empty() || !hasTask_) typed_ = !hasTask_;
    exampleLabel_->setText(hasTask_ ? tr("%1 example").arg(task) : tr("Example"));
    for (QWidget* widget : {static_cast<QWidget*>(example_), static_cast<QWidget*>(split_)}) widget->setToolTip(why);
    updateEnabled();
}

void AttentionControls::setExampleCount(TextSplit split, std::int64_t count) {
    if (split != this->split()) return;
    const QSignalBlocker blocker(example_);
    example_->setMaximum(count < 0
                             ? std::numeric_limits<int>::max()
                             : static_cast<int>(std::clamp<std::int64_t>(count, 1, std::numeric_limits<int>::max())));
    count_->setText(count < 0 ? QString() : tr("of %1").arg(count));
}

void AttentionControls::setText(const AttentionText& text) {
    shown_ = text;
    text_->setText(QString::fromStdString(text.text));
    pair_->setText(QString::fromStdString(text.text_pair.value_or(std::string())));
    // From the beginning, not the end, of what is longer than the field.
    text_->setCursorPosition(0);
    pair_->setCursorPosition(0);
}

void AttentionControls::chooseExample(std::int64_t example) {
    const QSignalBlocker blocker(example_);
    const QSignalBlocker mean(mean_);
    mean_->setChecked(false);
    example_->setValue(static_cast<int>(example) + 1);
    takeExample();
}

TextSplit AttentionControls::split() const { return static_cast<TextSplit>(split_->currentData().toInt()); }

AttentionWish AttentionControls::wish() const {
    AttentionWish wish;
    wish.source = mean_->isChecked() && hasTask_ ? AttentionWish::Source::Mean
                  : typed_                       ? AttentionWish::Source::Typed
                                                 : AttentionWish::Source::Example;
    if (wish.source == AttentionWish::Source::Typed) wish.text = shown_;
    wish.split = split();
    if (wish.source == AttentionWish::Source::Example) wish.example = example_->value() - 1;
    wish.examples = meanCount_->value();
    wish.side = {chosen_, kindOf(kind_)};
    if (subtracted_ > 0) wish.minus = AttentionSide{subtracted_ - 1, kindOf(minusKind_)};
    return wish;
}

// Leaving a field that was not changed is no wish.
void AttentionControls::takeTyped() {
    AttentionText text{text_->text().toStdString(), std::nullopt};
    if (!pair_->text().isEmpty()) text.text_pair = pair_->text().toStdString();
    if (text == shown_) return;
    shown_ = std::move(text);
    typed_ = true;
    const QSignalBlocker blocker(mean_);
    mean_->setChecked(false);
    updateEnabled();
    Q_EMIT changed();
}

void AttentionControls::takeExample() {
    typed_ = false;
    updateEnabled();
    Q_EMIT changed();
}

void AttentionControls::updateEnabled() {
    for (QWidget* widget : std::initializer_list<QWidget*>{exampleLabel_, example_, count_, split_, mean_})
        widget->setEnabled(hasTask_);
    const bool mean = mean_->isChecked() && hasTask_;
    example_->setEnabled(hasTask_ && !mean);
    meanCount_->setEnabled(mean);
    text_->setEnabled(!mean);
    pair_->setEnabled(!mean);
    minusKind_->setEnabled(minus_->currentIndex() > 0);
}

}  // namespace lottery::gui
