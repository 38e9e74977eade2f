// SPDX-License-Identifier: GPL-3.0-or-later
//
// The network against PyTorch (tests/reference/make_pattern_goldens.py), canvases, files, and the built-in classifier.
#include "core/attention/pattern_classifier.h"

#include <ATen/CPUGeneratorImpl.h>

#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "core/attention/built_in_classifier.h"
#include "core/attention/synthetic_maps.h"
#include "core/attention/train_classifier.h"
#include "core/base/file.h"
#include "core/model/safetensors.h"
#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

// As set_weights() of the reference.
void set_weights(PatternNetwork& network) {
    const torch::NoGradGuard no_grad;
    int place = 0;
    for (const auto& layer : network->children()) {
        auto& convolution = dynamic_cast<ConvolutionImpl&>(*layer);
        const auto& shape = convolution.weight.sizes();
        const double scale = std::sqrt(4.0 / static_cast<double>((shape[0] + shape[1]) * shape[2] * shape[2]));
        const auto fill = [&](torch::Tensor& values, double factor, double step, double first) {
            auto* value = values.data_ptr<float>();
            for (std::int64_t k = 0; k < values.numel(); ++k)
                value[k] = static_cast<float>(factor * std::sin(step * static_cast<double>(k) + first));
        };
        fill(convolution.weight, scale, 0.7, place + 1);
        fill(convolution.bias, 0.05, 1.3, place);
        ++place;
    }
}

// As canvases() of the reference, before they are centred.
std::vector<std::vector<float>> golden_maps(const std::vector<int>& sizes) {
    std::vector<std::vector<float>> maps;
    for (std::size_t m = 0; m < sizes.size(); ++m) {
        auto& map = maps.emplace_back();
        for (int i = 0; i < sizes[m]; ++i) {
            std::vector<double> row;
            double sum = 0.0;
            for (int j = 0; j < sizes[m]; ++j) {
                row.push_back(1.0 + std::sin(0.9 * i * static_cast<double>(m + 1) + 1.7 * j));
                sum += row.back();
            }
            for (const double value : row) map.push_back(static_cast<float>(value / sum));
        }
    }
    return maps;
}

std::vector<MapView> views_of(const std::vector<std::vector<float>>& maps, const std::vector<int>& sizes) {
    std::vector<MapView> views;
    for (std::size_t m = 0; m < maps.size(); ++m) views.push_back({maps[m], sizes[m]});
    return views;
}

PatternClassifier classifier_of(std::uint64_t seed) {
    PatternClassifier classifier{PatternNetwork(own_draws(seed)), {}};
    classifier.info = {ClassifierKind::Norm, "12 labelled maps of \"somewhere\"", 12, 7, 41, 0.8125, 3, 9, seed};
    return classifier;
}

bool near(double found, double expected, double relative, double absolute) {
    return std::abs(found - expected) <= relative * std::abs(expected) + absolute;
}

using Tensors = std::map<std::string, torch::Tensor>;
using Metadata = std::map<std::string, std::string>;

}  // namespace

class TestPatternClassifier : public QObject {
    Q_OBJECT

private:
    QTemporaryDir folder_;
    [[nodiscard]] fs::path file(const char* name = "classifier.safetensors") const {
        return fs::path(folder_.path().toStdString()) / name;
    }

private Q_SLOTS:
    // float32 beside float32, other orders of sums: 1e-5 of the value. Adam divides by the gradient's size, so that its
    // steps are compared where gradients are largest, to 1% of a learning rate of 1e-3.
    void as_pytorch() {
        const auto golden = read_golden(golden_folder("patterns") / "network.json");
        const auto sizes = golden.at("sizes").get<std::vector<int>>();
        const auto maps = golden_maps(sizes);
        const auto canvases = canvases_of(views_of(maps, sizes), golden.at("canvas").get<int>(), false);
        PatternNetwork network(InitialDraws{});
        set_weights(network);
        const auto logits = network->forward(canvases);
        const auto expected = flat_floats(golden.at("logits"));
        QCOMPARE(logits.sizes().vec(), (std::vector<std::int64_t>{std::ssize(sizes), 5}));
        for (std::size_t i = 0; i < expected.size(); ++i)
            QVERIFY(near(logits.flatten()[static_cast<std::int64_t>(i)].item<double>(), expected[i], 1e-5, 1e-5));

        std::vector<std::int64_t> labels;
        for (std::size_t m = 0; m < sizes.size(); ++m) labels.push_back(static_cast<std::int64_t>(m % pattern_count));
        torch::optim::Adam optimizer(network->parameters(), torch::optim::AdamOptions(1e-3));
        const auto losses = golden.at("losses").get<std::vector<double>>();
        for (std::size_t step = 0; step < losses.size(); ++step) {
            const auto loss = torch::cross_entropy_loss(network->forward(canvases), torch::tensor(labels));
            QVERIFY(near(loss.item<double>(), losses[step], 1e-4, 0.0));
            if (step + 1 == losses.size()) break;
            optimizer.zero_grad();
            loss.backward();
            if (step == 0) {
                for (const auto& entry : network->named_parameters()) {
                    const Json& one = golden.at("parameters").at(entry.key());
                    const auto gradient = entry.value().grad().flatten();
                    QVERIFY(near(gradient.norm().item<double>(), one.at("norm").get<double>(), 1e-4, 0.0));
                    for (std::size_t i = 0; i < one.at("places").size(); ++i)
                        QVERIFY(near(gradient[one.at("places")[i].get<std::int64_t>()].item<double>(),
                                     one.at("gradient")[i].get<double>(), 1e-3, 1e-6));
                }
            }
            optimizer.step();
        }
        QCOMPARE(network->named_parameters().size(), golden.at("parameters").size());
        for (const auto& entry : network->named_parameters()) {
            const Json& one = golden.at("parameters").at(entry.key());
            const auto values = entry.value().detach().flatten();
            for (std::size_t i = 0; i < one.at("places").size(); ++i)
                QVERIFY(near(values[one.at("places")[i].get<std::int64_t>()].item<double>(),
                             one.at("after")[i].get<double>(), 0.0, 1e-5));
        }
    }

    void begins_xavier_normal() {
        auto before = at::detail::getDefaultCPUGenerator().get_state();
        const PatternNetwork network(own_draws(3)), same(own_draws(3)), other(own_draws(4));
        QVERIFY(at::detail::getDefaultCPUGenerator().get_state().equal(before));
        std::int64_t numbers = 0;
        for (const auto& entry : network->named_parameters()) {
            numbers += entry.value().numel();
            QVERIFY(entry.value().equal(same->named_parameters()[entry.key()]));
            if (entry.key().ends_with("bias")) {
                QVERIFY(entry.value().eq(0).all().item<bool>());
                continue;
            }
            QVERIFY(!entry.value().equal(other->named_parameters()[entry.key()]));
            const auto& shape = entry.value().sizes();
            const double expected = std::sqrt(2.0 / static_cast<double>((shape[0] + shape[1]) * shape[2] * shape[2]));
            // Five standard errors of the deviation of so many draws.
            const double error = 5.0 / std::sqrt(2.0 * static_cast<double>(entry.value().numel()));
            QVERIFY(near(entry.value().detach().std().item<double>(), expected, error, 0.0));
        }
        QCOMPARE(numbers, std::int64_t{72917});
    }

    void the_smallest_canvas_is_enough() {
        PatternNetwork network(own_draws(1));
        QVERIFY(network->forward(torch::zeros({1, 1, smallest_canvas, smallest_canvas})).isfinite().all().item<bool>());
        QVERIFY_THROWS_EXCEPTION(c10::Error,
                                 network->forward(torch::zeros({1, 1, smallest_canvas - 1, smallest_canvas - 1})));
        ClassifierInfo info;
        info.largest_map = 9;
        QCOMPARE(info.canvas(), smallest_canvas);
        info.largest_map = 90;
        QCOMPARE(info.canvas(), 90);
    }

    void centres_and_crops_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("canvas");
        QTest::addColumn<int>("first");  // row and column of the map's first cell
        QTest::newRow("even rest") << 4 << 8 << 2;
        QTest::newRow("odd rest at the end") << 3 << 8 << 2;
        QTest::newRow("as large") << 5 << 5 << 0;
        QTest::newRow("larger") << 7 << 4 << 0;
        QTest::newRow("one token") << 1 << 4 << 1;
    }
    void centres_and_crops() {
        QFETCH(int, size);
        QFETCH(int, canvas);
        QFETCH(int, first);
        std::vector<float> map;
        for (int i = 0; i < size * size; ++i) map.push_back(static_cast<float>(i + 1));
        const MapView view{map, size};
        const auto canvases = canvases_of({&view, 1}, canvas, false);
        QCOMPARE(canvases.sizes().vec(), (std::vector<std::int64_t>{1, 1, canvas, canvas}));
        for (int i = 0; i < canvas; ++i)
            for (int j = 0; j < canvas; ++j) {
                const int row = i - first, column = j - first;
                const bool inside = row >= 0 && column >= 0 && row < size && column < size;
                QCOMPARE(canvases[0][0][i][j].item<float>(),
                         inside ? map[static_cast<std::size_t>(row * size + column)] : 0.0F);
            }
    }

    void divides_rows() {
        const std::vector<float> map{2, 6, 0, 0, 0, 0, 1, 1, 8};
        const MapView view{map, 3};
        QVERIFY(canvases_of({&view, 1}, 3, true)
                    .flatten()
                    .allclose(torch::tensor({0.25, 0.75, 0.0, 0.0, 0.0, 0.0, 0.1, 0.1, 0.8}, torch::kFloat32)));
        // After cropping.
        QVERIFY(canvases_of({&view, 1}, 2, true).flatten().equal(torch::tensor({0.25F, 0.75F, 0.0F, 0.0F})));
    }

    void a_file_gives_the_same_classifier() {
        auto classifier = classifier_of(5);
        QVERIFY_VALUE(write_classifier(file(), classifier));
        auto read = read_classifier(file(), torch::kCPU);
        QVERIFY_VALUE(read);
        QVERIFY(read->info == classifier.info);
        const auto info = read_classifier_info(file());
        QVERIFY_VALUE(info);
        QVERIFY(*info == classifier.info);
        const std::vector<int> sizes{20, 41, 60};
        const auto maps = golden_maps(sizes);
        const auto views = views_of(maps, sizes);
        const auto before = classify(classifier, views), after = classify(*read, views);
        QVERIFY(before == after);
        for (const auto& probabilities : before) {
            double sum = 0.0;
            for (const float one : probabilities) sum += one;
            QVERIFY(std::abs(sum - 1.0) < 1e-5);
        }
        // One by one as together, to rounding.
        for (std::size_t m = 0; m < views.size(); ++m) {
            const auto alone = classify(classifier, {&views[m], 1});
            for (std::size_t c = 0; c < pattern_count; ++c) QVERIFY(std::abs(alone[0][c] - before[m][c]) < 1e-5F);
        }
        QVERIFY(classify(classifier, {}).empty());
    }

    void refuses_data() {
        QTest::addColumn<int>("change");
        QTest::addColumn<QString>("says");
        int change = 0;
        for (const auto& [name, says] : changes()) QTest::newRow(name) << change++ << says;
    }
    void refuses() {
        QFETCH(int, change);
        QFETCH(QString, says);
        const auto classifier = classifier_of(5);
        QVERIFY_VALUE(write_classifier(file(), classifier));
        Tensors tensors;
        Metadata metadata;
        {
            const auto stored = SafetensorsFile::open(file());
            QVERIFY_VALUE(stored);
            metadata = stored->metadata();
            for (const auto& entry : stored->entries()) tensors[entry.name] = *stored->tensor(entry.name);
        }
        apply(change, tensors, metadata);
        const auto bad = file("bad.safetensors");
        QVERIFY_VALUE(write_safetensors(bad, {tensors.begin(), tensors.end()}, metadata));
        const auto read = read_classifier(bad, torch::kCPU);
        QVERIFY(!read);
        const auto said = read.error().to_string();
        QVERIFY2(said.find(says.toStdString()) != std::string::npos, said.c_str());
        QVERIFY2(said.find("bad.safetensors") != std::string::npos, said.c_str());
        QVERIFY2(!read.error().advice.empty(), said.c_str());
    }

    void refuses_damaged_files() {
        QVERIFY_VALUE(write_classifier(file(), classifier_of(5)));
        const auto bytes = read_file(file());
        QVERIFY_VALUE(bytes);
        for (const std::size_t kept : {std::size_t{0}, std::size_t{5}, std::size_t{100}, bytes->size() - 4}) {
            QVERIFY_VALUE(write_file_atomically(file("torn.safetensors"), std::string_view(*bytes).substr(0, kept)));
            const auto read = read_classifier(file("torn.safetensors"), torch::kCPU);
            QVERIFY(!read && read.error().to_string().find("torn.safetensors") != std::string::npos);
        }
        const auto absent = read_classifier(file("absent.safetensors"), torch::kCPU);
        QVERIFY(!absent && absent.error().to_string().find("absent.safetensors") != std::string::npos);
    }

    void the_built_in_one_says_what_it_is() {
        const auto info = built_in_classifier_info();
        QVERIFY_VALUE(info);
        QVERIFY(info->kind == ClassifierKind::Synthetic);
        QCOMPARE(describe(info->kind), std::string("trained on synthetic maps"));
        QVERIFY(info->trained_on.find("synthetic") != std::string::npos);
        const auto committed = read_file(fs::path(LOTTERY_SOURCE_DIR) / "resources/patterns/synthetic.safetensors");
        QVERIFY_VALUE(committed);
        QVERIFY(built_in_classifier_bytes() == *committed);
    }

    // Maps of a seed that it was not trained with; docs/patterns.md has the figure for more of them.
    void the_built_in_one_tells_unseen_synthetic_maps() {
        auto classifier = built_in_classifier();
        QVERIFY_VALUE(classifier);
        const auto unseen = synthetic_maps(300, 20260);
        const auto scores = score_classifier(*classifier, unseen.maps);
        QVERIFY2(*scores.accuracy > 0.9, std::to_string(*scores.accuracy).c_str());
        // Norms have rows of any sum.
        auto scaled = unseen;
        for (auto& map : scaled.maps)
            for (float& value : map.values) value *= 7.5F;
        QCOMPARE(score_classifier(*classifier, scaled.maps).correct, scores.correct);
    }

private:
    static std::vector<std::pair<const char*, const char*>> changes() {
        return {{"another file's format", "no classifier of attention patterns"},
                {"no metadata", "no classifier of attention patterns"},
                {"another version", "\"format_version\": \"2\" found, 1 expected"},
                {"other classes", "\"classes\": \"vertical,diagonal\" found"},
                {"another kind", "\"kind\": \"soft\" found, raw, norm"},
                {"a key missing", "metadata \"largest_map\" are missing"},
                {"no number", "\"seed\": \"12x\" found, a number expected"},
                {"sizes upside down", "\"largest_map\": \"3\" found"},
                {"accuracy above 1", "\"validation_accuracy\": \"1.5"},
                {"accuracy NaN", "\"validation_accuracy\": \"nan"},
                {"a tensor missing", "tensor \"7.bias\": is missing"},
                {"another shape", "tensor \"5.weight\": shape [32, 16, 9] found, [32, 16, 3, 3] expected"},
                {"another dtype", "tensor \"0.bias\": dtype F16 found, F32 expected"},
                {"NaN", "tensor \"12.weight\": holds values that are not finite"},
                {"infinity", "tensor \"13.bias\": holds values that are not finite"},
                {"a tensor too many", "tensor \"17.weight\" is none of the network's"}};
    }
    static void apply(int change, Tensors& tensors, Metadata& metadata) {
        const std::function<void()> all[] = {
            [&] { metadata["format"] = "pt"; },
            [&] { metadata.clear(); },
            [&] { metadata["format_version"] = "2"; },
            [&] { metadata["classes"] = "vertical,diagonal"; },
            [&] { metadata["kind"] = "soft"; },
            [&] { metadata.erase("largest_map"); },
            [&] { metadata["seed"] = "12x"; },
            [&] { metadata["largest_map"] = "3"; },
            [&] { metadata["validation_accuracy"] = "1.5"; },
            [&] { metadata["validation_accuracy"] = "nan"; },
            [&] { tensors.erase("7.bias"); },
            [&] {
                tensors["5.weight"] = tensors["5.weight"].reshape({32, 16, 9});
            },
            [&] { tensors["0.bias"] = tensors["0.bias"].to(torch::kFloat16); },
            [&] { tensors["12.weight"].flatten()[40] = std::numeric_limits<float>::quiet_NaN(); },
            [&] { tensors["13.bias"][2] = -std::numeric_limits<float>::infinity(); },
            [&] { tensors["17.weight"] = torch::zeros({2}); }};
        all[change]();
    }
};

QTEST_GUILESS_MAIN(TestPatternClassifier)
#include "tst_pattern_classifier.moc"
