// SPDX-License-Identifier: GPL-3.0-or-later
//
// Passes over the search examples that run out of memory begin again with fewer tokens at once, say so, and come to the
// same numbers. What LibTorch throws then is thrown in the middle of a pass here; memory that really runs out is in
// tst_micro_batches.
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/evaluation/predict.h"
#include "core/evaluation/token_budget.h"
#include "core/pruning/criterion.h"
#include "tests/pruning/tiny_model.h"
#endif

#include <QTest>
#include <new>
#include <stdexcept>

using namespace lottery;
using namespace lottery::test;

namespace {

struct Told : ProgressSink {
    std::vector<std::string> warnings;
    std::int64_t throw_at = -1;  // call of on_progress
    std::int64_t calls = 0;
    void on_message(Severity severity, const std::string& message) override {
        if (severity == Severity::Warning) warnings.push_back(message);
    }
    void on_progress(const Progress&) override {
        if (++calls == throw_at) throw std::bad_alloc();
    }
};

std::vector<Features> examples_of(std::initializer_list<int> lengths) {
    std::vector<Features> all;
    for (const int length : lengths) {
        Features features;
        features.input_ids.resize(static_cast<std::size_t>(length));
        all.push_back(features);
    }
    return all;
}

double minus_loss(const Predictions& predictions) { return -predictions.loss; }

// How far apart two numbers that are NaN together may be.
bool near(const std::vector<float>& a, const std::vector<float>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](float x, float y) { return (std::isnan(x) && std::isnan(y)) || std::abs(x - y) < 1e-5F; });
}

}  // namespace

class TestOutOfMemory : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void budgets_are_halved() {
        const auto examples = examples_of({3, 7, 5});
        Told told;
        TokenBudget budget(examples, torch::kCPU, &told);
        const auto whole = budget.tokens();
        int tries = 0, again = 0;
        const int answer = budget.within_memory(
            [&] {
                if (++tries <= 3) throw std::bad_alloc();
                return 42;
            },
            [&] { ++again; });
        QCOMPARE(answer, 42);
        QCOMPARE(tries, 4);
        QCOMPARE(again, 3);
        QCOMPARE(budget.tokens(), whole / 8);
        QCOMPARE(told.warnings.size(), std::size_t{3});
        QVERIFY2(told.warnings.back().find(std::to_string(whole / 8) + " tokens at once") != std::string::npos,
                 told.warnings.back().c_str());
        // For good.
        budget.within_memory([] { return 0; }, [] {});
        QCOMPARE(budget.tokens(), whole / 8);
    }

    void single_examples_are_the_end() {
        const auto examples = examples_of({3, 7, 5});
        TokenBudget budget(examples, torch::kCPU, nullptr);
        const auto never = [&]() -> int { throw std::bad_alloc(); };
        QVERIFY_THROWS_EXCEPTION(std::bad_alloc, budget.within_memory(never, [] {}));
        QVERIFY(budget.tokens() <= 7);
        QVERIFY(budget.tokens() > 3);
    }

    void other_errors_go_through() {
        const auto examples = examples_of({3});
        TokenBudget budget(examples, torch::kCPU, nullptr);
        const auto whole = budget.tokens();
        const auto broken = [&]() -> int { throw std::runtime_error("shapes do not fit"); };
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, budget.within_memory(broken, [] {}));
        QCOMPARE(budget.tokens(), whole);
    }

    void passes_come_to_the_same_data() {
        QTest::addColumn<int>("criterion");
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("gradient");
        for (const auto criterion : all_criteria())
            for (const auto kind : {SearchKind::Heads, SearchKind::HeadsMlps, SearchKind::Neurons}) {
                if (criterion_problem(criterion, kind)) continue;
                for (const auto gradient : {GradientTerm::Batch, GradientTerm::Example}) {
                    if (gradient == GradientTerm::Example && criterion != Criterion::Gradient) continue;
                    QTest::addRow("%s, kind %d, gradient %d", to_string(criterion), static_cast<int>(kind),
                                  static_cast<int>(gradient))
                        << static_cast<int>(criterion) << static_cast<int>(kind) << static_cast<int>(gradient);
                }
            }
    }
    void passes_come_to_the_same() {
        QFETCH(int, criterion);
        QFETCH(int, kind);
        QFETCH(int, gradient);
        MaskSearchOptions options;
        options.criterion = static_cast<Criterion>(criterion);
        options.kind = static_cast<SearchKind>(kind);
        options.gradient = static_cast<GradientTerm>(gradient);
        options.batch_size = 2;
        options.block_size = 8;
        options.gates.steps = 3;
        options.gates.batch_size = 2;
        const auto measured = [&](int throw_at, Told& told) {
            TinyModel tiny("two_layers");
            CriterionInputs inputs;
            inputs.model = tiny.model;
            inputs.examples = tiny.features;
            inputs.score = minus_loss;
            inputs.seed = 5;
            inputs.progress = &told;
            auto masks = options.kind == SearchKind::Neurons ? tiny.all_with_blocks(options.block_size) : tiny.all();
            if (options.kind != SearchKind::Neurons) masks.heads.values[1] = 0.0F;
            auto pass = make_criterion(options, inputs);
            if (!pass) qFatal("%s", pass.error().to_string().c_str());
            std::int64_t counted = 0;
            int calls = 0;
            auto result = (*pass)->measure(masks, {}, [&](std::int64_t more) {
                if (++calls == throw_at) throw std::bad_alloc();
                counted += more;
            });
            if (!result) qFatal("measuring failed");
            // What a try that failed told of is taken back. The callback that threw had not counted.
            if (throw_at == 0 && counted != static_cast<std::int64_t>(tiny.features.size())) qFatal("counted wrongly");
            return *std::move(result);
        };
        Told quiet, told;
        const auto expected = measured(0, quiet);
        QVERIFY(quiet.warnings.empty());
        const auto found = measured(1, told);
        QCOMPARE(told.warnings.size(), std::size_t{1});
        QVERIFY(std::abs(found.predictions.loss - expected.predictions.loss) < 1e-5);
        QVERIFY(near(found.predictions.logits, expected.predictions.logits));
        QVERIFY(near(found.importance.heads.values, expected.importance.heads.values));
        QVERIFY(near(found.importance.mlps, expected.importance.mlps));
        QVERIFY(near(found.importance.neurons.values, expected.importance.neurons.values));
    }

    void what_was_counted_is_taken_back() {
        TinyModel tiny("two_layers");
        Told told;
        ImportancePass pass(tiny.model, tiny.features, {2}, &told);
        std::vector<std::int64_t> counts;
        bool thrown = false;
        const auto raw = pass.run(tiny.all(), {}, [&](std::int64_t more) {
            counts.push_back(more);
            if (counts.size() == 2 && !std::exchange(thrown, true)) throw std::bad_alloc();
        });
        QVERIFY(raw);
        QVERIFY(counts.at(2) < 0);
        QCOMPARE(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}),
                 static_cast<std::int64_t>(tiny.features.size()));
    }

    void predictions_come_to_the_same() {
        TinyModel tiny("three_layers");
        Told quiet, told;
        told.throw_at = 1;
        const auto plan = tiny.model->plan();
        const auto expected = predict(tiny.model, plan, tiny.features, "", {}, quiet);
        const auto found = predict(tiny.model, plan, tiny.features, "", {}, told);
        QVERIFY(expected);
        QVERIFY(found);
        QCOMPARE(told.warnings.size(), std::size_t{1});
        QVERIFY(std::abs(found->loss - expected->loss) < 1e-6);
        QVERIFY(near(found->logits, expected->logits));
    }
};

QTEST_GUILESS_MAIN(TestOutOfMemory)
#include "tst_out_of_memory.moc"
