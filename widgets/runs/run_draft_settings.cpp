// SPDX-License-Identifier: GPL-3.0-or-later
//
// The last draft, from one start of the window to the next.
#include <QSettings>
#include <type_traits>

#include "widgets/runs/folder_kind.h"
#include "widgets/runs/run_draft.h"

namespace lottery::gui {

namespace fs = std::filesystem;

namespace {

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
    void flag(const char* key, bool& value) const { value = settings_.value(QLatin1String(key), value).toBool(); }
    QString text(const char* key) const { return settings_.value(QLatin1String(key)).toString(); }

private:
    QSettings& settings_;
};

}  // namespace

void saveDraft(QSettings& settings, const RunDraft& draft) {
    const auto set = [&](const char* key, const QVariant& value) { settings.setValue(QLatin1String(key), value); };
    set("kind", QString::fromLatin1(runKindInfo(draft.kind).id));
    set("checkpoint", textFromPath(draft.checkpoint));
    set("data", textFromPath(draft.data));
    set("masks", textFromPath(draft.masks));
    set("study", textFromPath(draft.study));
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
    set("search/criterion", static_cast<int>(s.criterion));
    set("search/gradient", static_cast<int>(s.gradient));
    set("search/phase-importance", static_cast<int>(s.phase_importance));
    set("search/gate-steps", s.gates.steps);
    set("search/gate-batch-size", s.gates.batch_size);
    set("search/gate-learning-rate", s.gates.learning_rate);
    set("search/gate-penalty", s.gates.penalty);
    set("search/block-size", s.block_size);
    set("search/measure-speed", s.measure_speed);
    const MagnitudeOptions& m = draft.magnitude;
    set("magnitude/mode", static_cast<int>(m.mode));
    set("magnitude/threshold", m.threshold);
    set("magnitude/amount", m.amount);
    set("magnitude/max-steps", m.max_steps);
    set("magnitude/mlp-output-bias", static_cast<int>(m.mlp_output_bias));
    set("magnitude/batch-size", m.batch_size);
    set("magnitude/split", static_cast<int>(m.split));
    set("magnitude/limit-dev", static_cast<qlonglong>(m.limit_dev));
    set("magnitude/max-seq-length", m.max_seq_length);
    set("control/kind", static_cast<int>(draft.control));
    set("control/mode", static_cast<int>(draft.controlMode));
    set("control/random-size", static_cast<int>(draft.controlOptions.random_size));
    set("control/bad-fill", static_cast<int>(draft.controlOptions.bad_fill));
    set("evaluate/limit-dev", static_cast<qlonglong>(draft.evaluate_limit_dev));
    set("evaluate/max-seq-length", draft.evaluate_max_seq_length);
    set("evaluate/measure-speed", draft.measure_speed);
    set("head-mask", textOf(draft.head_mask));
    set("mlp-mask", textOf(draft.mlp_mask));
    set("weight-mask", textOf(draft.weight_mask));
    set("neuron-mask", textOf(draft.neuron_mask));
    set("removal", static_cast<int>(draft.removal));
    set("random-retrained", static_cast<int>(draft.random_retrained));
    set("device", QString::fromStdString(draft.compute.device));
    set("threads", draft.compute.threads);
}

RunDraft loadDraft(QSettings& settings, const RunDraft& fallback) {
    RunDraft draft = fallback;
    const Reader read(settings);
    for (const RunKindInfo& kind : allRunKinds())
        if (read.text("kind") == QLatin1String(kind.id)) draft.kind = kind.kind;
    if (const QString text = read.text("checkpoint"); !text.isEmpty()) draft.checkpoint = pathFromText(text);
    if (const QString text = read.text("data"); !text.isEmpty()) draft.data = pathFromText(text);
    if (const QString text = read.text("masks"); !text.isEmpty()) draft.masks = pathFromText(text);
    if (const QString text = read.text("study"); !text.isEmpty()) draft.study = pathFromText(text);
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
    read.choice("search/kind", s.kind, 4);
    read.choice("search/mode", s.mode, 2);
    read.number("search/threshold", s.threshold);
    read.number("search/amount", s.amount);
    read.number("search/batch-size", s.batch_size);
    read.choice("search/split", s.split, 2);
    read.number("search/limit-dev", s.limit_dev);
    read.number("search/max-seq-length", s.max_seq_length);
    read.choice("search/criterion", s.criterion, 7);
    read.choice("search/gradient", s.gradient, 2);
    read.choice("search/phase-importance", s.phase_importance, 2);
    read.number("search/gate-steps", s.gates.steps);
    read.number("search/gate-batch-size", s.gates.batch_size);
    read.number("search/gate-learning-rate", s.gates.learning_rate);
    read.number("search/gate-penalty", s.gates.penalty);
    read.number("search/block-size", s.block_size);
    read.flag("search/measure-speed", s.measure_speed);
    MagnitudeOptions& m = draft.magnitude;
    read.choice("magnitude/mode", m.mode, 2);
    read.number("magnitude/threshold", m.threshold);
    read.number("magnitude/amount", m.amount);
    read.number("magnitude/max-steps", m.max_steps);
    read.choice("magnitude/mlp-output-bias", m.mlp_output_bias, 2);
    read.number("magnitude/batch-size", m.batch_size);
    read.choice("magnitude/split", m.split, 2);
    read.number("magnitude/limit-dev", m.limit_dev);
    read.number("magnitude/max-seq-length", m.max_seq_length);
    read.choice("control/kind", draft.control, 3);
    read.choice("control/mode", draft.controlMode, 2);
    read.choice("control/random-size", draft.controlOptions.random_size, 2);
    read.choice("control/bad-fill", draft.controlOptions.bad_fill, 2);
    read.number("evaluate/limit-dev", draft.evaluate_limit_dev);
    read.number("evaluate/max-seq-length", draft.evaluate_max_seq_length);
    read.flag("evaluate/measure-speed", draft.measure_speed);
    draft.head_mask = optionalPath(read.text("head-mask"));
    draft.mlp_mask = optionalPath(read.text("mlp-mask"));
    draft.weight_mask = optionalPath(read.text("weight-mask"));
    draft.neuron_mask = optionalPath(read.text("neuron-mask"));
    read.choice("removal", draft.removal, 2);
    read.choice("random-retrained", draft.random_retrained, 2);
    if (const QString text = read.text("device"); !text.isEmpty()) draft.compute.device = text.toStdString();
    read.number("threads", draft.compute.threads);
    return draft;
}

}  // namespace lottery::gui
