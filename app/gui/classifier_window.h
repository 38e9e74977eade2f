// SPDX-License-Identifier: GPL-3.0-or-later
//
// A window of its own to train a classifier of attention patterns on labelled maps, and to watch it learn.
//
// Thread rule: GUI thread only.
#pragma once

#include <QWidget>
#include <memory>
#include <vector>

#include "app/gui/job_runner.h"
#include "core/study/patterns_run.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace lottery::gui {

class ClassifierTrainingView;
class PathEdit;

class ClassifierWindow : public QWidget {
    Q_OBJECT

public:
    explicit ClassifierWindow(const ComputeOptions& compute, QWidget* parent = nullptr);
    ~ClassifierWindow() override;

    [[nodiscard]] TrainPatternsRequest request() const;
    void setRequest(const TrainPatternsRequest& request);
    // What request() asks for, unless something is wrong with it, which is said.
    void train();
    [[nodiscard]] bool isTraining() const { return !runner_.isIdle(); }

    ClassifierTrainingView* view() const { return view_; }
    QPushButton* trainButton() const { return train_; }
    QPushButton* stopButton() const { return stop_; }
    QLabel* problemLabel() const { return problem_; }

private:
    struct Trained;
    void validate();
    void takeEnd(const JobEnd& end);

    ComputeOptions compute_;
    PathEdit* data_;
    QComboBox* kind_;
    QSpinBox* epochs_;
    QSpinBox* seed_;
    PathEdit* out_;
    QLabel* problem_;
    QPushButton* train_ = nullptr;
    QPushButton* stop_ = nullptr;
    ClassifierTrainingView* view_;
    std::shared_ptr<Trained> trained_;  // written by the worker, read after the job's end
    JobId job_ = 0;
    JobRunner runner_;
};

}  // namespace lottery::gui
