// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/base/file.h"
#include "core/model/safetensors.h"

using namespace lottery;
namespace fs = std::filesystem;

namespace {

std::string file_bytes(const std::string& header, const std::string& data) {
    std::uint64_t length = header.size();
    return std::string(reinterpret_cast<const char*>(&length), 8) + header + data;
}

// JSON with ' for ", which reads better (and moc stumbles over raw strings).
std::string json(std::string text) {
    std::replace(text.begin(), text.end(), '\'', '"');
    return text;
}

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape, int begin, int end) {
    return json("'" + name + "':{'dtype':'" + dtype + "','shape':" + shape + ",'data_offsets':[" +
                std::to_string(begin) + "," + std::to_string(end) + "]}");
}

std::string object(std::initializer_list<std::string> entries) {
    std::string text = "{";
    for (const auto& e : entries) text += (text.size() > 1 ? "," : "") + e;
    return text + "}";
}

template <typename T>
std::string raw(std::initializer_list<T> values) {
    return {reinterpret_cast<const char*>(std::data(values)), values.size() * sizeof(T)};
}

// Not atomically: a file on disk matters less here than thousands of them.
void write(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

class TestSafetensors : public QObject {
    Q_OBJECT

private:
    QTemporaryDir folder_;
    [[nodiscard]] fs::path path(const char* name = "model.safetensors") const {
        return fs::path(folder_.path().toStdString()) / name;
    }

private Q_SLOTS:
    // Bytes as the format's description has them, by hand: what a checkpoint of another program looks like.
    void reads_data() {
        QTest::addColumn<QString>("dtype");
        QTest::addColumn<QByteArray>("data");
        QTest::addColumn<int>("read_as");  // torch dtype
        QTest::addColumn<QList<double>>("values");
        const auto row = [](const char* dtype, const std::string& data, torch::Dtype read_as, QList<double> values) {
            for (const char* name : {"aligned", "not aligned"})
                QTest::addRow("%s %s", dtype, name)
                    << dtype << QByteArray::fromStdString(data) << static_cast<int>(read_as) << values;
        };
        row("F32", raw<float>({1.5F, -0.25F, 3e38F}), torch::kFloat32, {1.5, -0.25, static_cast<double>(3e38F)});
        row("F64", raw<double>({1.5, -0.25, 0.1}), torch::kFloat32, {1.5, -0.25, static_cast<double>(0.1F)});
        // 1, -2, 2^-24 (the smallest half), 65504 (the largest)
        row("F16", raw<std::uint16_t>({0x3c00, 0xc000, 0x0001}), torch::kFloat32, {1.0, -2.0, 1.0 / 16777216.0});
        row("BF16", raw<std::uint16_t>({0x3f80, 0xc000, 0x4049}), torch::kFloat32, {1.0, -2.0, 3.140625});
        row("I64", raw<std::int64_t>({1, -2, std::int64_t{1} << 40}), torch::kInt64, {1, -2, 1099511627776.0});
        row("I32", raw<std::int32_t>({1, -2, 70000}), torch::kInt32, {1, -2, 70000});
        row("I16", raw<std::int16_t>({1, -2, 3}), torch::kInt16, {1, -2, 3});
        row("I8", raw<std::int8_t>({1, -2, 3}), torch::kInt8, {1, -2, 3});
        row("U8", raw<std::uint8_t>({1, 255, 3}), torch::kUInt8, {1, 255, 3});
        row("BOOL", raw<std::uint8_t>({1, 0, 1}), torch::kBool, {1, 0, 1});
    }
    void reads() {
        QFETCH(QString, dtype);
        QFETCH(QByteArray, data);
        QFETCH(int, read_as);
        QFETCH(QList<double>, values);
        auto header = object({json("'__metadata__':{'format':'pt'}"),
                              entry("a", dtype.toStdString(), "[3]", 0, static_cast<int>(data.size()))});
        // The data begin where the header ends.
        const bool aligned = !QByteArray(QTest::currentDataTag()).contains("not");
        while (header.size() % 8 != (aligned ? 0U : 3U)) header += ' ';
        write(path(), file_bytes(header, data.toStdString()));
        const auto file = SafetensorsFile::open(path());
        QVERIFY2(file, file ? "" : file.error().to_string().c_str());
        QCOMPARE(file->entries().size(), std::size_t{1});
        QCOMPARE(file->metadata().at("format"), std::string("pt"));
        const auto tensor = file->tensor("a");
        QVERIFY(tensor);
        QCOMPARE(static_cast<int>(tensor->scalar_type()), read_as);
        QCOMPARE(tensor->sizes().vec(), std::vector<std::int64_t>{3});
        const auto wide = tensor->to(torch::kFloat64);
        for (int i = 0; i < 3; ++i) QCOMPARE(wide[i].item<double>(), values[i]);
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& bytes, const char* says) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << says;
        };
        const std::string data(24, '\1');
        const auto good = object({entry("a", "F32", "[2,2]", 0, 16), entry("b", "F32", "[2]", 16, 24)});
        row("empty", "", "is empty");
        row("shorter than its length", "\1\2\3", "truncated");
        row("header leaves the file", file_bytes(good, data).substr(0, 40), "truncated");
        row("header over 100 MB", std::string("\xff\xff\xff\x7f\0\0\0\0", 8) + good, "at most 100000000");
        row("a pickle", std::string("\x80\x02}q\0(X\6\0\0\0weight", 16), "bytes");
        row("not JSON", file_bytes("{\"a\":", data), "not valid JSON");
        row("not UTF-8", file_bytes("{\"\xff\":1}", data), "not valid JSON");
        row("no object", file_bytes("[1,2]", data), "JSON object was expected");
        row("an entry no object", file_bytes(json("{'a':3}"), data), "object was expected");
        row("a key twice",
            file_bytes(object({entry("a", "F32", "[2,2]", 0, 16), entry("a", "F32", "[2]", 16, 24)}), data),
            "\"a\" stands twice");
        row("a key twice within",
            file_bytes(json("{'a':{'dtype':'F32','dtype':'F16','shape':[6],'data_offsets':[0,24]}}"), data),
            "\"dtype\" stands twice");
        row("unknown dtype", file_bytes(object({entry("a", "F8_E4M3", "[24]", 0, 24)}), data),
            "\"a\": dtype is \"F8_E4M3\", expected one of F64, F32, F16");
        row("no dtype", file_bytes(json("{'a':{'shape':[6],'data_offsets':[0,24]}}"), data), "\"dtype\" is missing");
        row("no shape", file_bytes(json("{'a':{'dtype':'F32','data_offsets':[0,24]}}"), data), "\"shape\" is missing");
        row("unknown key", file_bytes(json("{'a':{'dtype':'F32','shape':[6],'data_offsets':[0,24],'x':1}}"), data),
            "unknown key \"x\"");
        row("shape too large", file_bytes(object({entry("a", "F32", "[7]", 0, 24)}), data),
            "shape [7] of F32 does not fill its 24 bytes");
        row("shape too small", file_bytes(object({entry("a", "F32", "[5]", 0, 24)}), data), "shape [5] of F32");
        row("half a value", file_bytes(object({entry("a", "F32", "[5]", 0, 23)}), std::string(23, '\1')), "23 bytes");
        row("shape overflows", file_bytes(object({entry("a", "F32", "[4611686018427387903,4,6]", 0, 24)}), data),
            "does not fill");
        row("negative size", file_bytes(object({entry("a", "F32", "[-6]", 0, 24)}), data), "whole numbers");
        row("size not whole", file_bytes(object({entry("a", "F32", "[6.0]", 0, 24)}), data), "whole numbers");
        row("offsets backwards", file_bytes(object({entry("a", "F32", "[6]", 24, 0)}), data), "a begin and an end");
        row("one offset", file_bytes(json("{'a':{'dtype':'F32','shape':[6],'data_offsets':[24]}}"), data),
            "a begin and an end");
        row("leaves the file", file_bytes(good, data.substr(0, 20)), "data end at byte 24 of 20");
        row("overlap", file_bytes(object({entry("a", "F32", "[4]", 0, 16), entry("b", "F32", "[3]", 12, 24)}), data),
            "they overlap");
        row("hole", file_bytes(object({entry("a", "F32", "[3]", 0, 12), entry("b", "F32", "[2]", 16, 24)}), data),
            "there is a hole");
        row("hole in front", file_bytes(object({entry("a", "F32", "[5]", 4, 24)}), data), "there is a hole");
        row("bytes left over", file_bytes(object({entry("a", "F32", "[5]", 0, 20)}), data), "4 bytes after the last");
        row("metadata no text", file_bytes(json("{'__metadata__':{'format':1}}"), ""), "__metadata__");
    }
    void refuses() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        write(path(), bytes.toStdString());
        const auto file = SafetensorsFile::open(path());
        QVERIFY(!file);
        const auto line = QString::fromStdString(file.error().to_string());
        QVERIFY2(line.contains(says), qPrintable(line));
        QVERIFY2(line.startsWith(QString::fromStdString(path().string())), qPrintable(line));
        QVERIFY2(!file.error().advice.empty(), qPrintable(line));
    }

    // Every file that ends too early is refused, wherever it ends.
    void refuses_every_truncation() {
        const auto whole = file_bytes(object({entry("a", "F32", "[2]", 0, 8), entry("b", "F16", "[2]", 8, 12)}),
                                      std::string(12, '\1'));
        write(path(), whole);
        QVERIFY(SafetensorsFile::open(path()));
        for (std::size_t size = 0; size < whole.size(); ++size) {
            write(path(), whole.substr(0, size));
            QVERIFY2(!SafetensorsFile::open(path()), std::to_string(size).c_str());
        }
    }

    void names_what_is_not_there() {
        const auto missing = SafetensorsFile::open(path("none.safetensors"));
        QVERIFY(!missing);
        QCOMPARE(missing.error().place, path("none.safetensors").string());
        const auto folder = SafetensorsFile::open(fs::path(folder_.path().toStdString()));
        QVERIFY(!folder);

        QVERIFY(write_safetensors(path(), {{"a", torch::ones({2})}}));
        const auto file = SafetensorsFile::open(path());
        QVERIFY(file);
        QVERIFY(file->find("b") == nullptr);
        const auto tensor = file->tensor("b");
        QVERIFY(!tensor);
        QVERIFY(tensor.error().message.find("\"b\"") != std::string::npos);
    }

    void writes_and_reads() {
        torch::manual_seed(1);
        const std::vector<std::pair<std::string, torch::Tensor>> tensors = {
            {"whole", torch::arange(5, torch::kInt64)},
            {"bool", torch::tensor({true, false, true})},
            {"matrix", torch::randn({3, 4})},
            {"transposed", torch::randn({4, 3}).t()},
            {"with gradient", torch::randn({2, 2}, torch::requires_grad())},
            {"scalar", torch::tensor(2.5F)},
            {"nothing", torch::empty({0, 4})},
            {"half", torch::randn({7}).to(torch::kHalf)},
            {"bfloat", torch::randn({7}).to(torch::kBFloat16)},
            {"ünï\"code\\", torch::randn({1})}};
        QVERIFY(write_safetensors(path(), tensors, {{"format", "pt"}, {"by", "a test"}}));
        const auto file = SafetensorsFile::open(path());
        QVERIFY2(file, file ? "" : file.error().to_string().c_str());
        QCOMPARE(file->metadata(), (std::map<std::string, std::string>{{"by", "a test"}, {"format", "pt"}}));
        QCOMPARE(file->entries().size(), tensors.size());
        for (const auto& [name, written] : tensors) {
            const auto* stored = file->find(name);
            QVERIFY2(stored != nullptr, name.c_str());
            QCOMPARE(stored->dtype, written.scalar_type());
            QCOMPARE(stored->begin % written.element_size(), std::uint64_t{0});
            const auto read = file->tensor(name);
            QVERIFY(read);
            const auto expected = written.is_floating_point() ? written.to(torch::kFloat32) : written;
            QVERIFY2(torch::equal(*read, expected), name.c_str());
            QVERIFY(read->is_contiguous());
            QVERIFY(!read->requires_grad());
        }
    }

    void writes_the_same_bytes_again() {
        std::vector<std::pair<std::string, torch::Tensor>> tensors = {{"b", torch::ones({2})},
                                                                      {"a", torch::zeros({3})}};
        QVERIFY(write_safetensors(path(), tensors));
        std::swap(tensors[0], tensors[1]);
        QVERIFY(write_safetensors(path("again.safetensors"), tensors));
        QCOMPARE(*read_file(path()), *read_file(path("again.safetensors")));
    }

    void what_is_read_is_a_copy() {
        QVERIFY(write_safetensors(path(), {{"a", torch::ones({4})}}));
        const auto file = SafetensorsFile::open(path());
        QVERIFY(file);
        const auto first = *file->tensor("a");
        first.fill_(7);
        QVERIFY(torch::equal(*file->tensor("a"), torch::ones({4})));
    }

    void an_open_file_outlives_its_replacement() {
        QVERIFY(write_safetensors(path(), {{"a", torch::ones({100'000})}}));
        const auto file = SafetensorsFile::open(path());
        QVERIFY(file);
        QVERIFY(write_safetensors(path(), {{"a", torch::zeros({2})}}));
        QVERIFY(torch::equal(*file->tensor("a"), torch::ones({100'000})));
    }

    void refuses_to_write_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("says");
        QTest::newRow("a name twice") << "twice"
                                      << "stands twice";
        QTest::newRow("reserved name") << "reserved"
                                       << "__metadata__";
        QTest::newRow("complex values") << "complex"
                                        << "expected one of F64";
        QTest::newRow("below a file") << "below"
                                      << "";
    }
    void refuses_to_write() {
        QFETCH(QString, kind);
        QFETCH(QString, says);
        QVERIFY(write_safetensors(path(), {{"old", torch::ones({2})}}));
        const auto before = *read_file(path());
        std::vector<std::pair<std::string, torch::Tensor>> tensors = {{"a", torch::ones({2})}};
        auto target = path();
        if (kind == "twice") tensors.emplace_back("a", torch::zeros({2}));
        if (kind == "reserved") tensors.emplace_back("__metadata__", torch::zeros({2}));
        if (kind == "complex") tensors.emplace_back("c", torch::zeros({2}, torch::kComplexFloat));
        if (kind == "below") target = path() / "model.safetensors";
        const auto status = write_safetensors(target, tensors);
        QVERIFY(!status);
        QVERIFY2(status.error().message.find(says.toStdString()) != std::string::npos, status.error().message.c_str());
        QCOMPARE(*read_file(path()), before);
        // Nothing half-written stays behind.
        for (const auto& item : fs::directory_iterator(folder_.path().toStdString()))
            QVERIFY2(item.path().filename().string().find(".part") == std::string::npos, item.path().c_str());
    }
};

QTEST_GUILESS_MAIN(TestSafetensors)
#include "tst_safetensors.moc"
