// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/new_run_dialog.h"

#include <QDialogButtonBox>
#include <QDragEnterEvent>
#include <QLabel>
#include <QListWidget>
#include <QMimeData>
#include <QPushButton>
#include <QTabWidget>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>

#include "resources/themed_icon.h"
#include "widgets/runs/field_set.h"
#include "widgets/runs/folder_kind.h"
#include "widgets/runs/mask_forms.h"
#include "widgets/runs/option_forms.h"
#include "widgets/runs/search_forms.h"

namespace lottery::gui {

namespace {

// Long enough not to look into folders at every key, short enough to seem at once.
constexpr int kValidationDelayMs = 120;

}  // namespace

NewRunDialog::NewRunDialog(NewRunServices services, QWidget* parent) : QDialog(parent), services_(std::move(services)) {
    setWindowTitle(tr("New run"));
    setAcceptDrops(true);
    setSizeGripEnabled(true);

    kinds_ = new QListWidget;
    kinds_->setObjectName(QStringLiteral("kinds"));
    kinds_->setAccessibleName(tr("Kind of run"));
    kinds_->setIconSize({24, 24});
    kinds_->setSpacing(2);
    kinds_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    for (int kind = 0; kind < kRunKinds; ++kind) {
        auto* item = new QListWidgetItem(themedIcon(runKindIcon(RunKind(kind))), runKindName(RunKind(kind)), kinds_);
        item->setToolTip(runKindDescription(RunKind(kind)));
        item->setSizeHint({0, fontMetrics().height() + 18});
    }
    int widest = 0;
    for (int kind = 0; kind < kRunKinds; ++kind)
        widest = std::max(widest, fontMetrics().horizontalAdvance(runKindName(RunKind(kind))));
    kinds_->setFixedWidth(widest + kinds_->iconSize().width() + 36);

    description_ = new QLabel;
    description_->setWordWrap(true);
    QFont large = description_->font();
    large.setPointSizeF(large.pointSizeF() * 1.15);
    description_->setFont(large);
    description_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);

    inputs_ = new FieldSet;
    inputs_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    addInputFields(*inputs_);
    places_ = new QLabel;
    places_->setObjectName(QStringLiteral("places"));
    places_->setWordWrap(true);
    places_->setForegroundRole(QPalette::PlaceholderText);
    places_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    training_ = new FieldSet;
    addTrainingFields(*training_);
    masks_ = new FieldSet;
    addMaskFields(*masks_);
    search_ = new FieldSet;
    addSearchFields(*search_);
    magnitude_ = new FieldSet;
    addMagnitudeFields(*magnitude_);
    control_ = new FieldSet;
    addControlFields(*control_);
    evaluate_ = new FieldSet;
    addEvaluateFields(*evaluate_);
    machine_ = new FieldSet;
    addMachineFields(*machine_, services_.devices);

    tabs_ = new QTabWidget;
    tabs_->setObjectName(QStringLiteral("options"));
    addPage(training_, tr("&Fine-tuning"));
    addPage(search_, tr("&Mask search"));
    addPage(magnitude_, tr("Ma&gnitude pruning"));
    addPage(control_, tr("C&ontrol"));
    addPage(evaluate_, tr("&Evaluation"));
    addPage(masks_, tr("Ma&sks"));
    addPage(machine_, tr("Ma&chine"));

    summary_ = new QLabel;
    summary_->setObjectName(QStringLiteral("summary"));
    summary_->setWordWrap(true);
    buttons_ = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    QPushButton* start = buttons_->button(QDialogButtonBox::Ok);
    start->setText(tr("&Queue run"));
    start->setIcon({});
    buttons_->button(QDialogButtonBox::Cancel)->setIcon({});
    QPushButton* defaults = buttons_->addButton(tr("Paper’s &defaults"), QDialogButtonBox::ResetRole);
    defaults->setObjectName(QStringLiteral("defaults"));
    defaults->setAutoDefault(false);
    defaults->setToolTip(tr("Set the options to those of the paper; inputs and folders stay"));

    auto* form = new QVBoxLayout;
    form->setSpacing(12);
    form->addWidget(description_);
    form->addWidget(inputs_);
    form->addWidget(places_);
    form->addWidget(tabs_, 1);
    // Of a kind without options the fields stay together at the top.
    form->addSpacerItem(new QSpacerItem(0, 0, QSizePolicy::Minimum, QSizePolicy::Expanding));
    auto* columns = new QHBoxLayout;
    columns->setSpacing(16);
    columns->addWidget(kinds_);
    columns->addLayout(form, 1);
    auto* bottom = new QHBoxLayout;
    bottom->addWidget(summary_, 1);
    bottom->addWidget(buttons_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 14, 14, 14);
    layout->setSpacing(12);
    layout->addLayout(columns, 1);
    layout->addLayout(bottom);

    connect(kinds_, &QListWidget::currentRowChanged, this, &NewRunDialog::onKindChosen);
    for (FieldSet* fields : fieldSets()) connect(fields, &FieldSet::changed, this, &NewRunDialog::onChanged);
    connect(buttons_, &QDialogButtonBox::accepted, this, &NewRunDialog::accept);
    connect(buttons_, &QDialogButtonBox::rejected, this, &NewRunDialog::reject);
    connect(defaults, &QPushButton::clicked, this, &NewRunDialog::restoreDefaults);
    validation_.setSingleShot(true);
    validation_.setInterval(kValidationDelayMs);
    connect(&validation_, &QTimer::timeout, this, &NewRunDialog::validate);

    setDraft({});
    resize(fontMetrics().averageCharWidth() * 132, fontMetrics().height() * 42);
}

QList<FieldSet*> NewRunDialog::fieldSets() const {
    return {inputs_, training_, search_, magnitude_, masks_, control_, evaluate_, machine_};
}

void NewRunDialog::addPage(FieldSet* fields, const QString& title) {
    QWidget* page = scrolledPage(fields);
    tabs_->addTab(page, title);
    pages_.push_back({fields, page});
}

void NewRunDialog::setPageVisible(const FieldSet* fields, bool visible) {
    for (const Page& page : pages_) {
        if (page.fields == fields) tabs_->setTabVisible(tabs_->indexOf(page.widget), visible);
    }
}

void NewRunDialog::showPage(const FieldSet* fields) {
    for (const Page& page : pages_) {
        if (page.fields == fields) tabs_->setCurrentWidget(page.widget);
    }
}

bool NewRunDialog::isShown(const FieldSet* fields) const {
    return std::none_of(pages_.begin(), pages_.end(), [&](const Page& page) {
        return page.fields == fields && !tabs_->isTabVisible(tabs_->indexOf(page.widget));
    });
}

void NewRunDialog::setBaseFolder(const std::filesystem::path& base) {
    base_ = base;
    propose();
    validate();
}

void NewRunDialog::setDraft(const RunDraft& draft) {
    arranging_ = true;
    kind_ = draft.kind;
    kinds_->setCurrentRow(static_cast<int>(draft.kind));
    outIsProposed_ = draft.out.empty();
    holdOutIsProposed_ = draft.training.hold_out == 0 || draft.training.hold_out == services_.devExamples(draft);
    showInputs(*inputs_, draft);
    showTraining(*training_, draft.training);
    showSearch(*search_, draft.search);
    showMagnitude(*magnitude_, draft.magnitude);
    showMasks(*masks_, draft);
    showControl(*control_, draft);
    showEvaluate(*evaluate_, draft);
    showMachine(*machine_, draft.compute, services_.devices);
    arranging_ = false;
    arrange();
    propose();
    validate();
}

RunDraft NewRunDialog::draft() const {
    RunDraft draft;
    draft.kind = kind_;
    readInputs(*inputs_, draft);
    readTraining(*training_, draft.training);
    readSearch(*search_, draft.search);
    readMagnitude(*magnitude_, draft.magnitude);
    readMasks(*masks_, draft);
    readControl(*control_, draft);
    readEvaluate(*evaluate_, draft);
    readMachine(*machine_, draft.compute, services_.devices);
    return draft;
}

void NewRunDialog::arrange() {
    const std::initializer_list<std::pair<FieldSet*, unsigned>> pages{
        {training_, kTraining},
        {search_, kSearch},
        {magnitude_, kMagnitude},
        {control_, kControl},
        {evaluate_, kEvaluation | kStudyEvaluation},
        {masks_, kComponentMasks | kWeightMask | kNeuronMask},
        {machine_, kMachine}};
    FieldSet* first = nullptr;
    for (const auto& [fields, parts] : pages) {
        setPageVisible(fields, has(kind_, parts));
        if (!first && has(kind_, parts)) first = fields;
    }
    tabs_->setVisible(first != nullptr);
    if (first) showPage(first);
    description_->setText(runKindDescription(kind_));
    arrangeInputs(*inputs_, kind_);
    arrangeMasks(*masks_, kind_);
    arrangeEvaluate(*evaluate_, kind_);
    arrangeControls();
}

// A control of weights needs to know the model they are of; one of heads and MLPs does not.
void NewRunDialog::arrangeControls() {
    if (kind_ != RunKind::Control) return;
    const bool ofWeights = draft().controlsWeights();
    arrangeControl(*control_, ofWeights);
    inputs_->setFieldVisible(QStringLiteral("checkpoint"), ofWeights);
}

void NewRunDialog::onKindChosen(int row) {
    if (row < 0 || arranging_) return;
    kind_ = static_cast<RunKind>(row);
    arrange();
    propose();
    validate();
}

void NewRunDialog::onChanged(const QString& id) {
    if (id == QLatin1String("out")) outIsProposed_ = inputs_->path(id).empty();
    if (id == QLatin1String("training/hold-out")) holdOutIsProposed_ = false;
    if (id == QLatin1String("search/mode")) applySearchMode(*search_);
    if (id == QLatin1String("magnitude/mode")) applyMagnitudeMode(*magnitude_);
    if (id == QLatin1String("control/mode")) applyControlMode(*control_);
    if (id == QLatin1String("search/kind") || id == QLatin1String("search/criterion")) arrangeSearch(*search_);
    if (id == QLatin1String("control/kind") || id == QLatin1String("weight-mask")) arrangeControls();
    validation_.start();
}

void NewRunDialog::propose() {
    const RunDraft current = draft();
    if (outIsProposed_ && !base_.empty() && writesFolder(kind_))
        inputs_->setPath(QStringLiteral("out"), proposedOut(current, base_));
    // A mask search on a slice of train should see examples that the model has not.
    const bool onTrain = kind_ == RunKind::FinetuneAndMask && current.search.split == SearchSplit::Train;
    if (holdOutIsProposed_)
        training_->setInteger(QStringLiteral("training/hold-out"), onTrain ? services_.devExamples(current) : 0);
}

void NewRunDialog::restoreDefaults() {
    showTraining(*training_, {});
    holdOutIsProposed_ = true;
    MaskSearchOptions search = MaskSearchOptions::for_mode(Mode::Published);
    search.kind = static_cast<SearchKind>(search_->choice(QStringLiteral("search/kind")));
    showSearch(*search_, search);
    showMagnitude(*magnitude_, MagnitudeOptions::for_mode(Mode::Published));
    RunDraft paper = draft();
    paper.controlMode = Mode::Published;
    paper.controlOptions = ControlOptions::for_mode(Mode::Published);
    showControl(*control_, paper);
    showEvaluate(*evaluate_, {});
    validate();
}

bool NewRunDialog::validate() {
    validation_.stop();
    propose();
    const RunDraft current = draft();
    places_->setText(runRemark(current));
    places_->setVisible(!places_->text().isEmpty());

    DraftProblems found;
    for (FieldSet* fields : fieldSets()) {
        if (!isShown(fields)) continue;
        const auto typing = fields->typingProblems();
        found.insert(found.end(), typing.begin(), typing.end());
    }
    for (FieldProblem& problem : services_.problems(current)) {
        const bool known =
            std::any_of(found.begin(), found.end(), [&](const FieldProblem& p) { return p.field == problem.field; });
        if (!known) found.push_back(std::move(problem));
    }
    showProblems(found);
    return found.empty();
}

void NewRunDialog::showProblems(const DraftProblems& problems) {
    QStringList elsewhere;
    QStringList labels;
    for (const FieldProblem& problem : problems) {
        const QString id = QString::fromStdString(problem.field);
        const auto sets = fieldSets();
        const auto home = std::find_if(sets.begin(), sets.end(), [&](FieldSet* set) { return set->contains(id); });
        if (home != sets.end())
            labels << (*home)->label(id);
        else
            elsewhere << QString::fromStdString(problem.message);
    }
    for (FieldSet* fields : fieldSets()) fields->showProblems(problems);
    for (const Page& page : pages_) {
        const bool wrong = std::any_of(problems.begin(), problems.end(), [&](const FieldProblem& problem) {
            return page.fields->contains(QString::fromStdString(problem.field));
        });
        tabs_->setTabIcon(tabs_->indexOf(page.widget),
                          wrong ? themedIcon(QStringLiteral("error"), QColor(0xD6, 0x3A, 0x3A)) : QIcon());
    }
    QString text = elsewhere.join(QLatin1Char('\n'));
    if (text.isEmpty() && !labels.isEmpty()) text = tr("To be settled: %1").arg(labels.join(QStringLiteral(", ")));
    summary_->setText(text);
}

void NewRunDialog::accept() {
    if (validate()) {
        QDialog::accept();
        return;
    }
    for (FieldSet* fields : fieldSets()) fields->touchAll();
    validate();
    for (FieldSet* fields : fieldSets()) {
        for (QWidget* editor : fields->findChildren<QWidget*>()) {
            if (!editor->property("wrong").toBool()) continue;
            showPage(fields);
            editor->setFocus();
            return;
        }
    }
}

void NewRunDialog::takeFolder(const std::filesystem::path& folder) {
    switch (folderKind(folder)) {
        case FolderKind::Checkpoint:
            inputs_->setPath(QStringLiteral("checkpoint"), folder);
            break;
        case FolderKind::Glue:
            inputs_->setPath(QStringLiteral("data"), folder);
            break;
        case FolderKind::MaskSearch:
            masks_->setPath(QStringLiteral("head-mask"), folder / "head_mask.npy");
            masks_->setPath(QStringLiteral("mlp-mask"), folder / "mlp_mask.npy");
            break;
        case FolderKind::WeightMask:
            masks_->setPath(QStringLiteral("weight-mask"), folder / "weight_mask.safetensors");
            break;
        case FolderKind::Study:
            inputs_->setPath(QStringLiteral("study"), folder);
            break;
        default:
            inputs_->setPath(QStringLiteral("out"), folder);
            outIsProposed_ = false;
            break;
    }
    validate();
}

void NewRunDialog::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void NewRunDialog::dropEvent(QDropEvent* event) {
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile()) takeFolder(pathFromText(url.toLocalFile()));
    }
    event->acceptProposedAction();
}

}  // namespace lottery::gui
