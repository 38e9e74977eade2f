// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"

#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <fstream>

#include "core/base/atomic_writer.h"
#include "core/base/in_memory.h"

using namespace lottery;
namespace fs = std::filesystem;

class TestFile : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] fs::path path(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }
    [[nodiscard]] std::size_t files_in(const fs::path& folder) const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(folder_.isValid()); }

    void what_is_written_is_read_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("text") << QByteArray("line\nline\r\n");
        QTest::newRow("every byte value") << [] {
            QByteArray all;
            for (int b = 0; b < 256; ++b) all += static_cast<char>(b);
            return all;
        }();
        QTest::newRow("longer than any buffer") << QByteArray(3'000'001, 'x');
    }
    void what_is_written_is_read() {
        QFETCH(QByteArray, bytes);
        const auto file = path("a/deep/folder") / QTest::currentDataTag();
        QVERIFY(write_file_atomically(file, bytes.toStdString()));
        const auto back = read_file(file);
        QVERIFY(back);
        QVERIFY(*back == bytes.toStdString());
    }

    void what_killed_writers_left_is_removed() {
        const auto folder = path("abandoned");
        const pid_t child = ::fork();
        if (child == 0) ::_exit(0);
        int status = 0;
        ::waitpid(child, &status, 0);  // its number belongs to nobody now
        const auto of = [&](const char* name, pid_t process) {
            return folder / "deep" / (std::string(name) + ".part-" + std::to_string(process));
        };
        for (const auto& file : {of("gone.json", child), of("mine.json", ::getpid())})
            QVERIFY(write_file_atomically(file, "half"));
        QVERIFY(write_file_atomically(folder / "notes.part-1a", "no part of ours"));
        QCOMPARE(remove_abandoned_parts(folder), 1);
        QVERIFY(!fs::exists(of("gone.json", child)));
        QVERIFY(fs::exists(of("mine.json", ::getpid())));
        QVERIFY(fs::exists(folder / "notes.part-1a"));
        QCOMPARE(remove_abandoned_parts(path("nowhere")), 0);
    }

    void a_second_write_replaces_and_leaves_nothing_beside() {
        const auto file = path("replaced") / "f.txt";
        QVERIFY(write_file_atomically(file, "a long first content"));
        QVERIFY(write_file_atomically(file, "second"));
        QCOMPARE(*read_file(file), std::string("second"));
        QCOMPARE(files_in(file.parent_path()), std::size_t{1});
    }

    void an_unfinished_write_leaves_the_old_file() {
        const auto file = path("unfinished") / "f.txt";
        QVERIFY(write_file_atomically(file, "old"));
        {
            auto writer = AtomicFileWriter::create(file);
            QVERIFY(writer);
            QVERIFY(writer->write("new, but "));
            QCOMPARE(*read_file(file), std::string("old"));
        }
        QCOMPARE(*read_file(file), std::string("old"));
        QCOMPARE(files_in(file.parent_path()), std::size_t{1});
    }

    void pieces_make_one_file() {
        const auto file = path("pieces.txt");
        auto writer = AtomicFileWriter::create(file);
        QVERIFY(writer);
        for (int i = 0; i < 1000; ++i) QVERIFY(writer->write(std::to_string(i % 10)));
        QVERIFY(!fs::exists(file));
        QVERIFY(writer->commit());
        const auto back = read_file(file);
        QVERIFY(back);
        QCOMPARE(back->size(), std::size_t{1000});
        QVERIFY(back->starts_with("0123456789012"));
    }

    void reading_what_cannot_be_read() {
        const auto missing = read_file(path("missing.txt"));
        QVERIFY(!missing);
        QCOMPARE(missing.error().place, path("missing.txt").string());
        QVERIFY(missing.error().message.find("no such file") != std::string::npos);
        const auto folder = read_file(path(""));
        QVERIFY(!folder);
        QVERIFY(folder.error().message.find("folder") != std::string::npos);
        QVERIFY(!sha256_of_file(path("missing.txt")));
        QVERIFY(!sha256_of_file(path("")));
    }

    void writing_where_it_cannot_be_written() {
        QVERIFY(write_file_atomically(path("plain.txt"), "x"));
        const auto below_a_file = write_file_atomically(path("plain.txt") / "below.txt", "y");
        QVERIFY(!below_a_file);
        QVERIFY(!below_a_file.error().place.empty());
        QVERIFY(fs::create_directories(path("is_a_folder") / "with_content"));
        const auto over_a_folder = write_file_atomically(path("is_a_folder"), "y");
        QVERIFY(!over_a_folder);
        QVERIFY(fs::is_directory(path("is_a_folder") / "with_content"));
        QVERIFY(!make_folder(path("plain.txt")));
    }

    void a_read_only_folder_keeps_its_file() {
        if (::geteuid() == 0) QSKIP("permissions do not bind the superuser");
        const auto file = path("locked") / "f.txt";
        QVERIFY(write_file_atomically(file, "old"));
        fs::permissions(file.parent_path(), fs::perms::owner_read | fs::perms::owner_exec);
        const auto status = write_file_atomically(file, "new");
        fs::permissions(file.parent_path(), fs::perms::owner_all);
        QVERIFY(!status);
        QVERIFY(!status.error().advice.empty());
        QCOMPARE(*read_file(file), std::string("old"));
    }

    void a_full_disk_keeps_the_old_file() {
        if (!fs::exists("/dev/full")) QSKIP("no /dev/full on this system");
        // The temporary file's name is taken by a link to a device that is always full.
        const auto file = path("full") / "f.txt";
        QVERIFY(write_file_atomically(file, "old"));
        for (int number = 0; number < 1000; ++number) {
            auto temporary = file;
            temporary += ".part-" + std::to_string(::getpid()) + "-" + std::to_string(number);
            fs::create_symlink("/dev/full", temporary);
        }
        const auto status = write_file_atomically(file, std::string(1 << 16, 'n'));
        QVERIFY(!status);
        QCOMPARE(*read_file(file), std::string("old"));
    }

    void digests_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("digest");
        // The examples of FIPS 180-2 and the empty message.
        QTest::newRow("empty") << QByteArray() << "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        QTest::newRow("abc") << QByteArray("abc") << "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        QTest::newRow("a million times a")
            << QByteArray(1'000'000, 'a') << "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
    }
    void digests() {
        QFETCH(QByteArray, bytes);
        QVERIFY(write_file_atomically(path("digest"), bytes.toStdString()));
        const auto digest = sha256_of_file(path("digest"));
        QVERIFY(digest);
        QTEST(QString::fromStdString(*digest), "digest");
        QTEST(QString::fromStdString(*sha256_of(bytes.toStdString())), "digest");
    }

    void many_files_without_waiting_for_each() {
        for (int round = 0; round < 2; ++round)
            for (int i = 0; i < 20; ++i)
                QVERIFY(
                    write_file_atomically(path("many") / std::to_string(i), std::to_string(i + round), Flush::Begin));
        QCOMPARE(files_in(path("many")), std::size_t{20});
        QCOMPARE(*read_file(path("many") / "19"), std::string("20"));
    }
};

QTEST_GUILESS_MAIN(TestFile)
#include "tst_file.moc"
