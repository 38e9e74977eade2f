// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads run folders beside the GUI thread: request, read, response.
//
// Thread rule: GUI thread; the signals come there. The destructor waits for the folder that is being read.
#pragma once

#include <QObject>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include "app/gui/job_runner.h"
#include "app/gui/run_folder.h"

namespace lottery::gui {

class FolderOpener : public QObject {
    Q_OBJECT

public:
    explicit FolderOpener(QObject* parent = nullptr);

    void open(const std::filesystem::path& folder);
    bool isBusy() const { return !runner_.isIdle(); }

Q_SIGNALS:
    void opened(const lottery::gui::RunFolder& run);
    void failed(const QString& folder, const lottery::Error& error);

private:
    struct Request {
        std::filesystem::path folder;
        std::shared_ptr<std::optional<RunFolder>> result;  // written by the worker, read after its end was told
    };

    void finish(JobId id, const JobEnd& end);

    std::map<JobId, Request> requests_;
    JobRunner runner_;
};

}  // namespace lottery::gui
