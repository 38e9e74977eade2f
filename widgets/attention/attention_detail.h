// SPDX-License-Identifier: GPL-3.0-or-later
//
// The selected head closely: its map, its lines, one token through all layers, and entropy and distance of all heads.
// A token that is selected in one of them is selected in all.
//
// Thread rule: GUI thread.
#pragma once

#include <QTabWidget>
#include <optional>
#include <vector>

#include "core/figures/figure.h"
#include "widgets/attention/attention_picture.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QSlider;

namespace lottery::gui {

class AttentionArcView;
class AttentionMapView;
class FigureExportButton;
class MaskHeatmapView;

class AttentionDetail : public QTabWidget {
    Q_OBJECT

public:
    explicit AttentionDetail(QWidget* parent = nullptr);

    void setPicture(AttentionPicture picture);
    // Of exported figures.
    void setTitle(const QString& title, FigureMetadata metadata);
    // Nothing, or no head: the first head of the model. Without emitting componentSelected.
    void setSelected(std::optional<lottery::Component> component);
    // The head that is shown.
    [[nodiscard]] std::optional<lottery::Component> shown() const;
    void setColorMap(ColorMap map);

    AttentionMapView* mapView() const { return map_; }
    AttentionArcView* arcView() const { return arcs_; }
    AttentionMapView* layersView() const { return layers_; }
    MaskHeatmapView* numbersView() const { return numbers_; }
    // Entropy or distance.
    QComboBox* numberBox() const { return number_; }
    // Which maps the page Map shows: this head's, or a mean.
    QComboBox* whichBox() const { return which_; }
    QComboBox* arcHeadsBox() const { return arcHeads_; }
    QComboBox* layersHeadsBox() const { return layersHeads_; }
    QComboBox* sideBox() const { return side_; }
    QSlider* thresholdSlider() const { return threshold_; }

Q_SIGNALS:
    void componentSelected(lottery::Component component);
    // What hovers, for the page's status line; empty: nothing.
    void hovered(const QString& text);

private:
    QWidget* makeMapPage();
    QWidget* makeArcsPage();
    QWidget* makeLayersPage();
    QWidget* makeNumbersPage();
    void showMap();
    void showArcs();
    void showLayers();
    void showNumbers();
    void selectToken(int token, bool row);
    [[nodiscard]] std::vector<float> chosenMap(QString& name) const;
    [[nodiscard]] QString valueLabel() const;
    [[nodiscard]] QString titled(const QString& what) const;

    AttentionPicture picture_;
    std::optional<Component> selected_;
    std::optional<int> token_;
    bool row_ = true;  // the side on which `token_` was selected
    ColorMap colors_ = ColorMap::Viridis;
    QString title_;
    FigureMetadata metadata_;

    AttentionMapView* map_;
    QComboBox* which_;
    QCheckBox* sums_;
    FigureExportButton* mapExport_;
    AttentionArcView* arcs_;
    QComboBox* arcHeads_;
    QSlider* threshold_;
    FigureExportButton* arcsExport_;
    AttentionMapView* layers_;
    QLabel* token_label_;
    QComboBox* side_;
    QComboBox* layersHeads_;
    FigureExportButton* layersExport_;
    MaskHeatmapView* numbers_;
    QComboBox* number_;
    FigureExportButton* numbersExport_;
};

}  // namespace lottery::gui
