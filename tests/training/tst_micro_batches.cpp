// SPDX-License-Identifier: GPL-3.0-or-later
//
// A batch in several parts comes to the gradients of the whole, and memory that runs out is answered that way.
#ifndef Q_MOC_RUN  // moc need not read LibTorch
#include "core/model/out_of_memory.h"
#include "tests/training/tiny_training.h"
#endif

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <fstream>

using namespace lottery;
using namespace lottery::test;

namespace {

struct Warnings : TrainingObserver {
    std::vector<std::string> said;
    void on_message(Severity severity, const std::string& message) override {
        if (severity == Severity::Warning) said.push_back(message);
    }
};

// Bytes of address space that this process has now.
rlim_t address_space() {
    std::ifstream in("/proc/self/statm");
    rlim_t pages = 0;
    in >> pages;
    return pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // which takes address space of its own, and ends the program when there is none
#else
constexpr bool kSanitized = false;
#endif

}  // namespace

class TestMicroBatches : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::filesystem::path resume_file(const QString& name) { return folder_.filePath(name).toStdString(); }

private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }

    void parts_add_up_to_the_whole_data() {
        QTest::addColumn<int>("parts");
        QTest::newRow("halves of five") << 2;
        QTest::newRow("as many as examples") << 5;
        QTest::newRow("more than examples") << 16;
    }
    void parts_add_up_to_the_whole() {
        QFETCH(int, parts);
        Run whole(resume_file("whole")), split(resume_file("split"));
        for (auto* run : {&whole, &split}) {
            run->plan.options.dropout = 0.0;
            run->plan.options.learning_rate = 1e-4;
        }
        split.plan.parts = parts;
        const auto expected = whole.train(), found = split.train();
        QVERIFY(expected);
        QVERIFY(found);
        QCOMPARE(found->steps.size(), expected->steps.size());
        for (std::size_t i = 0; i < found->steps.size(); ++i) {
            const double difference = std::abs(found->steps[i].loss - expected->steps[i].loss);
            QVERIFY2(difference < 1e-5, qPrintable(QString("step %1: %2").arg(i).arg(difference)));
        }
    }

    void one_part_is_the_batch_itself() {
        Run plain(resume_file("plain")), one(resume_file("one"));
        one.plan.parts = 1;
        QVERIFY(plain.train());
        QVERIFY(one.train());
        QVERIFY(same_weights(plain.model, one.model));
    }

    // With too little address space for a whole batch, in a process of its own; the first step's loss is compared.
    void memory_that_runs_out_is_answered() {
        if (kSanitized) QSKIP("sanitizers take address space of their own");
        Run run(resume_file("memory"));
        const auto once = run.features;
        while (run.features.size() < 4096) run.features.insert(run.features.end(), once.begin(), once.end());
        run.plan.train = run.features;
        run.plan.options.batch_size = 4096;
        run.plan.options.epochs = 1;
        run.plan.options.dropout = 0.0;
        run.plan.options.save_steps = 0;
        Run small = run;  // the model is the same one: only its first loss is looked at
        int answer[2];
        QCOMPARE(::pipe(answer), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            ::alarm(120);
            const rlim_t limit = address_space() + (rlim_t{96} << 20U);
            const rlimit limits{limit, limit};
            Warnings warnings;
            double told[3] = {-1.0, 0.0, 0.0};
            if (::setrlimit(RLIMIT_AS, &limits) == 0) {
                const auto trained = lottery::train(small.model, small.plan, {}, warnings);
                if (trained) {
                    told[0] = trained->steps.front().loss;
                    told[1] = static_cast<double>(trained->steps.size());
                }
                told[2] = static_cast<double>(warnings.said.size());
            }
            [[maybe_unused]] const auto written = ::write(answer[1], told, sizeof told);
            ::_exit(0);
        }
        double told[3] = {};
        ::close(answer[1]);
        QCOMPARE(::read(answer[0], told, sizeof told), ssize_t{sizeof told});
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY2(told[0] >= 0, "training failed");
        QVERIFY2(told[2] >= 1, "memory did not run out: the test shows nothing");
        const auto whole = run.train();
        QVERIFY(whole);
        QCOMPARE(told[1], static_cast<double>(whole->steps.size()));
        const double difference = std::abs(told[0] - whole->steps.front().loss);
        QVERIFY2(difference < 1e-5, qPrintable(QString::number(difference)));
    }

    // Not everything that LibTorch throws.
    void other_errors_are_none_of_memory() {
        QVERIFY(!is_out_of_memory(std::runtime_error("DefaultCPUAllocator")));
        QVERIFY(is_out_of_memory(std::bad_alloc()));
        try {
            torch::ones({2, 3}).matmul(torch::ones({2, 3}));
            QFAIL("shapes that do not fit were multiplied");
        } catch (const std::exception& e) {
            QVERIFY(!is_out_of_memory(e));
        }
        try {
            torch::empty({std::int64_t{1} << 60});
            QFAIL("an exabyte was given");
        } catch (const std::exception& e) {
            QVERIFY2(is_out_of_memory(e), e.what());
        }
    }
};

QTEST_GUILESS_MAIN(TestMicroBatches)
#include "tst_micro_batches.moc"
