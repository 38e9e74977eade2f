// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/follow_ups.h"

#include <QCoreApplication>
#include <QMenu>
#include <algorithm>
#include <system_error>

#include "core/base/json.h"
#include "core/study/recorded_options.h"
#include "resources/themed_icon.h"
#include "widgets/runs/folder_kind.h"
#include "widgets/runs/study_folder.h"

namespace lottery::gui {

namespace fs = std::filesystem;

namespace {

QString tr(const char* text) { return QCoreApplication::translate("FollowUps", text); }

bool isThere(const fs::path& path) {
    std::error_code error;
    return !path.empty() && fs::exists(path, error);
}

std::optional<fs::path> ifThere(const fs::path& path) {
    return isThere(path) ? std::optional<fs::path>(path) : std::nullopt;
}

// Task and seed as a study's folders say them: …/<TASK>/seed_<N>.
void takePlace(const fs::path& folder, RunDraft& draft) {
    if (const auto task = parse_task(folder.parent_path().filename().string())) draft.task = *task;
    bool ok = false;
    const QString seed = textFromPath(folder.filename());
    const qulonglong number = seed.section('_', -1).toULongLong(&ok);
    if (ok && seed.startsWith(QLatin1String("seed_"))) draft.seed = number;
}

void takeInputs(const Json& inputs, RunDraft& draft) {
    if (inputs.contains("task"))
        if (const auto task = parse_task(inputs.at("task").get<std::string>())) draft.task = *task;
    if (inputs.contains("seed")) inputs.at("seed").get_to(draft.seed);
}

struct Origin {
    RunDraft draft;            // checkpoint: the model that the folder's content belongs to
    fs::path pretrained;       // what that model was trained from; empty: not known
    TrainingOptions training;  // how
};

// Options of another version are left to be filled in by hand.
void takeTraining(const Json& inputs, const fs::path& folder, Origin& origin) {
    const auto options = recorded_training_options(inputs.at("options"), (folder / "run.json").string());
    if (options) origin.training = *options;
}

// <folder>/rounds/<i> of the largest i.
fs::path lastRound(const fs::path& folder) {
    int last = 0;
    while (isThere(folder / "rounds" / std::to_string(last + 1))) ++last;
    return folder / "rounds" / std::to_string(last);
}

// Back along the records: a control to its good mask, a mask to its model, a model to its training. A record that is
// missing or not ours ends the way; the fields stay to be filled in by hand.
void follow(const fs::path& folder, Origin& origin, int depth) {
    const Result<Json> run = read_json(folder / "run.json");
    if (!run || depth > 4) return;
    try {
        const std::string command = run->value("command", "");
        const auto path = [&](const char* key) { return fs::path(run->value(key, "")); };
        if (command == "finetune") {
            takeInputs(run->at("inputs"), origin.draft);
            takeTraining(run->at("inputs"), folder, origin);
            origin.pretrained = path("checkpoint");
            if (isThere(path("data"))) origin.draft.data = path("data");
            return;
        }
        if (run->contains("trained_by")) takeInputs(run->at("trained_by"), origin.draft);
        if (command.starts_with("subnetwork")) {
            const fs::path good = isThere(path("head_mask")) ? path("head_mask") : path("weight_mask");
            if (isThere(good)) follow(good.parent_path(), origin, depth + 1);
            return;
        }
        if (command == "mask imp") {
            // The mask belongs to what its last round trained; a subnetwork is trained from the ticket.
            takeInputs(run->at("inputs"), origin.draft);
            takeTraining(run->at("inputs"), folder, origin);
            origin.pretrained = folder / "ticket";
            origin.draft.checkpoint = lastRound(folder);
            if (isThere(path("data"))) origin.draft.data = path("data");
            return;
        }
        const bool ofMasks = command.starts_with("mask") || command == "what-if";
        if (ofMasks) takeInputs(run->at("inputs"), origin.draft);
        if (isThere(path("data"))) origin.draft.data = path("data");
        if (ofMasks) origin.draft.checkpoint = path("checkpoint");
        if (isThere(path("checkpoint"))) follow(path("checkpoint"), origin, depth + 1);
    } catch (const nlohmann::json::exception&) {
        return;
    }
}

Origin originOf(const fs::path& folder, const RunDraft& base) {
    Origin origin{base, {}, base.training};
    origin.draft.out.clear();
    origin.draft.resume = false;
    origin.draft.checkpoint.clear();
    origin.draft.forgetMasks();
    takePlace(folder, origin.draft);
    if (isThere(folder / "config.json")) origin.draft.checkpoint = folder;
    follow(folder, origin, 0);
    if (isThere(origin.draft.checkpoint)) return origin;
    // Masks without a record, in the layout of a study: the model of the same task and seed.
    const fs::path setting = folder.parent_path().parent_path();
    const fs::path model = setting.parent_path().parent_path() / "models" / "finetuned" /
                           folder.parent_path().filename() / folder.filename();
    origin.draft.checkpoint = isThere(model / "config.json") ? model : fs::path();
    if (isThere(origin.draft.checkpoint)) follow(model, origin, 0);
    return origin;
}

class Offers {
public:
    explicit Offers(const RunDraft& from) : from_(from) {}

    RunDraft& add(RunKind kind, const QString& text, bool main = false) {
        FollowUp next{text, from_, main, section_};
        section_ = false;
        next.draft.kind = kind;
        offers_.push_back(std::move(next));
        return offers_.back().draft;
    }
    void section() { section_ = true; }
    std::vector<FollowUp> take() { return std::move(offers_); }

private:
    RunDraft from_;
    bool section_ = false;
    std::vector<FollowUp> offers_;
};

std::vector<FollowUp> ofCheckpoint(const Origin& origin) {
    Offers offers(origin.draft);
    RunDraft& search = offers.add(RunKind::MaskSearch, tr("Search masks…"), true);
    search.search.max_seq_length = origin.training.max_seq_length;
    offers.add(RunKind::Magnitude, tr("Prune weights…"), true).magnitude.max_seq_length =
        origin.training.max_seq_length;
    offers.add(RunKind::Evaluate, tr("Evaluate…"));
    return offers.take();
}

// The subnetwork is trained as the full model was, from the same weights.
void asTheModelWas(const Origin& origin, RunDraft& draft) {
    draft.checkpoint = origin.pretrained;
    draft.training = origin.training;
}

std::vector<FollowUp> ofMasks(const fs::path& folder, Origin origin) {
    origin.draft.head_mask = ifThere(folder / "head_mask.npy");
    origin.draft.mlp_mask = ifThere(folder / "mlp_mask.npy");
    Offers offers(origin.draft);
    RunDraft& evaluation = offers.add(RunKind::Evaluate, tr("Evaluate with this mask…"), true);
    evaluation.neuron_mask = ifThere(folder / "neuron_mask.npy");
    evaluation.evaluate_max_seq_length = origin.training.max_seq_length;
    // Blocks of neurons are scored; there is no smaller checkpoint and no control of them.
    if (evaluation.neuron_mask) return offers.take();
    asTheModelWas(origin, offers.add(RunKind::Finetune, tr("Retrain this subnetwork…"), true));
    offers.add(RunKind::Remove, tr("Remove what is masked…"));
    if (!origin.draft.head_mask) return offers.take();
    offers.section();
    offers.add(RunKind::Control, tr("Random control…")).control = ControlKind::Random;
    offers.add(RunKind::Control, tr("Bad control…")).control = ControlKind::Bad;
    offers.add(RunKind::Control, tr("Inverted mask…")).control = ControlKind::Invert;
    return offers.take();
}

std::vector<FollowUp> ofWeightMask(const fs::path& folder, Origin origin) {
    origin.draft.weight_mask = folder / "weight_mask.safetensors";
    Offers offers(origin.draft);
    offers.add(RunKind::Evaluate, tr("Evaluate with this mask…"), true).evaluate_max_seq_length =
        origin.training.max_seq_length;
    asTheModelWas(origin, offers.add(RunKind::Finetune, tr("Retrain this subnetwork…"), true));
    offers.section();
    offers.add(RunKind::Control, tr("Random control…")).control = ControlKind::Random;
    offers.add(RunKind::Control, tr("Bad control…")).control = ControlKind::Bad;
    return offers.take();
}

std::vector<FollowUp> ofStudy(const fs::path& folder, const RunDraft& base) {
    RunDraft draft = base;
    draft.study = folder;
    const StudyFolder study = readStudyFolder(folder);
    for (const StudyRun& run : study.runs) {
        Origin origin{draft, {}, {}};
        follow(run.folder, origin, 0);
        if (!isThere(origin.draft.data)) continue;
        // A task's own folder holds no other tasks.
        draft.data = isThere(origin.draft.data / "dev.tsv") ? origin.draft.data.parent_path() : origin.draft.data;
        break;
    }
    Offers offers(draft);
    offers.add(RunKind::EvaluateStudy, tr("Evaluate all…"), true);
    const auto sizes = [&](const QString& setting) {
        return std::ranges::count_if(study.runs, [&](const StudyRun& run) {
            return run.setting == setting && run.kind == FolderKind::MaskSearch;
        });
    };
    if (sizes(QStringLiteral("heads_mlps")) > 1)
        offers.add(RunKind::Supermask, tr("Masks of all seeds…")).masks = folder / "masks" / "heads_mlps";
    return offers.take();
}

}  // namespace

std::vector<FollowUp> followUps(const fs::path& folder, const RunDraft& base) {
    switch (folderKind(folder)) {
        case FolderKind::Checkpoint:
            return ofCheckpoint(originOf(folder, base));
        case FolderKind::MaskSearch:
            return ofMasks(folder, originOf(folder, base));
        case FolderKind::WeightMask:
            return ofWeightMask(folder, originOf(folder, base));
        case FolderKind::Study:
            return ofStudy(folder, base);
        default:
            return {};
    }
}

RunDraft modelOf(const fs::path& folder, const RunDraft& base) {
    Origin origin = originOf(folder, base);
    origin.draft.evaluate_max_seq_length = origin.training.max_seq_length;
    return origin.draft;
}

fs::path pretrainedOf(const fs::path& folder) {
    const fs::path pretrained = originOf(folder, {}).pretrained;
    return isThere(pretrained / "config.json") ? pretrained : fs::path();
}

fs::path masksFoundFor(const fs::path& checkpoint) {
    // <study>/models/<setting>/<TASK>/seed_<N>
    const fs::path setting = checkpoint.parent_path().parent_path();
    const fs::path masks = setting.parent_path().parent_path() / "masks" / "heads_mlps" /
                           checkpoint.parent_path().filename() / checkpoint.filename();
    return folderKind(masks) == FolderKind::MaskSearch ? masks : fs::path();
}

void fillMenu(QMenu& menu, const std::vector<FollowUp>& followUps, const std::function<void(const RunDraft&)>& start) {
    for (const FollowUp& next : followUps) {
        if (next.newSection) menu.addSeparator();
        QAction* action = menu.addAction(themedIcon(runKindIcon(next.draft.kind)), next.text);
        action->setStatusTip(runKindDescription(next.draft.kind));
        QObject::connect(action, &QAction::triggered, &menu, [start, draft = next.draft] { start(draft); });
    }
}

}  // namespace lottery::gui
