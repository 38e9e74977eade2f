// SPDX-License-Identifier: GPL-3.0-or-later
//
// Fine-tuning, live: loss of every step with its moving mean, dev metrics, and a readout under the pointer.
// Painting is coalesced: any number of steps may arrive between two frames.
//
// Thread rule: GUI thread.
#pragma once

#include <QString>
#include <QWidget>
#include <map>
#include <memory>
#include <string>

#include "core/training/training_options.h"

namespace lottery::gui {

class TrainingView : public QWidget {
    Q_OBJECT

public:
    explicit TrainingView(QWidget* parent = nullptr);
    ~TrainingView() override;

    void clear();
    // What is trained, e.g. "MRPC, seed 1337".
    void setTitle(const QString& title);
    // Goes into the metadata of exported figures.
    void setProvenance(const std::map<std::string, std::string>& provenance);
    // Steps come in order; after a resume, a step that is there already drops it and all after it.
    void addStep(const lottery::TrainingStep& step);
    void addEvaluation(const lottery::DevEvaluation& evaluation);

protected:
    void changeEvent(QEvent* event) override;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace lottery::gui
