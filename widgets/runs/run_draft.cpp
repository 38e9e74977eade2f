// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_draft.h"

#include <QCoreApplication>
#include <QSettings>
#include <system_error>

#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

namespace fs = std::filesystem;

namespace {

QString translated(const char* text) { return QCoreApplication::translate("RunKind", text); }

// Folder names of the published layout.
const char* maskSetting(SearchKind kind) {
    switch (kind) {
        case SearchKind::Heads:
            return "heads";
        case SearchKind::Mlps:
            return "mlps";
        case SearchKind::HeadsMlps:
            return "heads_mlps";
        case SearchKind::Neurons:
            return "neurons";
    }
    return "heads_mlps";
}

std::string seedFolder(const RunDraft& draft) { return "seed_" + std::to_string(draft.seed); }

fs::path below(const fs::path& base, const char* part, const char* setting, const RunDraft& draft) {
    return base / part / setting / task_info(draft.task).name / seedFolder(draft);
}

bool isTaken(const fs::path& folder) {
    std::error_code error;
    return fs::exists(folder, error) && !fs::is_empty(folder, error);
}

std::optional<fs::path> optionalPath(const QString& text) {
    if (text.trimmed().isEmpty()) return std::nullopt;
    return pathFromText(text);
}

QString textOf(const std::optional<fs::path>& path) { return path ? textFromPath(*path) : QString(); }

// Reads values one after the other; what is missing or not a number keeps its value.
class Reader {
public:
    explicit Reader(QSettings& settings) : settings_(settings) {}

    template <typename T>
    void number(const char* key, T& value) const {
        bool ok = false;
        if constexpr (std::is_floating_point_v<T>) {
            const double read = settings_.value(QLatin1String(key)).toDouble(&ok);
            if (ok) value = read;
        } else if constexpr (std::is_unsigned_v<T>) {
            const qulonglong read = settings_.value(QLatin1String(key)).toULongLong(&ok);
            if (ok) value = static_cast<T>(read);
        } else {
            const qlonglong read = settings_.value(QLatin1String(key)).toLongLong(&ok);
            if (ok) value = static_cast<T>(read);
        }
    }
    template <typename E>
    void choice(const char* key, E& value, int count) const {
        int read = static_cast<int>(value);
        number(key, read);
        if (read >= 0 && read < count) value = static_cast<E>(read);
    }
    QString text(const char* key) const { return settings_.value(QLatin1String(key)).toString(); }

private:
    QSettings& settings_;
};

}  // namespace

QString runKindName(RunKind kind) {
    switch (kind) {
        case RunKind::Finetune:
            return translated("Fine-tune");
        case RunKind::MaskSearch:
            return translated("Mask search");
        case RunKind::FinetuneAndMask:
            return translated("Fine-tune, then mask search");
        case RunKind::Evaluate:
            return translated("Evaluate");
    }
    return {};
}

QString runKindDescription(RunKind kind) {
    switch (kind) {
        case RunKind::Finetune:
            return translated("Train a pre-trained checkpoint on one GLUE task.");
        case RunKind::MaskSearch:
            return translated("Find the heads and MLPs that a fine-tuned checkpoint can do without.");
        case RunKind::FinetuneAndMask:
            return translated("From a pre-trained checkpoint to its mask in one go.");
        case RunKind::Evaluate:
            return translated("Score a fine-tuned checkpoint, whole or with a mask.");
    }
    return {};
}

QString runKindIcon(RunKind kind) {
    switch (kind) {
        case RunKind::Finetune:
            return QStringLiteral("finetune");
        case RunKind::MaskSearch:
            return QStringLiteral("mask-search");
        case RunKind::FinetuneAndMask:
            return QStringLiteral("finetune-mask");
        case RunKind::Evaluate:
            return QStringLiteral("evaluate");
    }
    return {};
}

QString taskName(TaskId task) {
    const std::string_view name = task_info(task).name;
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

QString searchKindName(SearchKind kind) {
    switch (kind) {
        case SearchKind::Heads:
            return translated("heads");
        case SearchKind::Mlps:
            return translated("MLPs");
        case SearchKind::HeadsMlps:
            return translated("heads + MLPs");
        case SearchKind::Neurons:
            return translated("MLP neurons");
    }
    return {};
}

QString runTitle(const RunDraft& draft) {
    const QString task = taskName(draft.task);
    const QString search = searchKindName(draft.search.kind);
    switch (draft.kind) {
        case RunKind::Finetune:
            return translated("Fine-tune %1, seed %2").arg(task).arg(draft.seed);
        case RunKind::MaskSearch:
            return translated("Mask %3 of %1, seed %2").arg(task).arg(draft.seed).arg(search);
        case RunKind::FinetuneAndMask:
            return translated("Fine-tune %1 and mask %3, seed %2").arg(task).arg(draft.seed).arg(search);
        case RunKind::Evaluate:
            return translated("Evaluate %1: %2").arg(task, textFromPath(draft.checkpoint.filename()));
    }
    return {};
}

bool writesFolder(RunKind kind) { return kind != RunKind::Evaluate; }

fs::path modelFolder(const RunDraft& draft) {
    return draft.kind == RunKind::FinetuneAndMask ? below(draft.out, "models", "finetuned", draft) : draft.out;
}

fs::path maskFolder(const RunDraft& draft) {
    return draft.kind == RunKind::FinetuneAndMask ? below(draft.out, "masks", maskSetting(draft.search.kind), draft)
                                                  : draft.out;
}

fs::path proposedOut(const RunDraft& draft, const fs::path& base) {
    fs::path folder;
    switch (draft.kind) {
        case RunKind::Evaluate:
            return {};
        case RunKind::FinetuneAndMask: {
            RunDraft placed = draft;
            for (int i = 1;; ++i) {
                placed.out = i == 1 ? base : fs::path(base.string() + "_" + std::to_string(i));
                if (!isTaken(modelFolder(placed)) && !isTaken(maskFolder(placed))) return placed.out;
            }
        }
        case RunKind::Finetune:
            folder = below(base, "models", "finetuned", draft);
            break;
        case RunKind::MaskSearch:
            folder = below(base, "masks", maskSetting(draft.search.kind), draft);
            break;
    }
    fs::path candidate = folder;
    for (int i = 2; isTaken(candidate); ++i) candidate = folder.string() + "_" + std::to_string(i);
    return candidate;
}

fs::path studyBase(const RunDraft& draft) {
    if (draft.kind == RunKind::FinetuneAndMask) return draft.out;
    const fs::path setting = draft.out.parent_path().parent_path();
    const fs::path part = setting.parent_path();
    if (part.filename() == "models" || part.filename() == "masks") return part.parent_path();
    return draft.out.parent_path();
}

FinetuneRequest finetuneRequest(const RunDraft& draft) {
    FinetuneRequest request;
    request.checkpoint = draft.checkpoint;
    request.data = draft.data;
    request.out = modelFolder(draft);
    request.task = draft.task;
    request.seed = draft.seed;
    request.options = draft.training;
    request.compute = draft.compute;
    request.resume = draft.resume;
    return request;
}

MaskRequest maskRequest(const RunDraft& draft) {
    MaskRequest request;
    request.checkpoint = draft.kind == RunKind::FinetuneAndMask ? modelFolder(draft) : draft.checkpoint;
    request.data = draft.data;
    request.out = maskFolder(draft);
    request.task = draft.task;
    request.seed = draft.seed;
    request.options = draft.search;
    request.compute = draft.compute;
    return request;
}

EvaluateRequest evaluateRequest(const RunDraft& draft) {
    EvaluateRequest request;
    request.checkpoint = draft.checkpoint;
    request.data = draft.data;
    request.task = draft.task;
    request.limit_dev = draft.evaluate_limit_dev;
    request.max_seq_length = draft.evaluate_max_seq_length;
    request.compute = draft.compute;
    request.head_mask = draft.head_mask;
    request.mlp_mask = draft.mlp_mask;
    request.removal = draft.removal;
    request.predictions = draft.predictions;
    return request;
}

void saveDraft(QSettings& settings, const RunDraft& draft) {
    const auto set = [&](const char* key, const QVariant& value) { settings.setValue(QLatin1String(key), value); };
    set("kind", static_cast<int>(draft.kind));
    set("checkpoint", textFromPath(draft.checkpoint));
    set("data", textFromPath(draft.data));
    set("task", static_cast<int>(draft.task));
    set("seed", static_cast<qulonglong>(draft.seed));
    const TrainingOptions& t = draft.training;
    set("training/epochs", t.epochs);
    set("training/batch-size", t.batch_size);
    set("training/learning-rate", t.learning_rate);
    set("training/warmup", t.warmup_share);
    set("training/adam-epsilon", t.adam_epsilon);
    set("training/weight-decay", t.weight_decay);
    set("training/max-gradient-norm", t.max_gradient_norm);
    set("training/dropout", t.dropout);
    set("training/max-seq-length", t.max_seq_length);
    set("training/hold-out", static_cast<qlonglong>(t.hold_out));
    set("training/limit-train", static_cast<qlonglong>(t.limit_train));
    set("training/limit-dev", static_cast<qlonglong>(t.limit_dev));
    set("training/save-steps", static_cast<qlonglong>(t.save_steps));
    set("training/precision", static_cast<int>(t.precision));
    const MaskSearchOptions& s = draft.search;
    set("search/kind", static_cast<int>(s.kind));
    set("search/mode", static_cast<int>(s.mode));
    set("search/threshold", s.threshold);
    set("search/amount", s.amount);
    set("search/batch-size", s.batch_size);
    set("search/split", static_cast<int>(s.split));
    set("search/limit-dev", static_cast<qlonglong>(s.limit_dev));
    set("search/max-seq-length", s.max_seq_length);
    set("evaluate/limit-dev", static_cast<qlonglong>(draft.evaluate_limit_dev));
    set("evaluate/max-seq-length", draft.evaluate_max_seq_length);
    set("head-mask", textOf(draft.head_mask));
    set("mlp-mask", textOf(draft.mlp_mask));
    set("removal", static_cast<int>(draft.removal));
    set("device", QString::fromStdString(draft.compute.device));
    set("threads", draft.compute.threads);
}

RunDraft loadDraft(QSettings& settings, const RunDraft& fallback) {
    RunDraft draft = fallback;
    const Reader read(settings);
    read.choice("kind", draft.kind, kRunKinds);
    if (const QString text = read.text("checkpoint"); !text.isEmpty()) draft.checkpoint = pathFromText(text);
    if (const QString text = read.text("data"); !text.isEmpty()) draft.data = pathFromText(text);
    read.choice("task", draft.task, static_cast<int>(all_tasks().size()));
    read.number("seed", draft.seed);
    TrainingOptions& t = draft.training;
    read.number("training/epochs", t.epochs);
    read.number("training/batch-size", t.batch_size);
    read.number("training/learning-rate", t.learning_rate);
    read.number("training/warmup", t.warmup_share);
    read.number("training/adam-epsilon", t.adam_epsilon);
    read.number("training/weight-decay", t.weight_decay);
    read.number("training/max-gradient-norm", t.max_gradient_norm);
    read.number("training/dropout", t.dropout);
    read.number("training/max-seq-length", t.max_seq_length);
    read.number("training/hold-out", t.hold_out);
    read.number("training/limit-train", t.limit_train);
    read.number("training/limit-dev", t.limit_dev);
    read.number("training/save-steps", t.save_steps);
    read.choice("training/precision", t.precision, 2);
    MaskSearchOptions& s = draft.search;
    read.choice("search/kind", s.kind, 3);
    read.choice("search/mode", s.mode, 2);
    read.number("search/threshold", s.threshold);
    read.number("search/amount", s.amount);
    read.number("search/batch-size", s.batch_size);
    read.choice("search/split", s.split, 2);
    read.number("search/limit-dev", s.limit_dev);
    read.number("search/max-seq-length", s.max_seq_length);
    read.number("evaluate/limit-dev", draft.evaluate_limit_dev);
    read.number("evaluate/max-seq-length", draft.evaluate_max_seq_length);
    draft.head_mask = optionalPath(read.text("head-mask"));
    draft.mlp_mask = optionalPath(read.text("mlp-mask"));
    read.choice("removal", draft.removal, 2);
    if (const QString text = read.text("device"); !text.isEmpty()) draft.compute.device = text.toStdString();
    read.number("threads", draft.compute.threads);
    return draft;
}

}  // namespace lottery::gui
