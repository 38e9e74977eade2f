// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_draft.h"

#include <QCoreApplication>

#include "widgets/runs/folder_kind.h"

namespace lottery::gui {

namespace fs = std::filesystem;

namespace {

QString translated(const char* text) { return QCoreApplication::translate("RunKind", text); }

QString folderName(const fs::path& folder) { return textFromPath(folder.filename()); }

// The mask that a run is about, wherever it lies: "heads_mlps/MRPC/seed_1337".
QString maskName(const RunDraft& draft) {
    const auto& mask = draft.weight_mask ? draft.weight_mask : draft.head_mask ? draft.head_mask : draft.mlp_mask;
    if (!mask) return translated("no mask");
    const fs::path folder = mask->parent_path();
    const fs::path task = folder.parent_path();
    const QString name = folderName(folder);
    return task.has_filename() && task.parent_path().has_filename()
               ? QStringList{folderName(task.parent_path()), folderName(task), name}.join('/')
               : name;
}

}  // namespace

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

QString controlName(ControlKind kind) {
    switch (kind) {
        case ControlKind::Random:
            return translated("random");
        case ControlKind::Bad:
            return translated("bad");
        case ControlKind::Invert:
            return translated("inverted");
    }
    return {};
}

QString runTitle(const RunDraft& draft) {
    const QString task = taskName(draft.task);
    const QString search = searchKindName(draft.search.kind);
    switch (draft.kind) {
        case RunKind::Finetune:
            if (draft.head_mask || draft.mlp_mask || draft.weight_mask)
                return translated("Retrain %3 on %1, seed %2").arg(task).arg(draft.seed).arg(maskName(draft));
            return translated("Fine-tune %1, seed %2").arg(task).arg(draft.seed);
        case RunKind::MaskSearch:
            return translated("Mask %3 of %1, seed %2").arg(task).arg(draft.seed).arg(search);
        case RunKind::FinetuneAndMask:
            return translated("Fine-tune %1 and mask %3, seed %2").arg(task).arg(draft.seed).arg(search);
        case RunKind::Magnitude:
            return translated("Prune weights of %1, seed %2").arg(task).arg(draft.seed);
        case RunKind::Control:
            return translated("Control of %1: %2").arg(maskName(draft), controlName(draft.control));
        case RunKind::Supermask:
            return translated("Masks of all seeds: %1").arg(folderName(draft.masks));
        case RunKind::Remove:
            return translated("Remove from %1: %2").arg(folderName(draft.checkpoint), maskName(draft));
        case RunKind::Evaluate:
            return translated("Evaluate %1: %2").arg(task, folderName(draft.checkpoint));
        case RunKind::EvaluateStudy:
            return translated("Evaluate study %1").arg(folderName(draft.study));
    }
    return {};
}

QString runRemark(const RunDraft& draft) {
    if (draft.kind == RunKind::FinetuneAndMask && !draft.out.empty())
        return translated("Model: %1\nMasks: %2")
            .arg(textFromPath(modelFolder(draft)), textFromPath(maskFolder(draft)));
    if (draft.kind == RunKind::Finetune && (draft.head_mask || draft.mlp_mask || draft.weight_mask))
        return translated("A subnetwork is trained: the one that the masks under “Masks” leave.");
    if (draft.kind == RunKind::Supermask && !draft.masks.empty()) {
        const SupermaskRequest request = supermaskRequest(draft);
        QStringList folders;
        for (const char* name : {"super", "super_bad", "super_random"})
            folders << QString::fromStdString(request.prefix) + QLatin1String(name);
        return translated("Written: %1").arg(folders.join(QStringLiteral(", ")));
    }
    return {};
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
    if (draft.kind == RunKind::Finetune) {
        request.head_mask = draft.head_mask;
        request.mlp_mask = draft.mlp_mask;
        request.weight_mask = draft.weight_mask;
        request.neuron_mask = draft.neuron_mask;
    }
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

MagnitudeRequest magnitudeRequest(const RunDraft& draft) {
    return {draft.checkpoint, draft.data, draft.out, draft.task, draft.seed, draft.magnitude, draft.compute};
}

SubnetworkRequest subnetworkRequest(const RunDraft& draft) {
    SubnetworkRequest request;
    request.kind = draft.control;
    request.mode = draft.controlMode;
    request.options = draft.controlOptions;
    request.seed = draft.seed;
    request.head_mask = draft.head_mask.value_or(fs::path());
    request.mlp_mask = draft.mlp_mask;
    request.out = draft.out;
    return request;
}

MagnitudeControlRequest magnitudeControlRequest(const RunDraft& draft) {
    return {draft.weight_mask.value_or(fs::path()), draft.checkpoint, draft.out,
            draft.control == ControlKind::Random ? MagnitudeControl::Random : MagnitudeControl::Bad, draft.seed};
}

SupermaskRequest supermaskRequest(const RunDraft& draft) {
    SupermaskRequest request;
    request.masks = draft.masks;
    request.out = draft.out;
    // Beside the setting they belong to they carry its name; elsewhere they are alone.
    if (!draft.masks.empty() && draft.out == draft.masks.parent_path())
        request.prefix = draft.masks.filename().string() + "_";
    request.seed = draft.seed;
    return request;
}

RemoveRequest removeRequest(const RunDraft& draft) {
    return {draft.checkpoint, draft.out, draft.head_mask, draft.mlp_mask, draft.compute};
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
    request.weight_mask = draft.weight_mask;
    request.neuron_mask = draft.neuron_mask;
    request.removal = draft.removal;
    request.measure_speed = draft.measure_speed;
    request.predictions = draft.predictions;
    return request;
}

StudyEvaluationRequest studyRequest(const RunDraft& draft) {
    StudyEvaluationRequest request;
    request.study = draft.study;
    request.data = draft.data;
    request.removal = draft.removal;
    request.random_retrained = draft.random_retrained;
    request.limit_dev = draft.evaluate_limit_dev;
    request.compute = draft.compute;
    return request;
}

}  // namespace lottery::gui
