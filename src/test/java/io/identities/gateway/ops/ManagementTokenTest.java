package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagementTokenTest {

    private static final String TOKEN = "a-token-of-operators-1";

    @TempDir
    Path folder;

    @Test
    void oneLineIsTheToken() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), TOKEN + "\n");

        assertThat(new ManagementToken(file).matches(TOKEN).block()).isTrue();
        assertThat(new ManagementToken(file).matches(TOKEN + "\n").block()).isFalse();
    }

    @Test
    void aPipeIsNotOpenedHoweverMuchComesOutOfIt() throws Exception {
        Path pipe = folder.resolve("token");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Thread writer = new Thread(() -> write(pipe));
        writer.start();
        try {
            assertThatThrownBy(() -> new ManagementToken(pipe).check())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("without a usable token");
        } finally {
            letGo(pipe, writer);
        }
    }

    @Test
    void tokenInThePlaceOfItsFileIsNotShown() {
        assertThatThrownBy(() -> new ManagementToken(Path.of(TOKEN)).check())
                .hasMessageContaining("identities.management.token-file: found a value that is no path (not shown)")
                .hasMessageNotContaining(TOKEN);
    }

    /** Waits until somebody opens the pipe to read it. */
    private static void write(Path pipe) {
        try {
            Files.writeString(pipe, TOKEN);
        } catch (IOException e) {
            // Nobody has read it.
        }
    }

    /** Opened both ways, a pipe makes nobody wait. */
    private static void letGo(Path pipe, Thread writer) throws Exception {
        try (RandomAccessFile bothWays = new RandomAccessFile(pipe.toFile(), "rw")) {
            assertThat(bothWays.getFD().valid()).isTrue();
            writer.join();
        }
    }
}
