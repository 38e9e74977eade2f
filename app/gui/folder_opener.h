// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads run folders beside the GUI thread: request, read, response.
//
// Thread rule: GUI thread; the signals come there. The destructor waits for the folder that is being read.
#pragma once

#include <QObject>
#include <filesystem>

#include "app/gui/background_reader.h"
#include "app/gui/run_folder.h"

namespace lottery::gui {

class FolderOpener : public QObject {
    Q_OBJECT

public:
    explicit FolderOpener(QObject* parent = nullptr) : QObject(parent) {}

    void open(const std::filesystem::path& folder);
    bool isBusy() const { return reader_.isBusy(); }

Q_SIGNALS:
    void opened(const lottery::gui::RunFolder& run);
    void failed(const QString& folder, const lottery::Error& error);

private:
    BackgroundReader reader_;
};

}  // namespace lottery::gui
