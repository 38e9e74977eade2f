// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>
#include <system_error>
#include <utility>

#include "core/attention/synthetic_maps.h"
#include "core/attention/train_classifier.h"
#include "core/base/file.h"
#include "core/model/bert.h"
#include "core/study/field_check.h"
#include "core/study/input_hashes.h"
#include "core/study/job_boundary.h"
#include "core/study/patterns_run.h"
#include "core/study/provenance.h"
#include "core/study/run_json.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// Raised when the same inputs come to give another classifier.
constexpr int kPatternsTrainVersion = 1;

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

class PatternTraining {
public:
    PatternTraining(const TrainPatternsRequest& request, std::stop_token stop, PatternTrainingObserver& observer)
        : request_(request), stop_(std::move(stop)), observer_(observer) {}

    Outcome<TrainPatternsReport> run() {
        LOTTERY_CHECK(first_problem(problems(request_)));
        std::error_code ec;
        for (const fs::path& file : {request_.out, folder_of(request_.out) / "run.json"})
            if (fs::exists(file, ec))
                return Error{"is there already", file.string(), "Choose another --out, or remove this file"};
        LOTTERY_TRY(plan_.device, choose_device(request_.compute.device, request_.compute.threads));
        provenance_.set_device(plan_.device.str());
        LOTTERY_CHECK(read_maps());
        plan_.options = request_.options;
        plan_.seed = request_.seed;
        const auto start = std::chrono::steady_clock::now();
        LOTTERY_TRY(auto trained, train_classifier(maps_, plan_, stop_, observer_));
        auto report = report_of(trained);
        report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        LOTTERY_CHECK(write_classifier(request_.out, trained.classifier));
        LOTTERY_CHECK(provenance_.finish(folder_of(request_.out), to_json(report)));
        return report;
    }

private:
    Status read_maps() {
        const auto& options = request_.options;
        Json inputs{{"seed", request_.seed},
                    {"options",
                     {{"epochs", options.epochs},
                      {"batch_size", options.batch_size},
                      {"learning_rate", options.learning_rate},
                      {"validation_share", options.validation_share}}}};
        auto& fields = provenance_.fields();
        if (request_.synthetic) {
            plan_.kind = ClassifierKind::Synthetic;
            maps_ = synthetic_maps(*request_.synthetic, request_.seed);
            plan_.trained_on =
                std::to_string(*request_.synthetic) + " synthetic maps, seed " + std::to_string(request_.seed);
            inputs["synthetic_maps"] = *request_.synthetic;
        } else {
            plan_.kind = request_.kind;
            LOTTERY_TRY(maps_, read_labelled_maps(request_.data, request_.label_file));
            std::error_code ec;
            const auto folder = fs::weakly_canonical(request_.data, ec);
            const auto name = folder.has_filename() ? folder.filename() : folder.parent_path().filename();
            plan_.trained_on = std::to_string(maps_.maps.size()) + " labelled maps of " + name.string();
            FileHashes hashes;
            LOTTERY_TRY(inputs["labels_sha256"], hashes.sha256(maps_.label_file));
            std::vector<fs::path> files;
            for (const auto& map : maps_.maps) files.push_back(request_.data / (map.name + ".npy"));
            LOTTERY_TRY(inputs["maps_sha256"], file_hashes(files, hashes));
            fields["data"] = request_.data.string();
            fields["labels"] = maps_.label_file.string();
        }
        inputs["kind"] = to_string(plan_.kind);
        inputs["version"] = kPatternsTrainVersion;
        fields["inputs"] = std::move(inputs);
        fields["classifier"] = request_.out.string();
        if (maps_.unlabelled > 0)
            observer_.on_message(Severity::Warning, "maps of the folder without a label, which are left out: " +
                                                        std::to_string(maps_.unlabelled));
        return ok();
    }

    TrainPatternsReport report_of(const TrainedClassifier& trained) const {
        TrainPatternsReport report;
        report.info = trained.classifier.info;
        report.maps_by_class = maps_.counts();
        report.unlabelled = maps_.unlabelled;
        report.history = trained.history;
        report.scores = trained.scores;
        report.device = plan_.device.str();
        for (const auto place : trained.scores.wrong) {
            const auto& map = maps_.maps[trained.validation[place]];
            const auto& probabilities = trained.validation_probabilities[place];
            const auto predicted = most_probable(probabilities);
            report.wrong.push_back({map.name, map.label, predicted, probabilities[index_of(predicted)]});
        }
        return report;
    }

    const TrainPatternsRequest& request_;
    std::stop_token stop_;
    PatternTrainingObserver& observer_;
    Provenance provenance_{"patterns train"};
    PatternTrainingPlan plan_;
    LabelledMaps maps_;
};

}  // namespace

std::vector<FieldProblem> problems(const TrainPatternsRequest& r) {
    FieldCheck check;
    check.compute(r.compute);
    if (r.synthetic) {
        // Two of each class at least: one to train on, one to validate with.
        check.range("synthetic", *r.synthetic, 2 * static_cast<int>(pattern_count), 1'000'000);
        if (!r.data.empty()) check.add("synthetic", "cannot be combined with --data");
        if (r.label_file) check.add("labels", "has no meaning with --synthetic");
    } else {
        check.folder("data", r.data, "a folder of labelled maps, or train on synthetic ones with --synthetic");
        check.mask_file("labels", r.label_file);
        if (r.kind == ClassifierKind::Synthetic) check.add("kind", "say of which kind the labelled maps are");
    }
    check.range("epochs", r.options.epochs, 1, 100'000);
    check.range("batch-size", r.options.batch_size, 1, 65536);
    check.positive("learning-rate", r.options.learning_rate, 1.0);
    check.positive("validation-share", r.options.validation_share, 0.9);
    if (r.out.extension() != ".safetensors") {
        check.add("out", r.out.empty() ? "choose a file for the classifier, ending in .safetensors"
                                       : "\"" + r.out.string() + "\" found, a file ending in .safetensors expected");
    } else {
        check.file_to_write("out", r.out);
    }
    return check.take();
}

Outcome<TrainPatternsReport> run_train_patterns(const TrainPatternsRequest& request, std::stop_token stop,
                                                PatternTrainingObserver& observer) {
    return at_job_boundary("patterns train", [&] { return PatternTraining(request, std::move(stop), observer).run(); });
}

}  // namespace lottery
