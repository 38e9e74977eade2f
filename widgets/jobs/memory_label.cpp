// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/memory_label.h"

namespace lottery::gui {

namespace {

constexpr int kRenewMs = 2000;

bool isNearlyFull(const DeviceMemory& memory) {
    return static_cast<double>(memory.used) > kNearlyFull * static_cast<double>(memory.total);
}

}  // namespace

QString bytesText(std::uint64_t bytes) {
    constexpr double kMega = 1e6;
    const double mega = static_cast<double>(bytes) / kMega;
    return mega < 1000.0 ? QStringLiteral("%1 MB").arg(mega, 0, 'f', 0)
                         : QStringLiteral("%1 GB").arg(mega / 1000.0, 0, 'f', 1);
}

MemoryLabel::MemoryLabel(const QStringList& devices, QWidget* parent) : QLabel(parent) {
    setObjectName(QStringLiteral("memory"));
    for (const QString& device : devices)
        if (auto meter = GpuMeter::open(device.toStdString())) gpus_.emplace_back(device, *std::move(meter));
    timer_.setInterval(kRenewMs);
    connect(&timer_, &QTimer::timeout, this, &MemoryLabel::renew);
}

void MemoryLabel::renew() {
    std::vector<std::pair<QString, DeviceMemory>> gpus;
    for (const auto& [device, meter] : gpus_)
        if (const auto memory = meter.memory()) gpus.emplace_back(device, *memory);
    showMemory(process_memory(), system_memory(), gpus);
}

void MemoryLabel::showMemory(const std::optional<ProcessMemory>& process, const std::optional<DeviceMemory>& machine,
                             const std::vector<std::pair<QString, DeviceMemory>>& gpus) {
    QStringList parts;
    QStringList tips;
    bool full = false;
    if (process) {
        parts << tr("Memory %1").arg(bytesText(process->resident));
        tips << tr("This program has %1, at most %2 since it began.")
                    .arg(bytesText(process->resident), bytesText(process->peak));
    }
    if (machine) {
        tips
            << tr("Of the machine’s %1 all programs have %2.").arg(bytesText(machine->total), bytesText(machine->used));
        full = isNearlyFull(*machine);
    }
    for (const auto& [device, memory] : gpus) {
        parts << tr("%1: %2 of %3").arg(device, bytesText(memory.used), bytesText(memory.total));
        full = full || isNearlyFull(memory);
    }
    if (full) {
        parts << tr("nearly full");
        tips << tr("Nearly full: a job that runs out goes on with smaller batches, or fails.");
    }
    setText(parts.join(QStringLiteral(" · ")));
    setToolTip(tips.join(QLatin1Char('\n')));
}

void MemoryLabel::showEvent(QShowEvent* event) {
    QLabel::showEvent(event);
    renew();
    timer_.start();
}

void MemoryLabel::hideEvent(QHideEvent* event) {
    QLabel::hideEvent(event);
    timer_.stop();
}

}  // namespace lottery::gui
