package io.identities.gateway.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.credentials.PasswordHash.Kind;
import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.token.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.commons.codec.digest.Md5Crypt;
import org.apache.commons.codec.digest.Sha2Crypt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.crypto.bcrypt.BCrypt;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

class HtpasswdCredentialCheckTest extends CredentialCheckContract {

    @TempDir
    Path folder;

    private final Map<String, Integer> verifications = new ConcurrentHashMap<>();
    private final LogCapture log = LogCapture.of(WatchedHtpasswdFile.class);
    private Path path;
    private WatchedHtpasswdFile file;
    private HtpasswdCredentialCheck check;

    @BeforeEach
    void openFile() throws IOException {
        path = folder.resolve("users");
        StringBuilder lines = new StringBuilder("alice:" + bcrypt("wonderland") + "\n");
        TEXTS.forEach(text -> lines.append(text.username())
                .append(':')
                .append(bcrypt(text.password()))
                .append('\n'));
        open(lines.toString());
    }

    @AfterEach
    void close() {
        log.close();
        check.close();
    }

    @Override
    CredentialCheck check() {
        return check;
    }

    @Test
    void log03_moreThan72BytesAgainstBcryptIsRefused() throws IOException {
        String a72 = "a".repeat(72);
        String euro24 = "€".repeat(24);
        open("alice:" + bcrypt(a72) + "\ndora:" + bcrypt(euro24) + "\n");
        assertThat(ask("alice", a72)).isPresent();
        assertThat(ask("alice", a72 + "WRONG")).isEmpty();
        assertThat(ask("alice", "a".repeat(71))).isEmpty();
        assertThat(ask("dora", euro24)).isPresent();
        assertThat(ask("dora", euro24 + "X")).isEmpty();
    }

    @Test
    void everyKindLogsInAndRefuses() throws IOException {
        open("bcrypt2y:" + bcrypt("pw") + "\nbcrypt2a:" + bcrypt("pw").replace("$2y$", "$2a$") + "\nbcrypt2b:"
                + bcrypt("pw").replace("$2y$", "$2b$") + "\nsha256:" + Sha2Crypt.sha256Crypt(bytes("pw"))
                + "\nsha512:" + Sha2Crypt.sha512Crypt(bytes("pw")) + "\nrounds:"
                + Sha2Crypt.sha512Crypt(bytes("pw"), "$6$rounds=1500$saltsalt") + "\napr1:"
                + Md5Crypt.apr1Crypt(bytes("pw"), "abcdefgh") + "\n");
        for (String name : List.of("bcrypt2y", "bcrypt2a", "bcrypt2b", "sha256", "sha512", "rounds", "apr1")) {
            assertThat(ask(name, "pw")).as(name).isPresent();
            assertThat(ask(name, "PW")).as(name).isEmpty();
        }
    }

    @Test
    void aSha1HashOfApachesToolLogsIn() throws IOException {
        open("carol:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n");
        assertThat(ask("carol", "password")).isPresent();
        assertThat(ask("carol", "passwort")).isEmpty();
    }

    @Test
    void log01_aRefusalCostsOneVerificationOfEveryKindAndCostWhoeverAsked() throws IOException {
        open("cheap:" + bcrypt("pw", 4) + "\ndear:" + bcrypt("pw", 6) + "\nold:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\nalso:"
                + bcrypt("pw", 6) + "\n");
        Map<String, Integer> unknown = cost("nobody", "wrong");
        assertThat(unknown).containsOnly(Map.entry("BCRYPT 6", 1), Map.entry("BCRYPT 4", 1));
        assertThat(cost("cheap", "wrong")).isEqualTo(unknown);
        assertThat(cost("dear", "wrong")).isEqualTo(unknown);
        assertThat(cost("also", "wrong")).isEqualTo(unknown);
        assertThat(cost("nobody", "x".repeat(1000))).isEqualTo(unknown);
        assertThat(cost("dear", "x".repeat(1000))).isEqualTo(unknown);
        assertThat(cost("old", "wrong")).containsAllEntriesOf(unknown);
    }

    @Test
    void aLongPasswordTakesAFullVerification() {
        PasswordHash hash = PasswordHash.parse(bcrypt("a".repeat(72)));
        assertThat(hash).isNotNull();
        assertThat(hash.matches(bytes("a".repeat(72)))).isTrue();
        assertThat(hash.matches(bytes("a".repeat(73)))).isFalse();
        PasswordHash sha = PasswordHash.parse(Sha2Crypt.sha512Crypt(bytes("b".repeat(512))));
        assertThat(sha).isNotNull();
        assertThat(sha.matches(bytes("b".repeat(512)))).isTrue();
        assertThat(sha.matches(bytes("b".repeat(513)))).isFalse();
    }

    @Test
    void verificationsLeaveTheCallingThread() throws IOException {
        Thread[] used = new Thread[1];
        check.close();
        check = new HtpasswdCredentialCheck(
                new WatchedHtpasswdFile(path),
                (hash, password) -> {
                    used[0] = Thread.currentThread();
                    return false;
                },
                Schedulers.newSingle("verify"),
                SOON);
        assertThat(ask("alice", "wonderland")).isEmpty();
        assertThat(used[0]).isNotSameAs(Thread.currentThread());
    }

    @Test
    void noFreeThreadInTimeIsBusyAndNeverANo() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        check.close();
        check = slow(begun, release);
        Disposable first = check.check(new Credentials("alice", "wonderland"))
                .onErrorComplete()
                .subscribe();
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        CredentialCheckUnavailableException failure = failure(check.check(new Credentials("alice", "wonderland")));
        release.countDown();
        first.dispose();
        assertThat(failure.kind()).isEqualTo(CredentialCheckUnavailableException.Kind.BUSY);
        assertThat(failure.retryAfter()).contains(Duration.ofSeconds(1));
    }

    @Test
    void log01_aVerificationThatHasBegunIsAnsweredHoweverLongItTakes() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        check.close();
        check = slow(begun, release);
        CompletableFuture<Optional<Subject>> wrong =
                check.check(new Credentials("alice", "wrong")).toFuture();
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        // The second one's time is up, so the first one's is as well.
        failure(check.check(new Credentials("alice", "wrong")));
        assertThat(wrong).isNotDone();
        release.countDown();
        assertThat(wrong.get(20, TimeUnit.SECONDS)).isEmpty();
    }

    @Test
    void hashesThatMakeARefusalSlowAreWarnedOf() throws IOException {
        String dear = bcrypt("pw", 4).replace("$04$", "$16$");
        try (LogCapture log = LogCapture.of(WatchedHtpasswdFile.class)) {
            open("alice:" + dear + "\nbob:" + dear.replace("$16$", "$15$") + "\n");
            assertThat(log.warnings()).singleElement().asString().contains("about 5 s", "BCRYPT, cost=15");
            open("alice:" + dear + "\nbob:" + dear + "\n");
            assertThat(log.warnings()).hasSize(1);
        }
    }

    /** With one thread, which verifies until it is released, and then says no. */
    private HtpasswdCredentialCheck slow(CountDownLatch begun, CountDownLatch release) {
        return new HtpasswdCredentialCheck(
                new WatchedHtpasswdFile(path),
                (hash, password) -> {
                    begun.countDown();
                    try {
                        return !release.await(20, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        return true;
                    }
                },
                Schedulers.newSingle("verify"),
                Duration.ofMillis(50));
    }

    @Test
    void cfg09_aMissingFileStopsTheStart() {
        assertThatThrownBy(() -> new WatchedHtpasswdFile(folder.resolve("nowhere")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("identities.credentials.htpasswd.file")
                .hasMessageContaining("missing");
    }

    @Test
    void cfg09_aDirectoryStopsTheStart() {
        assertThatThrownBy(() -> new WatchedHtpasswdFile(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("identities.credentials.htpasswd.file")
                .hasMessageContaining("a directory");
    }

    @Test
    void cfg09_aFileThatCannotBeReadStopsTheStart() throws IOException {
        Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
        assertThatThrownBy(() -> new WatchedHtpasswdFile(loop))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("identities.credentials.htpasswd.file: found " + loop);
    }

    @Test
    void cfg09_aFileOfSomebodyElseStopsTheStart() throws IOException {
        Path locked = Files.writeString(folder.resolve("locked"), "alice:" + bcrypt("wonderland") + "\n");
        Files.setPosixFilePermissions(locked, Set.of());
        assumeThat(Files.isReadable(locked)).as("root reads everything").isFalse();
        assertThatThrownBy(() -> new WatchedHtpasswdFile(locked))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("identities.credentials.htpasswd.file")
                .hasMessageContaining("not readable");
    }

    @Test
    void cfg09_anEmptyFileStartsWithAWarning() throws IOException {
        open("");
        assertThat(log.warnings()).singleElement().asString().contains("nobody can log in");
        assertThat(ask("alice", "wonderland")).isEmpty();
    }

    @Test
    void cfg09_aByteOrderMarkBelongsToNoName() throws IOException {
        open("\ufeffalice:" + bcrypt("wonderland") + "\r\nbob:" + bcrypt("builder") + "\r\n");
        assertThat(ask("alice", "wonderland")).isPresent();
        assertThat(ask("\ufeffalice", "wonderland")).isEmpty();
        assertThat(ask("bob", "builder")).isPresent();
        assertThat(log.warnings()).isEmpty();
        open("\ufeff");
        assertThat(log.warnings()).singleElement().asString().contains("nobody can log in");
    }

    @Test
    void cfg09_unusableLinesAreNamedByNumberAndNeverShown() throws IOException {
        open("# comment\r\n\r\nalice:plaintext-secret\r\nbob:" + bcrypt("builder")
                + "\r\ncarol:\r\nno colon here\r\nbob:" + bcrypt("again") + "\r\nerin:$2y$99$" + "a".repeat(53)
                + "\r\n");
        assertThat(log.warnings())
                .hasSize(5)
                .anyMatch(line -> line.contains("line 3:"))
                .anyMatch(line -> line.contains("line 5:"))
                .anyMatch(line -> line.contains("line 6:"))
                .anyMatch(line -> line.contains("line 7:"))
                .anyMatch(line -> line.contains("line 8:"))
                .noneMatch(line -> line.contains("plaintext-secret") || line.contains("carol"));
        assertThat(ask("alice", "plaintext-secret")).isEmpty();
        assertThat(ask("carol", "")).isEmpty();
        assertThat(ask("bob", "builder")).isPresent();
        assertThat(ask("bob", "again")).isEmpty();
    }

    @Test
    void cfg09_theFirstLineOfANameCountsEvenWhereItIsUnusable() throws IOException {
        open("alice:!" + bcrypt("wonderland") + "\nalice:" + bcrypt("wonderland") + "\nbob:" + bcrypt("builder")
                + "\n");
        assertThat(ask("alice", "wonderland")).isEmpty();
        assertThat(ask("bob", "builder")).isPresent();
        assertThat(log.warnings())
                .anyMatch(line -> line.contains("line 1:"))
                .anyMatch(line -> line.contains("line 2:"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "$2y$",
                "$2y$10$",
                "$6$",
                "$6$salt$",
                "$apr1$",
                "{SHA}",
                "{SHA}=",
                "$5$rounds=9$s$x",
                "$1$a$b"
            })
    void cfg09_halfAHashIsNoHash(String text) {
        assertThat(PasswordHash.parse(text)).isNull();
    }

    @Test
    void cfg09_aFileOf50MegabytesIsRead() throws IOException {
        String comment = "#" + "x".repeat(1023) + "\n";
        Files.writeString(path, comment.repeat(50 * 1024) + "alice:" + bcrypt("wonderland") + "\n");
        reopen();
        assertThat(ask("alice", "wonderland")).isPresent();
    }

    @Test
    void log19_aSwappedSymbolicLinkCountsAtOnce() throws IOException {
        Path first = Files.createDirectory(folder.resolve("..ts1"));
        Path second = Files.createDirectory(folder.resolve("..ts2"));
        Files.writeString(first.resolve("htpasswd"), "alice:" + bcrypt("old") + "\n");
        Files.writeString(second.resolve("htpasswd"), "alice:" + bcrypt("new") + "\n");
        Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("..ts1"));
        path = Files.createSymbolicLink(folder.resolve("htpasswd"), Path.of("..data/htpasswd"));
        reopen();
        assertThat(ask("alice", "old")).isPresent();
        Path swap = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..ts2"));
        Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE);
        file.poll();
        assertThat(ask("alice", "new")).isPresent();
        assertThat(ask("alice", "old")).isEmpty();
    }

    @Test
    void log19_aRewriteInPlaceCountsWhenTwoReadsAgree() throws IOException {
        String changed = "alice:" + bcrypt("new") + "\nbob:" + bcrypt("builder") + "\n";
        for (int length = 0; length < changed.length(); length += 20) {
            Files.writeString(path, changed.substring(0, length));
            file.poll();
            assertThat(ask("alice", "wonderland")).isPresent();
        }
        Files.writeString(path, changed);
        file.poll();
        assertThat(ask("alice", "wonderland")).isPresent();
        file.poll();
        assertThat(ask("alice", "new")).isPresent();
        assertThat(ask("alice", "wonderland")).isEmpty();
    }

    @Test
    void log19_aWriterThatStopsInsideALineChangesNothing() throws IOException {
        String changed = "bob:" + bcrypt("builder") + "\nalice:" + bcrypt("new");
        Files.writeString(path, changed.substring(0, changed.length() - 10));
        poll(5);
        assertThat(ask("alice", "wonderland")).isPresent();
        assertThat(log.warnings()).singleElement().asString().contains("last good content stays in force");
    }

    /** What {@code kubectl create secret --from-literal} and many editors make has no end in its last line. */
    @Test
    void log19_aWholeLastLineNeedsNoEndToLockItsUserOrStandThereTwice() throws IOException {
        Files.writeString(path, "bob:" + bcrypt("builder") + "\nalice:!" + bcrypt("wonderland"));
        poll(2);
        assertThat(ask("alice", "wonderland")).isEmpty();
        assertThat(ask("bob", "builder")).isPresent();
        Files.writeString(path, "alice:" + bcrypt("new") + "\nalice:" + bcrypt("wonderland"));
        poll(2);
        assertThat(ask("alice", "new")).isPresent();
        assertThat(ask("bob", "builder")).isEmpty();
    }

    @Test
    void log19_aDeletedFileChangesNothingAndWarnsOnce() throws IOException {
        Files.delete(path);
        poll(5);
        assertThat(ask("alice", "wonderland")).isPresent();
        assertThat(log.warnings()).singleElement().asString().contains("missing");
        Files.writeString(path, "alice:" + bcrypt("new") + "\n");
        poll(3);
        assertThat(ask("alice", "new")).isPresent();
    }

    @Test
    void log19_garbageChangesNothingAndWarnsOnce() throws IOException {
        byte[] garbage = new byte[5000];
        new Random(1).nextBytes(garbage);
        Files.write(path, garbage);
        poll(5);
        assertThat(ask("alice", "wonderland")).isPresent();
        assertThat(log.warnings()).singleElement().asString().contains("no usable entry");
    }

    @Test
    void log19_anEmptiedFileChangesNothing() throws IOException {
        Files.writeString(path, "");
        poll(5);
        assertThat(ask("alice", "wonderland")).isPresent();
    }

    @Test
    void log19_theFileIsWatchedWithoutBeingAsked() throws IOException {
        check.watching(Duration.ofMillis(20));
        Files.writeString(path, "alice:" + bcrypt("new") + "\n");
        await().until(() -> ask("alice", "new").isPresent());
    }

    @Test
    void aRemovedUserIsGoneAtTheNextRecheck() throws IOException {
        assertThat(answerOf(check.recheck(Subject.named("alice")))).contains(Subject.named("alice"));
        Files.writeString(path, "bob:" + bcrypt("builder") + "\n");
        poll(2);
        assertThat(answerOf(check.recheck(Subject.named("alice")))).isEmpty();
    }

    @Test
    void whatFollowsASecondColonIsNotPartOfTheHash() throws IOException {
        open("alice:" + bcrypt("wonderland") + ":Alice in W.\n");
        assertThat(ask("alice", "wonderland")).isPresent();
    }

    private Map<String, Integer> cost(String username, String password) {
        verifications.clear();
        assertThat(ask(username, password)).isEmpty();
        return Map.copyOf(verifications);
    }

    private void poll(int times) {
        for (int i = 0; i < times; i++) {
            file.poll();
        }
    }

    private void open(String content) throws IOException {
        Files.writeString(path, content);
        reopen();
    }

    private void reopen() {
        if (check != null) {
            check.close();
        }
        file = new WatchedHtpasswdFile(path);
        check = new HtpasswdCredentialCheck(file, this::counted, Schedulers.newSingle("verify"), SOON);
    }

    private boolean counted(PasswordHash hash, byte[] password) {
        if (hash.kind() != Kind.SHA1) {
            verifications.merge(hash.kind() + " " + hash.cost(), 1, Integer::sum);
        }
        return hash.matches(password);
    }

    private static String bcrypt(String password) {
        return bcrypt(password, 4);
    }

    private static String bcrypt(String password, int cost) {
        return BCrypt.hashpw(bytes(password), BCrypt.gensalt("$2y", cost));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
