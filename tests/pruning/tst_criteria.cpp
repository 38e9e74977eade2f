// SPDX-License-Identifier: GPL-3.0-or-later
//
// Criteria against plain references: gradients of single examples and attention scores against transformers
// (tests/reference/make_criteria_goldens.py), leave-one-out against predictions with each mask in turn, gates against
// their definition.
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/evaluation/predict.h"
#include "core/pruning/criterion.h"
#include "core/pruning/example_gradients.h"
#include "core/pruning/learned_gates.h"
#endif

#include <QTest>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/pruning/tiny_model.h"

using namespace lottery;
using namespace lottery::test;

namespace {

const std::vector<const char*> kModels{"two_layers", "three_layers", "one_head_regression"};

Json criteria_golden(const std::string& model) { return read_golden(golden_folder("criteria") / (model + ".json")); }

ComponentMasks masks_of(const TinyModel& m, const Json& state, int block_size) {
    auto masks = m.all_with_blocks(block_size);
    masks.heads.values = flat_floats(state.at("head_mask"));
    masks.mlps = flat_floats(state.at("mlp_mask"));
    masks.neurons.values = flat_floats(state.at("neuron_mask"));
    return masks;
}

// Minus the loss: a score that moves with every component.
double minus_loss(const Predictions& p) {
    const auto outputs = static_cast<std::size_t>(p.outputs);
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        const float* row = &p.logits[i * outputs];
        if (outputs == 1) {
            sum -= std::pow(row[0] - p.targets[i], 2);
            continue;
        }
        double total = 0;
        for (std::size_t c = 0; c < outputs; ++c) total += std::exp(static_cast<double>(row[c]));
        sum += row[p.labels[i]] - std::log(total);
    }
    return sum / static_cast<double>(p.size());
}

CriterionInputs inputs_of(TinyModel& m) {
    CriterionInputs inputs;
    inputs.model = m.model;
    inputs.examples = m.features;
    inputs.score = minus_loss;
    inputs.seed = 5;
    return inputs;
}

MaskSearchOptions options_of(Criterion criterion, SearchKind kind) {
    MaskSearchOptions options;
    options.criterion = criterion;
    options.kind = kind;
    options.batch_size = 3;
    options.block_size = 8;
    options.gates.steps = 5;
    options.gates.batch_size = 3;
    return options;
}

MeasuredPass measure(TinyModel& m, const MaskSearchOptions& options, const ComponentMasks& masks) {
    auto criterion = make_criterion(options, inputs_of(m));
    if (!criterion) qFatal("%s", criterion.error().to_string().c_str());
    auto measured = (*criterion)->measure(masks, {}, [](std::int64_t) {});
    if (!measured) qFatal("measuring failed");
    return *std::move(measured);
}

ComponentImportance scaled(std::vector<float> heads, const ComponentImportance& like) {
    auto expected = like;
    expected.heads.values = std::move(heads);
    return to_unit_range(std::move(expected));
}

HeadMatrix ComponentMasks::*member_of(HeadMatrix ComponentImportance::*) { return &ComponentMasks::heads; }
NeuronMatrix ComponentMasks::*member_of(NeuronMatrix ComponentImportance::*) { return &ComponentMasks::neurons; }

bool same_bits(const ComponentImportance& a, const ComponentImportance& b) {
    const auto same = [](const std::vector<float>& x, const std::vector<float>& y) {
        return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                          [](float p, float q) { return p == q || (std::isnan(p) && std::isnan(q)); });
    };
    return same(a.heads.values, b.heads.values) && same(a.mlps, b.mlps) && same(a.neurons.values, b.neurons.values);
}

}  // namespace

class TestCriteria : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void gradients_of_examples_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("state");
        QTest::addColumn<int>("reduction");
        for (const char* name : kModels) {
            const int states = static_cast<int>(criteria_golden(name).at("states").size());
            for (int s = 0; s < states; ++s)
                for (int r = 0; r < 3; ++r) QTest::addRow("%s, state %d, reduction %d", name, s, r) << name << s << r;
        }
    }
    void gradients_of_examples() {
        QFETCH(QString, name);
        QFETCH(int, state);
        QFETCH(int, reduction);
        TinyModel m(name.toStdString());
        const auto golden = criteria_golden(name.toStdString());
        const auto& expected = golden.at("states")[static_cast<std::size_t>(state)];
        const auto masks = masks_of(m, expected, golden.at("block_size").get<int>());
        ExampleGradientPass pass(m.model, m.features, 64, static_cast<GradientReduction>(reduction));
        const auto raw = pass.run(masks, {}, [](std::int64_t) {});
        QVERIFY_VALUE(raw);
        const char* keys[] = {"batch_absolute", "example_absolute", "example_square"};
        const auto& values = expected.at(keys[reduction]);
        // Relative to the largest. A batch's gradient is a sum that nearly cancels; fp32 loses a little more there.
        const double tolerance = reduction == 0 ? 2e-5 : 1e-5;
        for (const auto& [what, ours] :
             {std::pair{"heads", raw->heads.values}, {"mlps", raw->mlps}, {"neurons", raw->neurons.values}}) {
            const double difference = relative(ours, flat_floats(values.at(what)));
            QVERIFY2(difference < tolerance, qPrintable(QString("%1: %2").arg(what).arg(difference)));
        }
        QVERIFY(std::abs(raw->predictions.loss + minus_loss(raw->predictions)) < 1e-5);
    }

    // The same from passes over single examples.
    void examples_one_by_one_data() {
        QTest::addColumn<bool>("square");
        QTest::newRow("absolute") << false;
        QTest::newRow("square") << true;
    }
    void examples_one_by_one() {
        QFETCH(bool, square);
        TinyModel m("three_layers");
        auto masks = m.all();
        masks.heads.at(1, 2) = 0.0F;
        masks.mlps[2] = 0.0F;
        ExampleGradientPass pass(m.model, m.features, 3,
                                 square ? GradientReduction::ExampleSquare : GradientReduction::ExampleAbsolute);
        const auto ours = pass.run(masks, {}, [](std::int64_t) {});
        QVERIFY_VALUE(ours);
        std::vector<float> heads(ours->heads.values.size()), mlps(ours->mlps.size());
        const auto all = m.features;
        for (const auto& f : all) {
            m.features = {f};
            const auto one = m.importance(masks);
            const auto add = [&](std::vector<float>& sum, const std::vector<float>& g) {
                for (std::size_t i = 0; i < sum.size(); ++i)
                    sum[i] += (square ? g[i] * g[i] : g[i]) / static_cast<float>(all.size());
            };
            add(heads, one.heads.values);
            add(mlps, one.mlps);
        }
        QVERIFY(relative(ours->heads.values, heads) < 1e-5);
        QVERIFY(relative(ours->mlps, mlps) < 1e-5);
    }

    // What is left of a model is worth there what it is worth in the whole model under the same masks; what is gone was
    // not measured.
    void removed_components() {
        TinyModel m("three_layers");
        auto masks = m.all_with_blocks(20);
        for (const auto& [layer, head] : {std::pair{0, 1}, {2, 0}, {2, 3}}) masks.heads.at(layer, head) = 0.0F;
        masks.mlps[1] = 0.0F;
        for (int b = 0; b < 3; ++b) masks.neurons.at(1, b) = 0.0F;
        auto without_blocks = masks;
        without_blocks.neurons = {};
        TinyModel smaller("three_layers");
        smaller.model = remove(smaller.model, without_blocks);
        // Masked beyond what is gone.
        masks.heads.at(0, 2) = 0.0F;
        masks.neurons.at(0, 1) = 0.0F;
        const auto run = [&](TinyModel& of) {
            ExampleGradientPass pass(of.model, of.features, 3, GradientReduction::ExampleAbsolute);
            auto raw = pass.run(masks, {}, [](std::int64_t) {});
            if (!raw) qFatal("pass failed");
            return *std::move(raw);
        };
        const auto whole = run(m), rest = run(smaller);
        const auto same = [](const std::vector<float>& found, const std::vector<float>& all, auto lost) {
            for (std::size_t i = 0; i < all.size(); ++i)
                if (lost(i) ? !std::isnan(found[i])
                            : !(std::abs(found[i] - all[i]) <= 1e-4F * std::abs(all[i]) + 1e-7F))
                    return false;
            return true;
        };
        QVERIFY(same(rest.heads.values, whole.heads.values, [](std::size_t i) { return i == 1 || i == 8 || i == 11; }));
        QVERIFY(same(rest.mlps, whole.mlps, [](std::size_t l) { return l == 1; }));
        QVERIFY(same(rest.neurons.values, whole.neurons.values, [](std::size_t i) { return i / 3 == 1; }));
        for (const Criterion c : all_criteria()) {
            const auto measured = measure(smaller, options_of(c, SearchKind::Heads), without_blocks);
            for (std::size_t i = 0; i < 12; ++i)
                QCOMPARE(std::isnan(measured.importance.heads.values[i]), i == 1 || i == 8 || i == 11);
        }
    }

    // Both ways to the published definition agree, also over several batches.
    void batch_gradient_two_ways() {
        TinyModel m("three_layers");
        auto masks = m.all();
        masks.heads.at(0, 1) = 0.0F;
        ExampleGradientPass pass(m.model, m.features, 3, GradientReduction::BatchAbsolute);
        const auto ours = pass.run(masks, {}, [](std::int64_t) {});
        QVERIFY_VALUE(ours);
        const auto gates = m.importance(masks, {3});
        QVERIFY(relative(ours->heads.values, gates.heads.values) < 1e-5);
        QVERIFY(relative(ours->mlps, gates.mlps) < 1e-5);
    }

    void attention_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("state");
        QTest::addColumn<QString>("what");
        for (const char* name : {"two_layers", "three_layers"})
            for (int s = 0; s < 2; ++s)
                for (const char* what : {"entropy", "confidence"})
                    QTest::addRow("%s, state %d, %s", name, s, what) << name << s << what;
    }
    void attention() {
        QFETCH(QString, name);
        QFETCH(int, state);
        QFETCH(QString, what);
        TinyModel m(name.toStdString());
        const auto golden = criteria_golden(name.toStdString());
        const auto& expected = golden.at("states")[static_cast<std::size_t>(state)];
        const auto masks = masks_of(m, expected, golden.at("block_size").get<int>());
        const bool entropy = what == "entropy";
        const auto measured =
            measure(m, options_of(entropy ? Criterion::Entropy : Criterion::Confidence, SearchKind::Heads), masks);
        std::vector<float> raw;
        for (const auto& row : expected.at(what.toStdString()))
            for (const auto& v : row) raw.push_back(v.is_null() ? NAN : v.get<float>() * (entropy ? -1.0F : 1.0F));
        // The scale of ours includes masked heads, of which the reference knows nothing: compare up to that scale.
        std::size_t first = raw.size(), last = raw.size();
        for (std::size_t i = 0; i < raw.size(); ++i) {
            if (std::isnan(raw[i])) continue;
            if (first == raw.size() || raw[i] < raw[first]) first = i;
            if (last == raw.size() || raw[i] > raw[last]) last = i;
        }
        const auto& ours = measured.importance.heads.values;
        const double slope = (ours[last] - ours[first]) / (raw[last] - raw[first]);
        const double offset = ours[first] - slope * raw[first];
        QVERIFY(slope > 0);
        for (std::size_t i = 0; i < raw.size(); ++i)
            if (!std::isnan(raw[i])) QVERIFY(std::abs(ours[i] - (slope * raw[i] + offset)) < 1e-5);
        if (state == 0) QVERIFY(relative(ours, scaled(raw, measured.importance).heads.values) < 1e-5);
        for (const float v : measured.importance.mlps) QVERIFY(std::isnan(v));
    }

    void leave_one_out_data() {
        QTest::addColumn<int>("kind");
        QTest::newRow("heads") << static_cast<int>(SearchKind::Heads);
        QTest::newRow("mlps") << static_cast<int>(SearchKind::Mlps);
        QTest::newRow("heads and mlps") << static_cast<int>(SearchKind::HeadsMlps);
        QTest::newRow("neurons") << static_cast<int>(SearchKind::Neurons);
    }
    void leave_one_out() {
        QFETCH(int, kind);
        const auto search = static_cast<SearchKind>(kind);
        TinyModel m("three_layers");
        auto masks = search == SearchKind::Neurons ? m.all_with_blocks(20) : m.all();
        if (search == SearchKind::Neurons) masks.neurons.at(1, 0) = 0.0F;
        if (search == SearchKind::Heads || search == SearchKind::HeadsMlps) masks.heads.at(1, 2) = 0.0F;
        if (search == SearchKind::Mlps || search == SearchKind::HeadsMlps) masks.mlps[0] = 0.0F;
        const auto measured = measure(m, options_of(Criterion::LeaveOneOut, search), masks);

        ProgressSink quiet;
        const auto score = [&](const ComponentMasks& of) {
            const auto p = predict(m.model, m.model->plan(of, Removal::Multiply), m.features, "", {}, quiet);
            if (!p) qFatal("prediction failed");
            return minus_loss(*p);
        };
        const double now = score(masks);
        auto expected = unmeasured(masks);
        const auto each = [&](auto member, bool searched) {
            if (!searched) return;
            auto& values = expected.*member;
            for (std::size_t i = 0; i < values.values.size(); ++i) {
                auto less = masks;
                auto& mask = (less.*member_of(member)).values[i];
                if (mask == 0.0F) continue;
                mask = 0.0F;
                values.values[i] = static_cast<float>(now - score(less));
            }
        };
        each(&ComponentImportance::heads, search == SearchKind::Heads || search == SearchKind::HeadsMlps);
        each(&ComponentImportance::neurons, search == SearchKind::Neurons);
        if (search == SearchKind::Mlps || search == SearchKind::HeadsMlps)
            for (std::size_t l = 0; l < masks.mlps.size(); ++l) {
                auto less = masks;
                if (less.mlps[l] == 0.0F) continue;
                less.mlps[l] = 0.0F;
                expected.mlps[l] = static_cast<float>(now - score(less));
            }
        expected = to_unit_range(std::move(expected));
        const auto close = [](const std::vector<float>& a, const std::vector<float>& b) {
            return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                              [](float x, float y) { return std::isnan(y) ? std::isnan(x) : std::abs(x - y) < 1e-4F; });
        };
        QVERIFY(close(measured.importance.heads.values, expected.heads.values));
        QVERIFY(close(measured.importance.mlps, expected.mlps));
        QVERIFY(close(measured.importance.neurons.values, expected.neurons.values));
        QVERIFY(std::abs(minus_loss(measured.predictions) - now) < 1e-6);
    }

    // Stopped within a chunk, between two components.
    void leave_one_out_is_cancelled_in_the_middle() {
        TinyModel m("three_layers");
        auto criterion = make_criterion(options_of(Criterion::LeaveOneOut, SearchKind::Heads), inputs_of(m));
        QVERIFY_VALUE(criterion);
        std::stop_source source;
        source.request_stop();
        std::int64_t examples = 0;
        QVERIFY((*criterion)->measure(m.all(), source.get_token(), [&](std::int64_t n) { examples += n; }).cancelled());
        QCOMPARE(examples, std::int64_t{0});
    }

    void hard_concrete_gate() {
        // At log α = 0 and noise ½ the gate is half open; far out it is exactly 0 or 1.
        const auto log_alpha = torch::tensor({0.0F, -20.0F, 20.0F});
        const auto half = torch::full({3}, 0.5F);
        const auto z = sample_gate(log_alpha, half);
        QVERIFY(std::abs(z[0].item<float>() - 0.5F) < 1e-6F);
        QCOMPARE(z[1].item<float>(), 0.0F);
        QCOMPARE(z[2].item<float>(), 1.0F);
        // P(z > 0) against samples on an even grid of noise.
        for (const float a : {-3.0F, -1.0F, 0.0F, 2.0F}) {
            const auto noise = (torch::arange(100000, torch::kFloat64) + 0.5) / 100000;
            const auto samples = sample_gate(torch::full({100000}, a, torch::kFloat64), noise);
            const double open = samples.gt(0).to(torch::kFloat64).mean().item<double>();
            QVERIFY(std::abs(open - open_probability(torch::tensor({a})).item<double>()) < 1e-4);
        }
    }

    // A head whose output weights are nothing can be closed at no cost; the others hold the loss down.
    void gates_close_where_nothing_is_lost() {
        TinyModel m("three_layers");
        // Labels as the model answers: every component then helps, more or less.
        ProgressSink quiet;
        const auto answers = predict(m.model, m.model->plan(), m.features, "", {}, quiet);
        QVERIFY_VALUE(answers);
        const auto classes = answers->predicted_classes();
        for (std::size_t i = 0; i < m.features.size(); ++i) m.features[i].label = classes[i];
        {
            const torch::NoGradGuard no_grad;
            for (auto& p : m.model->named_parameters())
                if (p.key() == "bert.encoder.layer.1.attention.output.dense.weight") p.value().narrow(1, 8, 8).zero_();
        }
        auto options = options_of(Criterion::Learned, SearchKind::Heads);
        options.gates = {.steps = 150, .batch_size = 8, .learning_rate = 0.1, .penalty = 1.0};
        const auto measured = measure(m, options, m.all());
        const auto& heads = measured.importance.heads;
        const float useless = heads.at(1, 1);
        for (const float v : heads.values) QVERIFY(v >= useless);
        QVERIFY(useless < 0.5F);
        QVERIFY(*std::max_element(heads.values.begin(), heads.values.end()) > useless + 0.2F);
    }

    void gates_are_cancelled() {
        TinyModel m("two_layers");
        struct Stopper : ProgressSink {
            std::stop_source source;
            int steps = 0;
            void on_progress(const Progress& p) override {
                if (p.stage == "learning gates" && ++steps == 2) source.request_stop();
            }
        } stopper;
        auto inputs = inputs_of(m);
        inputs.progress = &stopper;
        auto criterion = make_criterion(options_of(Criterion::Learned, SearchKind::HeadsMlps), inputs);
        QVERIFY_VALUE(criterion);
        QVERIFY((*criterion)->measure(m.all(), stopper.source.get_token(), [](std::int64_t) {}).cancelled());
        QCOMPARE(stopper.steps, 2);
    }

    void same_seed_same_bits_data() {
        QTest::addColumn<int>("criterion");
        QTest::addColumn<int>("kind");
        for (const Criterion c : all_criteria())
            for (const SearchKind k : {SearchKind::Heads, SearchKind::Mlps, SearchKind::HeadsMlps, SearchKind::Neurons})
                if (!criterion_problem(c, k))
                    QTest::addRow("%s, kind %d", to_string(c), static_cast<int>(k))
                        << static_cast<int>(c) << static_cast<int>(k);
    }
    void same_seed_same_bits() {
        QFETCH(int, criterion);
        QFETCH(int, kind);
        const auto options = options_of(static_cast<Criterion>(criterion), static_cast<SearchKind>(kind));
        const auto run = [&] {
            TinyModel m("two_layers");
            return measure(m, options, options.kind == SearchKind::Neurons ? m.all_with_blocks(8) : m.all());
        };
        const auto first = run(), second = run();
        QVERIFY(same_bits(first.importance, second.importance));
        QCOMPARE(first.predictions.logits, second.predictions.logits);
        // What is searched is measured.
        const auto& i = first.importance;
        const auto known = [](const std::vector<float>& v) {
            return !v.empty() && std::none_of(v.begin(), v.end(), [](float x) { return std::isnan(x); });
        };
        if (options.kind == SearchKind::Heads || options.kind == SearchKind::HeadsMlps) QVERIFY(known(i.heads.values));
        if (options.kind == SearchKind::Mlps || options.kind == SearchKind::HeadsMlps) QVERIFY(known(i.mlps));
        if (options.kind == SearchKind::Neurons) QVERIFY(known(i.neurons.values));
    }

    void random_depends_on_the_seed_alone() {
        TinyModel m("three_layers");
        const auto options = options_of(Criterion::Random, SearchKind::HeadsMlps);
        auto inputs = inputs_of(m);
        const auto draw = [&](std::uint64_t seed, const ComponentMasks& masks) {
            inputs.seed = seed;
            auto criterion = make_criterion(options, inputs);
            auto measured = (*criterion)->measure(masks, {}, [](std::int64_t) {});
            return measured->importance.heads.values;
        };
        auto masked = m.all();
        masked.heads.at(0, 0) = 0.0F;
        QCOMPARE(draw(1, m.all()), draw(1, masked));
        QVERIFY(draw(1, m.all()) != draw(2, m.all()));
        for (const float v : draw(3, m.all())) QVERIFY(v >= 0.0F && v < 1.0F);
    }

    void attention_is_refused_for_mlps_data() {
        QTest::addColumn<int>("criterion");
        QTest::addColumn<int>("kind");
        for (const Criterion c : {Criterion::Entropy, Criterion::Confidence})
            for (const SearchKind k : {SearchKind::Mlps, SearchKind::HeadsMlps, SearchKind::Neurons})
                QTest::addRow("%s, kind %d", to_string(c), static_cast<int>(k))
                    << static_cast<int>(c) << static_cast<int>(k);
    }
    void attention_is_refused_for_mlps() {
        QFETCH(int, criterion);
        QFETCH(int, kind);
        TinyModel m("two_layers");
        const auto refused =
            make_criterion(options_of(static_cast<Criterion>(criterion), static_cast<SearchKind>(kind)), inputs_of(m));
        QVERIFY(!refused);
        QVERIFY(refused.error().to_string().find("MLPs have none") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestCriteria)
#include "tst_criteria.moc"
