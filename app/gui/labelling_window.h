// SPDX-License-Identifier: GPL-3.0-or-later
//
// A window of its own to label attention maps: samples them, keeps labels in a folder, and asks before any are lost.
//
// Thread rule: GUI thread only.
#pragma once

#include <QString>
#include <QWidget>
#include <memory>
#include <vector>

#include "app/gui/job_runner.h"
#include "core/study/map_sample.h"
#include "widgets/attention/sample_dialog.h"

class QProgressDialog;

namespace lottery::gui {

class LabellingView;

class LabellingWindow : public QWidget {
    Q_OBJECT

public:
    // `request`: what the dialog begins with.
    explicit LabellingWindow(MapSampleRequest request, QWidget* parent = nullptr);
    ~LabellingWindow() override;

    LabellingView* view() const { return view_; }
    // Asks which maps, unless labels would be lost by others.
    SampleDialog* chooseMaps();
    void sample(const MapSampleRequest& request);
    [[nodiscard]] bool isSampling() const { return !runner_.isIdle(); }

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    void takeSample(const JobEnd& end);
    void openFolder();
    bool save();
    void compare();
    // Saved, or given up by the person; false: go on labelling.
    bool mayLose();

    MapSampleRequest request_;
    LabellingView* view_;
    QProgressDialog* progress_ = nullptr;
    std::shared_ptr<std::vector<SampledMap>> maps_;  // written by the worker, read after the job's end
    JobRunner runner_;
};

}  // namespace lottery::gui
