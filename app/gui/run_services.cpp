// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/run_services.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <set>
#include <string>
#include <system_error>

#include "core/data/glue_reader.h"
#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

namespace fs = std::filesystem;

namespace {

QString tr(const char* text) { return QCoreApplication::translate("RunProblems", text); }

bool fileExists(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

// Fields that a run has once, whatever its parts.
bool isCommon(const std::string& field) {
    static const std::set<std::string> common{"checkpoint",  "data",    "out",       "task",        "seed",
                                              "device",      "threads", "head-mask", "mlp-mask",    "weight-mask",
                                              "neuron-mask", "masks",   "study",     "predictions", "removal"};
    return common.count(field) > 0;
}

void append(DraftProblems& all, std::vector<FieldProblem> found, const char* prefix) {
    for (FieldProblem& problem : found) {
        if (!isCommon(problem.field)) problem.field = prefix + problem.field;
        all.push_back(std::move(problem));
    }
}

// Results are never overwritten; better said here than when the run begins.
void appendTaken(DraftProblems& all, const RunDraft& draft) {
    const auto add = [&](const QString& message) { all.push_back({"out", message.toStdString()}); };
    const bool trains = has(draft.kind, kTraining);
    const bool searches = has(draft.kind, kSearch | kMagnitude);
    if (draft.out.empty()) return;
    const fs::path model = modelFolder(draft);
    if (trains && !draft.resume && fileExists(model / "run.json"))
        add(tr("%1 holds a finished run; choose another folder, or tick “Go on” below to take it as it is")
                .arg(textFromPath(model)));
    else if (trains && !draft.resume && fileExists(model / "resume.safetensors"))
        add(tr("%1 holds an interrupted run; tick “Go on” below, or choose another folder").arg(textFromPath(model)));
    if (searches && fileExists(maskFolder(draft) / "search.json"))
        add(tr("%1 holds a finished mask search; choose another folder").arg(textFromPath(maskFolder(draft))));
    const bool writesOnce = draft.kind == RunKind::Remove || draft.kind == RunKind::Control;
    if (writesOnce && fileExists(draft.out / "run.json"))
        add(tr("%1 holds a finished run; choose another folder").arg(textFromPath(draft.out)));
}

std::vector<FieldProblem> controlProblems(const RunDraft& draft) {
    if (!draft.controlsWeights()) return problems(subnetworkRequest(draft));
    std::vector<FieldProblem> found = problems(magnitudeControlRequest(draft));
    if (draft.head_mask || draft.mlp_mask)
        found.push_back(
            {"weight-mask", tr("Choose a weight mask, or masks of heads and MLPs, not both").toStdString()});
    if (draft.control == ControlKind::Invert)
        found.push_back({"kind", tr("Of weights there are random and bad controls").toStdString()});
    return found;
}

// Rows of a task's (first) dev file; kept for the file's size and time.
qint64 devExamples(const RunDraft& draft) {
    const TaskInfo& task = task_info(draft.task);
    const auto folder = find_task_folder(task, draft.data);
    if (!folder) return 0;
    const fs::path file = *folder / task.dev_files.front();
    struct Known {
        fs::path file;
        std::uintmax_t size = 0;
        fs::file_time_type time;
        qint64 rows = 0;
    };
    static Known known;
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file, error);
    const fs::file_time_type time = fs::last_write_time(file, error);
    if (error) return 0;
    if (known.file == file && known.size == size && known.time == time) return known.rows;
    QFile reader(textFromPath(file));
    if (!reader.open(QIODevice::ReadOnly)) return 0;
    const QByteArray bytes = reader.readAll();
    qint64 rows = bytes.count('\n') + (bytes.isEmpty() || bytes.endsWith('\n') ? 0 : 1);
    if (task.has_header && rows > 0) --rows;
    known = {file, size, time, rows};
    return rows;
}

}  // namespace

DraftProblems draftProblems(const RunDraft& draft) {
    DraftProblems all;
    switch (draft.kind) {
        case RunKind::Finetune:
            append(all, problems(finetuneRequest(draft)), "training/");
            break;
        case RunKind::Evaluate:
            append(all, problems(evaluateRequest(draft)), "evaluate/");
            break;
        case RunKind::MaskSearch:
            append(all, problems(maskRequest(draft)), "search/");
            break;
        case RunKind::Magnitude:
            append(all, problems(magnitudeRequest(draft)), "magnitude/");
            break;
        case RunKind::Control:
            append(all, controlProblems(draft), "control/");
            break;
        case RunKind::Supermask:
            append(all, problems(supermaskRequest(draft)), "");
            break;
        case RunKind::Remove:
            append(all, problems(removeRequest(draft)), "");
            break;
        case RunKind::EvaluateStudy:
            append(all, problems(studyRequest(draft)), "evaluate/");
            break;
        case RunKind::FinetuneAndMask: {
            append(all, problems(finetuneRequest(draft)), "training/");
            // The fine-tuned model is not there yet; what it will be like, the checkpoint tells.
            MaskRequest request = maskRequest(draft);
            request.checkpoint = draft.checkpoint;
            std::vector<FieldProblem> ofSearch;
            for (FieldProblem& problem : problems(request)) {
                if (!isCommon(problem.field)) ofSearch.push_back(std::move(problem));
            }
            append(all, std::move(ofSearch), "search/");
            break;
        }
    }
    appendTaken(all, draft);
    return all;
}

QStringList computeDevices() {
    QStringList devices{QStringLiteral("cpu")};
#ifdef LOTTERY_TORCH_CUDA
    // One device file a GPU; asking the driver would take a second at every start.
    for (int gpu = 0; QFile::exists(QStringLiteral("/dev/nvidia%1").arg(gpu)); ++gpu)
        devices << QStringLiteral("cuda:%1").arg(gpu);
#endif
    return devices;
}

QString resolvedDevice(const ComputeOptions& compute) {
    const QString name = QString::fromStdString(compute.device);
    const QStringList devices = computeDevices();
    if (name == QLatin1String("cuda")) return QStringLiteral("cuda:0");
    if (name == QLatin1String("auto")) return devices.size() > 1 ? devices.at(1) : devices.at(0);
    return name;
}

bool canResume(const RunDraft& draft) {
    if (!has(draft.kind, kTraining)) return false;
    const fs::path folder = modelFolder(draft);
    return fileExists(folder / "resume.safetensors") || fileExists(folder / "run.json");
}

NewRunServices newRunServices() { return {&draftProblems, &devExamples, computeDevices()}; }

}  // namespace lottery::gui
