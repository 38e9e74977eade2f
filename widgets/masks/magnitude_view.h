// SPDX-License-Identifier: GPL-3.0-or-later
//
// A magnitude search, live or read back: share of the weights that survive in each head and MLP, score over steps or
// over the share of weights kept, and a slider back through the steps. While live, the view follows the newest step;
// choosing an older one ends that, "Live" resumes it.
//
// Thread rule: GUI thread.
#pragma once

#include <QString>
#include <QWidget>
#include <map>
#include <memory>
#include <string>

#include "core/pruning/magnitude_options.h"
#include "core/pruning/mask_search_options.h"

namespace lottery::gui {

class MagnitudeView : public QWidget {
    Q_OBJECT

public:
    explicit MagnitudeView(QWidget* parent = nullptr);
    ~MagnitudeView() override;

    void clear();
    // What is searched, e.g. "MRPC, seed 1337, magnitude".
    void setTitle(const QString& title);
    // Goes into the metadata of exported figures.
    void setProvenance(const std::map<std::string, std::string>& provenance);
    // What is known before the first step: the search metric as in task_info() and the share of the full score that a
    // mask must reach (MagnitudeOptions::threshold). A result brings its own.
    void setHeader(const std::string& metric, double threshold);
    // Steps come in order, the full model (index 0) first; an index that is there already is replaced.
    void addStep(const lottery::MagnitudeStep& step);
    // All of it, steps included; steps added before are replaced. A live view then shows the step whose mask was kept.
    void setResult(const lottery::MagnitudeResult& result);

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
    void currentStepChanged(int index);

protected:
    void changeEvent(QEvent* event) override;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace lottery::gui
