// SPDX-License-Identifier: GPL-3.0-or-later
//
// A mask search, live or read back: heatmap with the MLP column, score over steps, and a slider back through the
// steps. While live, the view follows the newest step; choosing an older one ends that, "Live" resumes it.
//
// Thread rule: GUI thread.
#pragma once

#include <QString>
#include <QWidget>
#include <map>
#include <memory>
#include <string>

#include "core/pruning/mask_search_options.h"

namespace lottery::gui {

class MaskSearchView : public QWidget {
    Q_OBJECT

public:
    explicit MaskSearchView(QWidget* parent = nullptr);
    ~MaskSearchView() override;

    void clear();
    // What is searched, e.g. "MRPC, seed 1337, heads + MLPs".
    void setTitle(const QString& title);
    // Goes into the metadata of exported figures.
    void setProvenance(const std::map<std::string, std::string>& provenance);
    // Share of the full score that a kept mask must reach (MaskSearchOptions::threshold): draws the threshold
    // line while the search runs. A result brings its own.
    void setThreshold(double share);
    // Steps come in order, the full model (index 0) first; an index that is there already is replaced.
    void addStep(const lottery::MaskSearchStep& step);
    // All of it, steps included; steps added before are replaced.
    void setResult(const lottery::MaskSearchResult& result);

    // The step shown, -1 when there is none.
    [[nodiscard]] int currentStep() const;
    [[nodiscard]] int stepCount() const;
    [[nodiscard]] bool isLive() const;

public Q_SLOTS:
    // Shows a step (clamped to those there are) and ends following, unless it is the newest.
    void showStep(int index);
    // Follows the newest step.
    void followLive();
    // Selects a component without emitting componentSelected.
    void selectComponent(const lottery::Component& component);

Q_SIGNALS:
    // A person chose a component.
    void componentSelected(lottery::Component component);
    void componentActivated(lottery::Component component);
    void currentStepChanged(int index);

protected:
    void changeEvent(QEvent* event) override;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace lottery::gui
