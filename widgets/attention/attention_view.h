// SPDX-License-Identifier: GPL-3.0-or-later
//
// The page Attention: a text's maps of all layers and heads, and the selected one closely. Who made the view computes
// what it wishes.
//
// Thread rule: GUI thread.
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "core/base/progress.h"
#include "core/figures/figure.h"
#include "core/study/map_patterns.h"
#include "widgets/attention/attention_picture.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QProgressBar;
class QToolButton;

namespace lottery::gui {

class AttentionControls;
class AttentionDetail;
class AttentionGridView;
class AttentionSearchView;
class FigureExportButton;

class AttentionView : public QWidget {
    Q_OBJECT

public:
    explicit AttentionView(QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setProvenance(FigureMetadata provenance);
    // Maps are being computed; what is shown so far stays.
    void setBusy(bool busy);
    void setProgress(const Progress& progress, bool search);
    // `what`: model and kind in words; `wish`: of which it is the picture.
    void setPicture(AttentionPicture picture, const QString& what, const AttentionWish& wish);
    [[nodiscard]] const AttentionPicture& picture() const { return picture_; }
    // Whether a person wants to see the class of each map.
    [[nodiscard]] bool wantsPatterns() const;
    // Of the picture that is shown, [L,N]; `classifier`: what it was trained on.
    void setPatterns(std::vector<std::optional<MapPattern>> patterns, const QString& classifier);
    // There are none, and why.
    void setNoPatterns(const QString& why);
    // No picture of what is wished, and why; the last one stays.
    void setFailed(const QString& why);
    // Without emitting componentSelected. An MLP has no maps: the head that is shown stays.
    void setSelected(std::optional<lottery::Component> component);
    [[nodiscard]] std::optional<lottery::Component> shownHead() const;

    AttentionControls* controls() const { return controls_; }
    AttentionGridView* grid() const { return grid_; }
    AttentionDetail* detail() const { return detail_; }
    AttentionSearchView* search() const { return search_; }
    QLabel* status() const { return status_; }
    QComboBox* colorBox() const { return colors_; }
    QToolButton* saveButton() const { return save_; }
    // One scale of colours for all thumbnails; else each up to its own largest value.
    QCheckBox* scaleBox() const { return scaleBox_; }
    QCheckBox* patternsBox() const { return patternsBox_; }

Q_SIGNALS:
    void wished();
    void folderWanted();
    void componentSelected(lottery::Component component);
    // Of the head that is shown, in the file of the chosen split.
    void searchRequested(lottery::AttendsTo what);
    // The classes of the picture's maps are wanted.
    void patternsWanted();
    // Keep the maps as .npy.
    void saveRequested();

private:
    void choose(const lottery::Component& component);
    void showStatus();
    void showBadges();
    [[nodiscard]] QString detailsOf(const lottery::Component& component) const;

    AttentionPicture picture_;
    QString title_, what_;
    FigureMetadata provenance_;
    QString failure_;
    std::vector<std::optional<MapPattern>> patterns_;  // of the picture; empty: not known
    QString classifier_, noPatterns_;

    QLabel* heading_;
    AttentionControls* controls_;
    AttentionGridView* grid_;
    AttentionDetail* detail_;
    AttentionSearchView* search_;
    QComboBox* colors_;
    QCheckBox* scaleBox_;
    QCheckBox* patternsBox_;
    FigureExportButton* export_;
    QToolButton* save_;
    QLabel* status_;
    QLabel* hover_;
    QProgressBar* progress_;
};

}  // namespace lottery::gui
