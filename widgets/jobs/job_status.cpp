// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/job_status.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QToolButton>
#include <cmath>

#include "resources/themed_icon.h"
#include "widgets/jobs/eta.h"
#include "widgets/jobs/issues_model.h"
#include "widgets/jobs/jobs_model.h"

namespace lottery::gui {

JobStatus::JobStatus(JobsModel* jobs, IssuesModel* issues, QWidget* parent)
    : QWidget(parent), jobs_(jobs), issues_(issues) {
    summary_ = new QToolButton;
    summary_->setAutoRaise(true);
    summary_->setObjectName(QStringLiteral("jobSummary"));
    summary_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    summary_->setToolTip(tr("Show the jobs"));
    summary_->setFocusPolicy(Qt::NoFocus);
    bar_ = new QProgressBar;
    bar_->setTextVisible(false);
    bar_->setFixedWidth(fontMetrics().averageCharWidth() * 16);
    bar_->setMaximumHeight(8);
    issuesButton_ = new QToolButton;
    issuesButton_->setAutoRaise(true);
    issuesButton_->setObjectName(QStringLiteral("issueSummary"));
    issuesButton_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    issuesButton_->setToolTip(tr("Show the issues"));
    issuesButton_->setFocusPolicy(Qt::NoFocus);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 4, 0);
    layout->setSpacing(6);
    layout->addWidget(bar_);
    layout->addWidget(summary_);
    layout->addWidget(issuesButton_);

    connect(summary_, &QToolButton::clicked, this, &JobStatus::jobsClicked);
    connect(issuesButton_, &QToolButton::clicked, this, &JobStatus::issuesClicked);
    connect(jobs_, &JobsModel::dataChanged, this, &JobStatus::updateJobs);
    connect(jobs_, &JobsModel::countsChanged, this, &JobStatus::updateJobs);
    connect(issues_, &IssuesModel::countsChanged, this, &JobStatus::updateIssues);
    updateJobs();
    updateIssues();
}

QString JobStatus::text() const { return summary_->text(); }

void JobStatus::updateJobs() {
    const JobRecord* running = nullptr;
    for (int row = 0; row < jobs_->rowCount() && !running; ++row) {
        const JobRecord* record = jobs_->record(jobs_->idAt(row));
        if (isActive(record->state)) running = record;
    }
    const JobsModel::Counts counts = jobs_->counts();
    bar_->setVisible(running != nullptr);
    QStringList parts;
    if (running) {
        const double share = progressShare(running->progress);
        bar_->setRange(0, share < 0.0 ? 0 : 1000);
        if (share >= 0.0) bar_->setValue(static_cast<int>(std::lround(share * 1000.0)));
        parts << running->title;
        if (running->state != JobState::Running) parts << stateName(running->state);
        if (share >= 0.0) parts << QStringLiteral("%1 %").arg(std::floor(share * 100.0));
        if (running->secondsLeft >= 0.0) parts << tr("%1 left").arg(durationText(running->secondsLeft));
    }
    if (counts.running > 1) parts << tr("%1 more running").arg(counts.running - 1);
    if (counts.queued > 0) parts << tr("%1 queued").arg(counts.queued);
    summary_->setText(parts.isEmpty() ? tr("No job is running") : parts.join(QStringLiteral(" · ")));
}

void JobStatus::updateIssues() {
    const IssuesModel::Counts counts = issues_->counts();
    const bool errors = counts.errors > 0;
    issuesButton_->setVisible(counts.errors + counts.warnings > 0);
    issuesButton_->setIcon(errors ? themedIcon(QStringLiteral("error"), QColor(0xD6, 0x3A, 0x3A))
                                  : themedIcon(QStringLiteral("warning"), QColor(0xC7, 0x7C, 0x02)));
    issuesButton_->setText(QString::number(errors ? counts.errors : counts.warnings));
}

}  // namespace lottery::gui
