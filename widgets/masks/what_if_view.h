// SPDX-License-Identifier: GPL-3.0-or-later
//
// What if these heads and MLPs were masked: masks to edit by click, drag and key, the parameters that they leave, and
// the score as an estimate that grows. Who made the view loads the model and computes the estimates.
//
// A click, Space or Return turns a head or MLP over; dragging does to the others what the press did to the first.
//
// Thread rule: GUI thread.
#pragma once

#include <QUndoStack>
#include <QWidget>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/figures/heatmap.h"
#include "core/model/masks.h"
#include "core/study/what_if.h"
#include "core/study/what_if_starts.h"

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QStackedWidget;

namespace lottery::gui {

class FigureExportButton;
class MaskHeatmapView;

// Parameters outside the embeddings that masks keep.
using CountParameters = std::function<std::int64_t(const ComponentMasks&)>;

class WhatIfView : public QWidget {
    Q_OBJECT

public:
    explicit WhatIfView(QWidget* parent = nullptr);

    // What is edited, e.g. "MRPC, seed 1337".
    void setTitle(const QString& title);
    // Goes into the metadata of exported figures.
    void setProvenance(const std::map<std::string, std::string>& provenance);
    // Instead of the editor: that the model is being loaded, or why it cannot be.
    void setMessage(const QString& text);
    // The editor. `components`: what the model has, of `all` parameters. Begins with the good masks, where there are
    // some; a model that is there already is exchanged, the masks and what can be undone stay.
    void setModel(const ComponentMasks& components, CountParameters count, std::int64_t all, WhatIfStarts starts);
    [[nodiscard]] bool isEditing() const;

    [[nodiscard]] const ComponentMasks& masks() const { return masks_; }
    // As one step that can be undone; `text`: what it does.
    void edit(ComponentMasks masks, const QString& text);
    // Turned over; what the model does not have is left alone. Before there is a model, as soon as there is one.
    void toggle(const lottery::Component& component);
    // Of the masks that are shown.
    void setEstimate(const WhatIfEstimate& estimate);
    [[nodiscard]] const std::optional<WhatIfEstimate>& estimate() const { return estimate_; }
    // No estimate of the masks that are shown, and why.
    void setFailed(const QString& why);

    // How many examples are wanted; 0: all.
    [[nodiscard]] std::int64_t examples() const;
    // Without emitting componentSelected.
    void setSelected(std::optional<lottery::Component> component);

    QUndoStack* undoStack() { return &undo_; }
    MaskHeatmapView* heatmap() const { return heatmap_; }
    QComboBox* startBox() const { return start_; }
    QComboBox* examplesBox() const { return examples_; }
    QLabel* message() const { return message_; }
    QLabel* scoreLabel() const { return score_; }
    QLabel* differenceLabel() const { return difference_; }
    QLabel* sizeLabel() const { return size_; }
    QLabel* costLabel() const { return cost_; }
    QProgressBar* progress() const { return progress_; }

Q_SIGNALS:
    // The masks changed: an estimate of them is wanted.
    void masksChanged(const lottery::ComponentMasks& masks);
    // An estimate from another number of examples is wanted.
    void examplesChosen(std::int64_t examples);
    void componentSelected(lottery::Component component);
    // A person wants to choose masks from a folder, or to keep these in one.
    void folderWanted();
    void saveRequested();

private:
    QWidget* makeEditor();
    QWidget* makeResult();
    void take(const ComponentMasks& masks);
    void paint(const lottery::Component& component);
    void finishStroke();
    void showMenu(const QPoint& position);
    void showMasks();
    [[nodiscard]] HeatmapContent content() const;
    [[nodiscard]] HeatmapOptions options() const;
    [[nodiscard]] bool has(const lottery::Component& component) const;

    ComponentMasks components_, masks_;
    CountParameters count_;
    std::int64_t all_ = 0;
    WhatIfStarts starts_;
    std::optional<WhatIfEstimate> estimate_;
    std::optional<Component> selected_;     // also while there is no model
    std::optional<Component> pending_;      // to be turned over when there is a model
    std::optional<ComponentMasks> before_;  // of the stroke that is being drawn
    float stroke_ = 0.0F;                   // what it does: 0 masks, 1 keeps
    QString title_;
    QUndoStack undo_;

    QLabel* heading_;
    QStackedWidget* pages_;
    QLabel* message_;
    QComboBox* start_;
    QComboBox* examples_;
    MaskHeatmapView* heatmap_;
    FigureExportButton* export_;
    QPushButton* save_;
    QLabel* metric_;
    QLabel* score_;
    QLabel* interval_;
    QLabel* difference_;
    QLabel* size_;
    QProgressBar* progress_;
    QLabel* cost_;
};

}  // namespace lottery::gui
