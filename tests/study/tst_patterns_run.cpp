// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pattern runs from files to files: shares counted again map by map, what is left out, what is refused.
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/attention/built_in_classifier.h"
#include "core/attention/extract.h"
#include "core/attention/pattern_classifier.h"
#endif

#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <limits>

#include "core/attention/labelled_maps.h"
#include "core/attention/synthetic_maps.h"
#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/study/patterns_run.h"
#include "core/study/task_data.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

const fs::path kFolder = golden_folder("search/pair_classification");

FeatureFile dev_features(int max_seq_length) {
    ProgressSink quiet;
    const auto tokenizer = WordPieceTokenizer::from_checkpoint(kFolder / "checkpoint");
    auto files = read_dev_features(task_info(TaskId::MRPC), kFolder / "data", *tokenizer, {max_seq_length, 0}, quiet);
    if (!files) qFatal("%s", files.error().to_string().c_str());
    return files->front();
}

}  // namespace

class TestPatternsRun : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> folder_;
    [[nodiscard]] fs::path path(const std::string& name) const {
        return fs::path(folder_->path().toStdString()) / name;
    }

    [[nodiscard]] ClassifyPatternsRequest classify_request() const {
        ClassifyPatternsRequest r;
        r.checkpoint = kFolder / "checkpoint";
        r.data = kFolder / "data";
        r.out = path("out");
        r.max_seq_length = 24;
        r.examples = 5;
        r.compute = {"cpu", 1};
        r.classifier = path("trained/classifier.safetensors");
        return r;
    }
    [[nodiscard]] TrainPatternsRequest train_request() const {
        TrainPatternsRequest r;
        r.data = path("maps");
        r.out = path("trained/classifier.safetensors");
        r.options.epochs = 1;
        r.compute = {"cpu", 1};
        return r;
    }
    // Maps of 8 to `largest` tokens.
    void train(int largest, ClassifierKind kind = ClassifierKind::Raw) {
        QVERIFY_VALUE(write_labelled_maps(path("maps"), synthetic_maps(20, 1, {8, largest})));
        PatternTrainingObserver quiet;
        auto request = train_request();
        request.kind = kind;
        QVERIFY_VALUE(run_train_patterns(request, {}, quiet));
    }

private Q_SLOTS:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void shares_are_those_of_the_maps_data() {
        QTest::addColumn<bool>("built_in");
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("largest");
        QTest::addColumn<bool>("masked");
        QTest::newRow("raw") << false << static_cast<int>(AttentionKind::Raw) << 40 << false;
        QTest::newRow("raw, small maps") << false << static_cast<int>(AttentionKind::Raw) << 10 << false;
        QTest::newRow("norm") << false << static_cast<int>(AttentionKind::Norm) << 40 << false;
        QTest::newRow("norm as published, masked")
            << false << static_cast<int>(AttentionKind::NormAsPublished) << 40 << true;
        QTest::newRow("built-in, raw, masked") << true << static_cast<int>(AttentionKind::Raw) << 40 << true;
        QTest::newRow("built-in, norm") << true << static_cast<int>(AttentionKind::Norm) << 40 << false;
    }
    void shares_are_those_of_the_maps() {
        QFETCH(bool, built_in);
        QFETCH(int, kind);
        QFETCH(int, largest);
        QFETCH(bool, masked);
        constexpr ClassifierKind kinds[] = {ClassifierKind::Raw, ClassifierKind::Norm, ClassifierKind::NormAsPublished};
        auto request = classify_request();
        request.kind = static_cast<AttentionKind>(kind);
        if (built_in)
            request.classifier.reset();
        else
            train(largest, kinds[kind]);
        ProgressSink quiet;
        auto model = load_model(request.checkpoint, 2, 0, torch::kCPU, quiet);
        QVERIFY_VALUE(model);
        auto masks = model->model->components();
        if (masked) {
            masks.heads.at(0, 0) = 0.0F;
            request.head_mask = path("head_mask.npy");
            QVERIFY_VALUE(write_head_matrix(*request.head_mask, masks.heads));
        }
        MessageLog log;
        const auto report = run_classify_patterns(request, {}, log);
        QVERIFY_VALUE(report);

        auto classifier = built_in ? built_in_classifier() : read_classifier(*request.classifier, torch::kCPU);
        QVERIFY_VALUE(classifier);
        QVERIFY(report->classifier == classifier->info);
        const auto dev = dev_features(request.max_seq_length);
        std::int64_t too_short = 0, cropped = 0;
        for (const auto& one : dev.features)
            too_short += std::ssize(one.input_ids) < classifier->info.smallest_map ? 1 : 0;
        QCOMPARE(report->dev_examples, std::ssize(dev.features));
        QCOMPARE(report->too_short, too_short);
        QCOMPARE(report->example_rows.size(), std::size_t{5});
        const auto tokenizer = WordPieceTokenizer::from_checkpoint(request.checkpoint);
        const auto plan = model->model->plan(masks, Removal::Physical);
        std::vector<PatternShares> counts(masks.heads.values.size());
        PatternShares all{};
        for (const auto row : report->example_rows) {
            const auto& features = dev.features[static_cast<std::size_t>(row)];
            QVERIFY(std::ssize(features.input_ids) >= classifier->info.smallest_map);
            const auto maps = extract_maps(model->model, plan, features, tokenizer->vocabulary(), request.kind);
            for (std::size_t head = 0; head < counts.size(); ++head) {
                const int l = static_cast<int>(head) / maps.heads, h = static_cast<int>(head) % maps.heads;
                if (!maps.has(l, h)) continue;
                const MapView view{maps.map(l, h), maps.size()};
                const auto pattern = index_of(most_probable(classify(*classifier, {&view, 1}).front()));
                counts[head][pattern] += 0.2;
                all[pattern] += 1.0;
                cropped += maps.size() > classifier->info.canvas() ? 1 : 0;
            }
        }
        QCOMPARE(report->cropped_maps, cropped);
        QCOMPARE(report->present.at(0, 0) == 0.0F, masked);
        for (std::size_t c = 0; c < pattern_count; ++c) {
            QVERIFY(std::abs(report->shares[c] - all[c] / static_cast<double>(report->maps)) < 1e-9);
            for (std::size_t head = 0; head < counts.size(); ++head) {
                if (report->present.values[head] == 0.0F)
                    QVERIFY(std::isnan(report->head_shares[head][c]));
                else
                    QVERIFY(std::abs(report->head_shares[head][c] - counts[head][c]) < 1e-9);
            }
        }

        const auto read = read_pattern_report(request.out / "patterns.json");
        QVERIFY_VALUE(read);
        QVERIFY(to_json(*read) == to_json(*report));
        QVERIFY(read->classifier == report->classifier);
        const auto record = read_json(request.out / "run.json");
        QVERIFY_VALUE(record);
        QCOMPARE(record->at("command").get<std::string>(), std::string("patterns classify"));
        QVERIFY(record->at("result") == to_json(*report));
        // A folder is written once.
        const auto again = run_classify_patterns(request, {}, log);
        QVERIFY(again.failed() && again.error().message.find("already holds patterns.json") != std::string::npos);
    }

    // Texts of 13 and of 43 tokens, and a canvas of 32.
    void says_what_was_cropped() {
        train(10);
        auto config = read_bert_config(kFolder / "checkpoint");
        QVERIFY_VALUE(config);
        config->max_position_embeddings = 64;
        BertForSequenceClassification model(*config, 2, own_draws(1));
        QVERIFY_VALUE(save_model(model, path("long"), kFolder / "checkpoint"));
        std::string rows = "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n";
        for (const int words : {5, 20, 5, 20, 5}) {
            std::string text;
            for (int i = 0; i < words; ++i) text += i == 0 ? "dog" : " dog";
            rows += "1\t1\t2\t" + text + "\t" + text + "\n";
        }
        QVERIFY_VALUE(write_file_atomically(path("data/MRPC/dev.tsv"), rows));
        auto request = classify_request();
        request.checkpoint = path("long");
        request.data = path("data");
        request.max_seq_length = 64;
        MessageLog log;
        const auto report = run_classify_patterns(request, {}, log);
        QVERIFY_VALUE(report);
        QCOMPARE(report->too_long, std::int64_t{2});
        const auto heads = std::ssize(report->present.values);
        QCOMPARE(report->maps, 5 * heads);
        QCOMPARE(report->cropped_maps, 2 * heads);
        QVERIFY(log.mentions("2 of 5 examples have more than 32 tokens"));
    }

    void training_tells_what_it_did() {
        auto set = synthetic_maps(30, 1, {8, 20});
        QVERIFY_VALUE(write_labelled_maps(path("maps"), set));
        QVERIFY_VALUE(write_npy(path("maps") / "unlabelled.npy", {{2, 2}, {1, 0, 0, 1}}));
        struct Watch : PatternTrainingObserver {
            MessageLog log;
            void on_message(Severity severity, const std::string& message) override {
                log.on_message(severity, message);
            }
        } watch;
        const auto report = run_train_patterns(train_request(), {}, watch);
        QVERIFY_VALUE(report);
        QVERIFY(watch.log.mentions("maps of the folder without a label, which are left out: 1"));
        QCOMPARE(report->unlabelled, 1);
        QCOMPARE(report->info.trained_on, std::string("30 labelled maps of maps"));
        QCOMPARE(report->maps_by_class, (std::array<int, pattern_count>{6, 6, 6, 6, 6}));
        QCOMPARE(report->history.size(), std::size_t{1});
        QCOMPARE(report->scores.maps, std::int64_t{5});
        QCOMPARE(report->wrong.size(), report->scores.wrong.size());
        const auto info = read_classifier_info(path("trained/classifier.safetensors"));
        QVERIFY_VALUE(info);
        QVERIFY(*info == report->info);
        const auto record = read_json(path("trained/run.json"));
        QVERIFY_VALUE(record);
        QCOMPARE(record->at("inputs").at("maps_sha256").size(), std::size_t{30});
        QVERIFY(record->at("result").at("classifier").at("trained_on") == Json(report->info.trained_on));
        PatternTrainingObserver quiet;
        const auto again = run_train_patterns(train_request(), {}, quiet);
        QVERIFY(again.failed() && again.error().message == "is there already");
    }

    void cancelled_writes_nothing() {
        std::stop_source source;
        source.request_stop();
        ProgressSink quiet;
        auto request = classify_request();
        request.classifier.reset();
        QVERIFY(run_classify_patterns(request, source.get_token(), quiet).cancelled());
        QVERIFY(!fs::exists(request.out));
        TrainPatternsRequest training;
        training.synthetic = 10;
        training.out = path("trained/classifier.safetensors");
        PatternTrainingObserver observer;
        QVERIFY(run_train_patterns(training, source.get_token(), observer).cancelled());
        QVERIFY(!fs::exists(path("trained")));
    }

    void refuses_to_classify_data() {
        QTest::addColumn<int>("change");
        QTest::addColumn<QString>("says");
        QTest::newRow("another kind of maps") << 0 << "was trained on raw maps, the maps to classify are norm";
        QTest::newRow("no such classifier") << 1 << "absent.safetensors";
        QTest::newRow("no classifier") << 2 << "no classifier of attention patterns";
        QTest::newRow("texts too short") << 3 << "no example has the 30 tokens of the smallest map";
        QTest::newRow("no examples wanted") << 4 << "examples";
        QTest::newRow("no head left") << 5 << "no head is left to classify";
        QTest::newRow("a mask of another model") << 6 << "head-mask";
        QTest::newRow("a model with NaN") << 7 << "is not finite in example";
    }
    void refuses_to_classify() {
        QFETCH(int, change);
        QFETCH(QString, says);
        if (change == 3) {
            QVERIFY_VALUE(write_labelled_maps(path("maps"), synthetic_maps(20, 1, {30, 33})));
            PatternTrainingObserver observer;
            QVERIFY_VALUE(run_train_patterns(train_request(), {}, observer));
        } else {
            train(20);
        }
        auto request = classify_request();
        ProgressSink quiet;
        auto model = load_model(request.checkpoint, 2, 0, torch::kCPU, quiet);
        QVERIFY_VALUE(model);
        auto heads = model->model->components().heads;
        switch (change) {
            case 0:
                request.kind = AttentionKind::Norm;
                break;
            case 1:
                request.classifier = path("absent.safetensors");
                break;
            case 2:
                request.classifier = golden_folder("bert/two_layers") / "model.safetensors";
                break;
            case 4:
                request.examples = 0;
                break;
            case 5:
                for (float& value : heads.values) value = 0.0F;
                request.head_mask = path("none.npy");
                QVERIFY_VALUE(write_head_matrix(*request.head_mask, heads));
                break;
            case 6:
                request.head_mask = path("other.npy");
                QVERIFY_VALUE(write_head_matrix(*request.head_mask, HeadMatrix(heads.layers + 1, heads.heads, 1.0F)));
                break;
            case 7: {
                const torch::NoGradGuard no_grad;
                auto parameters = model->model->named_parameters();
                parameters["bert.encoder.layer.1.attention.self.query.weight"].fill_(
                    std::numeric_limits<float>::quiet_NaN());
                QVERIFY_VALUE(save_model(model->model, path("broken"), request.checkpoint));
                request.checkpoint = path("broken");
                break;
            }
            default:
                break;
        }
        const auto report = run_classify_patterns(request, {}, quiet);
        QVERIFY(report.failed());
        QVERIFY2(report.error().to_string().find(says.toStdString()) != std::string::npos,
                 report.error().to_string().c_str());
        QVERIFY(!fs::exists(request.out));
    }

    void refuses_to_train_data() {
        QTest::addColumn<int>("change");
        QTest::addColumn<QString>("field");
        QTest::newRow("nothing to train on") << 0 << "data";
        QTest::newRow("both") << 1 << "synthetic";
        QTest::newRow("too few synthetic maps") << 2 << "synthetic";
        QTest::newRow("labels of synthetic maps") << 3 << "labels";
        QTest::newRow("no epochs") << 4 << "epochs";
        QTest::newRow("nothing set aside") << 5 << "validation-share";
        QTest::newRow("not a safetensors file") << 6 << "out";
        QTest::newRow("learning rate") << 7 << "learning-rate";
        QTest::newRow("labelled maps that are synthetic") << 8 << "kind";
    }
    void refuses_to_train() {
        QFETCH(int, change);
        QFETCH(QString, field);
        TrainPatternsRequest request;
        request.synthetic = 20;
        request.out = path("c.safetensors");
        if (change == 0) request.synthetic.reset();
        if (change == 1) request.data = folder_->path().toStdString();
        if (change == 2) request.synthetic = 9;
        if (change == 3) request.label_file = kFolder / "data";
        if (change == 4) request.options.epochs = 0;
        if (change == 5) request.options.validation_share = 0.0;
        if (change == 6) request.out = path("c.pt");
        if (change == 7) request.options.learning_rate = std::numeric_limits<double>::quiet_NaN();
        if (change == 8) {
            request.synthetic.reset();
            request.data = folder_->path().toStdString();
            request.kind = ClassifierKind::Synthetic;
        }
        const auto found = problems(request);
        QCOMPARE(found.size(), std::size_t{1});
        QCOMPARE(QString::fromStdString(found.front().field), field);
        PatternTrainingObserver quiet;
        QVERIFY(run_train_patterns(request, {}, quiet).failed());
    }

    void refuses_damaged_reports_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* key, const char* json, const char* says) {
            QTest::addRow("%s %s", key, json) << key << json << says;
        };
        row("format", "2", "2 found, 1 expected");
        row("task", "\"SNLI\"", "\"SNLI\" found");
        row("kind", "\"soft\"", "\"soft\" found");
        row("maps", "\"many\"", "an integer expected");
        row("class_order", "[\"block\"]", "class_order");
        row("shares", "[1, 0, 0, 0]", "five shares");
        row("shares", "[1, 1, 0, 0, 0]", "five shares");
        row("head_shares", "[]", "a list of heads");
        row("head_shares", "[[null], []]", "1 heads were expected");
        row("head_shares", "[[[0.5, 0.5, 0.5, 0, 0]]]", "head 0 is");
        row("classifier", "{\"kind\": \"soft\"}", "soft");
        row("surprise", "1", "surprise");
    }
    void refuses_damaged_reports() {
        QFETCH(QString, key);
        QFETCH(QString, json);
        QFETCH(QString, says);
        PatternReport report;
        report.shares = {1, 0, 0, 0, 0};
        report.present = HeadMatrix(1, 2, 1.0F);
        report.head_shares = {{1, 0, 0, 0, 0}, {1, 0, 0, 0, 0}};
        auto document = to_json(report);
        QVERIFY_VALUE(write_json(path("patterns.json"), document));
        QVERIFY_VALUE(read_pattern_report(path("patterns.json")));
        document[key.toStdString()] = Json::parse(json.toStdString());
        QVERIFY_VALUE(write_json(path("patterns.json"), document));
        const auto read = read_pattern_report(path("patterns.json"));
        QVERIFY(!read);
        const auto said = read.error().to_string();
        QVERIFY2(said.find(says.toStdString()) != std::string::npos, said.c_str());
        QVERIFY2(said.find("patterns.json") != std::string::npos, said.c_str());
    }
};

QTEST_GUILESS_MAIN(TestPatternsRun)
#include "tst_patterns_run.moc"
