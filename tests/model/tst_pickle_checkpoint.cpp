// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <fstream>

#include "core/model/pickle_checkpoint.h"
#include "tests/model/zip_bytes.h"

using namespace lottery;
using namespace std::string_literals;
using namespace lottery::test;
namespace fs = std::filesystem;

namespace {

std::string text(const std::string& s) { return "X" + little_endian(s.size(), 4) + s; }
std::string global(const std::string& module, const std::string& name) { return "c" + module + "\n" + name + "\n"; }
std::string number(int value) { return "J" + little_endian(static_cast<std::uint32_t>(value), 4); }
std::string tuple(const std::vector<int>& values) {
    std::string bytes = "(";
    for (const int v : values) bytes += number(v);
    return bytes + "t";
}
std::string storage(const std::string& type, const std::string& record, int size) {
    return "(" + text("storage") + global("torch", type) + text(record) + text("cpu") + number(size) + "tQ";
}
// A tensor as torch.save pickles it.
std::string tensor(const std::string& stored, int offset, const std::vector<int>& shape,
                   const std::vector<int>& strides) {
    return global("torch._utils", "_rebuild_tensor_v2") + "(" + stored + number(offset) + tuple(shape) +
           tuple(strides) + "\x89" + global("collections", "OrderedDict") + ")RtR";
}
std::string dictionary(const std::string& items) { return "\x80\x02}(" + items + "u."; }

const std::string kFloats = storage("FloatStorage", "0", 6);
const std::string kMatrix = tensor(kFloats, 0, {2, 3}, {3, 1});
const std::string kGood = dictionary(text("a") + kMatrix);

std::string six_floats() {
    const float values[] = {0, 1, 2, 3, 4, 5};
    return {reinterpret_cast<const char*>(values), sizeof values};
}

std::string archive(const std::string& pickle, const ZipChanges& changes = {}) {
    return zip_bytes({{"archive/data.pkl", pickle}, {"archive/data/0", six_floats()}, {"archive/version", "3\n"}},
                     changes);
}

// Not atomically: a file on disk matters less here than thousands of them.
void write(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

class TestPickleCheckpoint : public QObject {
    Q_OBJECT

private:
    QTemporaryDir folder_;
    [[nodiscard]] fs::path path() const { return fs::path(folder_.path().toStdString()) / "pytorch_model.bin"; }

private Q_SLOTS:
    void reads_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QList<float>>("values");
        const auto row = [](const char* name, const std::string& bytes, const QList<float>& values) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << values;
        };
        row("plain", archive(kGood), {0, 1, 2, 3, 4, 5});
        row("with a comment", archive(kGood, with_comment("from somewhere PK\5\6")), {0, 1, 2, 3, 4, 5});
        row("transposed", archive(dictionary(text("a") + tensor(kFloats, 0, {2, 3}, {1, 2}))), {0, 2, 4, 1, 3, 5});
        row("a part", archive(dictionary(text("a") + tensor(kFloats, 2, {3}, {1}))), {2, 3, 4});
        row("every second", archive(dictionary(text("a") + tensor(kFloats, 1, {3}, {2}))), {1, 3, 5});
        row("expanded", archive(dictionary(text("a") + tensor(kFloats, 1, {2, 2}, {0, 1}))), {1, 2, 1, 2});
        row("nothing", archive(dictionary(text("a") + tensor(kFloats, 6, {0, 3}, {3, 1}))), {});
        row("scalar", archive(dictionary(text("a") + tensor(kFloats, 3, {}, {}))), {3});
        row("ordered, with attributes",
            archive("\x80\x02" + global("collections", "OrderedDict") + ")R" + text("a") + kMatrix + "s}" +
                    text("_metadata") + global("collections", "OrderedDict") + ")R" + text("") + "}" + text("version") +
                    "K\1sssb."),
            {0, 1, 2, 3, 4, 5});
        row("parameter",
            archive(dictionary(text("a") + global("torch._utils", "_rebuild_parameter") + "(" + kMatrix + "\x88" +
                               global("collections", "OrderedDict") + ")RtR")),
            {0, 1, 2, 3, 4, 5});
        row("remembered values",
            archive("\x80\x02}q\0("s + text("a") + "q\1" + kMatrix + "r" + little_endian(300, 4) + text("b") + "j" +
                    little_endian(300, 4) + "u."),
            {0, 1, 2, 3, 4, 5});
        row("long numbers",
            archive(dictionary(text("a") + global("torch._utils", "_rebuild_tensor_v2") + "(" + kFloats + "\x8a\1\2" +
                               tuple({3}) + "\x8a\1\1\x85" + "\x89}tR")),
            {2, 3, 4});
    }
    void reads() {
        QFETCH(QByteArray, bytes);
        QFETCH(QList<float>, values);
        write(path(), bytes.toStdString());
        const auto file = PickleCheckpoint::open(path());
        QVERIFY2(file, file ? "" : file.error().to_string().c_str());
        QVERIFY(!file->tensors().empty());
        QCOMPARE(file->tensors().front().key, std::string("a"));
        const auto read = file->load(file->tensors().front());
        QVERIFY(read.is_contiguous());
        QCOMPARE(read.numel(), values.size());
        for (int i = 0; i < values.size(); ++i) QCOMPARE(read.data_ptr<float>()[i], values[i]);
    }

    void lists_what_is_no_tensor() {
        write(path(), archive(dictionary(text("step") + number(3) + text("a") + kMatrix + text("list") + "](" +
                                         number(1) + number(2) + "e" + text("rate") + "G" + std::string(8, '\0'))));
        const auto file = PickleCheckpoint::open(path());
        QVERIFY2(file, file ? "" : file.error().to_string().c_str());
        QCOMPARE(file->tensors().size(), std::size_t{1});
        QCOMPARE(file->others(), (std::vector<std::string>{"step", "list", "rate"}));
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& bytes, const char* says) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << says;
        };
        const auto pickle = [&](const char* name, const std::string& bytes, const char* says) {
            row(name, archive(bytes), says);
        };
        // The container.
        row("empty", "", "is empty");
        row("bare pickle", kGood, "before 1.6");
        row("text", "not a checkpoint", "does not begin as a zip archive");
        row("no directory", archive(kGood).substr(0, 200), "no directory at its end");
        row("compressed", archive(kGood, with_method(8)), "compressed or encrypted");
        row("encrypted", archive(kGood, with_flags(1)), "compressed or encrypted");
        row("record leaves the file", archive(kGood, with_size_added(100'000)), "leaves the file");
        row("record elsewhere", archive(kGood, with_offset_added(1)), "leaves the file");
        row("record far away", archive(kGood, with_offset_added(1 << 30)), "leaves the file");
        row("record twice", zip_bytes({{"a/data.pkl", kGood}, {"a/data.pkl", kGood}}), "stands twice");
        row("two pickles", zip_bytes({{"a/data.pkl", kGood}, {"b/data.pkl", kGood}}), "more than one data.pkl");
        row("no pickle", zip_bytes({{"a/other", kGood}}), "no data.pkl");
        row("big-endian", zip_bytes({{"a/data.pkl", kGood}, {"a/data/0", six_floats()}, {"a/byteorder", "big"}}),
            "big-endian");
        row("no storage", zip_bytes({{"a/data.pkl", kGood}}), "\"a\": its storage \"0\" is absent");
        row("short storage", zip_bytes({{"a/data.pkl", kGood}, {"a/data/0", six_floats().substr(4)}}),
            "has 20 bytes, expected 6 values of 4 bytes");
        row("half a value", zip_bytes({{"a/data.pkl", kGood}, {"a/data/0", six_floats().substr(2)}}), "has 22 bytes");
        row("another dtype", archive(dictionary(text("a") + tensor(storage("DoubleStorage", "0", 6), 0, {6}, {1}))),
            "has 24 bytes, expected 6 values of 8 bytes");
        // Code.
        pickle("calls os.system", "\x80\x02" + global("posix", "system") + text("touch executed") + "\x85R.",
               "needs \"posix.system\"");
        pickle("calls eval for a tensor", dictionary(text("a") + global("builtins", "eval") + text("1") + "\x85R"),
               "needs \"builtins.eval\"");
        pickle("a class of the writer's", dictionary(text("a") + global("__main__", "Trainer") + ")\x81"),
               "needs \"__main__.Trainer\"");
        pickle("a function of torch's", dictionary(text("a") + global("torch._utils", "_import_dotted_name") + ")R"),
               "needs \"torch._utils._import_dotted_name\"");
        // The pickle.
        pickle("protocol 4", "\x80\x04\x95" + std::string(8, '\0') + "}.", "protocol 4");
        pickle("cut short", kGood.substr(0, kGood.size() - 1), "ends too early");
        pickle("number cut short", "\x80\x02J\1", "ends too early");
        pickle("text beyond the end",
               "\x80\x02X\xff\xff\xff\xff"
               "abc",
               "ends too early");
        pickle("name without an end",
               "\x80\x02"
               "cposix",
               "ends too early");
        pickle("nothing on the stack", "\x80\x02.", "a value is missing");
        pickle("no mark", "\x80\x02}u.", "a mark is missing");
        pickle("takes from below a mark", "\x80\x02}(R.", "a value is missing");
        pickle("empty memo", "\x80\x02h\7.", "memo 7 is empty");
        pickle("unknown opcode", "\x80\x02\xff.", "opcode 255");
        pickle("items on a number", "\x80\x02" + number(1) + text("a") + kMatrix + "s.", "no dictionary");
        pickle("a key without a value", "\x80\x02}(" + text("a") + "u.", "no dictionary");
        pickle("attributes on a number", "\x80\x02" + number(1) + "}b.", "no dictionary");
        pickle("calls a number", "\x80\x02" + number(1) + ")R.", "without a function");
        pickle("storage of four values",
               dictionary(text("a") + "(" + text("storage") + global("torch", "FloatStorage") + text("0") +
                          text("cpu") + "tQ"),
               "five values");
        pickle("storage of a negative size",
               dictionary(text("a") + tensor(storage("FloatStorage", "0", -1), 0, {1}, {1})), "does not fit");
        pickle("storage of another kind",
               dictionary(text("a") + "(" + text("file") + global("torch", "FloatStorage") + text("0") + text("cpu") +
                          number(6) + "tQ"),
               "does not fit");
        pickle("tensor of a number", dictionary(text("a") + tensor(number(1), 0, {2, 3}, {3, 1})), "does not fit");
        pickle("shape and strides differ", dictionary(text("a") + tensor(kFloats, 0, {2, 3}, {1})), "does not fit");
        pickle("negative size", dictionary(text("a") + tensor(kFloats, 0, {-1}, {1})), "does not fit");
        pickle("negative stride", dictionary(text("a") + tensor(kFloats, 5, {2}, {-1})), "does not fit");
        pickle("size overflows",
               dictionary(text("a") + tensor(kFloats, 0, {2147483647, 2147483647, 2147483647}, {0, 0, 0})),
               "does not fit");
        pickle("leaves its storage", dictionary(text("a") + tensor(kFloats, 1, {2, 3}, {3, 1})),
               "leaves its storage of 6");
        pickle("leaves it by a stride", dictionary(text("a") + tensor(kFloats, 0, {2}, {6})),
               "leaves its storage of 6");
        pickle("begins before it", dictionary(text("a") + tensor(kFloats, -1, {1}, {1})), "leaves its storage of 6");
        pickle("begins after it", dictionary(text("a") + tensor(kFloats, 7, {0}, {1})), "leaves its storage of 6");
        pickle("too few values",
               dictionary(text("a") + global("torch._utils", "_rebuild_tensor_v2") + "(" + kFloats + "tR"),
               "too few values");
        pickle("no dictionary", "\x80\x02" + kMatrix + ".", "other than a dictionary");
        pickle("a key that is no text", dictionary(number(1) + kMatrix), "not all text");
        pickle("a key twice", dictionary(text("a") + kMatrix + text("a") + kMatrix), "\"a\" stands twice");
        pickle("an OrderedDict from a list", "\x80\x02" + global("collections", "OrderedDict") + "]\x85R.", "Python 2");
        pickle("over 4 MB", std::string((4U << 20U) + 1, 'N'), "at most 4194304");
    }
    void refuses() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        write(path(), bytes.toStdString());
        const auto file = PickleCheckpoint::open(path());
        QVERIFY(!file);
        const auto line = QString::fromStdString(file.error().to_string());
        QVERIFY2(line.contains(says), qPrintable(line));
        QVERIFY2(line.startsWith(QString::fromStdString(path().string())), qPrintable(line));
        QVERIFY2(!file.error().advice.empty(), qPrintable(line));
        QVERIFY(!fs::exists("executed"));
    }

    void refuses_every_truncation() {
        const auto whole = archive(kGood);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            write(path(), whole.substr(0, size));
            QVERIFY2(!PickleCheckpoint::open(path()), std::to_string(size).c_str());
        }
    }

    // Whatever one byte is changed to, the file is refused or every tensor lies within it.
    void survives_every_changed_byte() {
        const auto whole = archive(kGood);
        std::size_t read = 0;
        for (std::size_t at = 0; at < whole.size(); ++at) {
            for (const int change : {0x01, 0x80, 0xff}) {
                auto bytes = whole;
                bytes[at] = static_cast<char>(bytes[at] ^ change);
                write(path(), bytes);
                const auto file = PickleCheckpoint::open(path());
                if (!file) continue;
                for (const auto& stored : file->tensors()) {
                    if (stored.shape.size() > 8) continue;
                    read += static_cast<std::size_t>(file->load(stored).numel());
                }
            }
        }
        QVERIFY(read > 0);  // changed values are still read
    }
};

QTEST_GUILESS_MAIN(TestPickleCheckpoint)
#include "tst_pickle_checkpoint.moc"
