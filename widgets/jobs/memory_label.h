// SPDX-License-Identifier: GPL-3.0-or-later
//
// How much memory the program has, and how full the machine and its GPUs are; renewed every two seconds while it is
// seen.
//
// Thread rule: GUI thread only.
#pragma once

#include <QLabel>
#include <QStringList>
#include <QTimer>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/machine_meter.h"

namespace lottery::gui {

// "1.9 GB"
QString bytesText(std::uint64_t bytes);
// Above this share of its memory a device is called nearly full.
inline constexpr double kNearlyFull = 0.9;

class MemoryLabel : public QLabel {
    Q_OBJECT

public:
    // Of these devices the GPUs ("cuda:0", …) are shown too, where they can be asked.
    explicit MemoryLabel(const QStringList& devices, QWidget* parent = nullptr);

    void renew();
    // Shows these numbers; nothing: what could not be read.
    void showMemory(const std::optional<ProcessMemory>& process, const std::optional<DeviceMemory>& machine,
                    const std::vector<std::pair<QString, DeviceMemory>>& gpus);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    std::vector<std::pair<QString, GpuMeter>> gpus_;
    QTimer timer_;
};

}  // namespace lottery::gui
