// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/map_sample.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

#include "core/base/random.h"
#include "core/study/attention_model.h"
#include "core/study/field_check.h"
#include "core/study/job_boundary.h"
#include "core/study/run_json.h"

namespace lottery {
namespace {

// Texts are drawn until one has the right length; so many draws for each map at most.
constexpr int kTries = 200;

std::string name_of(int index) {
    char name[32];
    std::snprintf(name, sizeof name, "map_%04d", index + 1);
    return name;
}

class Sampling {
public:
    Sampling(const MapSampleRequest& request, std::stop_token stop, ProgressSink& progress)
        : request_(request), stop_(std::move(stop)), progress_(progress), random_(request.seed) {}

    Outcome<std::vector<SampledMap>> run() {
        LOTTERY_CHECK(first_problem(problems(request_)));
        for (const TaskId task : request_.tasks) {
            LOTTERY_TRY(texts_[task], read_task_texts(task, request_.data, TextSplit::Dev));
        }
        // One model at a time: how many maps are drawn of each comes first.
        std::vector<int> of_checkpoint(request_.checkpoints.size(), 0);
        for (int i = 0; i < request_.count; ++i) ++of_checkpoint[random_.below(of_checkpoint.size())];
        std::vector<SampledMap> maps;
        for (std::size_t c = 0; c < of_checkpoint.size(); ++c) {
            if (of_checkpoint[c] == 0) continue;
            AttentionModelRequest wanted;
            wanted.checkpoint = request_.checkpoints[c];
            wanted.compute = request_.compute;
            LOTTERY_TRY(const auto model, AttentionModel::open(wanted, stop_, progress_));
            for (int i = 0; i < of_checkpoint[c]; ++i) {
                if (stop_.stop_requested()) return Cancelled{};
                LOTTERY_TRY(auto map, draw(*model));
                maps.push_back(std::move(map));
                progress_.on_progress({"sampling attention maps", std::ssize(maps), request_.count, "map", 0.0, ""});
            }
        }
        random_.shuffle(maps);
        for (std::size_t i = 0; i < maps.size(); ++i) maps[i].name = name_of(static_cast<int>(i));
        return maps;
    }

private:
    Outcome<SampledMap> draw(AttentionModel& model) {
        const auto& heads = model.components().heads;
        std::vector<std::pair<int, int>> present;
        for (int l = 0; l < heads.layers; ++l)
            for (int h = 0; h < heads.heads; ++h)
                if (heads.at(l, h) != 0.0F) present.emplace_back(l, h);
        if (present.empty())
            return Error{"no head is left", model.request().checkpoint.string(), "Choose another checkpoint"};
        const auto [layer, head] = present[random_.below(present.size())];
        for (int i = 0; i < kTries; ++i) {
            const TaskId task = request_.tasks[random_.below(request_.tasks.size())];
            const auto& texts = texts_.at(task);
            const std::size_t example = random_.below(texts.size());
            auto result =
                model.map(texts[example], layer, head, request_.kind, request_.least_tokens, request_.most_tokens);
            if (!result) return std::move(result).failure();
            if (!*result) continue;
            SampledMap map;
            map.size = static_cast<int>((*result)->tokens.size());
            map.values = std::move((*result)->values);
            map.tokens = std::move((*result)->tokens);
            map.origin = std::string(task_info(task).name) + " example " + std::to_string(example + 1) +
                         " (dev), layer " + std::to_string(layer + 1) + ", head " + std::to_string(head + 1) + ", " +
                         kind_name(request_.kind) + ", of " + model.request().checkpoint.string();
            return map;
        }
        return Error{"no text of " + std::to_string(request_.least_tokens) + " to " +
                         std::to_string(request_.most_tokens) + " tokens was found in " + std::to_string(kTries) +
                         " draws",
                     request_.data.string(), "Allow other lengths, or choose other tasks"};
    }

    const MapSampleRequest& request_;
    std::stop_token stop_;
    ProgressSink& progress_;
    Random random_;
    std::map<TaskId, std::vector<AttentionText>> texts_;
};

}  // namespace

std::vector<FieldProblem> problems(const MapSampleRequest& r) {
    FieldCheck check;
    if (r.checkpoints.empty()) check.add("checkpoint", "choose a Hugging Face checkpoint folder");
    for (const auto& checkpoint : r.checkpoints) check.checkpoint(checkpoint, r.most_tokens);
    if (r.tasks.empty()) check.add("tasks", "choose a task");
    for (const TaskId task : r.tasks) check.data(r.data, task, false);
    check.range("count", r.count, 1, 10'000);
    check.range("least-tokens", r.least_tokens, 3, 65536);
    check.range("most-tokens", r.most_tokens, r.least_tokens, 65536);
    check.compute(r.compute);
    return check.take();
}

Outcome<std::vector<SampledMap>> sample_maps(const MapSampleRequest& request, std::stop_token stop,
                                             ProgressSink& progress) {
    return at_job_boundary("sampling maps", [&] { return Sampling(request, std::move(stop), progress).run(); });
}

}  // namespace lottery
