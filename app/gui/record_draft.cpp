// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/record_draft.h"

#include <algorithm>
#include <array>
#include <system_error>

#include "app/gui/record_command.h"
#include "app/gui/run_services.h"
#include "core/base/json_fields.h"
#include "core/study/option_fields.h"
#include "core/study/provenance.h"
#include "core/study/recorded_options.h"
#include "widgets/provenance/record_file.h"

namespace lottery::gui {

namespace fs = std::filesystem;

namespace {

constexpr std::array kBars{RandomRetrainedBars::Own, RandomRetrainedBars::GoodRetrained};

bool isThere(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

fs::path freeBeside(const fs::path& folder) {
    fs::path candidate;
    for (int i = 2; candidate.empty() || isThere(candidate); ++i) candidate = folder.string() + "_" + std::to_string(i);
    return candidate;
}

class Reader {
public:
    Reader(const Json& record, fs::path file, const RunDraft& base)
        : record_(record), file_(std::move(file)), folder_(file_.parent_path()), draft_(base) {
        draft_.checkpoint.clear();
        draft_.data.clear();
        draft_.masks.clear();
        draft_.study.clear();
        draft_.out.clear();
        draft_.resume = false;
        draft_.forgetMasks();
        takeMachine();
    }

    Result<RunAgain> read() {
        const auto command = record_.at("command").get<std::string>();
        if (command == "finetune") return made(finetune());
        if (command == "mask magnitude") return made(magnitude());
        if (command == "mask imp" || command == "reset" || command == "import") return onTerminal();
        if (command.starts_with("mask ")) return made(maskSearch());
        if (command.starts_with("subnetwork "))
            return made(record_.contains("weight_mask") ? weightControl() : componentControl());
        if (command.starts_with("supermask ")) return made(supermask());
        if (command == "remove") return made(remove());
        if (command == "evaluate study") return evaluateStudy();
        return Error{"is the record of “" + command + "”, which is no run of its own", file_.string(),
                     "Do the study again that it belongs to: lottery study run, lottery demo"};
    }

private:
    const Json& inputs() const { return record_.at("inputs"); }
    std::string place(const char* key) const { return file_.string() + ", " + key; }

    Result<RunAgain> made(Status status) {
        LOTTERY_CHECK(std::move(status));
        return RunAgain{std::move(draft_), {}};
    }
    Result<RunAgain> onTerminal() {
        LOTTERY_TRY(QString command, recordedCommand(record_, folder_, freeBeside(folder_), file_.string()));
        return RunAgain{std::nullopt, std::move(command)};
    }

    // As the record has it, unless it is relative and found from a folder above the run.
    fs::path path(const char* key) const {
        const fs::path given = record_.at(key).get<std::string>();
        if (given.is_absolute() || isThere(given)) return given;
        for (fs::path above = folder_; above.has_relative_path(); above = above.parent_path())
            if (isThere(above / given)) return (above / given).lexically_normal();
        return given;
    }
    std::optional<fs::path> pathIfAny(const char* key) const {
        return record_.contains(key) ? std::optional(path(key)) : std::nullopt;
    }

    // Neither shapes the result much; a device that is not here would only be refused.
    void takeMachine() {
        const Json device = record_.value("device", Json::object());
        if (!device.is_object() || !device.contains("device") || !device.at("device").is_string()) return;
        const QString name = QString::fromStdString(device.at("device").get<std::string>());
        if (!computeDevices().contains(name)) return;
        draft_.compute.device = name.toStdString();
        if (device.contains("threads") && device.at("threads").is_number_unsigned())
            draft_.compute.threads = device.at("threads").get<int>();
    }

    Status takeTask() {
        LOTTERY_TRY(draft_.task, parse_task(inputs().at("task").get<std::string>()));
        inputs().at("seed").get_to(draft_.seed);
        draft_.checkpoint = path("checkpoint");
        draft_.data = path("data");
        return ok();
    }

    Status finetune() {
        if (inputs().contains("keep_step") || inputs().contains("begin_at_sha256"))
            return Error{"is the record of one round of iterative magnitude pruning", file_.string(),
                         "Do all its rounds again: open the folder above rounds/"};
        draft_.kind = RunKind::Finetune;
        LOTTERY_CHECK(takeTask());
        LOTTERY_TRY(draft_.training, recorded_training_options(inputs().at("options"), place("inputs/options")));
        draft_.head_mask = pathIfAny("head_mask");
        draft_.mlp_mask = pathIfAny("mlp_mask");
        draft_.weight_mask = pathIfAny("weight_mask");
        draft_.neuron_mask = pathIfAny("neuron_mask");
        if (inputs().contains("block_size"))
            return Error{"has a block size of its own, for which the form has no field", file_.string(),
                         "Train it again with lottery finetune --neuron-mask FILE --block-size N"};
        return ok();
    }

    Status maskSearch() {
        draft_.kind = RunKind::MaskSearch;
        LOTTERY_CHECK(takeTask());
        LOTTERY_TRY(draft_.search, recorded_mask_search_options(inputs().at("options"), place("inputs/options")));
        return ok();
    }

    Status magnitude() {
        draft_.kind = RunKind::Magnitude;
        LOTTERY_CHECK(takeTask());
        LOTTERY_TRY(draft_.magnitude, recorded_magnitude_options(inputs().at("options"), place("inputs/options")));
        return ok();
    }

    Status componentControl() {
        draft_.kind = RunKind::Control;
        LOTTERY_TRY(const RecordedControl control, recorded_control(inputs(), place("inputs")));
        draft_.control = control.kind;
        draft_.controlMode = control.mode;
        draft_.controlOptions = control.options;
        inputs().at("seed").get_to(draft_.seed);
        draft_.head_mask = path("head_mask");
        draft_.mlp_mask = pathIfAny("mlp_mask");
        return ok();
    }

    Status weightControl() {
        draft_.kind = RunKind::Control;
        Json kind = Json::object();
        kind["kind"] = inputs().at("control");
        LOTTERY_TRY(const RecordedControl control, recorded_control(kind, place("inputs")));
        draft_.control = control.kind;
        if (inputs().contains("seed")) inputs().at("seed").get_to(draft_.seed);
        draft_.weight_mask = path("weight_mask");
        draft_.checkpoint = path("checkpoint");
        return ok();
    }

    Status supermask() {
        draft_.kind = RunKind::Supermask;
        inputs().at("seed").get_to(draft_.seed);
        draft_.masks = path("masks");
        return ok();
    }

    Status remove() {
        draft_.kind = RunKind::Remove;
        draft_.checkpoint = path("checkpoint");
        draft_.head_mask = pathIfAny("head_mask");
        draft_.mlp_mask = pathIfAny("mlp_mask");
        return ok();
    }

    Result<RunAgain> evaluateStudy() {
        JsonFields f(inputs(), place("inputs"));
        int length = 0;
        std::uint64_t seed = StudyEvaluationRequest().seed;
        draft_.kind = RunKind::EvaluateStudy;
        f.take_name("removal", draft_.removal, kAllRemovals);
        f.take_name("random_retrained", draft_.random_retrained, kBars);
        f.take("limit_dev", draft_.evaluate_limit_dev);
        f.take("max_seq_length", length);
        f.take("seed", seed);
        LOTTERY_CHECK(f.finish());
        // The form has no field for a length of its own.
        if (length != 0) return onTerminal();
        draft_.study = folder_.parent_path();
        draft_.data = path("data");
        return made(ok());
    }

    const Json& record_;
    fs::path file_;
    fs::path folder_;
    RunDraft draft_;
};

}  // namespace

Result<RunAgain> runAgain(const fs::path& folder, const RunDraft& base) {
    LOTTERY_TRY(const Json record, readRecord(folder));
    const fs::path file = recordFile(folder);
    try {
        return Reader(record, file, base).read();
    } catch (const nlohmann::json::exception& e) {
        return Error{std::string("does not say all that the run was made from (") + e.what() + ")", file.string(),
                     "Describe the run anew; File, New run"};
    }
}

}  // namespace lottery::gui
