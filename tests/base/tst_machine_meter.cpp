// SPDX-License-Identifier: GPL-3.0-or-later
//
// Memory and energy: of this machine what is certain, of GPUs through a library that stands in for the driver's.
#include <QTemporaryDir>
#include <QTest>
#include <vector>

#include "core/base/file.h"
#include "core/base/machine_meter.h"

using namespace lottery;

class TestMachineMeter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() {
        qunsetenv("CUDA_VISIBLE_DEVICES");
        qunsetenv("CUDA_DEVICE_ORDER");
    }

    void memory_of_this_process() {
        const auto before = process_memory();
        QVERIFY(before);
        QVERIFY(before->resident > 0 && before->resident <= before->peak);
        std::vector<char> much(64U << 20U, 'x');
        const auto after = process_memory();
        QVERIFY(after && after->resident >= before->resident + (48U << 20U));
        QVERIFY(much[5] == 'x');
        const auto machine = system_memory();
        QVERIFY(machine && machine->used < machine->total && machine->total > after->resident);
    }

    void energy_of_the_packages() {
        const QTemporaryDir folder;
        const std::filesystem::path root = folder.path().toStdString();
        QVERIFY(!package_joules(root / "nowhere"));
        QVERIFY(!package_joules(root));
        QVERIFY(write_file_atomically(root / "intel-rapl:0/energy_uj", "2500000\n"));
        QVERIFY(write_file_atomically(root / "intel-rapl:1/energy_uj", "500000\n"));
        QVERIFY(write_file_atomically(root / "intel-rapl:0:0/energy_uj", "999000000\n"));  // a part of the first
        QVERIFY(write_file_atomically(root / "intel-rapl:2/energy_uj", "not readable\n"));
        QCOMPARE(package_joules(root).value_or(-1), 3.0);
    }

    void finds_the_gpu_data() {
        QTest::addColumn<QString>("library");
        QTest::addColumn<QByteArray>("device");
        QTest::addColumn<QByteArray>("visible");  // null: not set
        QTest::addColumn<QByteArray>("order");
        QTest::addColumn<double>("joules");  // -1: no such meter
        const QString same = STAND_IN_NVML;
        const QString mixed = STAND_IN_NVML_MIXED;
        QTest::newRow("first") << same << QByteArray("cuda") << QByteArray() << QByteArray() << 1.5;
        QTest::newRow("second") << same << QByteArray("cuda:1") << QByteArray() << QByteArray() << 5.5;
        QTest::newRow("beyond") << same << QByteArray("cuda:2") << QByteArray() << QByteArray() << -1.0;
        QTest::newRow("the processor") << same << QByteArray("cpu") << QByteArray() << QByteArray() << -1.0;
        QTest::newRow("no number") << same << QByteArray("cuda:x") << QByteArray() << QByteArray() << -1.0;
        QTest::newRow("only the second is visible")
            << same << QByteArray("cuda:0") << QByteArray("1") << QByteArray() << 5.5;
        QTest::newRow("turned round") << same << QByteArray("cuda:1") << QByteArray("1,0") << QByteArray() << 1.5;
        QTest::newRow("by its name") << same << QByteArray("cuda:0") << QByteArray("GPU-b") << QByteArray() << 5.5;
        QTest::newRow("an unknown name") << same << QByteArray("cuda:0") << QByteArray("GPU-c") << QByteArray() << -1.0;
        QTest::newRow("none visible") << same << QByteArray("cuda:0") << QByteArray("") << QByteArray() << -1.0;
        QTest::newRow("beyond the visible") << same << QByteArray("cuda:1") << QByteArray("0") << QByteArray() << -1.0;
        QTest::newRow("order not known") << mixed << QByteArray("cuda:0") << QByteArray() << QByteArray() << -1.0;
        QTest::newRow("order of the bus")
            << mixed << QByteArray("cuda:1") << QByteArray() << QByteArray("PCI_BUS_ID") << 5.5;
        QTest::newRow("other order by name")
            << mixed << QByteArray("cuda:0") << QByteArray("GPU-b") << QByteArray("FASTEST_FIRST") << 5.5;
        QTest::newRow("no library") << QStringLiteral("libno-such-thing.so.1") << QByteArray("cuda") << QByteArray()
                                    << QByteArray() << -1.0;
        QTest::newRow("a library without what is needed")
            << QStringLiteral(STAND_IN_NVML_BROKEN) << QByteArray("cuda") << QByteArray() << QByteArray() << -1.0;
    }
    void finds_the_gpu() {
        QFETCH(QString, library);
        QFETCH(QByteArray, device);
        QFETCH(QByteArray, visible);
        QFETCH(QByteArray, order);
        QFETCH(double, joules);
        if (!visible.isNull()) qputenv("CUDA_VISIBLE_DEVICES", visible);
        if (!order.isNull()) qputenv("CUDA_DEVICE_ORDER", order);
        const auto meter = GpuMeter::open(device.toStdString(), library.toStdString());
        QCOMPARE(meter.has_value(), joules >= 0);
        if (meter) QCOMPARE(meter->joules().value_or(-1), joules);
    }

    void memory_of_the_gpu() {
        const auto meter = GpuMeter::open("cuda:1", STAND_IN_NVML);
        QVERIFY(meter);
        const auto memory = meter->memory();
        QVERIFY(memory);
        QCOMPARE(memory->used, std::uint64_t(2000));
        QCOMPARE(memory->total, std::uint64_t(8000));
        // A copy outlives the one it was made from.
        std::optional<GpuMeter> copy;
        {
            const auto other = GpuMeter::open("cuda:0", STAND_IN_NVML);
            copy.emplace(*other);
        }
        QCOMPARE(copy->joules().value_or(-1), 1.5);
    }

    void an_old_driver_counts_no_energy() {
        const auto meter = GpuMeter::open("cuda", STAND_IN_NVML_OLD);
        QVERIFY(meter && meter->memory());
        QVERIFY(!meter->joules());
    }
};

QTEST_APPLESS_MAIN(TestMachineMeter)
#include "tst_machine_meter.moc"
