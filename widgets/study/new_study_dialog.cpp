// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/study/new_study_dialog.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <system_error>

#include "widgets/runs/form_helpers.h"
#include "widgets/runs/mask_forms.h"
#include "widgets/runs/option_forms.h"
#include "widgets/runs/search_forms.h"
#include "widgets/study/seed_list.h"

namespace lottery::gui {

namespace {

constexpr int kValidationDelayMs = 150;

// In the order of StudyPreset.
QStringList presetNames() {
    return {NewStudyDialog::tr("demo – model and data of its own, minutes"),
            NewStudyDialog::tr("quick – 2 small tasks, 3 seeds, subsets"),
            NewStudyDialog::tr("paper – 9 tasks, 5 seeds, all masks")};
}

QString presetDescription(StudyPreset preset) {
    switch (preset) {
        case StudyPreset::Demo:
            return NewStudyDialog::tr(
                "Everything a study does, on a tiny model and made-up data: to see how it works.");
        case StudyPreset::Quick:
            return NewStudyDialog::tr(
                "The paper’s main experiments on the first examples of small tasks: an afternoon.");
        case StudyPreset::Paper:
            return NewStudyDialog::tr("The paper as it is: all of GLUE, five seeds, every mask. Days, or a GPU.");
    }
    return {};
}

QLabel* makeLabel(const QString& text) {
    auto* label = new QLabel(text);
    label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    return label;
}

}  // namespace

NewStudyDialog::NewStudyDialog(NewStudyServices services, QWidget* parent)
    : QDialog(parent), services_(std::move(services)) {
    using forms::field;
    setWindowTitle(tr("New study"));
    setSizeGripEnabled(true);
    description_ = new QLabel;
    description_->setWordWrap(true);
    QFont large = description_->font();
    large.setPointSizeF(large.pointSizeF() * 1.15);
    description_->setFont(large);

    inputs_ = new FieldSet;
    inputs_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    inputs_->addChoice(field("preset", "Begin with", "", "Sets everything below; each can be changed after that"),
                       presetNames());
    inputs_->addChoice(
        field("mode", "Mode", "",
              "As published: what the paper’s code did, its quirks included. Rigorous: the same question "
              "asked properly. Sets the options marked Q; each can be chosen by itself."),
        {tr("as published"), tr("rigorous")});
    inputs_->addPath(field("checkpoint", "Checkpoint", "Hugging Face folder: config.json, vocab.txt, model.safetensors",
                           "The pre-trained model that every fine-tuning starts from"),
                     PathEdit::Wants::Folder);
    inputs_->addPath(field("data", "GLUE data", "Folder of the tasks", "GLUE as distributed"), PathEdit::Wants::Folder);
    inputs_->addPath(field("folder", "Study folder", "New; everything the study makes goes there",
                           "Gets the plan, study.json, and then models, masks, scores and figures"),
                     PathEdit::Wants::NewFolder);
    buildChoices();

    training_ = new FieldSet;
    addTrainingFields(*training_);
    search_ = new FieldSet;
    addSearchFields(*search_);
    magnitude_ = new FieldSet;
    addMagnitudeFields(*magnitude_);
    control_ = new FieldSet;
    addControlFields(*control_);
    machine_ = new FieldSet;
    addMachineFields(*machine_, services_.devices);
    pages_ = new QTabWidget;
    pages_->setObjectName(QStringLiteral("studyOptions"));
    pages_->addTab(scrolledPage(training_), tr("&Fine-tuning"));
    pages_->addTab(scrolledPage(search_), tr("Mask &search"));
    pages_->addTab(scrolledPage(magnitude_), tr("Ma&gnitude pruning"));
    pages_->addTab(scrolledPage(control_), tr("C&ontrols"));
    pages_->addTab(scrolledPage(machine_), tr("Ma&chine"));

    summary_ = new QLabel;
    summary_->setObjectName(QStringLiteral("studyWork"));
    summary_->setWordWrap(true);
    buttons_ = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    buttons_->button(QDialogButtonBox::Ok)->setText(tr("Create and &run"));
    buttons_->button(QDialogButtonBox::Ok)->setIcon({});
    buttons_->button(QDialogButtonBox::Cancel)->setIcon({});
    create_ = buttons_->addButton(tr("Create &only"), QDialogButtonBox::ActionRole);
    create_->setObjectName(QStringLiteral("createOnly"));
    create_->setAutoDefault(false);
    create_->setToolTip(tr("Write the plan; it can be changed by hand and run later"));

    auto* bottom = new QHBoxLayout;
    bottom->addWidget(summary_, 1);
    bottom->addWidget(buttons_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 14, 14, 14);
    layout->setSpacing(10);
    layout->addWidget(description_);
    layout->addWidget(inputs_);
    layout->addWidget(choices_);
    layout->addWidget(pages_, 1);
    layout->addLayout(bottom);

    for (FieldSet* fields : fieldSets()) connect(fields, &FieldSet::changed, this, &NewStudyDialog::onChanged);
    connect(seeds_, &QLineEdit::textEdited, this, [this] { validation_.start(); });
    connect(retrain_, &QCheckBox::clicked, this, [this] { validation_.start(); });
    connect(holdOutAsDev_, &QCheckBox::toggled, this, [this](bool asDev) {
        training_->setFieldVisible(QStringLiteral("training/hold-out"), !asDev);
        validation_.start();
    });
    connect(buttons_, &QDialogButtonBox::accepted, this, [this] {
        runs_ = true;
        accept();
    });
    connect(create_, &QPushButton::clicked, this, [this] {
        runs_ = false;
        accept();
    });
    connect(buttons_, &QDialogButtonBox::rejected, this, &NewStudyDialog::reject);
    validation_.setSingleShot(true);
    validation_.setInterval(kValidationDelayMs);
    connect(&validation_, &QTimer::timeout, this, &NewStudyDialog::validate);
    showMachine(*machine_, {}, services_.devices);
    inputs_->setChoice(QStringLiteral("mode"), static_cast<int>(Mode::Rigorous));
    choosePreset(StudyPreset::Quick);
    resize(fontMetrics().averageCharWidth() * 118, fontMetrics().height() * 46);
}

void NewStudyDialog::buildChoices() {
    choices_ = new QWidget;
    auto* grid = new QGridLayout(choices_);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setColumnStretch(1, 1);
    // As wide as the labels above.
    grid->setColumnMinimumWidth(0, fontMetrics().averageCharWidth() * 19);
    auto* tasks = new QHBoxLayout;
    for (const TaskInfo& task : all_tasks()) {
        auto* box = new QCheckBox(taskName(task.id));
        box->setObjectName(QStringLiteral("task") + taskName(task.id));
        tasks_.emplace_back(task.id, box);
        tasks->addWidget(box);
        connect(box, &QCheckBox::clicked, this, [this] { validation_.start(); });
    }
    tasks->addStretch(1);
    seeds_ = new QLineEdit;
    seeds_->setObjectName(QStringLiteral("seeds"));
    seeds_->setAccessibleName(tr("Seeds"));
    seeds_->setToolTip(tr("Of fine-tuning, searches and draws, separated by commas. Paper: 1337, 42, 86, 71, 166"));
    auto* settings = new QGridLayout;
    constexpr int kColumns = 4;
    for (std::size_t i = 0; i < services_.settings.size(); ++i) {
        const StudySettingInfo& info = services_.settings[i];
        auto* box = new QCheckBox(info.name);
        box->setObjectName(QStringLiteral("setting_") + info.name);
        settings_.push_back(box);
        settings->addWidget(box, static_cast<int>(i) / kColumns, static_cast<int>(i) % kColumns);
        connect(box, &QCheckBox::clicked, this, [this, i](bool checked) { onSetting(i, checked); });
    }
    retrain_ = new QCheckBox(tr("Train every subnetwork again from the pre-trained weights"));
    retrain_->setObjectName(QStringLiteral("retrain"));
    holdOutAsDev_ = new QCheckBox(tr("Hold out as many training examples as dev has, for mask searches"));
    holdOutAsDev_->setObjectName(QStringLiteral("holdOutAsDev"));
    holdOutAsDev_->setToolTip(tr("Otherwise the number on the page “Fine-tuning”"));
    choiceProblem_ = new QLabel;
    choiceProblem_->setObjectName(QStringLiteral("choiceProblem"));
    choiceProblem_->setWordWrap(true);
    choiceProblem_->setStyleSheet(QStringLiteral("color: #D63A3A"));
    grid->addWidget(makeLabel(tr("Tasks")), 0, 0);
    grid->addLayout(tasks, 0, 1);
    grid->addWidget(makeLabel(tr("Seeds")), 1, 0);
    grid->addWidget(seeds_, 1, 1);
    grid->addWidget(makeLabel(tr("Masks")), 2, 0);
    grid->addLayout(settings, 2, 1);
    grid->addWidget(retrain_, 3, 1);
    grid->addWidget(holdOutAsDev_, 4, 1);
    grid->addWidget(choiceProblem_, 5, 1);
    choices_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
}

QList<FieldSet*> NewStudyDialog::fieldSets() const {
    return {inputs_, training_, search_, magnitude_, control_, machine_};
}

StudyPreset NewStudyDialog::preset() const {
    return static_cast<StudyPreset>(std::max(0, inputs_->choice(QStringLiteral("preset"))));
}
Mode NewStudyDialog::mode() const { return static_cast<Mode>(std::max(0, inputs_->choice(QStringLiteral("mode")))); }

void NewStudyDialog::setBaseFolder(const std::filesystem::path& base) {
    baseFolder_ = base;
    propose();
    validate();
}

void NewStudyDialog::setInputs(const std::filesystem::path& checkpoint, const std::filesystem::path& glue,
                               const ComputeOptions& compute) {
    inputs_->setPath(QStringLiteral("checkpoint"), checkpoint);
    inputs_->setPath(QStringLiteral("data"), glue);
    showMachine(*machine_, compute, services_.devices);
    validate();
}

void NewStudyDialog::choosePreset(StudyPreset preset) {
    inputs_->setChoice(QStringLiteral("preset"), static_cast<int>(preset));
    showPlan(services_.preset(preset, mode()));
    propose();
    validate();
}

// Inputs, folder and machine stay: a preset is about what is done, not about where.
void NewStudyDialog::showPlan(const StudyPlan& plan) {
    showing_ = true;
    base_ = plan;
    description_->setText(presetDescription(preset()));
    for (const auto& [task, box] : tasks_)
        box->setChecked(std::find(plan.tasks.begin(), plan.tasks.end(), task) != plan.tasks.end());
    QStringList seeds;
    for (const auto seed : plan.seeds) seeds << QString::number(seed);
    seeds_->setText(seeds.join(QStringLiteral(", ")));
    for (std::size_t i = 0; i < settings_.size(); ++i)
        settings_[i]->setChecked(std::find(plan.settings.begin(), plan.settings.end(), services_.settings[i].setting) !=
                                 plan.settings.end());
    retrain_->setChecked(plan.retrain);
    TrainingOptions training = plan.training;
    training.hold_out = plan.hold_out.value_or(0);
    showTraining(*training_, training);
    holdOutAsDev_->setChecked(!plan.hold_out.has_value());
    training_->setFieldVisible(QStringLiteral("training/hold-out"), plan.hold_out.has_value());
    showSearch(*search_, plan.search);
    showMagnitude(*magnitude_, plan.magnitude);
    RunDraft controls;
    controls.controlMode = plan.mode;
    controls.controlOptions = plan.controls;
    showControl(*control_, controls);
    // The masks say what is searched for and made, and the mode is the study's.
    for (const char* id : {"search/kind", "search/mode", "search/block-size", "search/measure-speed"})
        search_->setFieldVisible(QLatin1String(id), false);
    magnitude_->setFieldVisible(QStringLiteral("magnitude/mode"), false);
    for (const char* id : {"control/kind", "control/mode"}) control_->setFieldVisible(QLatin1String(id), false);
    for (const char* id : {"control/random-size", "control/bad-fill"})
        control_->setFieldVisible(QLatin1String(id), true);
    const bool ownInputs = preset() == StudyPreset::Demo;
    for (const char* id : {"checkpoint", "data"}) inputs_->setFieldVisible(QLatin1String(id), !ownInputs);
    showing_ = false;
}

StudyPlan NewStudyDialog::plan() const {
    StudyPlan plan = base_;
    plan.mode = mode();
    if (preset() != StudyPreset::Demo) {
        plan.checkpoint = inputs_->path(QStringLiteral("checkpoint"));
        plan.data = inputs_->path(QStringLiteral("data"));
        std::error_code ec;
        // Seen from wherever the study is run later.
        for (auto* path : {&plan.checkpoint, &plan.data})
            if (!path->empty()) *path = std::filesystem::absolute(*path, ec).lexically_normal();
    }
    plan.tasks.clear();
    for (const auto& [task, box] : tasks_)
        if (box->isChecked()) plan.tasks.push_back(task);
    plan.seeds = parseSeeds(seeds_->text()).seeds;
    plan.settings.clear();
    for (std::size_t i = 0; i < settings_.size(); ++i)
        if (settings_[i]->isChecked()) plan.settings.push_back(services_.settings[i].setting);
    plan.retrain = retrain_->isChecked();
    readTraining(*training_, plan.training);
    plan.hold_out = holdOutAsDev_->isChecked() ? std::nullopt : std::optional(plan.training.hold_out);
    plan.training.hold_out = 0;
    readSearch(*search_, plan.search);
    readMagnitude(*magnitude_, plan.magnitude);
    plan.search.mode = plan.magnitude.mode = plan.mode;
    plan.search.measure_speed = false;
    RunDraft controls;
    readControl(*control_, controls);
    plan.controls = controls.controlOptions;
    readMachine(*machine_, plan.compute, services_.devices);
    return plan;
}

std::filesystem::path NewStudyDialog::folder() const { return inputs_->path(QStringLiteral("folder")); }

void NewStudyDialog::onChanged(const QString& id) {
    if (showing_) return;
    if (id == QLatin1String("folder")) folderIsProposed_ = inputs_->path(id).empty();
    if (id == QLatin1String("preset")) showPlan(services_.preset(preset(), mode()));
    if (id == QLatin1String("mode")) {
        // Only what a mode decides; the rest stays as it was chosen.
        StudyPlan changed = plan();
        const StudyPlan defaults = services_.preset(preset(), mode());
        changed.search.split = defaults.search.split;
        changed.search.gradient = defaults.search.gradient;
        changed.search.phase_importance = defaults.search.phase_importance;
        changed.magnitude.split = defaults.magnitude.split;
        changed.magnitude.mlp_output_bias = defaults.magnitude.mlp_output_bias;
        changed.controls = defaults.controls;
        changed.hold_out = defaults.hold_out;
        showPlan(changed);
    }
    if (id == QLatin1String("search/criterion")) {
        arrangeSearch(*search_);
        for (const char* hidden : {"search/block-size", "search/measure-speed"})
            search_->setFieldVisible(QLatin1String(hidden), false);
    }
    validation_.start();
}

// A control comes with the mask that it is made from, and goes with it.
void NewStudyDialog::onSetting(std::size_t row, bool checked) {
    const StudySettingInfo& changed = services_.settings[row];
    for (std::size_t i = 0; i < settings_.size(); ++i) {
        if (checked && changed.madeFrom == services_.settings[i].setting) settings_[i]->setChecked(true);
        if (!checked && services_.settings[i].madeFrom == changed.setting) settings_[i]->setChecked(false);
    }
    validation_.start();
}

void NewStudyDialog::propose() {
    if (!folderIsProposed_ || baseFolder_.empty()) return;
    static const char* const kNames[] = {"demo-study", "quick", "paper"};
    const std::string name = kNames[static_cast<std::size_t>(preset())];
    std::error_code ec;
    std::filesystem::path proposed = baseFolder_ / name;
    for (int i = 2; std::filesystem::exists(proposed, ec); ++i)
        proposed = baseFolder_ / (name + "-" + std::to_string(i));
    inputs_->setPath(QStringLiteral("folder"), proposed);
}

bool NewStudyDialog::validate() {
    validation_.stop();
    propose();
    const StudyPlan current = plan();
    std::vector<FieldProblem> found;
    for (FieldSet* fields : fieldSets())
        for (auto& problem : fields->typingProblems()) found.push_back(std::move(problem));
    const SeedList seeds = parseSeeds(seeds_->text());
    if (!seeds.problem.isEmpty()) found.push_back({"seeds", seeds.problem.toStdString()});
    for (FieldProblem& problem : services_.problems(folder(), current)) {
        const bool known =
            std::any_of(found.begin(), found.end(), [&](const FieldProblem& p) { return p.field == problem.field; });
        if (!known) found.push_back(std::move(problem));
    }
    QStringList choices;
    const auto sets = fieldSets();
    for (const FieldProblem& problem : found) {
        const QString id = QString::fromStdString(problem.field);
        if (std::none_of(sets.begin(), sets.end(), [&](FieldSet* set) { return set->contains(id); }))
            choices << QString::fromStdString(problem.message);
    }
    for (FieldSet* fields : sets) fields->showProblems(found);
    choiceProblem_->setText(choices.join(QLatin1Char('\n')));
    choiceProblem_->setVisible(!choices.isEmpty());
    summary_->setText(found.empty() ? services_.summary(folder(), current) : tr("Something is to be settled above."));
    return found.empty();
}

void NewStudyDialog::accept() {
    if (validate()) {
        QDialog::accept();
        return;
    }
    for (FieldSet* fields : fieldSets()) fields->touchAll();
    validate();
}

}  // namespace lottery::gui
