// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start/start_page.h"

#include <QApplication>
#include <QCommandLinkButton>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QPainter>
#include <QScrollArea>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "resources/themed_icon.h"
#include "widgets/start/recent_model.h"

namespace lottery::gui {

namespace {

// The entry's title in normal, its path in a fainter and smaller hand.
class RecentDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        QStyleOptionViewItem background = option;
        initStyleOption(&background, index);
        background.text.clear();
        background.icon = {};
        option.widget->style()->drawControl(QStyle::CE_ItemViewItem, &background, painter, option.widget);

        const QStringList lines = index.data(Qt::DisplayRole).toString().split(QLatin1Char('\n'));
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        const QRect area = option.rect.adjusted(10, 6, -10, -6);
        const QRect icon(area.left(), area.center().y() - 11, 22, 22);
        index.data(Qt::DecorationRole)
            .value<QIcon>()
            .paint(painter, icon, Qt::AlignCenter, selected ? QIcon::Selected : QIcon::Normal);
        const QRect text = area.adjusted(34, 0, 0, 0);
        painter->save();
        painter->setPen(option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text));
        painter->drawText(text, Qt::AlignLeft | Qt::AlignTop,
                          option.fontMetrics.elidedText(lines.value(0), Qt::ElideRight, text.width()));
        QFont small = option.font;
        small.setPointSizeF(small.pointSizeF() * 0.9);
        painter->setFont(small);
        painter->setPen(option.palette.color(selected ? QPalette::HighlightedText : QPalette::PlaceholderText));
        painter->drawText(text, Qt::AlignLeft | Qt::AlignBottom,
                          QFontMetrics(small).elidedText(lines.value(1), Qt::ElideMiddle, text.width()));
        painter->restore();
    }

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
        return {200, option.fontMetrics.height() * 2 + 16};
    }
};

QCommandLinkButton* makeButton(const char* icon, const QString& text, const QString& description, const QString& name) {
    auto* button = new QCommandLinkButton(text, description);
    button->setObjectName(name);
    button->setIcon(themedIcon(QLatin1String(icon)));
    button->setIconSize({24, 24});
    return button;
}

QLabel* makeHeading(const QString& text) {
    auto* label = new QLabel(text);
    QFont font = label->font();
    font.setPointSizeF(font.pointSizeF() * 1.15);
    font.setBold(true);
    label->setFont(font);
    label->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    return label;
}

}  // namespace

StartPage::StartPage(RecentModel* recent, QWidget* parent) : QWidget(parent), recent_(recent) {
    setObjectName(QStringLiteral("startPage"));
    auto* emblem = new QLabel;
    emblem->setPixmap(applicationIcon().pixmap(QSize(56, 56), devicePixelRatioF()));
    auto* title = new QLabel(tr("Lottery Workbench"));
    QFont large = title->font();
    large.setPointSizeF(large.pointSizeF() * 2.0);
    title->setFont(large);
    auto* tagline = new QLabel(tr("Which heads and MLPs of BERT hold the winning ticket?"));
    tagline->setForegroundRole(QPalette::PlaceholderText);
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    words->addWidget(title);
    words->addWidget(tagline);
    auto* banner = new QHBoxLayout;
    banner->setSpacing(16);
    banner->addWidget(emblem);
    banner->addLayout(words, 1);

    auto* begin = new QVBoxLayout;
    begin->setSpacing(2);
    begin->addWidget(makeHeading(tr("Begin")));
    begin->addSpacing(4);
    auto* study = makeButton("new-study", tr("New study"),
                             tr("The paper’s whole work from one plan: models, masks, controls, scores, figures."),
                             QStringLiteral("newStudy"));
    connect(study, &QAbstractButton::clicked, this, &StartPage::newStudyRequested);
    begin->addWidget(study);
    for (const RunKind kind : {RunKind::FinetuneAndMask, RunKind::Finetune, RunKind::MaskSearch, RunKind::Evaluate}) {
        auto* button = makeButton("", runKindName(kind), runKindDescription(kind),
                                  QStringLiteral("begin%1").arg(static_cast<int>(kind)));
        button->setIcon(themedIcon(runKindIcon(kind)));
        connect(button, &QAbstractButton::clicked, this, [this, kind] { Q_EMIT newRunRequested(kind); });
        begin->addWidget(button);
    }
    auto* open = makeButton("open-folder", tr("Open a folder"), tr("See a mask search or a study again."),
                            QStringLiteral("open"));
    connect(open, &QAbstractButton::clicked, this, &StartPage::openRequested);
    begin->addWidget(open);
    auto* import = makeButton("import", tr("Import published results"),
                              tr("The paper’s masks and scores, to explore and to compare with."),
                              QStringLiteral("importPublished"));
    connect(import, &QAbstractButton::clicked, this, &StartPage::importRequested);
    begin->addWidget(import);
    auto* demo =
        makeButton("demo", tr("Run the demo"), tr("From nothing to figures in minutes; needs no data and no network."),
                   QStringLiteral("demo"));
    connect(demo, &QAbstractButton::clicked, this, &StartPage::demoRequested);
    begin->addWidget(demo);
    begin->addStretch(1);

    auto* empty = new QLabel(tr("Nothing yet. Runs that you start or open are listed here."));
    empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    empty->setWordWrap(true);
    empty->setForegroundRole(QPalette::PlaceholderText);
    list_ = new QListView;
    list_->setObjectName(QStringLiteral("recent"));
    list_->setAccessibleName(tr("Recent folders"));
    list_->setModel(recent_);
    list_->setItemDelegate(new RecentDelegate(list_));
    list_->setFrameShape(QFrame::NoFrame);
    list_->setUniformItemSizes(true);
    list_->setMouseTracking(true);
    list_->setContextMenuPolicy(Qt::CustomContextMenu);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    // The list lies on the page, not in a well.
    list_->viewport()->setAutoFillBackground(false);
    recentPages_ = new QStackedWidget;
    recentPages_->addWidget(empty);
    recentPages_->addWidget(list_);
    auto* lately = new QVBoxLayout;
    lately->setSpacing(2);
    lately->addWidget(makeHeading(tr("Recent")));
    lately->addSpacing(4);
    lately->addWidget(recentPages_, 1);

    columns_ = new QHBoxLayout;
    columns_->setSpacing(48);
    columns_->addLayout(begin, 1);
    columns_->addLayout(lately, 1);
    auto* tip = new QLabel(tr("Folders can be dropped anywhere on this window. All shortcuts: Ctrl+/"));
    tip->setForegroundRole(QPalette::PlaceholderText);

    auto* content = new QWidget;
    content->setMaximumWidth(fontMetrics().averageCharWidth() * 150);
    auto* page = new QVBoxLayout(content);
    page->setSpacing(22);
    page->addLayout(banner);
    page->addLayout(columns_, 1);
    page->addWidget(tip);
    auto* whole = new QWidget;
    auto* centre = new QHBoxLayout(whole);
    centre->setContentsMargins(32, 28, 32, 16);
    centre->addStretch(1);
    centre->addWidget(content, 20);
    centre->addStretch(1);
    // In a low window the descriptions, which wrap, would lose their second lines.
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(whole);
    scroll->viewport()->setAutoFillBackground(false);
    whole->setAutoFillBackground(false);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(scroll);

    const auto choose = [this](const QModelIndex& index) {
        Q_EMIT folderChosen(index.data(RecentModel::PathRole).toString());
    };
    // One click, as on a web page; Enter for the keyboard.
    connect(list_, &QListView::clicked, this, choose);
    connect(list_, &QListView::activated, this, [this, choose](const QModelIndex& index) {
        // A style that activates on a single click would open it twice.
        if (!list_->style()->styleHint(QStyle::SH_ItemView_ActivateItemOnSingleClick, nullptr, list_) &&
            QApplication::mouseButtons() == Qt::NoButton)
            choose(index);
    });
    connect(list_, &QListView::customContextMenuRequested, this, &StartPage::showRecentMenu);
    connect(recent_, &RecentModel::changed, this, &StartPage::updateRecent);
    updateRecent();
}

void StartPage::updateRecent() { recentPages_->setCurrentIndex(recent_->rowCount() > 0 ? 1 : 0); }

void StartPage::showRecentMenu(const QPoint& position) {
    const QModelIndex index = list_->indexAt(position);
    if (!index.isValid()) return;
    const QString path = index.data(RecentModel::PathRole).toString();
    QMenu menu(this);
    menu.addAction(tr("&Open"), this, [this, path] { Q_EMIT folderChosen(path); });
    menu.addAction(tr("&Remove from this list"), this, [this, path] { recent_->remove(path); });
    menu.exec(list_->viewport()->mapToGlobal(position));
}

void StartPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool narrow = width() < fontMetrics().averageCharWidth() * 100;
    columns_->setDirection(narrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

}  // namespace lottery::gui
