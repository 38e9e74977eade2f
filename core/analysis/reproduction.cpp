// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/reproduction.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "core/analysis/experiments.h"

namespace lottery {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

ComparedScore missing_score() { return {0, 0, kNaN, kNaN, false}; }

ComparedScore score_of_values(const std::vector<double>& values) {
    ComparedScore score = missing_score();
    std::vector<double> defined;
    for (const double value : values) {
        if (std::isnan(value))
            ++score.undefined;
        else
            defined.push_back(value);
    }
    score.seeds = static_cast<int>(defined.size());
    if (defined.empty()) return score;
    const Spread s = spread(defined, 1);
    score.mean = s.mean;
    if (defined.size() > 1) score.deviation = s.deviation;
    return score;
}

ComparedScore score_of_summary(const Spread& summary, const std::string& experiment, int seeds) {
    ComparedScore score = missing_score();
    score.mean = summary.mean;
    // The majority class has no seeds.
    score.summary = experiment != kMajorityExperiment;
    score.seeds = std::isnan(summary.mean) ? 0 : score.summary ? seeds : 1;
    if (std::isnan(summary.mean)) score.undefined = seeds;
    if (score.summary) score.deviation = sample_deviation(summary.deviation, seeds);
    return score;
}

ComparedScore score_of(const ExperimentResults* results, TaskId task, const std::string& metric, int summary_seeds) {
    if (results == nullptr) return missing_score();
    if (const auto seeds = results->per_seed.find(task); seeds != results->per_seed.end()) {
        std::vector<double> values;
        for (const auto& [seed, metrics] : seeds->second)
            if (const auto found = metrics.find(metric); found != metrics.end()) values.push_back(found->second);
        return score_of_values(values);
    }
    if (const auto summary = results->summary.find(task); summary != results->summary.end())
        if (const auto found = summary->second.find(metric); found != summary->second.end())
            return score_of_summary(found->second, results->name, summary_seeds);
    return missing_score();
}

bool is_there(const ComparedScore& score) { return score.seeds > 0 || score.undefined > 0; }

void judge_equality(ComparedCell& cell) {
    cell.grounds = Grounds::NoSpread;
    cell.verdict = std::abs(*cell.difference) <= kNoSpread ? Verdict::Agrees : Verdict::Differs;
}

void judge(ComparedCell& cell, double significance) {
    const auto not_comparable = [&](Grounds grounds) { cell.grounds = grounds; };
    if (!is_there(cell.ours)) return not_comparable(Grounds::NotEvaluated);
    if (!is_there(cell.published)) return not_comparable(Grounds::NotPublished);
    if (cell.ours.seeds > 0 && cell.published.seeds > 0) cell.difference = cell.ours.mean - cell.published.mean;
    if (cell.ours.undefined > 0 || cell.published.undefined > 0) return not_comparable(Grounds::Undefined);
    if (cell.experiment == kMajorityExperiment) {
        if (task_info(cell.task).is_regression()) return not_comparable(Grounds::RandomDraw);
        return judge_equality(cell);
    }
    if (cell.ours.seeds < 2 || cell.published.seeds < 2) return not_comparable(Grounds::TooFewSeeds);
    const auto sample = [](const ComparedScore& score) {
        return Sample{score.seeds, score.mean, score.deviation <= kNoSpread ? 0.0 : score.deviation};
    };
    cell.test = welch_test(sample(cell.ours), sample(cell.published), 1.0 - significance);
    if (!cell.test) return judge_equality(cell);
    cell.grounds = Grounds::Test;
    cell.verdict = cell.test->p_value < significance ? Verdict::Differs : Verdict::Agrees;
}

const ExperimentResults* find(const std::vector<ExperimentResults>& results, const std::string& name) {
    const auto found = std::ranges::find(results, name, &ExperimentResults::name);
    return found == results.end() ? nullptr : &*found;
}

void collect_metrics(const ExperimentResults* results, TaskId task, std::set<std::string>& metrics) {
    if (results == nullptr) return;
    if (const auto seeds = results->per_seed.find(task); seeds != results->per_seed.end()) {
        for (const auto& [seed, values] : seeds->second)
            for (const auto& [metric, value] : values) metrics.insert(metric);
    } else if (const auto summary = results->summary.find(task); summary != results->summary.end()) {
        for (const auto& [metric, value] : summary->second) metrics.insert(metric);
    }
}

}  // namespace

std::vector<ComparedCell> compare_results(const std::vector<ExperimentResults>& ours,
                                          const std::vector<ExperimentResults>& published,
                                          const ComparisonOptions& options) {
    std::vector<ExperimentResults> names;
    for (const auto* side : {&published, &ours})
        for (const auto& experiment : *side)
            if (find(names, experiment.name) == nullptr) names.emplace_back().name = experiment.name;
    sort_experiments(names);
    std::vector<ComparedCell> cells;
    for (const auto& entry : names) {
        const auto* our = find(ours, entry.name);
        const auto* their = find(published, entry.name);
        for (const auto& task : all_tasks()) {
            if (!options.tasks.empty() && std::ranges::find(options.tasks, task.id) == options.tasks.end()) continue;
            std::set<std::string> metrics;
            collect_metrics(our, task.id, metrics);
            collect_metrics(their, task.id, metrics);
            for (const auto& metric : metrics) {
                ComparedCell cell;
                cell.experiment = entry.name;
                cell.task = task.id;
                cell.metric = metric;
                cell.shown = metric == table_metric(task);
                cell.ours = score_of(our, task.id, metric, options.seeds_behind_ours);
                cell.published = score_of(their, task.id, metric, options.seeds_behind_published);
                judge(cell, options.significance);
                cells.push_back(std::move(cell));
            }
        }
    }
    return cells;
}

VerdictCounts count_verdicts(const std::vector<ComparedCell>& cells, const ComparisonOptions& options) {
    VerdictCounts counts;
    for (const auto& cell : cells) {
        if (!cell.shown) continue;
        counts.agrees += cell.verdict == Verdict::Agrees;
        counts.differs += cell.verdict == Verdict::Differs;
        counts.not_comparable += cell.verdict == Verdict::NotComparable;
        counts.not_evaluated += cell.grounds == Grounds::NotEvaluated;
        counts.tested += cell.grounds == Grounds::Test;
    }
    counts.expected_by_chance = options.significance * counts.tested;
    return counts;
}

const char* to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::Agrees:
            return "agrees";
        case Verdict::Differs:
            return "differs";
        case Verdict::NotComparable:
            return "not comparable";
    }
    return "";
}

const char* to_string(Grounds grounds) {
    switch (grounds) {
        case Grounds::Test:
            return "welch_test";
        case Grounds::NoSpread:
            return "no_spread";
        case Grounds::NotEvaluated:
            return "not_evaluated";
        case Grounds::NotPublished:
            return "not_published";
        case Grounds::Undefined:
            return "undefined";
        case Grounds::TooFewSeeds:
            return "too_few_seeds";
        case Grounds::RandomDraw:
            return "random_draw";
    }
    return "";
}

std::string explanation(const ComparedCell& cell) {
    switch (cell.grounds) {
        case Grounds::Test:
            return {};
        case Grounds::NoSpread:
            return cell.verdict == Verdict::Agrees ? "equal constants" : "unequal constants";
        case Grounds::NotEvaluated:
            return "not evaluated";
        case Grounds::NotPublished:
            return "not published";
        case Grounds::Undefined: {
            const auto& side = cell.ours.undefined > 0 ? cell.ours : cell.published;
            return "undefined for " + std::to_string(side.undefined) + " of " +
                   std::to_string(side.undefined + side.seeds) + " seeds";
        }
        case Grounds::TooFewSeeds:
            return "fewer than two seeds";
        case Grounds::RandomDraw:
            return "random draws";
    }
    return {};
}

}  // namespace lottery
