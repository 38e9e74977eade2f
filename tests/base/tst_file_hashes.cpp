// SPDX-License-Identifier: GPL-3.0-or-later
//
// Hashes that are kept, and locks.
#include "core/base/file_hashes.h"

#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <chrono>
#include <fstream>
#include <thread>

#include "core/base/file.h"
#include "core/base/file_lock.h"

using namespace lottery;
namespace fs = std::filesystem;

class TestFileHashes : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] fs::path path(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }
    // Old enough to be remembered: a file that was just written may change unseen.
    static void let_it_age() { std::this_thread::sleep_for(std::chrono::milliseconds(40)); }
    static std::string hash(FileHashes& hashes, const fs::path& file) {
        const auto sha256 = hashes.sha256(file);
        return sha256 ? *sha256 : sha256.error().to_string();
    }

private Q_SLOTS:
    // SHA-256 of "abc", FIPS 180-2, appendix B.1.
    void published_example() {
        QVERIFY(write_file_atomically(path("abc"), "abc"));
        FileHashes hashes;
        QCOMPARE(hash(hashes, path("abc")),
                 std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    }

    void a_change_is_seen_data() {
        QTest::addColumn<bool>("in_place");
        QTest::newRow("renamed into place") << false;
        QTest::newRow("overwritten, same size, time set back") << true;
    }
    void a_change_is_seen() {
        QFETCH(bool, in_place);
        const auto file = path(in_place ? "in_place" : "renamed");
        QVERIFY(write_file_atomically(file, "one"));
        const auto time = fs::last_write_time(file);
        let_it_age();
        FileHashes hashes;
        const auto first = hash(hashes, file);
        QCOMPARE(hash(hashes, file), first);
        if (in_place) {
            std::ofstream(file) << "two";
            fs::last_write_time(file, time);
        } else {
            QVERIFY(write_file_atomically(file, "two"));
        }
        const auto second = hash(hashes, file);
        QVERIFY(second != first);
        QCOMPARE(second, *sha256_of_file(file));
    }

    void kept_over_programs() {
        const auto file = path("kept"), store = path("hashes.json");
        QVERIFY(write_file_atomically(file, "content"));
        let_it_age();
        FileHashes first;
        const auto expected = hash(first, file);
        QVERIFY(first.save(store));
        // What is kept is believed: a false sum in the store comes back, so the file was not read again.
        auto text = *read_file(store);
        const auto at = text.find(expected);
        QVERIFY(at != std::string::npos);
        text.replace(at, 64, std::string(64, '0'));
        QVERIFY(write_file_atomically(store, text));
        FileHashes second(store);
        QCOMPARE(hash(second, file), std::string(64, '0'));
        QVERIFY(write_file_atomically(file, "other content"));
        QCOMPARE(hash(second, file), *sha256_of_file(file));
    }

    void a_damaged_store_is_none_data() {
        QTest::addColumn<QByteArray>("store");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut off") << QByteArray("{\"format\": 1, \"files\": {");
        QTest::newRow("another format") << QByteArray("{\"format\": 2, \"files\": {}}");
        QTest::newRow("no list") << QByteArray("{\"format\": 1, \"files\": {\"x\": 3}}");
    }
    void a_damaged_store_is_none() {
        QFETCH(QByteArray, store);
        QVERIFY(write_file_atomically(path("damaged.json"), store.toStdString()));
        QVERIFY(write_file_atomically(path("abc"), "abc"));
        FileHashes hashes(path("damaged.json"));
        QVERIFY(hash(hashes, path("abc")).starts_with("ba7816bf"));
    }

    void a_missing_file_is_named() {
        FileHashes hashes;
        const auto sha256 = hashes.sha256(path("nowhere"));
        QVERIFY(!sha256);
        QVERIFY(sha256.error().to_string().find("nowhere: no such file") != std::string::npos);
    }

    void a_lock_keeps_others_out_until_it_is_gone() {
        const auto file = path("folder/that/is/new") / "lock";
        {
            const auto held = FileLock::acquire(file);
            QVERIFY2(held.has_value(), held ? "" : held.error().to_string().c_str());
            const auto second = FileLock::acquire(file);
            QVERIFY(!second);
            const auto message = second.error().to_string();
            QVERIFY2(message.find("process " + std::to_string(::getpid())) != std::string::npos, message.c_str());
        }
        QVERIFY(FileLock::acquire(file));
    }

    void a_killed_holder_leaves_no_lock() {
        const auto file = path("killed");
        int ready[2];
        QCOMPARE(::pipe(ready), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            const auto held = FileLock::acquire(file);
            [[maybe_unused]] const auto written = ::write(ready[1], held ? "y" : "n", 1);
            ::pause();
            ::_exit(0);
        }
        char answer = 0;
        QCOMPARE(::read(ready[0], &answer, 1), ssize_t{1});
        QCOMPARE(answer, 'y');
        const auto refused = FileLock::acquire(file);
        QVERIFY(!refused);
        QVERIFY(refused.error().to_string().find("process " + std::to_string(child)) != std::string::npos);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY(FileLock::acquire(file));
    }
};

QTEST_APPLESS_MAIN(TestFileHashes)
#include "tst_file_hashes.moc"
