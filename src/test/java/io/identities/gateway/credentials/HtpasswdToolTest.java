package io.identities.gateway.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.RequiredServers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Files that Apache's own tool wrote. */
class HtpasswdToolTest {

    @TempDir
    Path folder;

    private final Scheduler threads = Schedulers.newSingle("verify");

    @AfterEach
    void dispose() {
        threads.dispose();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-B -C 5", "-m", "-s", "-2", "-5", "-2 -r 2000", "-5 -r 10000"})
    void cfg09_everyKindThatItWritesLogsIn(String options) throws Exception {
        Path file = write(options, "alice", "wonderl\u00e4nd");
        HtpasswdCredentialCheck check = check(file);
        assertThat(CredentialCheckContract.answerOf(check.check(new Credentials("alice", "wonderl\u00e4nd"))))
                .as(Files.readString(file))
                .isPresent();
        assertThat(CredentialCheckContract.answerOf(check.check(new Credentials("alice", "wonderland"))))
                .isEmpty();
    }

    @Test
    @Tag("cases-full")
    void log01_mediansOfKnownAndUnknownUsersDifferByLessThanAFifth() throws Exception {
        HtpasswdCredentialCheck check = check(write("-B -C 12", "alice", "wonderland"));
        List<Long> known = new ArrayList<>();
        List<Long> unknown = new ArrayList<>();
        List<Long> tooLong = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < 210; i++) {
            long a = refusal(check, "alice", "wrong" + i);
            long b = refusal(check, "nobody" + random.nextInt(), "wrong" + i);
            long c = refusal(check, "alice", "x".repeat(100));
            // The first ten warm up.
            if (i >= 10) {
                known.add(a);
                unknown.add(b);
                tooLong.add(c);
            }
        }
        System.out.printf(
                "LOG-01 medians in ms: known %.1f, unknown %.1f, too long %.1f%n",
                median(known) / 1e6, median(unknown) / 1e6, median(tooLong) / 1e6);
        assertThat(median(unknown)).isBetween(0.8 * median(known), 1.2 * median(known));
        assertThat(median(tooLong)).isBetween(0.8 * median(known), 1.2 * median(known));
    }

    private static long refusal(HtpasswdCredentialCheck check, String username, String password) {
        long start = System.nanoTime();
        assertThat(CredentialCheckContract.answerOf(check.check(new Credentials(username, password))))
                .isEmpty();
        return System.nanoTime() - start;
    }

    private static double median(List<Long> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    private HtpasswdCredentialCheck check(Path file) {
        return new HtpasswdCredentialCheck(
                new WatchedHtpasswdFile(file), PasswordHash::matches, threads, Duration.ofSeconds(20));
    }

    private Path write(String options, String username, String password) throws IOException, InterruptedException {
        Path file = folder.resolve("htpasswd");
        List<String> command =
                new ArrayList<>(List.of(RequiredServers.htpasswd().toString(), "-c", "-i"));
        command.addAll(List.of(options.split(" ")));
        command.addAll(List.of(file.toString(), username));
        Process tool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var in = tool.outputWriter(StandardCharsets.UTF_8)) {
            in.write(password + "\n");
        }
        assertThat(tool.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(tool.exitValue()).isZero();
        return file;
    }
}
