// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/issues_model.h"

#include <QCoreApplication>

#include <algorithm>

#include "resources/themed_icon.h"

namespace lottery::gui {

namespace {

bool isSame(const Issue& a, const Issue& b) {
    return a.severity == b.severity && a.job == b.job && a.text == b.text && a.place == b.place && a.origin == b.origin;
}

QString messageText(const Issue& issue) {
    QString text = issue.place.isEmpty() ? issue.text : QStringLiteral("%1: %2").arg(issue.place, issue.text);
    if (issue.count > 1) text += QStringLiteral("  (×%1)").arg(issue.count);
    return text;
}

QColor severityColour(Severity severity) {
    switch (severity) {
        case Severity::Info:
            return {};
        case Severity::Warning:
            return QColor(0xC7, 0x7C, 0x02);
        case Severity::Error:
            return QColor(0xD6, 0x3A, 0x3A);
    }
    return {};
}

}  // namespace

QString severityName(Severity severity) {
    switch (severity) {
        case Severity::Info:
            return QCoreApplication::translate("Severity", "Info");
        case Severity::Warning:
            return QCoreApplication::translate("Severity", "Warning");
        case Severity::Error:
            return QCoreApplication::translate("Severity", "Error");
    }
    return {};
}

QString severityIcon(Severity severity) {
    switch (severity) {
        case Severity::Info:
            return QStringLiteral("info");
        case Severity::Warning:
            return QStringLiteral("warning");
        case Severity::Error:
            return QStringLiteral("error");
    }
    return {};
}

IssuesModel::IssuesModel(QObject* parent) : QAbstractTableModel(parent) {}

void IssuesModel::add(Issue issue) {
    if (!issue.time.isValid()) issue.time = QDateTime::currentDateTime();
    const auto same = std::find_if(issues_.rbegin(), issues_.rend(), [&](const Issue& i) { return isSame(i, issue); });
    if (same != issues_.rend()) {
        ++same->count;
        same->time = issue.time;
        const int row = static_cast<int>(issues_.rend() - same) - 1;
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
        Q_EMIT countsChanged();
        return;
    }
    if (rowCount() >= kCapacity) {
        beginRemoveRows({}, 0, 0);
        issues_.erase(issues_.begin());
        endRemoveRows();
    }
    const int row = rowCount();
    beginInsertRows({}, row, row);
    issues_.push_back(std::move(issue));
    endInsertRows();
    Q_EMIT countsChanged();
}

void IssuesModel::clear() {
    beginResetModel();
    issues_.clear();
    endResetModel();
    Q_EMIT countsChanged();
}

const Issue& IssuesModel::issue(int row) const { return issues_.at(static_cast<std::size_t>(row)); }

IssuesModel::Counts IssuesModel::counts() const {
    Counts counts;
    for (const Issue& issue : issues_) {
        if (issue.severity == Severity::Error)
            ++counts.errors;
        else if (issue.severity == Severity::Warning)
            ++counts.warnings;
        else
            ++counts.infos;
    }
    return counts;
}

QString IssuesModel::toPlainText() const {
    QString text;
    for (const Issue& issue : issues_) {
        QStringList parts{issue.time.toString(Qt::ISODate), severityName(issue.severity), issue.origin,
                          messageText(issue)};
        if (!issue.advice.isEmpty()) parts << issue.advice;
        text += parts.join(QLatin1Char('\t')) + QLatin1Char('\n');
    }
    return text;
}

int IssuesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(issues_.size());
}

int IssuesModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant IssuesModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const Issue& issue = issues_[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            switch (index.column()) {
                case Level:
                    return severityName(issue.severity);
                case Message:
                    return messageText(issue);
                case Advice:
                    return issue.advice;
                case Origin:
                    return issue.origin;
                case Time:
                    return issue.time.toString(QStringLiteral("HH:mm:ss"));
                default:
                    return {};
            }
        case Qt::DecorationRole:
            if (index.column() != Level) return {};
            return themedIcon(severityIcon(issue.severity), severityColour(issue.severity));
        case Qt::ToolTipRole: {
            QString tip = messageText(issue).toHtmlEscaped();
            if (!issue.advice.isEmpty()) tip += QStringLiteral("<br><i>%1</i>").arg(issue.advice.toHtmlEscaped());
            return QStringLiteral("<qt>%1</qt>").arg(tip);
        }
        case SeverityRole:
            return static_cast<int>(issue.severity);
        case JobRole:
            return QVariant::fromValue(issue.job);
        default:
            return {};
    }
}

QVariant IssuesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Level:
            return tr("Severity");
        case Message:
            return tr("Message");
        case Advice:
            return tr("What to do");
        case Origin:
            return tr("Where");
        case Time:
            return tr("Time");
        default:
            return {};
    }
}

}  // namespace lottery::gui
