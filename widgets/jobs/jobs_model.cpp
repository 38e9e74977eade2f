// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/jobs_model.h"

#include <algorithm>

#include "resources/themed_icon.h"

namespace lottery::gui {

namespace {

double elapsedSeconds(const JobRecord& record) {
    if (!record.started.isValid()) return -1.0;
    const QDateTime end = record.ended.isValid() ? record.ended : QDateTime::currentDateTime();
    return static_cast<double>(record.started.msecsTo(end)) / 1000.0;
}

QString progressCell(const JobRecord& record) {
    switch (record.state) {
        case JobState::Queued:
            return {};
        case JobState::Running:
        case JobState::Pausing:
        case JobState::Paused:
        case JobState::Cancelling:
            break;
        default:
            return stateName(record.state);
    }
    const QString stage = QString::fromStdString(record.progress.stage);
    const QString units = progressText(record.progress);
    if (stage.isEmpty() || units.isEmpty()) return stage + units;
    return QStringLiteral("%1 – %2").arg(stage, units);
}

}  // namespace

JobsModel::JobsModel(QObject* parent) : QAbstractTableModel(parent) { clock_.start(); }

void JobsModel::add(JobRecord record) {
    const int row = static_cast<int>(records_.size());
    if (!record.submitted.isValid()) record.submitted = QDateTime::currentDateTime();
    beginInsertRows({}, row, row);
    records_.push_back(std::move(record));
    endInsertRows();
    Q_EMIT countsChanged();
}

void JobsModel::setState(JobId id, JobState state, const Error& error) {
    JobRecord* record = find(id);
    if (!record || isEnd(record->state)) return;
    record->state = state;
    // The time that it held is no measure of its speed.
    if (state == JobState::Paused) {
        record->secondsLeft = -1.0;
        estimators_.erase(id);
    }
    if (state == JobState::Running && !record->started.isValid()) record->started = QDateTime::currentDateTime();
    if (isEnd(state)) {
        record->ended = QDateTime::currentDateTime();
        record->secondsLeft = -1.0;
        estimators_.erase(id);
    }
    if (state == JobState::Failed) record->error = error;
    const int row = rowOf(id);
    Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
    Q_EMIT countsChanged();
}

void JobsModel::setProgress(JobId id, const Progress& progress) {
    JobRecord* record = find(id);
    if (!record || isEnd(record->state)) return;
    record->progress = progress;
    record->secondsLeft = estimators_[id].update(progress, static_cast<double>(clock_.elapsed()) / 1000.0);
    const int row = rowOf(id);
    Q_EMIT dataChanged(index(row, ProgressBar), index(row, Elapsed));
}

void JobsModel::appendLog(JobId id, Severity severity, const QString& text) {
    JobRecord* record = find(id);
    if (!record) return;
    record->log.push_back({QDateTime::currentDateTime(), severity, text});
    Q_EMIT logAppended(id);
}

int JobsModel::neighbour(int row, int delta) const {
    const JobRecord& record = records_[static_cast<std::size_t>(row)];
    if (record.state != JobState::Queued || delta == 0) return -1;
    const int step = delta < 0 ? -1 : 1;
    for (int other = row + step; other >= 0 && other < rowCount(); other += step) {
        const JobRecord& candidate = records_[static_cast<std::size_t>(other)];
        if (candidate.state == JobState::Queued && candidate.device == record.device) return other;
    }
    return -1;
}

bool JobsModel::canMoveQueued(JobId id, int delta) const {
    const int row = rowOf(id);
    return row >= 0 && neighbour(row, delta) >= 0;
}

bool JobsModel::moveQueued(JobId id, int delta) {
    const int row = rowOf(id);
    const int target = row < 0 ? -1 : neighbour(row, delta);
    if (target < 0) return false;
    // Rows of other devices between the two stay where they are relative to each other.
    const auto first = records_.begin() + std::min(row, target);
    const auto last = records_.begin() + std::max(row, target);
    beginMoveRows({}, row, row, {}, target > row ? target + 1 : target);
    if (target > row)
        std::rotate(first, first + 1, last + 1);
    else
        std::rotate(first, last, last + 1);
    endMoveRows();
    return true;
}

void JobsModel::removeFinished() {
    for (int row = rowCount() - 1; row >= 0; --row) {
        const auto position = records_.begin() + row;
        if (!isEnd(position->state)) continue;
        beginRemoveRows({}, row, row);
        records_.erase(position);
        endRemoveRows();
    }
    Q_EMIT countsChanged();
}

void JobsModel::tick() {
    for (int row = 0; row < rowCount(); ++row) {
        const JobRecord& record = records_[static_cast<std::size_t>(row)];
        if (isActive(record.state)) Q_EMIT dataChanged(index(row, Elapsed), index(row, Elapsed));
    }
}

const JobRecord* JobsModel::record(JobId id) const {
    const int row = rowOf(id);
    return row < 0 ? nullptr : &records_[static_cast<std::size_t>(row)];
}

JobRecord* JobsModel::find(JobId id) {
    const int row = rowOf(id);
    return row < 0 ? nullptr : &records_[static_cast<std::size_t>(row)];
}

JobId JobsModel::idAt(int row) const {
    return row >= 0 && row < rowCount() ? records_[static_cast<std::size_t>(row)].id : 0;
}

int JobsModel::rowOf(JobId id) const {
    const auto found = std::find_if(records_.begin(), records_.end(), [id](const JobRecord& r) { return r.id == id; });
    return found == records_.end() ? -1 : static_cast<int>(found - records_.begin());
}

JobsModel::Counts JobsModel::counts() const {
    Counts counts;
    for (const JobRecord& record : records_) {
        if (record.state == JobState::Queued)
            ++counts.queued;
        else if (isEnd(record.state))
            ++counts.finished;
        else
            ++counts.running;
    }
    return counts;
}

int JobsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(records_.size());
}

int JobsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QString JobsModel::text(const JobRecord& record, int column) const {
    const bool busy = isActive(record.state);
    switch (column) {
        case Title:
            return record.title;
        case State:
            return stateName(record.state);
        case ProgressBar:
            return progressCell(record);
        case TimeLeft:
            return busy ? durationText(record.secondsLeft) : QString();
        case Throughput:
            return busy ? rateText(record.progress) : QString();
        case Elapsed:
            return record.started.isValid() ? durationText(elapsedSeconds(record)) : QString();
        case Device:
            return record.device;
        default:
            return {};
    }
}

QString JobsModel::toolTip(const JobRecord& record) const {
    QString tip = QStringLiteral("<b>%1</b><br>%2").arg(record.title.toHtmlEscaped(), stateName(record.state));
    if (!record.folder.isEmpty()) tip += QStringLiteral("<br>%1").arg(record.folder.toHtmlEscaped());
    if (record.state == JobState::Failed)
        tip += QStringLiteral("<br>%1").arg(QString::fromStdString(record.error.to_string()).toHtmlEscaped());
    return tip;
}

QVariant JobsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const JobRecord& record = records_[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return text(record, index.column());
        case Qt::DecorationRole:
            return index.column() == Title ? QVariant(themedIcon(stateIcon(record.state))) : QVariant();
        case Qt::ToolTipRole:
            return toolTip(record);
        case Qt::TextAlignmentRole:
            if (index.column() == TimeLeft || index.column() == Throughput || index.column() == Elapsed)
                return QVariant(Qt::AlignRight | Qt::AlignVCenter);
            return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
        case IdRole:
            return QVariant::fromValue(record.id);
        case StateRole:
            return static_cast<int>(record.state);
        case ShareRole:
            return record.state == JobState::Done ? 1.0 : progressShare(record.progress);
        default:
            return {};
    }
}

QVariant JobsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) {
        const bool number = section == TimeLeft || section == Throughput || section == Elapsed;
        return QVariant((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Title:
            return tr("Job");
        case State:
            return tr("State");
        case ProgressBar:
            return tr("Progress");
        case TimeLeft:
            return tr("Time left");
        case Throughput:
            return tr("Throughput");
        case Elapsed:
            return tr("Elapsed");
        case Device:
            return tr("Device");
        default:
            return {};
    }
}

}  // namespace lottery::gui
