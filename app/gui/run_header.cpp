// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/run_header.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <cmath>

#include "resources/themed_icon.h"

namespace lottery::gui {

namespace {

QPushButton* makeButton(const char* name, const char* icon, const QString& text, const QString& hint) {
    auto* button = new QPushButton(themedIcon(QLatin1String(icon)), text);
    button->setObjectName(QLatin1String(name));
    button->setToolTip(hint);
    button->hide();
    return button;
}

}  // namespace

RunHeader::RunHeader(QWidget* parent) : QFrame(parent) {
    clock_.start();
    icon_ = new QLabel;
    title_ = new QLabel;
    title_->setObjectName(QStringLiteral("runTitle"));
    QFont large = title_->font();
    large.setPointSizeF(large.pointSizeF() * 1.15);
    large.setBold(true);
    title_->setFont(large);
    state_ = new QLabel;
    state_->setObjectName(QStringLiteral("runState"));
    state_->setForegroundRole(QPalette::PlaceholderText);
    state_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    state_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    bar_ = new QProgressBar;
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    bar_->setFixedWidth(fontMetrics().averageCharWidth() * 30);
    bar_->setMaximumHeight(10);
    bar_->hide();
    rate_ = new QLabel;
    rate_->setObjectName(QStringLiteral("runRate"));
    rate_->hide();

    cancel_ = makeButton("runCancel", "cancel", tr("Cancel"), tr("Stop this run; what is on disk stays"));
    pause_ = makeButton("runPause", "state-paused", tr("Pause"),
                        tr("Hold this run where it is; it keeps its memory and its device"));
    resume_ = makeButton("runResume", "state-running", tr("Go on"), tr("Let this run go on"));
    retry_ =
        makeButton("runRetry", "retry", tr("Run again"), tr("Queue this run once more; an interrupted one goes on"));
    edit_ = makeButton("runEdit", "edit", tr("Edit options…"), tr("Open the options of this run for a new one"));
    again_ = makeButton("runAgain", "retry", tr("Run again…"),
                        tr("Open a new run with the inputs and options of this one’s record"));
    open_ = makeButton("runFolder", "folder", tr("Open folder"), tr("Show the run folder in the file manager"));
    followUps_ = new QHBoxLayout;

    failureText_ = new QLabel;
    failureText_->setObjectName(QStringLiteral("runFailure"));
    failureText_->setWordWrap(true);
    failureText_->setTextFormat(Qt::RichText);
    failureText_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    failure_ = new QFrame;
    failure_->setObjectName(QStringLiteral("failureFrame"));
    failure_->setStyleSheet(QStringLiteral(
        "#failureFrame { border: 1px solid #D63A3A; border-radius: 4px; background: rgba(214, 58, 58, 28); }"));
    auto* failureIcon = new QLabel;
    failureIcon->setPixmap(
        themedIcon(QStringLiteral("error"), QColor(0xD6, 0x3A, 0x3A)).pixmap(QSize(22, 22), devicePixelRatioF()));
    failureIcon->setAlignment(Qt::AlignTop);
    auto* failureLayout = new QHBoxLayout(failure_);
    failureLayout->addWidget(failureIcon);
    failureLayout->addWidget(failureText_, 1);
    failure_->hide();

    auto* first = new QHBoxLayout;
    first->setSpacing(8);
    first->addWidget(icon_);
    first->addWidget(title_);
    first->addSpacing(8);
    first->addWidget(state_, 1);
    first->addWidget(bar_);
    first->addWidget(rate_);
    first->addLayout(followUps_);
    for (QPushButton* button : {pause_, resume_, cancel_, retry_, edit_, again_, open_}) first->addWidget(button);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 6);
    layout->addLayout(first);
    layout->addWidget(failure_);

    connect(cancel_, &QPushButton::clicked, this, &RunHeader::cancelClicked);
    connect(pause_, &QPushButton::clicked, this, &RunHeader::pauseClicked);
    connect(resume_, &QPushButton::clicked, this, &RunHeader::resumeClicked);
    connect(retry_, &QPushButton::clicked, this, &RunHeader::retryClicked);
    connect(edit_, &QPushButton::clicked, this, &RunHeader::editClicked);
    connect(again_, &QPushButton::clicked, this, &RunHeader::runAgainClicked);
    connect(open_, &QPushButton::clicked, this, &RunHeader::openFolderClicked);
}

void RunHeader::setTitle(const QString& title) { title_->setText(title); }

void RunHeader::setState(JobState state, const Error& error) {
    isJob_ = true;
    shown_ = state;
    icon_->setPixmap(themedIcon(stateIcon(state)).pixmap(QSize(20, 20), devicePixelRatioF()));
    state_->setText(stateName(state));
    const bool running = isActive(state);
    bar_->setVisible(running);
    rate_->setVisible(running);
    if (state == JobState::Queued) {
        estimator_ = {};
        setFollowUps({});
        rate_->clear();
    }
    // The time that it held is no measure of its speed.
    if (state == JobState::Paused) {
        estimator_ = {};
        rate_->clear();
    }
    if (!running) bar_->setRange(0, 1000);
    failure_->setVisible(state == JobState::Failed);
    if (state == JobState::Failed) {
        const auto html = [](const std::string& text) { return QString::fromStdString(text).toHtmlEscaped(); };
        QString text = QStringLiteral("<b>%1</b>").arg(html(error.message));
        if (!error.place.empty()) text += QStringLiteral("<br>%1").arg(html(error.place));
        if (!error.advice.empty()) text += QStringLiteral("<br><i>%1</i>").arg(html(error.advice));
        failureText_->setText(text);
    }
    updateButtons();
}

void RunHeader::setProgress(const Progress& progress) {
    const double share = progressShare(progress);
    // A range of nothing shows that work goes on without saying how far it is.
    if (share < 0.0)
        bar_->setRange(0, 0);
    else {
        bar_->setRange(0, 1000);
        bar_->setValue(static_cast<int>(std::lround(share * 1000.0)));
    }
    const double left = estimator_.update(progress, static_cast<double>(clock_.elapsed()) / 1000.0);
    QStringList parts;
    if (left >= 0.0) parts << tr("%1 left").arg(durationText(left));
    if (progress.rate > 0.0) parts << rateText(progress);
    rate_->setText(parts.join(QStringLiteral(" · ")));
    QStringList told;
    for (const QString& text : {QString::fromStdString(progress.stage), progressText(progress)}) {
        if (!text.isEmpty()) told << text;
    }
    if (shown_ == JobState::Running) state_->setText(told.join(QStringLiteral(" · ")));
}

void RunHeader::setSummary(const QString& text) {
    isJob_ = false;
    state_->setText(text);
    icon_->setPixmap(themedIcon(QStringLiteral("folder")).pixmap(QSize(20, 20), devicePixelRatioF()));
    updateButtons();
}

void RunHeader::setFolder(const QString& folder) {
    hasFolder_ = !folder.isEmpty();
    open_->setToolTip(folder);
    updateButtons();
}

void RunHeader::setEditable(bool editable) {
    editable_ = editable;
    updateButtons();
}

void RunHeader::setRecorded(bool recorded) {
    recorded_ = recorded;
    updateButtons();
}

void RunHeader::setFollowUps(const std::vector<FollowUp>& followUps) {
    while (QLayoutItem* item = followUps_->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
    int number = 0;
    for (const FollowUp& next : followUps) {
        if (!next.main) continue;
        auto* button = new QPushButton(themedIcon(runKindIcon(next.draft.kind)), next.text);
        button->setObjectName(QStringLiteral("followUp%1").arg(number++));
        button->setToolTip(runKindDescription(next.draft.kind));
        connect(button, &QPushButton::clicked, this, [this, draft = next.draft] { Q_EMIT followUpChosen(draft); });
        followUps_->addWidget(button);
    }
    if (number == static_cast<int>(followUps.size())) return;
    auto* more = new QPushButton(tr("More"));
    more->setObjectName(QStringLiteral("followUpMenu"));
    more->setToolTip(tr("Everything that goes on from here; a right click on the picture shows it too"));
    auto* menu = new QMenu(more);
    fillMenu(*menu, followUps, [this](const RunDraft& draft) { Q_EMIT followUpChosen(draft); });
    more->setMenu(menu);
    followUps_->addWidget(more);
}

QString RunHeader::message() const { return failure_->isHidden() ? QString() : failureText_->text(); }

void RunHeader::updateButtons() {
    const bool ended = isJob_ && isEnd(shown_);
    cancel_->setVisible(isJob_ && !ended && shown_ != JobState::Cancelling);
    const bool paused = shown_ == JobState::Pausing || shown_ == JobState::Paused;
    pause_->setVisible(isJob_ && shown_ == JobState::Running);
    resume_->setVisible(isJob_ && paused);
    // What was done once is done; only what was not is offered again.
    retry_->setVisible(ended && shown_ != JobState::Done);
    edit_->setVisible(ended && editable_);
    again_->setVisible(!isJob_ && recorded_);
    open_->setVisible(hasFolder_ && (!isJob_ || ended));
}

}  // namespace lottery::gui
