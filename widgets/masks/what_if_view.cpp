// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/masks/what_if_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QUndoCommand>
#include <QVBoxLayout>
#include <array>
#include <initializer_list>
#include <utility>

#include "resources/themed_icon.h"
#include "widgets/figures/figure_export_button.h"
#include "widgets/figures/paint_scene.h"
#include "widgets/figures/tool_pane.h"
#include "widgets/masks/mask_heatmap_view.h"
#include "widgets/masks/what_if_text.h"
#include "widgets/runs/component_history.h"

namespace lottery::gui {

namespace {

constexpr std::array<std::int64_t, 6> kExamples{128, 256, 512, 1024, 2048, 0};
constexpr std::int64_t kUsualExamples = 512;

class EditMasks : public QUndoCommand {
public:
    EditMasks(std::function<void(const ComponentMasks&)> show, ComponentMasks before, ComponentMasks after,
              const QString& text)
        : QUndoCommand(text), show_(std::move(show)), before_(std::move(before)), after_(std::move(after)) {}
    void undo() override { show_(before_); }
    void redo() override { show_(after_); }

private:
    std::function<void(const ComponentMasks&)> show_;
    ComponentMasks before_, after_;
};

float& valueOf(ComponentMasks& masks, const Component& component) {
    return component.head < 0 ? masks.mlps[static_cast<std::size_t>(component.layer)]
                              : masks.heads.at(component.layer, component.head);
}

QLabel* selectableLabel(const char* name) {
    auto* label = new QLabel;
    label->setObjectName(QLatin1String(name));
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

}  // namespace

WhatIfView::WhatIfView(QWidget* parent)
    : QWidget(parent), heading_(new QLabel(this)), pages_(new QStackedWidget), message_(new QLabel) {
    heading_->setObjectName(QStringLiteral("heading"));
    makeBold(heading_);
    message_->setObjectName(QStringLiteral("message"));
    message_->setAlignment(Qt::AlignCenter);
    message_->setWordWrap(true);
    message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    pages_->addWidget(message_);
    pages_->addWidget(makeEditor());
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(8);
    layout->addWidget(heading_);
    layout->addWidget(pages_, 1);
    setTitle({});
}

QWidget* WhatIfView::makeEditor() {
    start_ = new QComboBox;
    start_->setObjectName(QStringLiteral("start"));
    start_->setToolTip(tr("Take other masks to go on from; what was edited can be had back with Undo"));
    start_->setAccessibleName(tr("Masks to begin with"));
    const auto button = [](QAction* action, const char* icon) {
        auto* made = new QToolButton;
        action->setIcon(themedIcon(QLatin1String(icon)));
        made->setDefaultAction(action);
        return made;
    };
    QAction* undo = undo_.createUndoAction(this, tr("Undo"));
    QAction* redo = undo_.createRedoAction(this, tr("Redo"));
    undo->setShortcuts(QKeySequence::Undo);
    redo->setShortcuts(QKeySequence::Redo);
    for (QAction* action : {undo, redo}) {
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        addAction(action);
    }
    examples_ = new QComboBox;
    examples_->setObjectName(QStringLiteral("examples"));
    examples_->setToolTip(tr("How many examples of the dev file the estimate is refined to"));
    examples_->setAccessibleName(tr("Examples of the estimate"));
    for (const std::int64_t count : kExamples)
        examples_->addItem(count == 0 ? tr("all examples") : tr("%1 examples").arg(count), QVariant::fromValue(count));
    examples_->setCurrentIndex(examples_->findData(QVariant::fromValue(kUsualExamples)));
    save_ = new QPushButton(themedIcon(QStringLiteral("mask-search")), tr("Save masks…"));
    save_->setToolTip(tr("Write these masks as a folder, to evaluate, retrain or remove with them"));
    export_ = new FigureExportButton(tr("masks"), this);
    heatmap_ = new MaskHeatmapView;
    heatmap_->setContextMenuPolicy(Qt::CustomContextMenu);

    auto* from = new QLabel(tr("Start from"));
    from->setBuddy(start_);
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->addWidget(
        toolPane({from, start_, button(undo, "undo"), button(redo, "redo")}, {save_, export_}, heatmap_, this));
    splitter->addWidget(makeResult());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(10);

    connect(start_, &QComboBox::activated, this, [this](int index) {
        if (index < static_cast<int>(starts_.starts.size())) {
            const WhatIfStart& start = starts_.starts[static_cast<std::size_t>(index)];
            edit(start.masks, QString::fromStdString(start.name));
        } else {
            Q_EMIT folderWanted();
        }
    });
    connect(examples_, &QComboBox::activated, this, [this] { Q_EMIT examplesChosen(examples()); });
    connect(save_, &QPushButton::clicked, this, &WhatIfView::saveRequested);
    connect(heatmap_, &MaskHeatmapView::componentSelected, this, [this](const Component& component) {
        selected_ = component;
        Q_EMIT componentSelected(component);
    });
    connect(heatmap_, &MaskHeatmapView::pressed, this, [this](const Component& component) {
        if (!has(component)) return;
        before_ = masks_;
        stroke_ = 1.0F - valueOf(masks_, component);
        paint(component);
    });
    connect(heatmap_, &MaskHeatmapView::draggedTo, this, &WhatIfView::paint);
    connect(heatmap_, &MaskHeatmapView::released, this, &WhatIfView::finishStroke);
    // A double click has been two presses already.
    connect(heatmap_, &MaskHeatmapView::componentActivated, this, [this](const Component& component) {
        if (!before_) toggle(component);
    });
    connect(heatmap_, &QWidget::customContextMenuRequested, this, &WhatIfView::showMenu);
    return splitter;
}

QWidget* WhatIfView::makeResult() {
    metric_ = selectableLabel("metric");
    score_ = selectableLabel("score");
    QFont large = score_->font();
    large.setPointSizeF(large.pointSizeF() * 2.2);
    score_->setFont(large);
    interval_ = selectableLabel("interval");
    difference_ = selectableLabel("difference");
    size_ = selectableLabel("size");
    cost_ = selectableLabel("cost");
    progress_ = new QProgressBar;
    progress_->setFormat(tr("%v of %m examples"));
    progress_->setAccessibleName(tr("Examples of the estimate so far"));
    auto* result = new QWidget;
    auto* layout = new QVBoxLayout(result);
    layout->setContentsMargins(0, 0, 0, 0);
    for (QWidget* row :
         std::initializer_list<QWidget*>{metric_, score_, interval_, difference_, progress_, examples_, size_, cost_})
        layout->addWidget(row);
    layout->addStretch(1);
    result->setMinimumWidth(220);
    return result;
}

void WhatIfView::setTitle(const QString& title) {
    title_ = title;
    heading_->setText(title);
    heading_->setVisible(!title.isEmpty());
}

void WhatIfView::setProvenance(const std::map<std::string, std::string>& provenance) {
    export_->setMetadata(provenance);
}

void WhatIfView::setMessage(const QString& text) {
    message_->setText(text);
    pages_->setCurrentIndex(0);
}

bool WhatIfView::isEditing() const { return pages_->currentIndex() == 1; }

void WhatIfView::setModel(const ComponentMasks& components, CountParameters count, std::int64_t all,
                          WhatIfStarts starts) {
    const bool again = components == components_ && !masks_.mlps.empty();
    components_ = components;
    count_ = std::move(count);
    all_ = all;
    starts_ = std::move(starts);
    start_->clear();
    for (const WhatIfStart& start : starts_.starts) start_->addItem(QString::fromStdString(start.name));
    start_->insertSeparator(start_->count());
    start_->addItem(tr("From a folder…"));
    pages_->setCurrentIndex(1);
    if (!again) {
        undo_.clear();
        start_->setCurrentIndex(static_cast<int>(starts_.good));
        masks_ = starts_.starts.empty() ? components : starts_.starts[starts_.good].masks;
    }
    take(masks_);
    heatmap_->setSelected(selected_);
    if (const auto pending = std::exchange(pending_, std::nullopt)) {
        setSelected(*pending);
        toggle(*pending);
    }
}

void WhatIfView::take(const ComponentMasks& masks) {
    masks_ = masks;
    estimate_.reset();
    showMasks();
    Q_EMIT masksChanged(masks_);
}

void WhatIfView::edit(ComponentMasks masks, const QString& text) {
    if (masks == masks_) return;
    undo_.push(new EditMasks([this](const ComponentMasks& to) { take(to); }, masks_, std::move(masks), text));
}

bool WhatIfView::has(const Component& component) const {
    ComponentMasks all = components_;
    return component.layer < all.layers() && component.head < all.heads.heads && component.block < 0 &&
           valueOf(all, component) != 0.0F;
}

void WhatIfView::toggle(const Component& component) {
    if (!isEditing()) {
        pending_ = component;
        return;
    }
    if (!has(component)) return;
    ComponentMasks changed = masks_;
    float& value = valueOf(changed, component);
    value = 1.0F - value;
    edit(std::move(changed), tr("%1 %2").arg(value == 0.0F ? tr("Mask") : tr("Keep"), componentName(component)));
}

// A stroke shows at once; it becomes one step to undo when it ends.
void WhatIfView::paint(const Component& component) {
    if (!before_ || !has(component) || valueOf(masks_, component) == stroke_) return;
    ComponentMasks changed = masks_;
    valueOf(changed, component) = stroke_;
    take(changed);
}

void WhatIfView::finishStroke() {
    if (!before_) return;
    const ComponentMasks drawn = masks_, before = *before_;
    before_.reset();
    if (drawn == before) return;
    // The step's own doing of it changes nothing that is shown.
    bool done = false;
    undo_.push(new EditMasks(
        [this, done](const ComponentMasks& to) mutable {
            if (std::exchange(done, true)) take(to);
        },
        before, drawn, stroke_ == 0.0F ? tr("Mask") : tr("Keep")));
}

void WhatIfView::showMenu(const QPoint& position) {
    const auto component = heatmap_->componentAt(position);
    if (!component) return;
    const int layer = component->layer;
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("layerMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto offer = [&](const QString& text, float value) {
        menu->addAction(text, this, [this, text, value, layer] {
            ComponentMasks changed = masks_;
            for (int h = 0; h < changed.heads.heads; ++h)
                if (has({layer, h})) changed.heads.at(layer, h) = value;
            edit(std::move(changed), text);
        });
    };
    offer(tr("Mask the heads of layer %1").arg(layer + 1), 0.0F);
    offer(tr("Keep the heads of layer %1").arg(layer + 1), 1.0F);
    menu->popup(heatmap_->mapToGlobal(position));
}

HeatmapContent WhatIfView::content() const {
    HeatmapContent content;
    content.masks = masks_;
    content.values = starts_.importance;
    if (content.values.heads.values.size() != masks_.heads.values.size()) content.values = {masks_.heads, masks_.mlps};
    return content;
}

HeatmapOptions WhatIfView::options() const {
    HeatmapOptions options;
    if (starts_.importance.heads.values.size() != masks_.heads.values.size())
        options.fill = HeatmapFill::Masks;
    else
        options.range = {0.0, 1.0};
    return options;
}

void WhatIfView::showMasks() {
    heatmap_->setContent(content(), options());
    export_->setFigure(fileNameOf(title_.isEmpty() ? tr("masks") : title_), [this](const FigureRequest& request) {
        HeatmapOptions look = options();
        if (request.title) look.title = title_.toStdString();
        return lottery::heatmap(content(), look, request.style);
    });
    size_->setText(whatIfSizeText(masks_, components_, count_(masks_), all_));
    // What is shown so far is of other masks.
    for (QLabel* label : {score_, interval_, difference_}) label->setEnabled(false);
    progress_->setValue(0);
}

void WhatIfView::setEstimate(const WhatIfEstimate& estimate) {
    estimate_ = estimate;
    metric_->setText(QString::fromStdString(metric_name(estimate.metric)));
    score_->setText(whatIfScoreText(estimate.score));
    interval_->setText(whatIfIntervalText(estimate.score));
    difference_->setText(whatIfDifferenceText(estimate));
    cost_->setText(whatIfCostText(estimate));
    for (QLabel* label : {score_, interval_, difference_}) label->setEnabled(true);
    progress_->setMaximum(static_cast<int>(estimate.of));
    progress_->setValue(static_cast<int>(estimate.examples));
}

void WhatIfView::setFailed(const QString& why) {
    estimate_.reset();
    score_->setText(QStringLiteral("–"));
    interval_->setText(why);
    difference_->clear();
    interval_->setEnabled(true);
}

std::int64_t WhatIfView::examples() const { return examples_->currentData().value<std::int64_t>(); }

void WhatIfView::setSelected(std::optional<Component> component) {
    selected_ = component;
    heatmap_->setSelected(component);
}

}  // namespace lottery::gui
