// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>
#include <utility>

#include "resources/themed_icon.h"
#include "widgets/attention/attention_controls.h"
#include "widgets/attention/attention_detail.h"
#include "widgets/attention/attention_export.h"
#include "widgets/attention/attention_grid_view.h"
#include "widgets/attention/attention_search_view.h"
#include "widgets/figures/figure_export_button.h"
#include "widgets/figures/tool_pane.h"

namespace lottery::gui {

namespace {

QString firstWords(const AttentionText& text) {
    QString words = QString::fromStdString(text.text);
    if (text.text_pair) words += QStringLiteral(" | ") + QString::fromStdString(*text.text_pair);
    constexpr qsizetype kMost = 60;
    return words.size() <= kMost ? words : words.left(kMost).trimmed() + QStringLiteral("…");
}

// What fits below a thumbnail; the tool tip has it in full.
QString shortName(PatternClass pattern) {
    switch (pattern) {
        case PatternClass::Vertical:
            return AttentionView::tr("vert");
        case PatternClass::Diagonal:
            return AttentionView::tr("diag");
        case PatternClass::VerticalDiagonal:
            return AttentionView::tr("v+d");
        case PatternClass::Block:
            return AttentionView::tr("block");
        case PatternClass::Heterogeneous:
            return AttentionView::tr("het");
    }
    return {};
}

}  // namespace

AttentionView::AttentionView(QWidget* parent)
    : QWidget(parent),
      heading_(new QLabel(this)),
      controls_(new AttentionControls),
      grid_(new AttentionGridView),
      detail_(new AttentionDetail),
      search_(new AttentionSearchView),
      colors_(new QComboBox),
      scaleBox_(new QCheckBox(tr("One scale"))),
      patternsBox_(new QCheckBox(tr("Patterns"))),
      export_(new FigureExportButton(tr("thumbnails"), this)),
      save_(new QToolButton),
      status_(new QLabel),
      hover_(new QLabel),
      progress_(new QProgressBar) {
    makeBold(heading_);
    heading_->hide();
    grid_->setPlaceholder(tr("Type a sentence above and press Return, or choose an example."));
    grid_->setDetails([this](const Component& component) { return detailsOf(component); });
    colors_->setObjectName(QStringLiteral("colors"));
    colors_->setAccessibleName(tr("Colours"));
    for (const ColorMap map : {ColorMap::Viridis, ColorMap::Cividis, ColorMap::OrangeRed, ColorMap::Purples}) {
        const auto name = name_of(map);
        colors_->addItem(QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size())), static_cast<int>(map));
    }
    scaleBox_->setToolTip(
        tr("The same colours for all heads; otherwise each thumbnail goes up to its own largest value"));
    grid_->setRange(ThumbnailRange::EachMap);
    patternsBox_->setObjectName(QStringLiteral("patterns"));
    patternsBox_->setChecked(true);
    patternsBox_->setToolTip(
        tr("Tell the class of each map below it, by a classifier that was trained on synthetic maps"));
    save_->setText(tr("Save .npy…"));
    save_->setToolTip(tr("Write all maps as an array [layers, heads, tokens, tokens], with their tokens"));
    save_->setEnabled(false);
    detail_->addTab(search_, tr("Find examples"));
    status_->setObjectName(QStringLiteral("status"));
    status_->setWordWrap(true);
    status_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    hover_->setTextFormat(Qt::PlainText);
    hover_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    hover_->setMinimumWidth(10);
    progress_->setTextVisible(false);
    progress_->setMaximumWidth(120);
    progress_->hide();

    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->addWidget(toolPane({colors_, scaleBox_, patternsBox_}, {save_, export_}, grid_, this));
    splitter->addWidget(detail_);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(10);
    auto* bottom = new QHBoxLayout;
    bottom->addWidget(status_, 1);
    bottom->addWidget(hover_);
    bottom->addWidget(progress_);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(8);
    layout->addWidget(heading_);
    layout->addWidget(controls_);
    layout->addWidget(splitter, 1);
    layout->addLayout(bottom);

    connect(controls_, &AttentionControls::changed, this, &AttentionView::wished);
    connect(controls_, &AttentionControls::folderWanted, this, &AttentionView::folderWanted);
    connect(grid_, &AttentionGridView::componentSelected, this, &AttentionView::choose);
    connect(grid_, &AttentionGridView::headActivated, this, [this] { detail_->setCurrentIndex(0); });
    connect(grid_, &AttentionGridView::headHovered, this,
            [this](const std::optional<Component>& head) { hover_->setText(head ? detailsOf(*head) : QString()); });
    connect(detail_, &AttentionDetail::componentSelected, this, &AttentionView::choose);
    connect(detail_, &AttentionDetail::hovered, hover_, &QLabel::setText);
    connect(search_, &AttentionSearchView::searchRequested, this, &AttentionView::searchRequested);
    connect(search_, &AttentionSearchView::exampleActivated, this, [this](qint64 example) {
        controls_->chooseExample(example);
        detail_->setCurrentIndex(0);
    });
    connect(scaleBox_, &QCheckBox::toggled, this,
            [this](bool one) { grid_->setRange(one ? ThumbnailRange::Shared : ThumbnailRange::EachMap); });
    connect(patternsBox_, &QCheckBox::toggled, this, [this](bool wanted) {
        showBadges();
        showStatus();
        if (wanted && patterns_.empty() && picture_.maps) Q_EMIT patternsWanted();
    });
    connect(save_, &QToolButton::clicked, this, &AttentionView::saveRequested);
    connect(colors_, &QComboBox::currentIndexChanged, this, [this] {
        const auto map = static_cast<ColorMap>(colors_->currentData().toInt());
        grid_->setColorMap(map);
        detail_->setColorMap(map);
    });
}

void AttentionView::setTitle(const QString& title) {
    title_ = title;
    heading_->setText(title);
    heading_->setVisible(!title.isEmpty());
}

void AttentionView::setProvenance(FigureMetadata provenance) { provenance_ = std::move(provenance); }

void AttentionView::setBusy(bool busy) {
    progress_->setRange(0, 0);
    progress_->setVisible(busy);
    if (busy) failure_.clear();
    showStatus();
}

void AttentionView::setProgress(const Progress& progress, bool search) {
    if (search) return search_->setProgress(progress);
    progress_->setRange(0, static_cast<int>(progress.total));
    progress_->setValue(static_cast<int>(progress.done));
}

void AttentionView::setPicture(AttentionPicture picture, const QString& what, const AttentionWish& wish) {
    picture_ = std::move(picture);
    what_ = what;
    patterns_.clear();
    noPatterns_.clear();
    failure_.clear();
    progress_->hide();
    save_->setEnabled(true);
    const bool mean = wish.source == AttentionWish::Source::Mean;
    const QString words = mean ? tr("mean over texts") : firstWords(picture_.text);
    if (!mean) controls_->setText(picture_.text);
    FigureMetadata metadata = provenance_;
    metadata["maps"] = what.toStdString();
    metadata["text"] = mean ? words.toStdString() : picture_.text.text;
    if (!mean && picture_.text.text_pair) metadata["text pair"] = *picture_.text.text_pair;
    grid_->setThumbnails(picture_.thumbnails);
    showBadges();
    detail_->setTitle(what, metadata);
    detail_->setPicture(picture_);
    export_->setMetadata(metadata);
    export_->setFigure(fileNameOf(tr("attention, %1").arg(what)), [this](const FigureRequest& request) {
        return gridFigure(picture_, what_, static_cast<ColorMap>(colors_->currentData().toInt()),
                          scaleBox_->isChecked() ? ThumbnailRange::Shared : ThumbnailRange::EachMap)(request);
    });
    const auto head = detail_->shown();
    grid_->setSelected(head);
    search_->setHead(head);
    showStatus();
}

void AttentionView::setFailed(const QString& why) {
    failure_ = why;
    progress_->hide();
    showStatus();
}

bool AttentionView::wantsPatterns() const { return patternsBox_->isChecked(); }

void AttentionView::setPatterns(std::vector<std::optional<MapPattern>> patterns, const QString& classifier) {
    patterns_ = std::move(patterns);
    classifier_ = classifier;
    noPatterns_.clear();
    showBadges();
    showStatus();
}

void AttentionView::setNoPatterns(const QString& why) {
    patterns_.clear();
    noPatterns_ = why;
    showBadges();
    showStatus();
}

void AttentionView::showBadges() {
    std::vector<HeadBadge> badges;
    if (wantsPatterns())
        for (const auto& one : patterns_) {
            if (one)
                badges.push_back({QStringLiteral("%1 %2")
                                      .arg(shortName(one->pattern))
                                      .arg(one->probability, 0, 'f', 2)
                                      .toStdString(),
                                  {}});
            else
                badges.emplace_back();
        }
    grid_->setBadges(std::move(badges));
}

QString AttentionView::detailsOf(const Component& component) const {
    QString text = headText(picture_, component);
    if (patterns_.empty() || !picture_.maps || component.head < 0) return text;
    const auto place = static_cast<std::size_t>(component.layer * picture_.maps->heads + component.head);
    if (place < patterns_.size() && patterns_[place])
        text += tr(" · %1, %2% by a classifier %3")
                    .arg(QLatin1String(to_string(patterns_[place]->pattern)))
                    .arg(patterns_[place]->probability * 100, 0, 'f', 0)
                    .arg(classifier_);
    return text;
}

void AttentionView::setSelected(std::optional<Component> component) {
    if (component && component->head < 0) return;
    detail_->setSelected(component);
    const auto head = detail_->shown();
    grid_->setSelected(head);
    search_->setHead(head);
    showStatus();
}

std::optional<Component> AttentionView::shownHead() const { return detail_->shown(); }

void AttentionView::choose(const Component& component) {
    setSelected(component);
    Q_EMIT componentSelected(component);
}

void AttentionView::showStatus() {
    if (!failure_.isEmpty()) return status_->setText(failure_);
    if (!picture_.maps) return status_->setText({});
    QString text =
        tr("%1: %2 tokens, %3 ms").arg(what_).arg(picture_.maps->size()).arg(picture_.seconds * 1000, 0, 'f', 0);
    if (const auto head = detail_->shown()) text += QStringLiteral(" · ") + detailsOf(*head);
    if (picture_.unknown_tokens > 0)
        text += QStringLiteral(" · ") +
                tr("%n token(s) unknown to the vocabulary: [UNK]", nullptr, picture_.unknown_tokens);
    if (picture_.truncated) text += QStringLiteral(" · ") + tr("truncated, as in fine-tuning");
    if (wantsPatterns() && !noPatterns_.isEmpty())
        text += QStringLiteral(" · ") + tr("no patterns: %1").arg(noPatterns_);
    status_->setText(text);
}

}  // namespace lottery::gui
