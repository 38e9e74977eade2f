// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <system_error>
#include <utility>

#include "core/attention/built_in_classifier.h"
#include "core/attention/extract.h"
#include "core/attention/pattern_classifier.h"
#include "core/base/file.h"
#include "core/base/in_memory.h"
#include "core/base/random.h"
#include "core/model/common_masks.h"
#include "core/study/field_check.h"
#include "core/study/input_hashes.h"
#include "core/study/job_boundary.h"
#include "core/study/masked_model.h"
#include "core/study/patterns_run.h"
#include "core/study/provenance.h"
#include "core/study/run_json.h"
#include "core/study/task_data.h"

namespace lottery {
namespace fs = std::filesystem;

namespace {

// Raised when the same inputs come to give other shares.
constexpr int kPatternsClassifyVersion = 1;

constexpr const char* kPatternsFile = "patterns.json";

class PatternClassification {
public:
    PatternClassification(const ClassifyPatternsRequest& request, std::stop_token stop, ProgressSink& progress)
        : request_(request), stop_(std::move(stop)), progress_(progress) {}

    Outcome<PatternReport> run() {
        LOTTERY_CHECK(first_problem(problems(request_)));
        std::error_code ec;
        for (const char* name : {kPatternsFile, "run.json"})
            if (fs::exists(request_.out / name, ec))
                return Error{std::string("the folder already holds ") + name, request_.out.string(),
                             "Choose another --out folder, or remove this one"};
        LOTTERY_TRY(const torch::Device device, choose_device(request_.compute.device, request_.compute.threads));
        report_.device = device.str();
        provenance_.set_device(report_.device);
        LOTTERY_CHECK(open_classifier(device));
        LOTTERY_TRY(const auto tokenizer, WordPieceTokenizer::from_checkpoint(request_.checkpoint));
        LOTTERY_CHECK(choose_examples(tokenizer));
        LOTTERY_CHECK(open_model(device));
        LOTTERY_CHECK(record_inputs());
        const auto start = std::chrono::steady_clock::now();
        for (std::size_t i = 0; i < report_.example_rows.size(); ++i) {
            if (stop_.stop_requested()) return Cancelled{};
            LOTTERY_CHECK(classify_example(report_.example_rows[i], tokenizer.vocabulary()));
            const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            const auto done = static_cast<std::int64_t>(i) + 1;
            progress_.on_progress({"classifying attention patterns", done, std::ssize(report_.example_rows), "examples",
                                   static_cast<double>(done) / std::max(seconds, 1e-9), "examples"});
        }
        report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        count_shares();
        LOTTERY_CHECK(make_folder(request_.out));
        LOTTERY_CHECK(write_json(request_.out / kPatternsFile, to_json(report_)));
        LOTTERY_CHECK(provenance_.finish(request_.out, to_json(report_)));
        return std::move(report_);
    }

private:
    Status open_classifier(torch::Device device) {
        report_.classifier_name = "built-in";
        if (request_.classifier) {
            LOTTERY_TRY(classifier_, read_classifier(*request_.classifier, device));
            report_.classifier_name = request_.classifier->filename().string();
        } else {
            LOTTERY_TRY(classifier_, built_in_classifier());
            classifier_.network->to(device);
        }
        report_.classifier = classifier_.info;
        return check_classifier_kind(classifier_.info, request_.kind,
                                     request_.classifier.value_or("the built-in classifier").string());
    }

    Status choose_examples(const WordPieceTokenizer& tokenizer) {
        const TaskInfo& task = task_info(request_.task);
        report_.task = request_.task;
        report_.kind = request_.kind;
        report_.seed = request_.seed;
        LOTTERY_TRY(auto files,
                    read_dev_features(task, request_.data, tokenizer, {request_.max_seq_length, 0}, progress_));
        dev_ = std::move(files.front());
        report_.dev_examples = std::ssize(dev_.features);
        std::vector<std::int64_t> long_enough;
        std::size_t longest = 0;
        for (std::size_t row = 0; row < dev_.features.size(); ++row) {
            const std::size_t tokens = dev_.features[row].input_ids.size();
            longest = std::max(longest, tokens);
            if (std::cmp_greater_equal(tokens, classifier_.info.smallest_map))
                long_enough.push_back(static_cast<std::int64_t>(row));
        }
        report_.too_short = report_.dev_examples - std::ssize(long_enough);
        if (long_enough.empty())
            return Error{"no example has the " + std::to_string(classifier_.info.smallest_map) +
                             " tokens of the smallest map that the classifier was trained on; the longest has " +
                             std::to_string(longest),
                         dev_.path.string(), "Choose a classifier that was trained on smaller maps"};
        Random(request_.seed).shuffle(long_enough);
        if (std::cmp_greater(long_enough.size(), request_.examples))
            long_enough.resize(static_cast<std::size_t>(request_.examples));
        std::sort(long_enough.begin(), long_enough.end());
        report_.example_rows = std::move(long_enough);
        return ok();
    }

    Status open_model(torch::Device device) {
        // A fresh pooler or classifier, of which loading would tell, has no part in attention.
        ProgressSink quiet;
        LOTTERY_TRY(auto masked, load_masked_model(request_.checkpoint, task_info(request_.task).label_count(), device,
                                                   {request_.head_mask, request_.mlp_mask, std::nullopt}, quiet));
        model_ = masked.loaded.model;
        const auto components = common_masks(masked.masks, model_->components());
        plan_ = model_->plan(components, Removal::Physical);
        report_.present = components.heads;
        if (components.kept_heads() == 0)
            return Error{"no head is left to classify", request_.checkpoint.string(), "Give another mask"};
        counts_.resize(report_.present.values.size());
        return ok();
    }

    Status record_inputs() {
        FileHashes hashes;
        Json inputs{{"task", task_info(request_.task).name},
                    {"seed", request_.seed},
                    {"kind", kind_name(request_.kind)},
                    {"options", {{"examples", request_.examples}, {"max_seq_length", request_.max_seq_length}}}};
        if (request_.classifier) {
            LOTTERY_TRY(inputs["classifier_sha256"], hashes.sha256(*request_.classifier));
        } else {
            LOTTERY_TRY(inputs["classifier_sha256"], sha256_of(built_in_classifier_bytes()));
        }
        LOTTERY_TRY(inputs["checkpoint_sha256"], checkpoint_hashes(request_.checkpoint, hashes));
        LOTTERY_TRY(inputs["data_sha256"], file_hashes({dev_.path}, hashes));
        if (request_.head_mask || request_.mlp_mask) {
            LOTTERY_TRY(inputs["masks_sha256"], mask_hashes(request_.head_mask, request_.mlp_mask, hashes));
        }
        inputs["version"] = kPatternsClassifyVersion;
        auto& fields = provenance_.fields();
        fields["inputs"] = std::move(inputs);
        fields["classifier"] = request_.classifier ? request_.classifier->string() : "built-in";
        fields["checkpoint"] = request_.checkpoint.string();
        fields["data"] = request_.data.string();
        if (request_.head_mask) fields["head_mask"] = request_.head_mask->string();
        if (request_.mlp_mask) fields["mlp_mask"] = request_.mlp_mask->string();
        return ok();
    }

    Status classify_example(std::int64_t row, const Vocabulary& vocabulary) {
        const auto& features = dev_.features[static_cast<std::size_t>(row)];
        const auto maps = extract_maps(model_, plan_, features, vocabulary, request_.kind);
        std::vector<MapView> views;
        std::vector<std::size_t> heads;
        for (int l = 0; l < maps.layers; ++l)
            for (int h = 0; h < maps.heads; ++h) {
                if (!maps.has(l, h)) continue;
                const auto values = maps.map(l, h);
                if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); }))
                    return Error{"the map of layer " + std::to_string(l + 1) + ", head " + std::to_string(h + 1) +
                                     " is not finite in example " + std::to_string(row) + " of " + dev_.path.string(),
                                 request_.checkpoint.string(), "Are the model's weights broken?"};
                views.push_back({values, maps.size()});
                heads.push_back(static_cast<std::size_t>(l) * static_cast<std::size_t>(maps.heads) +
                                static_cast<std::size_t>(h));
            }
        const auto found = classify(classifier_, views);
        for (std::size_t i = 0; i < found.size(); ++i) counts_[heads[i]][index_of(most_probable(found[i]))] += 1.0;
        report_.maps += std::ssize(views);
        if (maps.size() > classifier_.info.canvas()) {
            ++report_.too_long;
            report_.cropped_maps += std::ssize(views);
        }
        return ok();
    }

    void count_shares() {
        const auto examples = static_cast<double>(report_.example_rows.size());
        for (std::size_t head = 0; head < counts_.size(); ++head) {
            auto shares = counts_[head];
            const bool has = report_.present.values[head] != 0.0F;
            for (std::size_t c = 0; c < pattern_count; ++c) {
                report_.shares[c] += shares[c] / static_cast<double>(report_.maps);
                shares[c] = has ? shares[c] / examples : std::numeric_limits<double>::quiet_NaN();
            }
            report_.head_shares.push_back(shares);
        }
        if (report_.too_long > 0)
            progress_.on_message(
                Severity::Warning,
                std::to_string(report_.too_long) + " of " + std::to_string(report_.example_rows.size()) +
                    " examples have more than " + std::to_string(classifier_.info.canvas()) +
                    " tokens: " + std::to_string(report_.cropped_maps) + " maps were cropped to their top left");
    }

    const ClassifyPatternsRequest& request_;
    std::stop_token stop_;
    ProgressSink& progress_;
    Provenance provenance_{"patterns classify"};
    PatternClassifier classifier_;
    FeatureFile dev_;
    BertForSequenceClassification model_{nullptr};
    EncoderPlan plan_;
    std::vector<PatternShares> counts_;  // [L,N], maps of each class
    PatternReport report_;
};

}  // namespace

std::vector<FieldProblem> problems(const ClassifyPatternsRequest& r) {
    FieldCheck check;
    check.checkpoint(r.checkpoint, r.max_seq_length);
    check.data(r.data, r.task, false);
    check.out(r.out, r.checkpoint);
    check.compute(r.compute);
    check.masks(r.head_mask, r.mlp_mask, r.checkpoint);
    check.range("examples", r.examples, 1, 1'000'000);
    check.range("max-seq-length", r.max_seq_length, 3, 65536);
    if (r.classifier) {
        if (const auto info = read_classifier_info(*r.classifier); !info)
            check.add("classifier", info.error().to_string());
        else if (const auto fits = check_classifier_kind(*info, r.kind, r.classifier->string()); !fits)
            check.add("classifier", fits.error().to_string());
    }
    return check.take();
}

Outcome<PatternReport> run_classify_patterns(const ClassifyPatternsRequest& request, std::stop_token stop,
                                             ProgressSink& progress) {
    return at_job_boundary("patterns classify",
                           [&] { return PatternClassification(request, std::move(stop), progress).run(); });
}

}  // namespace lottery
