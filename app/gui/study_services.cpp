// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/study_services.h"

#include <QCoreApplication>
#include <map>
#include <system_error>

#include "app/gui/run_services.h"
#include "core/data/glue_reader.h"
#include "core/study/reference_study.h"
#include "core/study/study_jobs.h"
#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

namespace fs = std::filesystem;

namespace {

QString tr(const char* text) { return QCoreApplication::translate("StudyProblems", text); }

void addFolderProblem(const fs::path& folder, std::vector<FieldProblem>& found) {
    std::error_code ec;
    const auto add = [&](const QString& text) { found.push_back({"folder", text.toStdString()}); };
    if (folder.empty()) {
        add(tr("Choose a new folder for the study"));
    } else if (fs::exists(folder / "study.json", ec)) {
        add(tr("The folder already holds a study; open it, or choose another"));
    } else if (fs::exists(folder, ec) && (!fs::is_directory(folder, ec) || !fs::is_empty(folder, ec))) {
        add(tr("The folder is not empty; choose a new one"));
    } else if (const auto writable = check_study_is_writable(folder); !writable) {
        add(QString::fromStdString(writable.error().to_string()));
    }
}

// Where a task's data are not there.
void addDataProblems(const StudyPlan& plan, std::vector<FieldProblem>& found) {
    std::error_code ec;
    if (plan.data.empty() || !fs::is_directory(plan.data, ec)) {
        found.push_back({"data", tr("Choose the folder of the GLUE tasks").toStdString()});
        return;
    }
    QStringList missing;
    for (const TaskId task : plan.tasks)
        if (!find_task_folder(task_info(task), plan.data)) missing << taskName(task);
    if (!missing.isEmpty())
        found.push_back(
            {"tasks",
             tr("No data of %1 in %2").arg(missing.join(QStringLiteral(", ")), textFromPath(plan.data)).toStdString()});
}

// The options are those of the runs that the study consists of; a run stands for all of its kind.
void addOptionProblems(const StudyPlan& plan, std::vector<FieldProblem>& found) {
    const auto take = [&](const std::vector<FieldProblem>& problems, const char* prefix) {
        for (const FieldProblem& problem : problems) {
            // Inputs and places are the study's.
            static const std::vector<std::string> kOthers{"checkpoint", "data",     "out",         "task",     "seed",
                                                          "head-mask",  "mlp-mask", "weight-mask", "hold-out", "split"};
            if (std::find(kOthers.begin(), kOthers.end(), problem.field) != kOthers.end()) continue;
            const bool machine = problem.field == "device" || problem.field == "threads";
            found.push_back({(machine ? "" : prefix) + problem.field, problem.message});
        }
    };
    FinetuneRequest training;
    training.checkpoint = plan.checkpoint;
    training.data = plan.data;
    training.out = "study";
    training.task = plan.tasks.empty() ? TaskId::MRPC : plan.tasks.front();
    training.options = plan.training;
    training.compute = plan.compute;
    take(problems(training), "training/");
    MaskRequest search;
    search.checkpoint = plan.checkpoint;
    search.data = plan.data;
    search.out = "study";
    search.task = training.task;
    search.options = plan.search;
    take(problems(search), "search/");
    MagnitudeRequest magnitude;
    magnitude.checkpoint = plan.checkpoint;
    magnitude.data = plan.data;
    magnitude.out = "study";
    magnitude.task = training.task;
    magnitude.options = plan.magnitude;
    take(problems(magnitude), "magnitude/");
}

std::vector<FieldProblem> planProblems(const fs::path& folder, const StudyPlan& plan) {
    std::vector<FieldProblem> found;
    addFolderProblem(folder, found);
    if (plan.tasks.empty()) found.push_back({"tasks", tr("Choose at least one task").toStdString()});
    if (plan.settings.empty()) found.push_back({"settings", tr("Choose at least one mask").toStdString()});
    // The demo's inputs are made with the study.
    if (plan.preset == to_string(StudyPreset::Demo)) return found;
    std::error_code ec;
    if (plan.checkpoint.empty() || !fs::exists(plan.checkpoint / "config.json", ec)) {
        found.push_back({"checkpoint", tr("Choose a Hugging Face folder: it has a config.json").toStdString()});
    } else {
        addOptionProblems(plan, found);
    }
    addDataProblems(plan, found);
    return found;
}

QString work(const fs::path& folder, const StudyPlan& plan) {
    // How much is held out does not change how many jobs there are, and the demo's data are not there yet.
    StudyPlan counted = plan;
    counted.hold_out = 0;
    const auto jobs = study_jobs(counted, folder);
    if (!jobs) return QString::fromStdString(jobs.error().to_string());
    std::map<StudyJobKind, int> counts;
    for (const StudyJob& job : *jobs) ++counts[job.kind];
    const std::pair<StudyJobKind, QString> kinds[] = {
        {StudyJobKind::Finetune, tr("fine-tunings")},      {StudyJobKind::Search, tr("mask searches")},
        {StudyJobKind::Control, tr("controls")},           {StudyJobKind::Supermasks, tr("super masks")},
        {StudyJobKind::Retrain, tr("retrained networks")}, {StudyJobKind::Evaluate, tr("evaluations")}};
    QStringList parts;
    for (const auto& [kind, name] : kinds)
        if (const int n = counts[kind]; n > 0) parts << QStringLiteral("%1 %2").arg(n).arg(name);
    return tr("%1 jobs: %2").arg(jobs->size()).arg(parts.join(QStringLiteral(", ")));
}

}  // namespace

NewStudyServices newStudyServices() {
    NewStudyServices services;
    services.preset = &preset_plan;
    services.problems = &planProblems;
    services.summary = &work;
    for (const StudySetting setting : all_study_settings())
        services.settings.push_back({setting, QString::fromLatin1(to_string(setting)), made_from(setting)});
    services.devices = computeDevices();
    return services;
}

}  // namespace lottery::gui
