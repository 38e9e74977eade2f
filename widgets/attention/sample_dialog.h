// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which maps are to be labelled: from which checkpoints and tasks, of what kind, how many. What is wrong is said as it
// is chosen; there is no sampling before it is right.
//
// Thread rule: GUI thread.
#pragma once

#include <QDialog>
#include <functional>
#include <vector>

#include "core/study/map_sample.h"

class QComboBox;
class QLabel;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace lottery::gui {

class CheckMenu;
class PathEdit;

class SampleDialog : public QDialog {
    Q_OBJECT

public:
    // `problems`: what is wrong with a request.
    using Problems = std::function<std::vector<FieldProblem>(const MapSampleRequest&)>;
    explicit SampleDialog(Problems problems, QWidget* parent = nullptr);

    void setRequest(const MapSampleRequest& request);
    [[nodiscard]] MapSampleRequest request() const;
    void addCheckpoint(const QString& folder);

    QListWidget* checkpointList() const { return checkpoints_; }
    PathEdit* dataEdit() const { return data_; }
    CheckMenu* taskMenu() const { return tasks_; }
    QSpinBox* countBox() const { return count_; }
    QPushButton* sampleButton() const { return sample_; }
    QLabel* problemLabel() const { return problem_; }

private:
    void chooseCheckpoint();
    void validate();

    Problems problems_;
    ComputeOptions compute_;
    QListWidget* checkpoints_;
    PathEdit* data_;
    CheckMenu* tasks_;
    QComboBox* kind_;
    QSpinBox* count_;
    QSpinBox* least_;
    QSpinBox* most_;
    QSpinBox* seed_;
    QLabel* problem_;
    QPushButton* sample_ = nullptr;
};

}  // namespace lottery::gui
