// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/evaluate_study.h"

#include "app/cli/terminal_progress.h"
#include "core/analysis/results_table.h"

namespace lottery::cli {
namespace {

class StudyProgress : public TerminalProgress, public StudyEvaluationObserver {
public:
    using TerminalProgress::TerminalProgress;
    void on_study_score(const StudyScore& s) override {
        char kept[32];
        std::snprintf(kept, sizeof kept, "%.1f%%", 100 * s.kept_share);
        std::string line = std::to_string(s.index + 1) + " of " + std::to_string(s.count) + "  " + s.experiment + " " +
                           std::string(task_info(s.task).name) + " seed " + std::to_string(s.seed) + "  " +
                           metrics_text(s.metrics) + "  (" + kept + " of the parameters" +
                           (s.unchanged ? ", as before)" : ")");
        if (const auto only = degenerate_class(s.predicted_share); !only.empty())
            line += "  predicts " + only + " almost only";
        on_message(Severity::Info, line);
    }
};

}  // namespace

int evaluate_study(const StudyEvaluationRequest& request, const CommonOptions& common, std::stop_token stop) {
    auto outcome = [&] {
        StudyProgress progress(common.quiet);
        return run_study_evaluation(request, std::move(stop), progress);
    }();
    const auto print = [&](const StudyEvaluationReport& report) {
        std::printf("%s\n", text_of(score_table(report.results)).c_str());
        std::printf("%d evaluated, %d as before, %.0f s on %s; scores in %s\n", report.evaluated, report.unchanged,
                    report.seconds, report.device.c_str(), (request.study / "evaluate_masked").c_str());
        for (const auto& figure : report.figures) std::printf("%s\n", figure.c_str());
    };
    return finish(std::move(outcome), common, "The scores so far are saved; the same command goes on.", print,
                  [](const StudyEvaluationReport& report) { return to_json(report); });
}

}  // namespace lottery::cli
