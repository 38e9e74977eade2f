// SPDX-License-Identifier: GPL-3.0-or-later
//
// Metrics against scikit-learn and SciPy (tests/reference/make_metrics_goldens.py).
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/evaluation/metrics.h"
#endif

#include <QTest>
#include <cmath>

#include "tests/support/goldens.h"

using namespace lottery;
using namespace lottery::test;

class TestMetrics : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void reference_data() {
        QTest::addColumn<int>("index");
        int index = 0;
        const auto golden = read_golden(golden_folder("metrics") / "metrics.json");
        for (const auto& c : golden.at("cases"))
            QTest::addRow("%s: %s", c.at("kind").get<std::string>().c_str(), c.at("name").get<std::string>().c_str())
                << index++;
    }
    // scikit-learn's and SciPy's values; null where they are undefined.
    void reference() {
        QFETCH(int, index);
        const auto golden = read_golden(golden_folder("metrics") / "metrics.json");
        const auto& c = golden.at("cases")[static_cast<std::size_t>(index)];
        Metrics ours;
        if (c.at("kind") == "classification") {
            const auto predicted = c.at("predictions").get<std::vector<int>>();
            const auto labels = c.at("labels").get<std::vector<int>>();
            const double acc = accuracy(predicted, labels), f = f1(predicted, labels);
            ours = {{"acc", acc}, {"f1", f}, {"acc_and_f1", (acc + f) / 2}, {"mcc", matthews(predicted, labels)}};
        } else {
            const auto values = [&](const char* key) {
                std::vector<double> v;
                for (const auto& x : c.at(key)) v.push_back(x.is_null() ? std::nan("") : x.get<double>());
                return v;
            };
            const auto predicted = values("predictions"), labels = values("labels");
            const double p = pearson(predicted, labels), s = spearman(predicted, labels);
            ours = {{"pearson", p}, {"spearmanr", s}, {"corr", (p + s) / 2}};
        }
        QVERIFY(!c.at("metrics").empty());
        for (const auto& [name, value] : c.at("metrics").items()) {
            QVERIFY2(ours.count(name) == 1, name.c_str());
            if (value.is_null())
                QVERIFY2(std::isnan(ours[name]), name.c_str());
            else
                QVERIFY2(std::abs(ours[name] - value.get<double>()) < 1e-12, name.c_str());
        }
    }

    void task_metrics_by_name_data() {
        QTest::addColumn<int>("task");
        QTest::addColumn<QStringList>("names");
        for (const auto& task : all_tasks()) {
            QStringList names;
            for (const auto name : task.metric_names)
                names << QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
            QTest::addRow("%s", std::string(task.name).c_str()) << static_cast<int>(task.id) << names;
        }
    }
    // Every metric a task announces is computed, and nothing else.
    void task_metrics_by_name() {
        QFETCH(int, task);
        QFETCH(QStringList, names);
        const auto& info = task_info(static_cast<TaskId>(task));
        Predictions p;
        p.outputs = info.label_count();
        for (int i = 0; i < 6; ++i) {
            for (int c = 0; c < p.outputs; ++c) p.logits.push_back(static_cast<float>((i * 7 + c * 3) % 5));
            p.labels.push_back(i % std::max(1, static_cast<int>(info.classes.size())));
            p.targets.push_back(static_cast<float>(i));
        }
        QStringList found;
        for (std::size_t f = 0; f < info.dev_files.size(); ++f)
            for (const auto& [name, value] : task_metrics(info, p, f)) found << QString::fromStdString(name);
        found.sort();
        names.sort();
        QCOMPARE(found, names);
        QVERIFY(names.contains(
            QString::fromUtf8(info.search_metric.data(), static_cast<qsizetype>(info.search_metric.size()))));
    }

    void majority() {
        const auto& mrpc = task_info(TaskId::MRPC);
        const std::vector<int> labels{1, 1, 0, 1};
        QCOMPARE(majority_metrics(mrpc, labels).at("acc"), 0.75);
        QVERIFY(std::abs(majority_metrics(mrpc, labels).at("f1") - 6.0 / 7.0) < 1e-12);
        QCOMPARE(chance_level(mrpc, labels), 0.75);
        QCOMPARE(chance_level(task_info(TaskId::CoLA), labels), 0.0);
        QCOMPARE(chance_level(task_info(TaskId::STSB), labels), 0.0);
        QVERIFY(majority_metrics(task_info(TaskId::STSB), labels).empty());
    }

    void predicted_classes() {
        Predictions p;
        p.outputs = 3;
        p.logits = {0, 2, 1, 5, 5, 0, NAN, -1, -2};
        QCOMPARE(p.predicted_classes(), (std::vector<int>{1, 0, 1}));
    }

    // A draw fitted to the targets knows nothing of them: correlations about 0, and of n values within 4 / sqrt(n).
    void normal_draws_are_no_predictions() {
        std::vector<float> targets;
        for (int i = 0; i < 4000; ++i) targets.push_back(static_cast<float>(i % 11) / 2.0F);
        const auto& task = task_info(TaskId::STSB);
        const auto metrics = fitted_normal_metrics(task, targets, 7);
        QCOMPARE(metrics.size(), std::size_t{3});
        for (const auto& [name, value] : metrics) QVERIFY2(std::abs(value) < 4 / std::sqrt(4000.0), name.c_str());
        QCOMPARE(fitted_normal_metrics(task, targets, 7), metrics);
        QVERIFY(fitted_normal_metrics(task, targets, 8) != metrics);
        QVERIFY(std::isnan(fitted_normal_metrics(task, std::vector<float>(9, 2.5F), 7).at("pearson")));
    }
};

QTEST_GUILESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
