// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scores under masks made by hand against whole evaluations of the same masks.
#include "core/study/what_if.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/base/json.h"
#include "core/base/random.h"
#include "core/study/mask_files.h"
#include "core/study/what_if_starts.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

// A committed checkpoint with its dev file: data set, task, folder.
struct Case {
    TaskId task;
    fs::path checkpoint, data;
    int max_seq_length;
};

Case committed(const QString& name) {
    const fs::path folder = golden_folder("search/" + name.toStdString());
    const auto expected = read_golden(folder / "expected.json");
    return {*parse_task(expected.at("task").get<std::string>()), folder / "checkpoint", folder / "data",
            expected.at("max_seq_length").get<int>()};
}

WhatIfRequest request_of(const Case& c, std::int64_t examples = 0) {
    WhatIfRequest request;
    request.checkpoint = c.checkpoint;
    request.data = c.data;
    request.task = c.task;
    request.max_seq_length = c.max_seq_length;
    request.examples = examples;
    request.device = "cpu";
    return request;
}

std::shared_ptr<WhatIf> opened(const WhatIfRequest& request) {
    ProgressSink quiet;
    auto model = WhatIf::open(request, {}, quiet);
    if (!model) qFatal("%s", model.failed() ? model.error().to_string().c_str() : "cancelled");
    return *model;
}

const QString kPair = QStringLiteral("pair_classification");

ComponentMasks some_masks(const ComponentMasks& components, std::uint64_t seed) {
    Random random(seed);
    ComponentMasks masks = components;
    for (float& value : masks.heads.values) value *= random.below(3) == 0 ? 0.0F : 1.0F;
    for (float& value : masks.mlps) value *= random.below(3) == 0 ? 0.0F : 1.0F;
    return masks;
}

}  // namespace

class TestWhatIf : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ends_at_the_score_of_an_evaluation_data() {
        QTest::addColumn<QString>("golden");
        const QDir folder(QString::fromStdString(golden_folder("search").string()));
        for (const auto& name : folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name))
            QTest::addRow("%s", qPrintable(name)) << name;
    }
    void ends_at_the_score_of_an_evaluation() {
        QFETCH(QString, golden);
        const Case c = committed(golden);
        const auto model = opened(request_of(c));
        QTemporaryDir out;
        for (const std::uint64_t seed : {1U, 2U, 3U}) {
            const auto masks = some_masks(model->components(), seed);
            std::vector<WhatIfEstimate> heard;
            const auto estimate = model->estimate(masks, {}, [&](const WhatIfEstimate& e) { heard.push_back(e); });
            QVERIFY(estimate.done());
            QVERIFY(!heard.empty());
            QCOMPARE(heard.back().examples, estimate->examples);
            QCOMPARE(estimate->examples, estimate->of);
            for (std::size_t i = 1; i < heard.size(); ++i) QVERIFY(heard[i].examples > heard[i - 1].examples);

            const fs::path folder = out.filePath(QString::number(seed)).toStdString();
            fs::create_directories(folder);
            QVERIFY(write_mask_files(folder, masks).has_value());
            EvaluateRequest whole;
            whole.checkpoint = c.checkpoint;
            whole.data = c.data;
            whole.task = c.task;
            whole.max_seq_length = c.max_seq_length;
            whole.compute = {"cpu", 0};
            ProgressSink quiet;
            const auto full = run_evaluate(whole, {}, quiet);
            whole.head_mask = folder / "head_mask.npy";
            whole.mlp_mask = folder / "mlp_mask.npy";
            const auto masked = run_evaluate(whole, {}, quiet);
            QVERIFY2(full, full.failed() ? full.error().to_string().c_str() : "");
            QVERIFY2(masked, masked.failed() ? masked.error().to_string().c_str() : "");
            const auto same = [&](const EstimatedScore& ours, const Metrics& metrics) {
                const double theirs = metrics.at(estimate->metric);
                return ours.value ? std::abs(*ours.value - theirs) < 1e-5 : !std::isfinite(theirs);
            };
            QVERIFY(same(estimate->score, masked->metrics));
            QVERIFY(same(estimate->full, full->metrics));
            if (estimate->difference.value)
                QVERIFY(std::abs(*estimate->difference.value - (*estimate->score.value - *estimate->full.value)) <
                        1e-12);
            for (const auto* score : {&estimate->score, &estimate->full, &estimate->difference})
                if (score->interval) QVERIFY(score->interval->low < score->interval->high);
            if (estimate->score.interval) {
                QVERIFY(estimate->score.interval->low <= *estimate->score.value);
                QVERIFY(estimate->score.interval->high >= *estimate->score.value);
            }
            QVERIFY(estimate->milliseconds_per_example > 0.0);
            QCOMPARE(static_cast<double>(model->parameters(masks)) / static_cast<double>(model->parameters()),
                     masked->parameters_kept_share);
        }
    }

    void examples_are_drawn_by_the_seed() {
        const auto request = request_of(committed(kPair), 20);
        const auto score = [&] {
            const auto model = opened(request);
            return *model->estimate(some_masks(model->components(), 1), {}, {});
        };
        const auto first = score(), again = score();
        QCOMPARE(first.of, std::int64_t{20});
        QVERIFY(first.score.value == again.score.value);
        QVERIFY(first.score.interval == again.score.interval);
        QVERIFY(first.difference.interval == again.difference.interval);
    }

    void stops_between_rounds_and_goes_on() {
        const auto model = opened(request_of(committed(kPair)));
        const auto masks = some_masks(model->components(), 1);
        std::stop_source stop;
        const auto stopped =
            model->estimate(masks, stop.get_token(), [&](const WhatIfEstimate&) { stop.request_stop(); });
        QVERIFY(stopped.cancelled() || stopped->examples == stopped->of);
        const auto whole = model->estimate(masks, {}, {});
        QVERIFY(whole.done());
        QCOMPARE(whole->examples, whole->of);
    }

    void refuses_what_does_not_fit() {
        const auto model = opened(request_of(committed(kPair)));
        const auto wrong = model->estimate(ComponentMasks::all_kept(1, 2), {}, {});
        QVERIFY(wrong.failed());
        QVERIFY2(wrong.error().message.find("1 layers × 2 heads") != std::string::npos, wrong.error().message.c_str());
        ProgressSink quiet;
        auto request = request_of(committed(kPair));
        request.data = "/nowhere";
        QVERIFY(WhatIf::open(request, {}, quiet).failed());
        request = request_of(committed(kPair));
        request.checkpoint = "/nowhere";
        QVERIFY(WhatIf::open(request, {}, quiet).failed());
        request = request_of(committed(kPair));
        request.max_seq_length = 4096;
        const auto longer = WhatIf::open(request, {}, quiet);
        QVERIFY(longer.failed());
        QVERIFY2(longer.error().message.find("positions") != std::string::npos, longer.error().message.c_str());
    }

    void masks_are_saved_with_their_estimate() {
        const auto model = opened(request_of(committed(kPair)));
        const auto masks = some_masks(model->components(), 4);
        const auto estimate = model->estimate(masks, {}, {});
        QTemporaryDir out;
        const fs::path folder = out.filePath("masks").toStdString();
        QVERIFY_VALUE(save_what_if(model->request(), masks, *estimate, folder));
        const auto read = read_masks_for(folder, model->components());
        QVERIFY_VALUE(read);
        QVERIFY(*read == masks);
        const auto record = read_json(folder / "run.json");
        QVERIFY_VALUE(record);
        QCOMPARE(record->at("command").get<std::string>(), std::string("what-if"));
        QCOMPARE(record->at("result").at("score").at("value").get<double>(), *estimate->score.value);
        QVERIFY(record->at("inputs").contains("checkpoint_sha256"));
        // Nothing that is there already is written over.
        const auto again = save_what_if(model->request(), masks, *estimate, folder);
        QVERIFY(!again);
        QVERIFY2(again.error().to_string().find("holds something already") != std::string::npos,
                 again.error().to_string().c_str());
    }

    void masks_to_begin_with() {
        const auto model = opened(request_of(committed(kPair)));
        const auto& components = model->components();
        const auto alone = read_what_if_starts(components, {}, {}, TaskId::RTE, 1);
        QVERIFY_VALUE(alone);
        QCOMPARE(alone->starts.size(), std::size_t{1});
        QCOMPARE(alone->good, std::size_t{0});
        QVERIFY(alone->starts.front().masks == components);

        QTemporaryDir out;
        const fs::path good = out.filePath("good").toStdString();
        auto masks = components;
        masks.heads.at(0, 0) = 0.0F;
        masks.mlps[0] = 0.0F;
        fs::create_directories(good);
        QVERIFY_VALUE(write_mask_files(good, masks));
        // Published masks of this size, and of another one, which is passed over.
        const fs::path study = out.filePath("published").toStdString();
        for (const int seed : {1, 2}) {
            const fs::path folder = study / "masks" / "heads_mlps" / "RTE" / ("seed_" + std::to_string(seed));
            fs::create_directories(folder);
            QVERIFY_VALUE(write_mask_files(folder, seed == 1 ? masks : ComponentMasks::all_kept(1, 1)));
        }
        const auto starts = read_what_if_starts(components, good, study, TaskId::RTE, 1);
        QVERIFY_VALUE(starts);
        std::vector<std::string> names;
        for (const auto& start : starts->starts) names.push_back(start.name);
        QCOMPARE(names,
                 (std::vector<std::string>{"Everything", "Masks found", "Random masks of their size",
                                           "Bad masks of their size", "Found masks inverted", "Published, seed 1"}));
        QCOMPARE(starts->good, std::size_t{1});
        QVERIFY(starts->starts[1].masks == masks);
        QCOMPARE(starts->starts[2].masks.kept_heads(), masks.kept_heads());
        QCOMPARE(starts->starts[4].masks.kept_heads(), 1);

        const auto none = read_masks_for(study, components);
        QVERIFY(!none);
        QVERIFY(none.error().to_string().find("neither head_mask.npy nor mlp_mask.npy") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestWhatIf)
#include "tst_what_if.moc"
