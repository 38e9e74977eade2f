// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <limits>

#include "core/base/json_fields.h"
#include "core/study/patterns_run.h"

namespace lottery {
namespace {

constexpr int kPatternsFormat = 1;
constexpr AttentionKind kKinds[] = {AttentionKind::Raw, AttentionKind::Norm, AttentionKind::NormAsPublished};

Json class_names() {
    Json names = Json::array();
    for (const auto pattern : all_patterns()) names.push_back(to_string(pattern));
    return names;
}

Json number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json to_json(const ClassifierInfo& info) {
    return {{"kind", to_string(info.kind)},
            {"trained_on", info.trained_on},
            {"maps", info.maps},
            {"smallest_map", info.smallest_map},
            {"largest_map", info.largest_map},
            {"canvas", info.canvas()},
            {"validation_accuracy", info.validation_accuracy},
            {"best_epoch", info.best_epoch},
            {"epochs", info.epochs},
            {"seed", info.seed}};
}

Status read_classifier(const Json& json, const std::string& place, PatternReport& report) {
    JsonFields fields(json, place);
    auto& info = report.classifier;
    int canvas = 0;  // follows from the largest map
    fields.take("name", report.classifier_name);
    fields.take_name("kind", info.kind, all_classifier_kinds);
    fields.take("trained_on", info.trained_on);
    fields.take("maps", info.maps);
    fields.take("smallest_map", info.smallest_map);
    fields.take("largest_map", info.largest_map);
    fields.take("canvas", canvas);
    fields.take("validation_accuracy", info.validation_accuracy);
    fields.take("best_epoch", info.best_epoch);
    fields.take("epochs", info.epochs);
    fields.take("seed", info.seed);
    return fields.finish();
}

Json scores_json(const PatternScores& scores, const std::vector<WrongMap>& wrong_maps) {
    Json classes = Json::object(), wrong = Json::array();
    for (const auto pattern : all_patterns()) {
        const auto& one = scores.classes[index_of(pattern)];
        classes[to_string(pattern)] = {{"maps", one.maps},
                                       {"predicted", one.predicted},
                                       {"correct", one.correct},
                                       {"precision", number(one.precision)},
                                       {"recall", number(one.recall)},
                                       {"f1", number(one.f1)}};
    }
    for (const auto& one : wrong_maps)
        wrong.push_back({{"name", one.name},
                         {"class", to_string(one.label)},
                         {"predicted", to_string(one.predicted)},
                         {"probability", one.probability}});
    return {{"maps", scores.maps},
            {"correct", scores.correct},
            {"accuracy", number(scores.accuracy)},
            {"class_order", class_names()},
            {"confusion", scores.confusion},
            {"classes", classes},
            {"wrong", wrong}};
}

// Five numbers that sum to 1.
std::optional<PatternShares> shares_from(const Json& json) {
    if (!json.is_array() || json.size() != pattern_count) return std::nullopt;
    PatternShares shares{};
    double sum = 0.0;
    for (std::size_t c = 0; c < pattern_count; ++c) {
        if (!json[c].is_number()) return std::nullopt;
        shares[c] = json[c].get<double>();
        if (shares[c] < 0.0) return std::nullopt;
        sum += shares[c];
    }
    if (std::abs(sum - 1.0) > 1e-6) return std::nullopt;
    return shares;
}

Status read_head_shares(const Json& rows, const std::string& place, PatternReport& report) {
    const auto wrong = [&](std::size_t layer, const std::string& found) {
        return Error{"layer " + std::to_string(layer) + ": " + found, place,
                     "Classify again; this file is damaged or was edited"};
    };
    const std::size_t heads = rows.empty() || !rows[0].is_array() ? 0 : rows[0].size();
    if (heads == 0) return wrong(0, "a list of heads was expected");
    report.present = HeadMatrix(static_cast<int>(rows.size()), static_cast<int>(heads), 1.0F);
    PatternShares none{};
    none.fill(std::numeric_limits<double>::quiet_NaN());
    for (std::size_t l = 0; l < rows.size(); ++l) {
        if (!rows[l].is_array() || rows[l].size() != heads)
            return wrong(l, std::to_string(heads) + " heads were expected, as in layer 0");
        for (std::size_t h = 0; h < heads; ++h) {
            if (rows[l][h].is_null()) report.present.at(static_cast<int>(l), static_cast<int>(h)) = 0.0F;
            const auto shares = rows[l][h].is_null() ? none : shares_from(rows[l][h]);
            if (!shares)
                return wrong(l, "head " + std::to_string(h) + " is " + rows[l][h].dump() +
                                    ", null or five shares that sum to 1 were expected");
            report.head_shares.push_back(*shares);
        }
    }
    return ok();
}

const char* name_of(AttentionKind kind) {
    switch (kind) {
        case AttentionKind::Raw:
            return "raw";
        case AttentionKind::Norm:
            return "norm";
        case AttentionKind::NormAsPublished:
            return "norm-published";
    }
    return "";
}

}  // namespace

Json to_json(const TrainPatternsReport& report) {
    Json history = Json::array(), labelled = Json::object();
    for (const auto& epoch : report.history)
        history.push_back({{"epoch", epoch.epoch},
                           {"train_loss", epoch.train_loss},
                           {"train_accuracy", epoch.train_accuracy},
                           {"validation_loss", epoch.validation_loss},
                           {"validation_accuracy", epoch.validation_accuracy},
                           {"seconds", epoch.seconds}});
    for (const auto pattern : all_patterns()) labelled[to_string(pattern)] = report.maps_by_class[index_of(pattern)];
    return {{"format", kPatternsFormat},
            {"classifier", to_json(report.info)},
            {"labelled", labelled},
            {"unlabelled", report.unlabelled},
            {"validation", scores_json(report.scores, report.wrong)},
            {"history", history},
            {"seconds", report.seconds},
            {"device", report.device}};
}

Json to_json(const ScorePatternsReport& report) {
    Json classifier{{"name", report.classifier_name}};
    classifier.update(to_json(report.classifier));
    return {{"format", kPatternsFormat},
            {"classifier", classifier},
            {"maps", report.maps},
            {"cropped_maps", report.cropped_maps},
            {"scores", scores_json(report.scores, report.wrong)},
            {"seconds", report.seconds}};
}

Json to_json(const PatternReport& report) {
    Json classifier{{"name", report.classifier_name}};
    classifier.update(to_json(report.classifier));
    Json heads = Json::array();
    for (int l = 0; l < report.present.layers; ++l) {
        Json row = Json::array();
        for (int h = 0; h < report.present.heads; ++h)
            row.push_back(report.present.at(l, h) != 0.0F ? Json(report.of_head(l, h)) : Json(nullptr));
        heads.push_back(std::move(row));
    }
    return {{"format", kPatternsFormat},
            {"task", task_info(report.task).name},
            {"kind", name_of(report.kind)},
            {"seed", report.seed},
            {"classifier", classifier},
            {"dev_examples", report.dev_examples},
            {"too_short", report.too_short},
            {"example_rows", report.example_rows},
            {"too_long", report.too_long},
            {"maps", report.maps},
            {"cropped_maps", report.cropped_maps},
            {"class_order", class_names()},
            {"shares", report.shares},
            {"head_shares", heads},
            {"seconds", report.seconds},
            {"device", report.device}};
}

Result<PatternReport> read_pattern_report(const std::filesystem::path& patterns_json) {
    LOTTERY_TRY(const Json json, read_json(patterns_json));
    const std::string place = patterns_json.string();
    JsonFields fields(json, place);
    PatternReport report;
    int format = 0;
    fields.take("format", format);
    if (format != kPatternsFormat)
        fields.fail("format", std::to_string(format) + " found, " + std::to_string(kPatternsFormat) + " expected");
    std::string task, kind;
    fields.take("task", task);
    fields.take("kind", kind);
    if (const auto parsed = parse_task(task))
        report.task = *parsed;
    else
        fields.fail("task", "\"" + task + "\" found, a GLUE task expected");
    bool known_kind = false;
    for (const auto each : kKinds) {
        if (kind != name_of(each)) continue;
        report.kind = each;
        known_kind = true;
    }
    if (!known_kind) fields.fail("kind", "\"" + kind + "\" found, raw, norm or norm-published expected");
    fields.take("seed", report.seed);
    fields.take("dev_examples", report.dev_examples);
    fields.take("too_short", report.too_short);
    fields.take("example_rows", report.example_rows);
    fields.take("too_long", report.too_long);
    fields.take("maps", report.maps);
    fields.take("cropped_maps", report.cropped_maps);
    fields.take("seconds", report.seconds);
    fields.take("device", report.device);
    for (const char* key : {"classifier", "class_order", "shares", "head_shares"}) fields.require(key);
    const Json* classifier = fields.find("classifier");
    const Json* order = fields.find("class_order");
    const Json* shares = fields.find("shares");
    const Json* heads = fields.find_array("head_shares");
    LOTTERY_CHECK(fields.finish());
    if (*order != class_names())
        return Error{order->dump() + " found, " + class_names().dump() + " expected", fields.place_of("class_order"),
                     "Classify again"};
    LOTTERY_CHECK(read_classifier(*classifier, fields.place_of("classifier"), report));
    const auto overall = shares_from(*shares);
    if (!overall)
        return Error{"five shares that sum to 1 were expected, found " + shares->dump(), fields.place_of("shares"),
                     "Classify again"};
    report.shares = *overall;
    LOTTERY_CHECK(read_head_shares(*heads, fields.place_of("head_shares"), report));
    return report;
}

}  // namespace lottery
