// SPDX-License-Identifier: GPL-3.0-or-later
//
// Searches by each criterion and for blocks of neurons, from checkpoint to files, and their comparison.
#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <sstream>

#include "core/base/npy.h"
#include "core/pruning/search_record.h"
#include "core/study/compare_searches.h"
#include "core/study/runs.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

namespace fs = std::filesystem;

namespace {

MaskRequest request_in(const QTemporaryDir& folder, const char* name, const char* golden = "pair_classification") {
    const auto source = golden_folder(std::string("search/") + golden);
    MaskRequest request;
    request.checkpoint = source / "checkpoint";
    request.data = source / "data";
    request.out = folder.filePath(name).toStdString();
    request.task = *parse_task(read_golden(source / "expected.json").at("task").get<std::string>());
    request.options = MaskSearchOptions::for_mode(Mode::Published);
    request.options.max_seq_length = 24;
    request.options.kind = SearchKind::Heads;
    request.options.gates.steps = 10;
    request.options.block_size = 10;
    request.compute = {"cpu", 1};
    return request;
}

MaskSearchResult searched(const MaskRequest& request) {
    MaskSearchObserver quiet;
    auto result = run_mask_search(request, {}, quiet);
    if (!result) qFatal("%s", why(result).c_str());
    return *std::move(result);
}

std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

EvaluateRequest evaluation_of(const MaskRequest& search) {
    EvaluateRequest request;
    request.checkpoint = search.checkpoint;
    request.data = search.data;
    request.task = search.task;
    request.max_seq_length = search.options.max_seq_length;
    request.compute = search.compute;
    request.neuron_mask = search.out / "neuron_mask.npy";
    return request;
}

}  // namespace

class TestCriteriaRun : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void every_criterion_searches_data() {
        QTest::addColumn<int>("criterion");
        for (const Criterion c : all_criteria()) QTest::newRow(to_string(c)) << static_cast<int>(c);
    }
    void every_criterion_searches() {
        QFETCH(int, criterion);
        QTemporaryDir folder;
        auto request = request_in(folder, "first");
        request.options.criterion = static_cast<Criterion>(criterion);
        const auto result = searched(request);
        QVERIFY(result.steps.size() > 1);
        QCOMPARE(*result.steps.front().kept_share, 1.0);
        for (const auto& step : result.steps) {
            QVERIFY(step.kept_share.has_value());
            QVERIFY(!step.milliseconds_per_example);
            if (step.index > 0) QVERIFY(*step.kept_share < 1.0);
        }
        const char* name = to_string(request.options.criterion);
        QCOMPARE(read_golden(request.out / "search.json").at("criterion").get<std::string>(), name);
        QCOMPARE(read_golden(request.out / "run.json").at("inputs").at("options").at("criterion").get<std::string>(),
                 name);
        auto again = request;
        again.out = folder.filePath("second").toStdString();
        QCOMPARE(searched(again).masks, result.masks);
        for (const auto& step : result.steps) {
            const auto file = "head_importance_" + std::to_string(step.index) + ".npy";
            QCOMPARE(text_of(request.out / file), text_of(again.out / file));
        }
    }

    // 4 layers × blocks of 10, 10, 10 and 2 neurons; a step masks two of the 16.
    void neurons() {
        QTemporaryDir folder;
        auto request = request_in(folder, "neurons");
        request.options.kind = SearchKind::Neurons;
        request.options.amount = 0.125;
        request.options.threshold = 0.6;
        const auto result = searched(request);
        QVERIFY(result.steps.size() > 3);
        QCOMPARE(result.steps.front().masks.kept_neuron_blocks(), 16);
        QCOMPARE(result.masks.neurons.blocks, 4);
        QCOMPARE(result.masks.kept_heads(), 24);
        QCOMPARE(result.masks.kept_mlps(), 4);
        auto masks = result.steps.front().masks;
        for (const auto& step : result.steps) {
            if (step.index == 0) continue;
            QCOMPARE(step.phase, std::string("neurons"));
            QCOMPARE(step.masked.size(), std::size_t{2});
            auto next = masks;
            for (const auto& c : step.masked) {
                QVERIFY(c.head == -1 && c.block >= 0);
                QCOMPARE(next.neurons.at(c.layer, c.block), 1.0F);
                next.neurons.at(c.layer, c.block) = 0.0F;
            }
            QCOMPARE(step.masks, next);
            if (step.accepted) masks = next;
        }
        QVERIFY(result.masks.kept_neuron_blocks() < 16);
        const auto file = read_npy(request.out / "neuron_mask.npy");
        QVERIFY_VALUE(file);
        QCOMPARE(file->shape, (std::vector<std::int64_t>{4, 4}));
        QCOMPARE(file->values, result.masks.neurons.values);
        const auto record = read_golden(request.out / "search.json");
        QCOMPARE(record.at("block_size").get<int>(), 10);
        QCOMPARE(record.at("kept_neuron_blocks").get<int>(), result.masks.kept_neuron_blocks());
        QCOMPARE(record.at("steps")[1].at("masked")[0].at("block").get<int>(), result.steps[1].masked[0].block);
        const auto back = read_mask_search(request.out);
        QVERIFY_VALUE(back);
        QCOMPARE(back->masks, result.masks);
        QCOMPARE(back->steps.back().masks, result.steps.back().masks);
        QCOMPARE(back->steps[1].masked, result.steps[1].masked);

        // The mask scores what the search says.
        ProgressSink quiet;
        auto evaluation = evaluation_of(request);
        evaluation.removal = Removal::Multiply;
        const auto report = run_evaluate(evaluation, {}, quiet);
        QVERIFY_VALUE(report);
        QCOMPARE(report->metrics.at("acc"), result.score);
        double share = 0;
        for (const auto& step : result.steps)
            if (step.masks == result.masks) share = *step.kept_share;
        QCOMPARE(report->parameters_kept_share, share);

        // And it is trained from there, what it leaves out staying zero.
        FinetuneRequest training;
        training.checkpoint = request.checkpoint;
        training.data = folder.filePath("data").toStdString();
        fs::copy(request.data, training.data, fs::copy_options::recursive);
        const fs::path rows = training.data / std::string(task_info(request.task).name);
        fs::copy_file(rows / "dev.tsv", rows / "train.tsv");
        training.task = request.task;
        training.out = folder.filePath("retrained").toStdString();
        training.neuron_mask = request.out / "neuron_mask.npy";
        training.options.epochs = 1;
        training.options.learning_rate = 1e-3;
        training.options.max_seq_length = request.options.max_seq_length;
        training.compute = request.compute;
        TrainingObserver silent;
        const auto trained = run_finetune(training, {}, silent);
        QVERIFY_VALUE(trained);
        QCOMPARE(trained->metrics_before.at("acc"), result.score);
        auto again = evaluation;
        again.checkpoint = training.out;
        const auto masked = run_evaluate(again, {}, quiet);
        QVERIFY_VALUE(masked);
        again.neuron_mask.reset();
        const auto whole = run_evaluate(again, {}, quiet);
        QVERIFY_VALUE(whole);
        QCOMPARE(masked->loss, whole->loss);
        QCOMPARE(whole->metrics.at("acc"), trained->metrics.at("acc"));
        QVERIFY(whole->loss != report->loss);

        // The mask is part of what the run was made from.
        QVERIFY(read_golden(training.out / "run.json").at("inputs").contains("neuron_mask_sha256"));
        training.weight_mask = request.out / "neuron_mask.npy";
        training.out = folder.filePath("both").toStdString();
        const auto both = run_finetune(training, {}, silent);
        QVERIFY(both.failed());
        QVERIFY2(both.error().to_string().find("cannot be combined") != std::string::npos,
                 both.error().to_string().c_str());
    }

    // 2 × 24 + 1 parameters go with a neuron, and the bias of the output with the last of a layer.
    void parameters_of_neurons() {
        QTemporaryDir folder;
        const auto request = request_in(folder, "unused");
        auto evaluation = evaluation_of(request);
        const auto write = [&](std::vector<float> values) {
            evaluation.neuron_mask = folder.filePath("mask.npy").toStdString();
            return write_npy(*evaluation.neuron_mask, {{4, 4}, std::move(values)});
        };
        const auto share = [&] {
            ProgressSink quiet;
            const auto report = run_evaluate(evaluation, {}, quiet);
            if (!report) qFatal("%s", why(report).c_str());
            return report->parameters_kept_share;
        };
        std::vector<float> values(16, 1.0F);
        QVERIFY_VALUE(write(values));
        evaluation.block_size = 10;
        QCOMPARE(share(), 1.0);
        values[3] = 0.0F;  // two neurons
        QVERIFY_VALUE(write(values));
        const double short_block = 1.0 - share();
        values[3] = 1.0F;
        values[0] = 0.0F;  // ten
        QVERIFY_VALUE(write(values));
        const double block = 1.0 - share();
        QVERIFY(std::abs(block / short_block - 5.0) < 1e-9);
        values[0] = values[1] = values[2] = values[3] = 0.0F;
        QVERIFY_VALUE(write(values));
        QVERIFY(std::abs((1.0 - share()) / short_block - (32 * 49 + 24) / (2.0 * 49)) < 1e-9);
        // Without --block-size: four blocks of 32 neurons are taken to have eight each.
        evaluation.block_size.reset();
        QVERIFY(std::abs((1.0 - share()) / short_block - (32 * 49 + 24) / (2.0 * 49)) < 1e-9);
    }

    void bad_neuron_masks_data() {
        QTest::addColumn<int>("blocks");
        QTest::addColumn<float>("value");
        QTest::addColumn<int>("block_size");
        QTest::addColumn<QString>("said");
        QTest::newRow("uneven") << 3 << 1.0F << 0 << "--block-size";
        QTest::newRow("other size") << 4 << 1.0F << 16 << "4 × 2 blocks of 16 neurons";
        QTest::newRow("value") << 4 << 0.5F << 8 << "only 0 and 1";
        QTest::newRow("block size") << 4 << 1.0F << 33 << "--block-size";
    }
    void bad_neuron_masks() {
        QFETCH(int, blocks);
        QFETCH(float, value);
        QFETCH(int, block_size);
        QFETCH(QString, said);
        QTemporaryDir folder;
        auto evaluation = evaluation_of(request_in(folder, "unused"));
        evaluation.neuron_mask = folder.filePath("mask.npy").toStdString();
        QVERIFY_VALUE(write_npy(*evaluation.neuron_mask,
                                {{4, blocks}, std::vector<float>(static_cast<std::size_t>(4 * blocks), value)}));
        if (block_size > 0) evaluation.block_size = block_size;
        ProgressSink quiet;
        const auto report = run_evaluate(evaluation, {}, quiet);
        QVERIFY(report.failed());
        QVERIFY2(report.error().to_string().find(said.toStdString()) != std::string::npos, why(report).c_str());
    }

    void speed_is_measured_when_asked_for() {
        QTemporaryDir folder;
        auto request = request_in(folder, "timed");
        request.options.measure_speed = true;
        const auto result = searched(request);
        for (const auto& step : result.steps) QVERIFY(step.milliseconds_per_example.value_or(0) > 0);
        const auto back = read_mask_search(request.out);
        QVERIFY_VALUE(back);
        QCOMPARE(back->steps.back().milliseconds_per_example, result.steps.back().milliseconds_per_example);
    }

    void comparison() {
        QTemporaryDir folder;
        auto gradient = request_in(folder, "gradient");
        gradient.options.measure_speed = true;
        auto random = request_in(folder, "random");
        random.options.criterion = Criterion::Random;
        auto other = request_in(folder, "random-2");
        other.options.criterion = Criterion::Random;
        other.seed = 7;
        const auto first = searched(gradient);
        searched(random);
        searched(other);
        CompareRequest request{{gradient.out, random.out, other.out}, folder.filePath("all.svg").toStdString(), ""};
        const auto report = compare_searches(request);
        QVERIFY_VALUE(report);
        QCOMPARE(report->searches[0].name, std::string("gradient"));
        QCOMPARE(report->searches[1].name, std::string("random (random)"));
        QCOMPARE(report->searches[2].name, std::string("random (random-2)"));
        QCOMPARE(report->searches[0].kept_heads, first.masks.kept_heads());
        QCOMPARE(report->searches[0].score, first.score);
        QCOMPARE(report->content.series[0].points.size(), first.steps.size());
        QCOMPARE(report->files.size(), std::size_t{2});
        const auto svg = text_of(request.out);
        QVERIFY(svg.find("random (random-2)") != std::string::npos);
        QVERIFY(svg.find("Time per example, ms") != std::string::npos);
        const auto csv = text_of(folder.filePath("all.csv").toStdString());
        QVERIFY(csv.starts_with("search,step,accepted,kept share,milliseconds per example,score\ngradient,0,1,1,"));
    }

    void unequal_searches_are_refused() {
        QTemporaryDir folder;
        const auto mrpc = request_in(folder, "mrpc");
        const auto sst = request_in(folder, "sst", "few_heads");
        searched(mrpc);
        searched(sst);
        const auto out = folder.filePath("both.svg").toStdString();
        const auto said = [&](const CompareRequest& request, const char* text) {
            const auto report = compare_searches(request);
            return !report && report.error().to_string().find(text) != std::string::npos;
        };
        QVERIFY(said({{mrpc.out, sst.out}, out, ""}, "its task is SST-2"));
        QVERIFY(said({{mrpc.out, folder.filePath("nowhere").toStdString()}, out, ""}, "search.json"));
        QVERIFY(said({{mrpc.out}, folder.filePath("both.png").toStdString(), ""}, ".svg or .csv"));
        QVERIFY(said({{}, out, ""}, "no searches"));
        // A record from before sizes were recorded.
        auto old = read_golden(mrpc.out / "search.json");
        for (auto& step : old["steps"]) step.erase("kept_share");
        QVERIFY_VALUE(write_json(mrpc.out / "search.json", old));
        QVERIFY_VALUE(read_mask_search(mrpc.out));
        QVERIFY(said({{mrpc.out}, out, ""}, "older program"));
        QVERIFY(!fs::exists(out));
    }

    void problems_name_their_fields_data() {
        QTest::addColumn<QString>("field");
        for (const char* field :
             {"criterion", "block-size", "gate-steps", "gate-batch-size", "gate-learning-rate", "gate-penalty"})
            QTest::newRow(field) << field;
    }
    void problems_name_their_fields() {
        QFETCH(QString, field);
        QTemporaryDir folder;
        auto request = request_in(folder, "never");
        auto& options = request.options;
        options.kind = SearchKind::Neurons;
        options.criterion = Criterion::Learned;
        for (const auto& p : problems(request)) QFAIL((p.field + ": " + p.message).c_str());
        if (field == "criterion") options.criterion = Criterion::Entropy;
        if (field == "block-size") options.block_size = 33;
        if (field == "gate-steps") options.gates.steps = 0;
        if (field == "gate-batch-size") options.gates.batch_size = 0;
        if (field == "gate-learning-rate") options.gates.learning_rate = 0;
        if (field == "gate-penalty") options.gates.penalty = -1;
        bool named = false;
        for (const auto& p : problems(request)) named = named || QString::fromStdString(p.field) == field;
        QVERIFY(named);
        MaskSearchObserver quiet;
        QVERIFY(run_mask_search(request, {}, quiet).failed());
        QVERIFY(!fs::exists(request.out));
    }
};

QTEST_GUILESS_MAIN(TestCriteriaRun)
#include "tst_criteria_run.moc"
