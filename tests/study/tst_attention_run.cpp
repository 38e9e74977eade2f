// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention of a checkpoint's texts: what is written, what is found, and what is refused.
#include "core/study/attention_run.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <fstream>
#include <string>

#include "core/base/npy.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

const fs::path kFolder = golden_folder("search/pair_classification");

AttentionModelRequest model_request() {
    AttentionModelRequest request;
    request.checkpoint = kFolder / "checkpoint";
    request.compute.device = "cpu";
    return request;
}

std::shared_ptr<AttentionModel> opened(const AttentionModelRequest& request) {
    ProgressSink quiet;
    auto model = AttentionModel::open(request, {}, quiet);
    if (!model) qFatal("%s", why(model).c_str());
    return *model;
}

std::vector<AttentionText> dev_texts() {
    auto texts = read_task_texts(TaskId::MRPC, kFolder / "data", TextSplit::Dev);
    if (!texts) qFatal("%s", texts.error().to_string().c_str());
    return *std::move(texts);
}

fs::path write_mask(const fs::path& file, int layers, int heads, std::vector<std::size_t> masked) {
    HeadMatrix mask(layers, heads, 1.0F);
    for (const auto i : masked) mask.values[i] = 0.0F;
    if (const auto written = write_npy(file, {{layers, heads}, mask.values}); !written)
        qFatal("%s", written.error().to_string().c_str());
    return file;
}

}  // namespace

class TestAttentionRun : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void what_is_written_is_what_the_model_gives() {
        QTemporaryDir folder;
        AttentionRequest request;
        request.model = model_request();
        request.task = TaskId::MRPC;
        request.data = kFolder / "data";
        request.example = 3;
        request.max_seq_length = 24;
        request.out = fs::path(folder.path().toStdString()) / "maps";
        ProgressSink quiet;
        const auto report = run_attention(request, {}, quiet);
        QVERIFY_VALUE(report);
        const auto& maps = report->result.maps;
        const auto array = read_npy(request.out / "attention.npy");
        QVERIFY_VALUE(array);
        QCOMPARE(array->shape, (std::vector<std::int64_t>{maps.layers, maps.heads, maps.size(), maps.size()}));
        QCOMPARE(array->values, maps.values);
        const auto tokens = read_json(request.out / "tokens.json");
        QVERIFY_VALUE(tokens);
        QCOMPARE(tokens->at("tokens").get<std::vector<std::string>>(), maps.tokens.texts);
        QCOMPARE(tokens->at("token_type_ids").get<std::vector<int>>(), maps.tokens.segments);
        QCOMPARE(tokens->at("text").get<std::string>(), dev_texts()[3].text);
        const auto record = read_json(request.out / "run.json");
        QVERIFY_VALUE(record);
        QCOMPARE(record->at("command").get<std::string>(), std::string("attention"));
        QVERIFY(record->at("inputs").contains("checkpoint_sha256"));
        // The same text typed in gives the same maps.
        const auto typed = opened(request.model)->maps(dev_texts()[3], AttentionKind::Raw, 0, {});
        QVERIFY_VALUE(typed);
        QCOMPARE(typed->maps.values, maps.values);
        // Nothing is overwritten.
        const auto again = run_attention(request, {}, quiet);
        QVERIFY(again.failed());
        QVERIFY(again.error().message.find("already holds attention.npy") != std::string::npos);
    }

    void masked_heads_are_gone() {
        QTemporaryDir folder;
        const auto whole = opened(model_request());
        const int layers = whole->components().layers();
        const int heads = whole->components().heads.heads;
        auto request = model_request();
        request.head_mask = write_mask(fs::path(folder.path().toStdString()) / "head_mask.npy", layers, heads, {0});
        const auto pruned = opened(request);
        const auto a = whole->maps(dev_texts()[0], AttentionKind::Norm, 24, {});
        const auto b = pruned->maps(dev_texts()[0], AttentionKind::Norm, 24, {});
        QVERIFY_VALUE(a);
        QVERIFY_VALUE(b);
        QVERIFY(a->maps.has(0, 0));
        QVERIFY(!b->maps.has(0, 0));
        const auto minus = difference(a->maps, b->maps);
        QVERIFY_VALUE(minus);
        QVERIFY(!minus->has(0, 0));
        for (const float value : minus->map(0, 1)) QCOMPARE(value, 0.0F);  // the layer's input is the same
    }

    void refused_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("pair");
        QTest::addColumn<bool>("is_pair");
        QTest::addColumn<QString>("said");
        QTest::newRow("empty") << ""
                               << "" << false << "text: it has no token";
        QTest::newRow("blanks") << "  \t "
                                << "" << false << "text: it has no token";
        QTest::newRow("control characters") << QString(QChar(1)) << "" << false << "text: it has no token";
        QTest::newRow("empty second") << "ba"
                                      << " " << true << "second text: it has no token";
        QTest::newRow("too long") << QString("ba ").repeated(200) << "" << false << "202 tokens with [CLS] and [SEP]";
    }
    void refused() {
        QFETCH(const QString, text);
        QFETCH(const QString, pair);
        QFETCH(const bool, is_pair);
        QFETCH(const QString, said);
        AttentionText typed{text.toStdString(), std::nullopt};
        if (is_pair) typed.text_pair = pair.toStdString();
        const auto maps = opened(model_request())->maps(typed, AttentionKind::Raw, 0, {});
        QVERIFY(maps.failed());
        QVERIFY2(maps.error().to_string().find(said.toStdString()) != std::string::npos,
                 maps.error().to_string().c_str());
    }

    void unknown_and_truncated_texts_are_told() {
        const auto model = opened(model_request());
        const auto unknown = model->maps({"\xE2\x98\x83 \xE2\x98\x82", std::nullopt}, AttentionKind::Raw, 0, {});
        QVERIFY_VALUE(unknown);
        QCOMPARE(unknown->unknown_tokens, 2);
        QVERIFY(!unknown->truncated);
        const auto longer =
            model->maps({dev_texts()[0].text + " " + dev_texts()[1].text, std::nullopt}, AttentionKind::Raw, 5, {});
        QVERIFY_VALUE(longer);
        QVERIFY(longer->truncated);
        QCOMPARE(longer->maps.size(), 5);
        const auto none = model->maps(dev_texts()[0], AttentionKind::Raw, 4, {});
        QVERIFY(none.failed());  // a pair needs five
    }

    void wrong_requests_are_refused_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("said");
        QTest::newRow("no text and no task") << "nothing"
                                             << "give a text";
        QTest::newRow("no such example") << "example"
                                         << "there is no example 100000";
        QTest::newRow("no checkpoint") << "checkpoint"
                                       << "is not a folder";
        QTest::newRow("mask of another size") << "mask"
                                              << "3 layers × 3 heads";
        QTest::newRow("no weight mask") << "weights"
                                        << "no such file";
        QTest::newRow("more tokens than positions") << "length"
                                                    << "positions";
    }
    void wrong_requests_are_refused() {
        QFETCH(const QString, what);
        QFETCH(const QString, said);
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        AttentionRequest request;
        request.model = model_request();
        request.task = TaskId::MRPC;
        request.data = kFolder / "data";
        request.max_seq_length = 24;
        request.out = path / "out";
        if (what == "nothing") request.task.reset();
        if (what == "example") request.example = 100000;
        if (what == "checkpoint") request.model.checkpoint = path / "none";
        if (what == "mask") request.model.head_mask = write_mask(path / "head_mask.npy", 3, 3, {});
        if (what == "weights") request.model.weight_mask = path / "weight_mask.safetensors";
        if (what == "length") request.max_seq_length = 5000;
        ProgressSink quiet;
        const auto report = run_attention(request, {}, quiet);
        QVERIFY(report.failed());
        QVERIFY2(report.error().to_string().find(said.toStdString()) != std::string::npos,
                 report.error().to_string().c_str());
        QVERIFY(!fs::exists(request.out));
    }

    void cancelled_writes_nothing() {
        QTemporaryDir folder;
        AttentionRequest request;
        request.model = model_request();
        request.text = AttentionText{"ba be", std::nullopt};
        request.out = fs::path(folder.path().toStdString()) / "out";
        std::stop_source stop;
        stop.request_stop();
        ProgressSink quiet;
        QVERIFY(run_attention(request, stop.get_token(), quiet).cancelled());
        QVERIFY(!fs::exists(request.out));
    }

    // Every example by itself gives the same shares, and the best of them come first.
    void search_finds_the_strongest_data() {
        QTest::addColumn<AttendsTo>("what");
        for (const auto& one : all_attends_to()) QTest::newRow(std::string(one.id).c_str()) << one.what;
    }
    void search_finds_the_strongest() {
        QFETCH(const AttendsTo, what);
        AttentionSearchRequest request;
        request.model = model_request();
        request.task = TaskId::MRPC;
        request.data = kFolder / "data";
        request.limit = 12;
        request.search = {1, 1, what, AttentionKind::Norm, 24, 5};
        ProgressSink quiet;
        const auto report = run_attention_search(request, {}, quiet);
        QVERIFY_VALUE(report);
        QCOMPARE(report->searched, std::int64_t{12});
        QCOMPARE(report->found.size(), std::size_t{5});
        const auto texts = dev_texts();
        const auto model = opened(request.model);
        double least = INFINITY;
        std::vector<double> all;
        for (std::size_t i = 0; i < 12; ++i) {
            const auto maps = model->maps(texts[i], AttentionKind::Norm, 24, {});
            QVERIFY_VALUE(maps);
            all.push_back(*attention_share(maps->maps.map(1, 1), maps->maps.tokens, what));
        }
        for (std::size_t i = 0; i < report->found.size(); ++i) {
            const auto& found = report->found[i];
            QVERIFY(found.share <= least);
            least = found.share;
            QCOMPARE(found.share, all[static_cast<std::size_t>(found.index)]);
            QVERIFY(report->texts[i] == texts[static_cast<std::size_t>(found.index)]);
        }
        QCOMPARE(std::count_if(all.begin(), all.end(), [&](double share) { return share > least; }),
                 std::count_if(report->found.begin(), report->found.end(),
                               [&](const FoundText& found) { return found.share > least; }));
    }

    void search_needs_a_head_that_is_there() {
        AttentionSearchRequest request;
        request.model = model_request();
        request.data = kFolder / "data";
        request.search.head = 99;
        request.search.max_tokens = 24;
        ProgressSink quiet;
        const auto report = run_attention_search(request, {}, quiet);
        QVERIFY(report.failed());
        QVERIFY(report.error().message.find("no head 1.100") != std::string::npos);
    }

    void means_are_means() {
        const auto model = opened(model_request());
        auto texts = dev_texts();
        texts.resize(3);
        texts.push_back({" ", std::nullopt});  // has no token, and no part in the mean
        ProgressSink quiet;
        const auto mean = model->mean_maps(texts, AttentionKind::Raw, 24, {}, quiet);
        QVERIFY_VALUE(mean);
        double sum = 0.0;
        for (std::size_t i = 0; i < 3; ++i) {
            const auto maps = model->maps(texts[i], AttentionKind::Raw, 24, {});
            QVERIFY_VALUE(maps);
            sum += static_cast<double>(maps->maps.map(1, 0)[0]);
        }
        QVERIFY(std::abs(static_cast<double>(mean->map(1, 0)[0]) - sum / 3) < 1e-6);
        const auto none = model->mean_maps({{" ", std::nullopt}}, AttentionKind::Raw, 24, {}, quiet);
        QVERIFY(none.failed());
    }

    void texts_of_both_splits() {
        QCOMPARE(dev_texts().front().text_pair.has_value(), true);
        QTemporaryDir folder;
        const auto missing = read_task_texts(TaskId::MRPC, fs::path(folder.path().toStdString()), TextSplit::Train);
        QVERIFY(!missing.has_value());
    }
};

QTEST_GUILESS_MAIN(TestAttentionRun)
#include "tst_attention_run.moc"
