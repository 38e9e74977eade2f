// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "core/pruning/magnitude_record.h"
#include "core/study/provenance.h"
#include "core/study/recorded_options.h"

using namespace lottery;

namespace {

TrainingOptions training() {
    TrainingOptions o;
    o.epochs = 7;
    o.batch_size = 5;
    o.learning_rate = 3.3e-4;
    o.warmup_share = 0.1;
    o.adam_epsilon = 1e-6;
    o.weight_decay = 0.01;
    o.max_gradient_norm = 0.0;
    o.dropout = 0.2;
    o.max_seq_length = 64;
    o.hold_out = 40;
    o.limit_train = 300;
    o.limit_dev = 200;
    o.save_steps = 11;
    o.precision = Precision::Bf16;
    return o;
}

MaskSearchOptions search(SearchKind kind, Criterion criterion) {
    MaskSearchOptions o = MaskSearchOptions::for_mode(Mode::Published);
    o.kind = kind;
    o.threshold = 0.8;
    o.amount = 0.25;
    o.batch_size = 16;
    o.split = SearchSplit::Train;
    o.limit_dev = 99;
    o.max_seq_length = 32;
    o.criterion = criterion;
    o.measure_speed = true;
    if (criterion == Criterion::Gradient) o.gradient = GradientTerm::Example;
    if (criterion == Criterion::Learned) o.gates = {50, 8, 0.2, 3.0};
    if (kind == SearchKind::HeadsMlps) o.phase_importance = PhaseImportance::KeptPass;
    if (kind == SearchKind::Neurons) o.block_size = 128;
    return o;
}

MagnitudeOptions magnitude() {
    MagnitudeOptions o = MagnitudeOptions::for_mode(Mode::Published);
    o.threshold = 0.7;
    o.amount = 0.2;
    o.max_steps = 6;
    o.mlp_output_bias = MlpOutputBias::Pruned;
    o.batch_size = 3;
    o.split = SearchSplit::Train;
    o.limit_dev = 12;
    o.max_seq_length = 48;
    return o;
}

// What a reader says of a record with one value replaced; empty when nothing.
template <typename Read>
QString complaint(Json json, const char* key, const Json& value, Read read) {
    json[key] = value;
    const auto result = read(json, "run.json, inputs/options");
    return result ? QString() : QString::fromStdString(result.error().to_string());
}

}  // namespace

class TestRecordedOptions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void training_and_back() {
        const auto read = recorded_training_options(to_json(training()), "run.json");
        QVERIFY2(read, read ? "" : read.error().to_string().c_str());
        QVERIFY(to_json(*read) == to_json(training()));
        // Each is another than its default, so that one that is not read is seen.
        const Json defaults = to_json(TrainingOptions()), json = to_json(training());
        for (const auto& [key, value] : json.items()) QVERIFY2(defaults.at(key) != value, key.c_str());
    }

    void search_and_back_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("criterion");
        for (const auto kind : {SearchKind::Heads, SearchKind::Mlps, SearchKind::HeadsMlps, SearchKind::Neurons})
            for (const auto criterion : all_criteria())
                QTest::addRow("%s, %s", to_string(kind), to_string(criterion)) << int(kind) << int(criterion);
    }
    void search_and_back() {
        QFETCH(int, kind);
        QFETCH(int, criterion);
        const auto options = search(SearchKind(kind), Criterion(criterion));
        const auto read = recorded_mask_search_options(to_json(options), "run.json");
        QVERIFY2(read, read ? "" : read.error().to_string().c_str());
        QVERIFY(to_json(*read) == to_json(options));
        QCOMPARE(int(read->mode), int(Mode::Published));
        QVERIFY(read->gates == options.gates);
        QCOMPARE(read->block_size, options.block_size);
    }

    void magnitude_and_back() {
        const auto read = recorded_magnitude_options(to_json(magnitude()), "run.json");
        QVERIFY2(read, read ? "" : read.error().to_string().c_str());
        QVERIFY(to_json(*read) == to_json(magnitude()));
        const Json defaults = to_json(MagnitudeOptions::for_mode(Mode::Rigorous)), json = to_json(magnitude());
        for (const auto& [key, value] : json.items())
            if (key != "kind" && key != "mlp_output_bias" && key != "split")
                QVERIFY2(defaults.at(key) != value, key.c_str());
    }

    void what_earlier_versions_left_out_is_the_modes_default() {
        const auto published =
            recorded_mask_search_options({{"kind", "heads-mlps"}, {"mode", "published"}}, "run.json");
        QVERIFY(published);
        QCOMPARE(int(published->phase_importance), int(PhaseImportance::LastPass));
        QCOMPARE(int(published->split), int(SearchSplit::Dev));
        const auto rigorous = recorded_mask_search_options(Json::object(), "run.json");
        QVERIFY(rigorous);
        QCOMPARE(int(rigorous->split), int(SearchSplit::Train));
        Json mode = Json::object();
        mode["mode"] = "published";
        const auto weights = recorded_magnitude_options(mode, "run.json");
        QVERIFY(weights);
        QCOMPARE(int(weights->mlp_output_bias), int(MlpOutputBias::Left));
    }

    void controls() {
        const Json inputs = Json::parse(R"({"kind": "bad", "mode": "published", "seed": 3, "bad_fill": "none",
                                            "masks_sha256": {}, "version": 1})");
        const auto control = recorded_control(inputs, "run.json");
        QVERIFY(control);
        QCOMPARE(int(control->kind), int(ControlKind::Bad));
        QCOMPARE(int(control->options.bad_fill), int(BadFill::None));
        QCOMPARE(int(control->options.random_size), int(RandomSize::Drawn));
        QVERIFY(!recorded_control(Json::object(), "run.json"));
        const auto wrong = recorded_control(Json::parse(R"({"kind": "good"})"), "run.json");
        QVERIFY(!wrong);
        QVERIFY(wrong.error().to_string().find("random, bad, invert") != std::string::npos);
    }

    void refuses_what_it_does_not_understand() {
        const auto s = [](const Json& json, const char* place) { return recorded_mask_search_options(json, place); };
        const auto m = [](const Json& json, const char* place) { return recorded_magnitude_options(json, place); };
        const auto t = [](const Json& json, const char* place) { return recorded_training_options(json, place); };
        const Json searched = to_json(search(SearchKind::Heads, Criterion::Learned));
        QVERIFY(complaint(searched, "threshold", "much", s).contains("run.json, inputs/options, threshold"));
        QVERIFY(complaint(searched, "kind", "layers", s).contains("one of heads, mlps, heads-mlps, neurons expected"));
        QVERIFY(complaint(searched, "mode", "lax", s).contains("one of published, rigorous expected"));
        QVERIFY(complaint(searched, "split", "test", s).contains("one of dev, train expected"));
        QVERIFY(complaint(searched, "invented_later", 1, s).contains("unknown key \"invented_later\""));
        QVERIFY(complaint(searched, "gates", Json::parse(R"({"steps": -1.5})"), s).contains("gates, steps"));
        QVERIFY(complaint(to_json(magnitude()), "kind", "imp", m).contains("\"magnitude\" expected"));
        QVERIFY(complaint(to_json(training()), "precision", "fp8", t).contains("one of fp32, bf16 expected"));
        QVERIFY(complaint(to_json(training()), "epochs", Json(), t).contains("an integer expected"));
        QVERIFY(!recorded_training_options(Json::array(), "run.json"));
        QVERIFY(!recorded_mask_search_options(Json(), "run.json"));
    }
};

QTEST_MAIN(TestRecordedOptions)
#include "tst_recorded_options.moc"
