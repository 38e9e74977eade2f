// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/option_forms.h"

#include <algorithm>
#include <thread>

#include "widgets/runs/form_helpers.h"

namespace lottery::gui {

using namespace forms;

namespace {

// The seeds of the paper.
const QStringList kSeeds{QStringLiteral("1337"), QStringLiteral("42"), QStringLiteral("86"), QStringLiteral("71"),
                         QStringLiteral("166")};

QStringList taskNames() {
    QStringList names;
    for (const TaskInfo& task : all_tasks()) names << taskName(task.id);
    return names;
}

int taskRow(TaskId id) {
    const auto tasks = all_tasks();
    const auto found = std::find_if(tasks.begin(), tasks.end(), [id](const TaskInfo& t) { return t.id == id; });
    return static_cast<int>(found - tasks.begin());
}

}  // namespace

void addInputFields(FieldSet& fields) {
    fields.addPath(field("checkpoint", "Checkpoint", "Hugging Face folder: config.json, vocab.txt, model.safetensors",
                         "The model to start from: a pre-trained one for fine-tuning, a fine-tuned one for a mask "
                         "search or an evaluation. Folders can be dropped here."),
                   PathEdit::Wants::Folder);
    fields.addPath(field("data", "GLUE data", "Folder of the tasks, or of this task: train.tsv, dev.tsv",
                         "GLUE as distributed. Folders can be dropped here."),
                   PathEdit::Wants::Folder);
    fields.addChoice(field("task", "Task", "", "The GLUE task"), taskNames());
    fields.addPath(
        field("masks", "Masks of a task’s seeds", "masks/<setting> of a study: <task>/seed_<N>/head_mask.npy",
              "The folder that holds a folder per task, and in it a folder per seed"),
        PathEdit::Wants::Folder);
    fields.addPath(field("study", "Study", "Folder with models/ and masks/",
                         "Every model and mask in it is scored; what was scored before with the same inputs stays"),
                   PathEdit::Wants::Folder);
    fields.addInteger(field("seed", "Seed", "the paper’s seeds are in the list",
                            "Starts the random numbers: initial classifier, order of examples, dropout, held-out "
                            "slice. The same seed on the same machine gives the same files."),
                      kSeeds);
    fields.addPath(field("out", "Run folder", "Where the results go",
                         "Gets the results and run.json, which says how they came about."),
                   PathEdit::Wants::NewFolder);
    fields.addCheck(field("resume", "", "Go on with the interrupted fine-tuning in this folder",
                          "Continues from the last resume point in the run folder to the result that an undisturbed "
                          "run would have given."));
}

void showInputs(FieldSet& fields, const RunDraft& draft) {
    fields.setPath(key("checkpoint"), draft.checkpoint);
    fields.setPath(key("data"), draft.data);
    fields.setPath(key("masks"), draft.masks);
    fields.setPath(key("study"), draft.study);
    fields.setChoice(key("task"), taskRow(draft.task));
    fields.setInteger(key("seed"), static_cast<qint64>(draft.seed));
    fields.setPath(key("out"), draft.out);
    fields.setChecked(key("resume"), draft.resume);
}

void readInputs(const FieldSet& fields, RunDraft& draft) {
    draft.checkpoint = fields.path(key("checkpoint"));
    draft.data = fields.path(key("data"));
    draft.masks = fields.path(key("masks"));
    draft.study = fields.path(key("study"));
    const int task = fields.choice(key("task"));
    if (task >= 0) draft.task = all_tasks()[static_cast<std::size_t>(task)].id;
    read(fields, "seed", draft.seed);
    draft.out = fields.path(key("out"));
    draft.resume = has(draft.kind, kTraining) && fields.checked(key("resume"));
}

void arrangeInputs(FieldSet& fields, RunKind kind) {
    const auto need = [&](const char* id, unsigned part) { fields.setFieldVisible(key(id), has(kind, part)); };
    need("checkpoint", kCheckpoint);
    need("data", kData);
    need("masks", kMaskTree);
    need("study", kStudy);
    need("task", kTask);
    need("seed", kSeed);
    need("out", kOut);
    need("resume", kTraining);
}

void addTrainingFields(FieldSet& fields) {
    fields.addInteger(field("training/epochs", "Epochs", "", "Passes over the training set. Paper: 3"));
    fields.addInteger(field("training/batch-size", "Batch size", "examples per step", "Paper: 32"));
    fields.addReal(field("training/learning-rate", "Learning rate", "peak, decays linearly to 0",
                         "AdamW’s learning rate. Paper: 2e-5"));
    fields.addReal(field("training/dropout", "Dropout", "share, 0 to below 1",
                         "Of hidden states, attention and classifier. Paper: 0.1"));
    fields.addInteger(field("training/max-seq-length", "Sequence length", "tokens at most",
                            "Longer pairs lose tokens from the end of the longer sentence. Paper: 128"));
    fields.addInteger(field("training/hold-out", "Hold out", "training examples set aside, 0: none",
                            "Drawn by the seed and not trained on, so that a mask search on a slice of train sees "
                            "examples that are new to the model. Paper: none"));
    fields.addInteger(
        field("training/limit-train", "Training examples", "first so many, 0: all", "For a quick try. Paper: all"));
    fields.addInteger(
        field("training/limit-dev", "Dev examples", "first so many, 0: all", "For a quick try. Paper: all"));
    fields.addHeading(tr("Optimiser"));
    fields.addReal(field("training/warmup", "Warm-up", "share of all steps, 0: none",
                         "Part of the steps in which the learning rate grows to its peak. Paper: 0"));
    fields.addReal(field("training/weight-decay", "Weight decay", "never on biases and LayerNorm", "Paper: 0"));
    fields.addReal(field("training/adam-epsilon", "Adam ε", "", "Paper: 1e-8"));
    fields.addReal(field("training/max-gradient-norm", "Gradient norm", "clipped to this, 0: not clipped", "Paper: 1"));
    fields.addHeading(tr("Running"));
    fields.addChoice(field("training/precision", "Precision", "",
                           "bf16: products in bfloat16 with 32-bit master weights. Paper: fp32"),
                     {QStringLiteral("fp32"), QStringLiteral("bf16")});
    fields.addInteger(field("training/save-steps", "Save every", "steps, 0: once per epoch",
                            "A run that is stopped goes on from its last resume point."));
}

void showTraining(FieldSet& fields, const TrainingOptions& options) {
    fields.setInteger(key("training/epochs"), options.epochs);
    fields.setInteger(key("training/batch-size"), options.batch_size);
    fields.setReal(key("training/learning-rate"), options.learning_rate);
    fields.setReal(key("training/dropout"), options.dropout);
    fields.setInteger(key("training/max-seq-length"), options.max_seq_length);
    fields.setInteger(key("training/hold-out"), options.hold_out);
    fields.setInteger(key("training/limit-train"), options.limit_train);
    fields.setInteger(key("training/limit-dev"), options.limit_dev);
    fields.setReal(key("training/warmup"), options.warmup_share);
    fields.setReal(key("training/weight-decay"), options.weight_decay);
    fields.setReal(key("training/adam-epsilon"), options.adam_epsilon);
    fields.setReal(key("training/max-gradient-norm"), options.max_gradient_norm);
    fields.setChoice(key("training/precision"), static_cast<int>(options.precision));
    fields.setInteger(key("training/save-steps"), options.save_steps);
}

void readTraining(const FieldSet& fields, TrainingOptions& options) {
    read(fields, "training/epochs", options.epochs);
    read(fields, "training/batch-size", options.batch_size);
    read(fields, "training/learning-rate", options.learning_rate);
    read(fields, "training/dropout", options.dropout);
    read(fields, "training/max-seq-length", options.max_seq_length);
    read(fields, "training/hold-out", options.hold_out);
    read(fields, "training/limit-train", options.limit_train);
    read(fields, "training/limit-dev", options.limit_dev);
    read(fields, "training/warmup", options.warmup_share);
    read(fields, "training/weight-decay", options.weight_decay);
    read(fields, "training/adam-epsilon", options.adam_epsilon);
    read(fields, "training/max-gradient-norm", options.max_gradient_norm);
    options.precision = static_cast<Precision>(fields.choice(key("training/precision")));
    read(fields, "training/save-steps", options.save_steps);
}

void addMachineFields(FieldSet& fields, const QStringList& devices) {
    fields.addChoice(field("device", "Device", "", "Where the run computes. Automatic: a GPU when there is one."),
                     QStringList{tr("automatic")} + devices);
    fields.addInteger({key("threads"), tr("CPU threads"),
                       tr("0: all of this machine’s %1").arg(std::max(1U, std::thread::hardware_concurrency())),
                       tr("The same seed gives the same files for the same number of threads.")});
}

void showMachine(FieldSet& fields, const ComputeOptions& compute, const QStringList& devices) {
    // A device of another machine falls back to automatic.
    fields.setChoice(key("device"), static_cast<int>(devices.indexOf(QString::fromStdString(compute.device))) + 1);
    fields.setInteger(key("threads"), compute.threads);
}

void readMachine(const FieldSet& fields, ComputeOptions& compute, const QStringList& devices) {
    const int device = fields.choice(key("device"));
    compute.device = device <= 0 ? "auto" : devices.at(device - 1).toStdString();
    read(fields, "threads", compute.threads);
}

}  // namespace lottery::gui
