// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_detail.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QSlider>
#include <QToolButton>
#include <cmath>
#include <utility>

#include "widgets/attention/attention_arc_view.h"
#include "widgets/attention/attention_export.h"
#include "widgets/attention/attention_map_view.h"
#include "widgets/figures/figure_export_button.h"
#include "widgets/figures/tool_pane.h"
#include "widgets/masks/mask_heatmap_view.h"

namespace lottery::gui {

namespace {

enum class Which { Head, OverHeads, OverLayers, OverAll };

QString headName(const Component& component) {
    return AttentionDetail::tr("layer %1, head %2").arg(component.layer + 1).arg(component.head + 1);
}

std::vector<float> copyOf(const AttentionMaps& maps, const Component& head) {
    const auto map = maps.map(head.layer, head.head);
    return {map.begin(), map.end()};
}

}  // namespace

AttentionDetail::AttentionDetail(QWidget* parent) : QTabWidget(parent) {
    setDocumentMode(true);
    addTab(makeMapPage(), tr("Map"));
    addTab(makeArcsPage(), tr("Lines"));
    addTab(makeLayersPage(), tr("Token through layers"));
    addTab(makeNumbersPage(), tr("Entropy and distance"));
    connect(this, &QTabWidget::currentChanged, this, [this] { Q_EMIT hovered({}); });
}

QWidget* AttentionDetail::makeMapPage() {
    map_ = new AttentionMapView;
    which_ = new QComboBox;
    which_->setObjectName(QStringLiteral("which"));
    which_->setAccessibleName(tr("Map that is shown"));
    which_->addItem(tr("this head"), static_cast<int>(Which::Head));
    which_->addItem(tr("mean of the layer's heads"), static_cast<int>(Which::OverHeads));
    which_->addItem(tr("mean of the head over layers"), static_cast<int>(Which::OverLayers));
    which_->addItem(tr("mean of all heads"), static_cast<int>(Which::OverAll));
    sums_ = new QCheckBox(tr("Sums"));
    sums_->setChecked(true);
    sums_->setToolTip(tr("Row and column sums as bars: how much attention each token pays and gets"));
    auto* fit = new QToolButton;
    fit->setText(tr("Fit"));
    fit->setToolTip(tr("Show the whole map (0); the wheel, + and − zoom, dragging pans"));
    mapExport_ = new FigureExportButton(tr("map"), this);
    connect(which_, &QComboBox::currentIndexChanged, this, &AttentionDetail::showMap);
    connect(sums_, &QCheckBox::toggled, map_, &AttentionMapView::setSumsShown);
    connect(fit, &QToolButton::clicked, map_, &AttentionMapView::fit);
    connect(map_, &AttentionMapView::tokenSelected, this, &AttentionDetail::selectToken);
    connect(map_, &AttentionMapView::hovered, this, [this](int row, int column, double value) {
        if (row < 0 || !picture_.maps) return Q_EMIT hovered({});
        const auto& texts = picture_.maps->tokens.texts;
        Q_EMIT hovered(tr("%1 → %2: %3")
                           .arg(QString::fromStdString(texts[static_cast<std::size_t>(row)]),
                                QString::fromStdString(texts[static_cast<std::size_t>(column)]))
                           .arg(value, 0, 'g', 4));
    });
    return toolPane({which_, sums_, fit}, {mapExport_}, map_, this);
}

QWidget* AttentionDetail::makeArcsPage() {
    arcs_ = new AttentionArcView;
    arcHeads_ = new QComboBox;
    arcHeads_->setObjectName(QStringLiteral("arcHeads"));
    arcHeads_->setAccessibleName(tr("Heads whose lines are shown"));
    arcHeads_->addItem(tr("this head"));
    arcHeads_->addItem(tr("the layer's first %1 heads").arg(kMostArcHeads));
    threshold_ = new QSlider(Qt::Horizontal);
    threshold_->setRange(0, 100);
    threshold_->setValue(static_cast<int>(std::lround(arcs_->threshold() * 100)));
    threshold_->setMaximumWidth(160);
    threshold_->setAccessibleName(tr("Weakest line, percent of the strongest"));
    threshold_->setToolTip(tr("Lines weaker than this share of the strongest are left out"));
    arcsExport_ = new FigureExportButton(tr("lines"), this);
    connect(arcHeads_, &QComboBox::currentIndexChanged, this, &AttentionDetail::showArcs);
    connect(threshold_, &QSlider::valueChanged, this, [this](int percent) { arcs_->setThreshold(percent / 100.0); });
    connect(arcs_, &AttentionArcView::tokenSelected, this, &AttentionDetail::selectToken);
    return toolPane({arcHeads_, new QLabel(tr("Weakest line")), threshold_}, {arcsExport_}, arcs_, this);
}

QWidget* AttentionDetail::makeLayersPage() {
    layers_ = new AttentionMapView;
    layers_->setPlaceholder(tr("Choose a token: click its name at the map or at the lines."));
    token_label_ = new QLabel;
    side_ = new QComboBox;
    side_->setObjectName(QStringLiteral("side"));
    side_->setAccessibleName(tr("Direction of attention"));
    side_->addItem(tr("attends to"), static_cast<int>(TokenSide::Pays));
    side_->addItem(tr("is attended to by"), static_cast<int>(TokenSide::Gets));
    layersHeads_ = new QComboBox;
    layersHeads_->setObjectName(QStringLiteral("layersHeads"));
    layersHeads_->setAccessibleName(tr("Heads of each layer"));
    layersHeads_->addItem(tr("mean of all heads"));
    layersHeads_->addItem(tr("heads of this number"));
    layersExport_ = new FigureExportButton(tr("token"), this);
    for (QComboBox* box : {side_, layersHeads_})
        connect(box, &QComboBox::currentIndexChanged, this, &AttentionDetail::showLayers);
    connect(layers_, &AttentionMapView::tokenSelected, this, [this](int token, bool row) {
        if (!row && token >= 0) selectToken(token, row_);
    });
    return toolPane({token_label_, side_, layersHeads_}, {layersExport_}, layers_, this);
}

QWidget* AttentionDetail::makeNumbersPage() {
    numbers_ = new MaskHeatmapView;
    numbers_->setPlaceholder(tr("Differences have no entropy and no distance."));
    number_ = new QComboBox;
    number_->setObjectName(QStringLiteral("number"));
    number_->setAccessibleName(tr("Number of each head"));
    number_->addItem(tr("entropy, nats"));
    number_->addItem(tr("distance, tokens"));
    number_->setItemData(0, tr("How evenly a head spreads its attention: −Σ p ln p, mean over rows"), Qt::ToolTipRole);
    number_->setItemData(1, tr("How far away what it attends to is: |i − j| weighted, mean over rows"),
                         Qt::ToolTipRole);
    numbersExport_ = new FigureExportButton(tr("heads"), this);
    connect(number_, &QComboBox::currentIndexChanged, this, &AttentionDetail::showNumbers);
    connect(numbers_, &MaskHeatmapView::componentSelected, this, [this](const Component& component) {
        setSelected(component);
        Q_EMIT componentSelected(component);
    });
    return toolPane({number_}, {numbersExport_}, numbers_, this);
}

void AttentionDetail::setPicture(AttentionPicture picture) {
    const bool sameTokens = picture_.maps && picture.maps && picture_.maps->tokens == picture.maps->tokens;
    picture_ = std::move(picture);
    if (!sameTokens) token_.reset();
    showMap();
    showArcs();
    showLayers();
    showNumbers();
}

void AttentionDetail::setTitle(const QString& title, FigureMetadata metadata) {
    title_ = title;
    metadata_ = std::move(metadata);
    for (FigureExportButton* button : {mapExport_, arcsExport_, layersExport_, numbersExport_})
        button->setMetadata(metadata_);
}

void AttentionDetail::setSelected(std::optional<Component> component) {
    if (component && component->head < 0) component.reset();
    if (selected_ == component) return;
    selected_ = component;
    showMap();
    showArcs();
    showLayers();
    numbers_->setSelected(shown());
}

void AttentionDetail::setColorMap(ColorMap map) {
    colors_ = map;
    map_->setColorMap(map);
    layers_->setColorMap(map);
    showNumbers();
}

std::optional<Component> AttentionDetail::shown() const {
    if (!picture_.maps) return std::nullopt;
    if (selected_ && selected_->layer < picture_.maps->layers && selected_->head < picture_.maps->heads)
        return selected_;
    for (int l = 0; l < picture_.maps->layers; ++l)
        for (int h = 0; h < picture_.maps->heads; ++h)
            if (picture_.maps->has(l, h)) return Component{l, h};
    return std::nullopt;
}

QString AttentionDetail::valueLabel() const {
    if (!picture_.maps) return {};
    const QString kind =
        picture_.maps->kind == AttentionKind::Raw ? tr("attention probability") : tr("norm of the weighted vector");
    return picture_.maps->difference ? tr("difference of %1").arg(kind) : kind;
}

QString AttentionDetail::titled(const QString& what) const {
    return title_.isEmpty() ? what : tr("%1: %2").arg(title_, what);
}

std::vector<float> AttentionDetail::chosenMap(QString& name) const {
    const auto head = shown();
    if (!head) return {};
    const AttentionMaps& maps = *picture_.maps;
    switch (static_cast<Which>(which_->currentData().toInt())) {
        case Which::Head:
            name = headName(*head);
            return copyOf(maps, *head);
        case Which::OverHeads:
            name = tr("layer %1, mean of its heads").arg(head->layer + 1);
            return mean_over_heads(maps, head->layer);
        case Which::OverLayers:
            name = tr("head %1, mean over layers").arg(head->head + 1);
            return mean_over_layers(maps, head->head);
        case Which::OverAll:
            name = tr("mean of all heads");
            return mean_over_all(maps);
    }
    return {};
}

void AttentionDetail::showMap() {
    QString name;
    auto values = chosenMap(name);
    if (values.empty()) {
        map_->clear();
        mapExport_->setFigure({}, {});
        return;
    }
    map_->setPlaceholder(tr("The model has no %1.").arg(name));
    const bool absent = std::isnan(values.front());
    auto content = std::make_shared<MapContent>(mapContent(picture_.maps->tokens, std::move(values)));
    content->value_label = valueLabel().toStdString();
    content->difference = picture_.maps->difference;
    if (absent) {
        map_->clear();
        mapExport_->setFigure({}, {});
        return;
    }
    map_->setContent(content);
    map_->setSelectedToken(row_ ? token_ : std::nullopt, true);
    map_->setSelectedToken(row_ ? std::nullopt : token_, false);
    mapExport_->setFigure(fileNameOf(titled(name)), mapFigure(content, titled(name), colors_));
}

void AttentionDetail::showArcs() {
    const auto head = shown();
    if (!head) {
        arcs_->clear();
        arcsExport_->setFigure({}, {});
        return;
    }
    const AttentionMaps& maps = *picture_.maps;
    auto content = std::make_shared<ArcContent>();
    content->tokens = maps.tokens;
    content->value_label = valueLabel().toStdString();
    const auto add = [&](const Component& one) {
        if (maps.has(one.layer, one.head) && content->heads.size() < kMostArcHeads)
            content->heads.push_back({component_id(one), copyOf(maps, one)});
    };
    const bool layer = arcHeads_->currentIndex() == 1;
    for (int h = 0; layer && h < maps.heads; ++h) add({head->layer, h});
    if (!layer) add(*head);
    const QString name = layer ? tr("heads of layer %1").arg(head->layer + 1) : headName(*head);
    arcs_->setPlaceholder(tr("The model has no %1.").arg(name));
    arcs_->setContent(content);
    arcs_->setSelectedToken(token_, row_);
    if (content->heads.empty())
        arcsExport_->setFigure({}, {});
    else
        arcsExport_->setFigure(
            fileNameOf(titled(tr("lines, %1").arg(name))),
            arcsFigure(content, titled(name), maps.difference, [this] { return arcs_->threshold(); }));
}

void AttentionDetail::showLayers() {
    token_label_->setText({});
    const auto head = shown();
    if (!head || !token_) {
        layers_->clear();
        layersExport_->setFigure({}, {});
        return;
    }
    const AttentionMaps& maps = *picture_.maps;
    const auto side = static_cast<TokenSide>(side_->currentData().toInt());
    const bool one = layersHeads_->currentIndex() == 1;
    const QString token = QString::fromStdString(maps.tokens.texts[static_cast<std::size_t>(*token_)]);
    token_label_->setText(tr("<b>%1</b> (token %2)").arg(token.toHtmlEscaped()).arg(*token_ + 1));
    auto content = std::make_shared<MapContent>(
        layersContent(maps.tokens, through_layers(maps, *token_, side, one ? head->head : -1)));
    content->value_label = valueLabel().toStdString();
    content->difference = maps.difference;
    layers_->setContent(content);
    const QString name =
        tr("%1 %2, %3")
            .arg(token, side_->currentText(), one ? tr("head %1").arg(head->head + 1) : tr("mean of all heads"));
    layersExport_->setFigure(fileNameOf(titled(name)), mapFigure(content, titled(name), colors_));
}

void AttentionDetail::showNumbers() {
    if (!picture_.maps || picture_.maps->difference) {
        numbers_->clear();
        numbersExport_->setFigure({}, {});
        return;
    }
    const QString label = number_->currentText();
    HeatmapContent content;
    content.values.heads = number_->currentIndex() == 0 ? picture_.entropy : picture_.distance;
    HeatmapOptions options;
    options.map = colors_;
    options.value_label = label.toStdString();
    numbers_->setContent(content, options);
    numbers_->setSelected(shown());
    numbersExport_->setFigure(fileNameOf(titled(label)),
                              [content, options, title = titled(label).toStdString()](const FigureRequest& request) {
                                  HeatmapOptions look = options;
                                  if (request.title) look.title = title;
                                  return lottery::heatmap(content, look, request.style);
                              });
}

void AttentionDetail::selectToken(int token, bool row) {
    token_ = token < 0 ? std::nullopt : std::optional(token);
    row_ = row;
    map_->setSelectedToken(row ? token_ : std::nullopt, true);
    map_->setSelectedToken(row ? std::nullopt : token_, false);
    arcs_->setSelectedToken(token_, row);
    // The side on which it was chosen is the one to follow.
    side_->setCurrentIndex(side_->findData(static_cast<int>(row ? TokenSide::Pays : TokenSide::Gets)));
    showLayers();
}

}  // namespace lottery::gui
