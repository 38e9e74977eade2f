// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>
#include <utility>

#include "core/attention/built_in_classifier.h"
#include "core/attention/pattern_classifier.h"
#include "core/attention/synthetic_maps.h"
#include "core/model/bert.h"
#include "core/study/field_check.h"
#include "core/study/job_boundary.h"
#include "core/study/patterns_run.h"
#include "core/study/run_json.h"

namespace lottery {
namespace {

// Between two questions whether to stop.
constexpr std::size_t kMapsAtOnce = 64;

Outcome<ScorePatternsReport> score(const ScorePatternsRequest& request, const std::stop_token& stop,
                                   ProgressSink& progress) {
    LOTTERY_CHECK(first_problem(problems(request)));
    LOTTERY_TRY(const torch::Device device, choose_device(request.compute.device, request.compute.threads));
    ScorePatternsReport report;
    report.classifier_name = request.classifier ? request.classifier->filename().string() : "built-in";
    LOTTERY_TRY(auto classifier,
                request.classifier ? read_classifier(*request.classifier, device) : built_in_classifier());
    classifier.network->to(device);
    report.classifier = classifier.info;

    LabelledMaps maps;
    if (request.synthetic) {
        maps = synthetic_maps(*request.synthetic, request.seed);
        report.maps = std::to_string(maps.maps.size()) + " synthetic maps, seed " + std::to_string(request.seed);
    } else {
        LOTTERY_TRY(maps, read_labelled_maps(request.data, request.label_file));
        report.maps = std::to_string(maps.maps.size()) + " labelled maps of " + request.data.string();
    }

    const auto start = std::chrono::steady_clock::now();
    std::vector<PatternClass> truth, predicted;
    for (std::size_t begin = 0; begin < maps.maps.size(); begin += kMapsAtOnce) {
        if (stop.stop_requested()) return Cancelled{};
        const std::size_t end = std::min(begin + kMapsAtOnce, maps.maps.size());
        std::vector<MapView> views;
        for (std::size_t i = begin; i < end; ++i) views.push_back({maps.maps[i].values, maps.maps[i].size});
        const auto found = classify(classifier, views);
        for (std::size_t i = begin; i < end; ++i) {
            const auto& map = maps.maps[i];
            const auto said = most_probable(found[i - begin]);
            truth.push_back(map.label);
            predicted.push_back(said);
            report.cropped_maps += map.size > classifier.info.canvas() ? 1 : 0;
            if (said != map.label)
                report.wrong.push_back({map.name, map.label, said, found[i - begin][index_of(said)]});
        }
        report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        progress.on_progress({"scoring the classifier", static_cast<std::int64_t>(end), std::ssize(maps.maps), "maps",
                              static_cast<double>(end) / std::max(report.seconds, 1e-9), "maps"});
    }
    report.scores = pattern_scores(truth, predicted);
    return report;
}

}  // namespace

std::vector<FieldProblem> problems(const ScorePatternsRequest& r) {
    FieldCheck check;
    check.compute(r.compute);
    if (r.synthetic) {
        check.range("synthetic", *r.synthetic, 1, 1'000'000);
        if (!r.data.empty()) check.add("synthetic", "cannot be combined with --data");
        if (r.label_file) check.add("labels", "has no meaning with --synthetic");
    } else {
        check.folder("data", r.data, "a folder of labelled maps, or score on synthetic ones with --synthetic");
        check.mask_file("labels", r.label_file);
    }
    const auto info = r.classifier ? read_classifier_info(*r.classifier) : built_in_classifier_info();
    if (!info) {
        check.add("classifier", info.error().to_string());
        return check.take();
    }
    const auto place = r.classifier ? r.classifier->string() : std::string("the built-in classifier");
    if (!r.synthetic) {
        if (const auto fits = check_classifier_kind(*info, r.kind, place); !fits)
            check.add("classifier", fits.error().to_string());
    } else if (info->kind != ClassifierKind::Synthetic) {
        check.add("synthetic", place + " was " + describe(info->kind) + "; score it on labelled ones");
    } else if (info->seed == r.seed) {
        check.add("seed", std::to_string(r.seed) + " gives the maps that this classifier was trained on");
    }
    return check.take();
}

Outcome<ScorePatternsReport> run_score_patterns(const ScorePatternsRequest& request, std::stop_token stop,
                                                ProgressSink& progress) {
    return at_job_boundary("patterns score", [&] { return score(request, stop, progress); });
}

}  // namespace lottery
