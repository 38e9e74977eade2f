// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/study/study_tree_model.h"

#include <algorithm>
#include <array>

#include "resources/themed_icon.h"
#include "widgets/jobs/eta.h"

namespace lottery::gui {

namespace {

bool sameJobs(const StudyOverview& a, const StudyOverview& b) {
    return a.folder == b.folder && std::equal(a.jobs.begin(), a.jobs.end(), b.jobs.begin(), b.jobs.end(),
                                              [](const StudyJobRow& x, const StudyJobRow& y) { return x.id == y.id; });
}

}  // namespace

StudyTreeModel::StudyTreeModel(QObject* parent) : QAbstractItemModel(parent) { build(); }

void StudyTreeModel::setOverview(const StudyOverview& overview) {
    if (sameJobs(overview_, overview)) {
        overview_ = overview;
        for (std::size_t job = 0; job < overview_.jobs.size(); ++job)
            setJob(job, overview_.jobs[job].state, overview_.jobs[job].why);
        return;
    }
    beginResetModel();
    overview_ = overview;
    build();
    endResetModel();
}

void StudyTreeModel::clear() { setOverview({}); }

void StudyTreeModel::setJob(std::size_t job, StudyJobState state, const QString& why) {
    if (job >= overview_.jobs.size()) return;
    overview_.jobs[job].state = state;
    overview_.jobs[job].why = why;
    // The counts of its branches change with it.
    for (QModelIndex at = indexOfJob(job); at.isValid(); at = at.parent())
        Q_EMIT dataChanged(at, at.siblingAtColumn(ColumnCount - 1));
}

int StudyTreeModel::addNode(int parent, const QString& name, int job) {
    const int id = static_cast<int>(nodes_.size());
    Node node;
    node.parent = parent;
    node.job = job;
    node.name = name;
    auto& siblings = nodes_[static_cast<std::size_t>(parent)].children;
    node.row = static_cast<int>(siblings.size());
    siblings.push_back(id);
    nodes_.push_back(std::move(node));
    return id;
}

int StudyTreeModel::child(int parent, const QString& name) {
    for (const int id : nodes_[static_cast<std::size_t>(parent)].children)
        if (nodes_[static_cast<std::size_t>(id)].name == name) return id;
    return addNode(parent, name, -1);
}

void StudyTreeModel::build() {
    nodes_.assign(1, Node{});
    nodeOfJob_.clear();
    for (std::size_t i = 0; i < overview_.jobs.size(); ++i) {
        const StudyJobRow& job = overview_.jobs[i];
        const int task = child(0, job.task.isEmpty() ? tr("All tasks") : job.task);
        const int branch =
            job.task.isEmpty() ? task : child(task, job.seed.isEmpty() ? tr("all seeds") : tr("seed %1").arg(job.seed));
        nodeOfJob_.push_back(addNode(branch, job.label, static_cast<int>(i)));
    }
}

const StudyTreeModel::Node& StudyTreeModel::node(const QModelIndex& index) const {
    return nodes_[index.isValid() ? static_cast<std::size_t>(index.internalId()) : 0];
}

void StudyTreeModel::collect(int id, std::vector<std::size_t>& jobs) const {
    const Node& at = nodes_[static_cast<std::size_t>(id)];
    if (at.job >= 0) jobs.push_back(static_cast<std::size_t>(at.job));
    for (const int below : at.children) collect(below, jobs);
}

std::vector<std::size_t> StudyTreeModel::jobsAt(const QModelIndex& index) const {
    std::vector<std::size_t> jobs;
    collect(index.isValid() ? static_cast<int>(index.internalId()) : 0, jobs);
    return jobs;
}

QModelIndex StudyTreeModel::indexOfJob(std::size_t job) const {
    if (job >= nodeOfJob_.size()) return {};
    const int id = nodeOfJob_[job];
    return createIndex(nodes_[static_cast<std::size_t>(id)].row, 0, static_cast<quintptr>(id));
}

QModelIndex StudyTreeModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) return {};
    return createIndex(row, column, static_cast<quintptr>(node(parent).children[static_cast<std::size_t>(row)]));
}

QModelIndex StudyTreeModel::parent(const QModelIndex& index) const {
    if (!index.isValid()) return {};
    const int above = node(index).parent;
    if (above <= 0) return {};
    return createIndex(nodes_[static_cast<std::size_t>(above)].row, 0, static_cast<quintptr>(above));
}

int StudyTreeModel::rowCount(const QModelIndex& parent) const {
    return parent.column() > 0 ? 0 : static_cast<int>(node(parent).children.size());
}

int StudyTreeModel::columnCount(const QModelIndex&) const { return ColumnCount; }

StudyJobState StudyTreeModel::stateOf(const Node& at, int id) const {
    if (at.job >= 0) return overview_.jobs[static_cast<std::size_t>(at.job)].state;
    std::vector<std::size_t> below;
    collect(id, below);
    constexpr std::array kTelling{StudyJobState::Running,     StudyJobState::Failed,   StudyJobState::Queued,
                                  StudyJobState::Interrupted, StudyJobState::Outdated, StudyJobState::Missing,
                                  StudyJobState::Waiting,     StudyJobState::Done};
    for (const auto state : kTelling)
        if (std::any_of(below.begin(), below.end(),
                        [&](std::size_t job) { return overview_.jobs[job].state == state; }))
            return state;
    return StudyJobState::Missing;
}

QString StudyTreeModel::text(const Node& at, int id, int column) const {
    if (column == Name) return at.name;
    if (at.job >= 0) {
        const StudyJobRow& job = overview_.jobs[static_cast<std::size_t>(at.job)];
        if (column == State) return studyStateName(job.state);
        return job.state == StudyJobState::Done || job.seconds < 0.0 ? QString() : durationText(job.seconds);
    }
    std::vector<std::size_t> below;
    collect(id, below);
    if (column == State) {
        std::vector<StudyJobState> states;
        for (const auto job : below) states.push_back(overview_.jobs[job].state);
        return studyCountsShort(states);
    }
    double left = 0.0;
    for (const auto index : below) {
        const StudyJobRow& job = overview_.jobs[index];
        if (job.state == StudyJobState::Done) continue;
        if (job.seconds < 0.0) return {};
        left += job.seconds;
    }
    return left > 0.0 ? durationText(left) : QString();
}

QString StudyTreeModel::toolTip(const Node& at, int id) const {
    if (at.job < 0) {
        std::vector<std::size_t> below;
        collect(id, below);
        std::vector<StudyJobState> states;
        for (const auto job : below) states.push_back(overview_.jobs[job].state);
        return studyCountsText(states);
    }
    const StudyJobRow& job = overview_.jobs[static_cast<std::size_t>(at.job)];
    QString tip = QStringLiteral("<b>%1</b><br>%2: %3")
                      .arg(job.title.toHtmlEscaped(), studyStateName(job.state), studyStateMeaning(job.state));
    if (!job.why.isEmpty()) tip += QStringLiteral("<br>%1").arg(job.why.toHtmlEscaped());
    return tip + QStringLiteral("<br><i>%1</i>").arg(job.id.toHtmlEscaped());
}

QVariant StudyTreeModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const int id = static_cast<int>(index.internalId());
    const Node& at = node(index);
    switch (role) {
        case Qt::DisplayRole:
            return text(at, id, index.column());
        case Qt::DecorationRole:
            return index.column() == Name ? QVariant(themedIcon(studyStateIcon(stateOf(at, id)))) : QVariant();
        case Qt::ToolTipRole:
            return toolTip(at, id);
        case Qt::TextAlignmentRole:
            return QVariant((index.column() == Time ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        case JobRole:
            return at.job;
        case StateRole:
            return static_cast<int>(stateOf(at, id));
        case SearchRole:
            if (at.job < 0) return at.name;
            {
                const StudyJobRow& job = overview_.jobs[static_cast<std::size_t>(at.job)];
                return QStringList{job.title, studyStateName(job.state), job.id, job.why}.join(QLatin1Char(' '));
            }
        case TaskRole:
            return at.job < 0 ? QString() : overview_.jobs[static_cast<std::size_t>(at.job)].task;
        case SeedRole:
            return at.job < 0 ? QString() : overview_.jobs[static_cast<std::size_t>(at.job)].seed;
        default:
            return {};
    }
}

QVariant StudyTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section == Time ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && section == Time)
        return tr("That it will take on this machine, estimated from jobs that are done");
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Name:
            return tr("Job");
        case State:
            return tr("State");
        case Time:
            return tr("Takes about");
        default:
            return {};
    }
}

StudyFilter::StudyFilter(QObject* parent) : QSortFilterProxyModel(parent) { setRecursiveFilteringEnabled(true); }

void StudyFilter::setWords(const QString& text) {
    words_ = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

void StudyFilter::setState(std::optional<StudyJobState> state) {
    state_ = state;
    invalidateFilter();
}

void StudyFilter::setBrush(const Brush& brush) {
    brush_ = brush;
    invalidateFilter();
}

bool StudyFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    // A branch stands or falls with its jobs.
    if (index.data(StudyTreeModel::JobRole).toInt() < 0) return false;
    if (state_ && index.data(StudyTreeModel::StateRole).toInt() != static_cast<int>(*state_)) return false;
    const auto isAmong = [&](const QStringList& chosen, int role) {
        const QString value = index.data(role).toString();
        return chosen.isEmpty() || value.isEmpty() || chosen.contains(value);
    };
    if (!isAmong(brush_.tasks, StudyTreeModel::TaskRole) || !isAmong(brush_.seeds, StudyTreeModel::SeedRole))
        return false;
    const QString text = index.data(StudyTreeModel::SearchRole).toString();
    return std::all_of(words_.begin(), words_.end(),
                       [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

}  // namespace lottery::gui
