// SPDX-License-Identifier: GPL-3.0-or-later
//
// Files made by numpy (tests/base/npy/make_goldens.py), and damaged copies of them.
#include "core/base/npy.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>

#include "core/base/file.h"

using namespace lottery;
namespace fs = std::filesystem;

namespace {

using Shape = std::vector<std::int64_t>;

fs::path golden(const std::string& name) { return fs::path(LOTTERY_SOURCE_DIR) / "tests/base/npy" / (name + ".npy"); }

std::vector<float> counting(std::size_t n) {
    std::vector<float> values(n);
    std::iota(values.begin(), values.end(), 0.0F);
    return values;
}

// Not atomically: hundreds of files need not be flushed to disk.
void put(const fs::path& file, std::string_view bytes) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << bytes;
    if (!out) qFatal("cannot write %s", file.c_str());
}

// A version 1.0 file with the header as given and `bytes` zero bytes of data.
std::string forged(std::string header, std::size_t bytes) {
    header += '\n';
    const auto length = static_cast<std::uint16_t>(header.size());
    std::string file("\x93NUMPY\x01\x00", 8);
    file.append(reinterpret_cast<const char*>(&length), 2);
    return file + header + std::string(bytes, '\0');
}

std::string dictionary(const std::string& shape, const std::string& descr = "'<f4'",
                       const std::string& order = "False") {
    return "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

}  // namespace

class TestNpy : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] fs::path path(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }

private Q_SLOTS:
    void files_of_numpy_data() {
        QTest::addColumn<Shape>("shape");
        QTest::addColumn<std::vector<float>>("values");
        for (const char* dtype : {"f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"})
            QTest::newRow(dtype) << Shape{2, 3} << counting(6);
        QTest::newRow("b1") << Shape{2, 3} << std::vector<float>{0, 1, 1, 1, 1, 1};
        for (const char* version : {"version_1", "version_2", "version_3"})
            QTest::newRow(version) << Shape{3} << std::vector<float>{0.5F, -1.25F, 1e30F};
        QTest::newRow("fortran_1d") << Shape{5} << counting(5);
        QTest::newRow("fortran_2d") << Shape{3, 4} << counting(12);
        QTest::newRow("fortran_3d") << Shape{2, 3, 4} << counting(24);
        QTest::newRow("four_dimensions") << Shape{2, 2, 2, 2} << counting(16);
        QTest::newRow("negative_i2") << Shape{3} << std::vector<float>{-32768, -1, 32767};
        QTest::newRow("scalar") << Shape{} << std::vector<float>{7.5F};
        QTest::newRow("empty") << Shape{0, 3} << std::vector<float>{};
    }
    void files_of_numpy() {
        QFETCH(Shape, shape);
        QFETCH(std::vector<float>, values);
        const auto array = read_npy(golden(QTest::currentDataTag()));
        QVERIFY2(array, array ? "" : array.error().to_string().c_str());
        QCOMPARE(array->shape, shape);
        QCOMPARE(array->values, values);
    }

    void special_numbers() {
        const auto array = read_npy(golden("extremes_f8"));
        QVERIFY(array);
        QCOMPARE(array->values.size(), std::size_t{5});
        QVERIFY(std::isnan(array->values[0]));
        QCOMPARE(array->values[1], std::numeric_limits<float>::infinity());
        QCOMPARE(array->values[2], -std::numeric_limits<float>::infinity());
        QVERIFY(array->values[3] == 0.0F && std::signbit(array->values[3]));
        QCOMPARE(array->values[4], 0.1F);
    }

    void dtypes_of_no_use_are_refused_data() {
        QTest::addColumn<QString>("found");
        QTest::newRow("big_endian") << ">f4";
        QTest::newRow("complex") << "<c8";
        QTest::newRow("half") << "<f2";
        QTest::newRow("object") << "|O";
        QTest::newRow("text") << "<U3";
        QTest::newRow("structured") << "descr";
    }
    void dtypes_of_no_use_are_refused() {
        QFETCH(QString, found);
        const auto file = golden(QTest::currentDataTag());
        const auto array = read_npy(file);
        QVERIFY(!array);
        QCOMPARE(array.error().place, file.string());
        QVERIFY2(QString::fromStdString(array.error().message).contains(found), array.error().to_string().c_str());
        QVERIFY(!array.error().advice.empty());
    }

    void no_prefix_of_a_file_is_read() {
        for (const char* name : {"fortran_2d", "version_2", "scalar"}) {
            const auto whole = read_file(golden(name));
            QVERIFY(whole);
            for (std::size_t size = 0; size < whole->size(); ++size) {
                put(path("prefix.npy"), std::string_view(*whole).substr(0, size));
                const auto array = read_npy(path("prefix.npy"));
                QVERIFY2(!array, (std::string(name) + " cut to " + std::to_string(size) + " bytes").c_str());
                QCOMPARE(array.error().place, path("prefix.npy").string());
            }
            put(path("longer.npy"), *whole + "x");
            QVERIFY(!read_npy(path("longer.npy")));
        }
    }

    void damaged_files_are_refused_data() {
        QTest::addColumn<QByteArray>("file");
        const auto add = [](const char* name, const std::string& file) {
            QTest::newRow(name) << QByteArray::fromStdString(file);
        };
        add("more than the file holds", forged(dictionary("(3,)"), 8));
        add("less than the file holds", forged(dictionary("(3,)"), 16));
        add("product wraps to zero", forged(dictionary("(4294967296, 4294967296)"), 0));
        add("product wraps to the size", forged(dictionary("(4294967296, 4294967296, 1)"), 4));
        add("product of bytes wraps", forged(dictionary("(4611686018427387905,)"), 4));
        add("more than 64 bits", forged(dictionary("(99999999999999999999,)"), 4));
        add("negative extent", forged(dictionary("(-1,)"), 4));
        add("negative extents", forged(dictionary("(-1, -1)"), 4));
        add("extent is a word", forged(dictionary("(one,)"), 4));
        add("extent is a fraction", forged(dictionary("(1.0,)"), 4));
        add("shape is a list", forged(dictionary("[1]"), 4));
        add("shape does not end", forged("{'descr': '<f4', 'fortran_order': False, 'shape': (1,", 4));
        add("no shape", forged("{'descr': '<f4', 'fortran_order': False}", 4));
        add("order is a number", forged(dictionary("(1,)", "'<f4'", "0"), 4));
        add("no order", forged("{'descr': '<f4', 'shape': (1,), }", 4));
        add("empty dtype", forged(dictionary("(1,)", "''"), 4));
        add("dtype does not end", forged("{'fortran_order': False, 'shape': (1,), 'descr': '<f4", 4));
        add("no dtype", forged("{'fortran_order': False, 'shape': (1,), }", 4));
        add("empty header", forged("", 4));
        add("version 4", std::string("\x93NUMPY\x04\x00", 8) + std::string(200, ' '));
        add("version 0", std::string("\x93NUMPY\x00\x00", 8) + std::string(200, ' '));
        add("header longer than the file", std::string("\x93NUMPY\x02\x00\xFF\xFF\xFF\xFF", 12) + dictionary("(1,)"));
        add("a zip archive", "PK\x03\x04 and so on");
        add("text", "0 1 1 0\n");
    }
    void damaged_files_are_refused() {
        QFETCH(QByteArray, file);
        put(path("damaged.npy"), file.toStdString());
        const auto array = read_npy(path("damaged.npy"));
        QVERIFY(!array);
        QCOMPARE(array.error().place, path("damaged.npy").string());
        QVERIFY(!array.error().message.empty());
    }

    void what_is_written_is_read_data() {
        QTest::addColumn<Shape>("shape");
        QTest::newRow("scalar") << Shape{};
        QTest::newRow("vector") << Shape{12};
        QTest::newRow("matrix") << Shape{12, 12};
        QTest::newRow("maps") << Shape{2, 3, 5, 5};
        QTest::newRow("none") << Shape{0};
    }
    void what_is_written_is_read() {
        QFETCH(Shape, shape);
        std::size_t count = 1;
        for (const auto extent : shape) count *= static_cast<std::size_t>(extent);
        Array array{shape, counting(count)};
        if (count > 3) array.values[2] = -1.5e-40F;  // subnormal
        QVERIFY(write_npy(path("written.npy"), array));
        const auto bytes = read_file(path("written.npy"));
        QVERIFY(bytes);
        // What numpy.save writes: version 1.0, data at a multiple of 64 bytes.
        QVERIFY(bytes->starts_with(std::string_view("\x93NUMPY\x01\x00", 8)));
        QCOMPARE((bytes->size() - count * sizeof(float)) % 64, std::size_t{0});
        const auto back = read_npy(path("written.npy"));
        QVERIFY(back);
        QCOMPARE(back->shape, shape);
        QCOMPARE(back->values, array.values);
    }

    void written_as_numpy_writes() {
        const auto expected = read_file(golden("f4"));
        QVERIFY(expected);
        QVERIFY(write_npy(path("f4.npy"), Array{{2, 3}, counting(6)}));
        const auto bytes = read_file(path("f4.npy"));
        QVERIFY(bytes);
        // numpy 2 pads its header for growing; ours may be shorter, its dictionary must be the same.
        const auto text = [](const std::string& file) { return file.substr(10, file.find('}') - 9); };
        QCOMPARE(text(*bytes), text(*expected));
        QCOMPARE(bytes->substr(bytes->size() - 24), expected->substr(expected->size() - 24));
    }
};

QTEST_GUILESS_MAIN(TestNpy)
#include "tst_npy.moc"
