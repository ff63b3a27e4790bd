package io.identities.gateway.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.identities.gateway.keys.KeySource.KeySet;
import io.identities.gateway.testing.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryKeySourceTest {

    private static final String ONE = "one-q7Zr-0fK_w3Jm9xTbLc2.VhYd5Ns8Ag41";
    private static final String TWO = "two-q7Zr-0fK_w3Jm9xTbLc2.VhYd5Ns8Ag41";

    @TempDir
    Path directory;

    @Test
    void theNameWithoutEndingIsTheKidAndOtherFilesAreIgnored() throws IOException {
        write("2024-a.b.secret", ONE);
        write("e1.pem", TestKeys.pem(TestKeys.ec("own", "secp256r1").getPrivate()));
        write("old.pem", TestKeys.pem(TestKeys.rsa("old").getPublic()));
        write(".hidden.secret", "x");
        write("README", "x");
        write("notes.txt", "x");
        Files.createDirectory(directory.resolve("sub.pem"));

        KeySet keys = source().read();

        assertThat(keys.signers()).extracting(SigningKey::id).containsExactly("2024-a.b", "e1");
        assertThat(keys.verifiers()).extracting(VerificationKey::id).containsExactly("old");
    }

    @Test
    void whatIsNoRegularFileIsNotOpened() throws IOException {
        write("k1.secret", ONE);
        Files.createSymbolicLink(directory.resolve("k2.secret"), Path.of("/dev/null"));

        assertThatThrownBy(() -> source().read())
                .isInstanceOf(UnusableKeyException.class)
                .hasMessageContaining("k2.secret, which is no regular file");
    }

    @Test
    @DisplayName("CFG-05 one line end at the end of a secret file is not part of the secret, everything else is")
    void cfg05_lineEnds() throws IOException {
        SigningKey plain = secret(ONE);

        assertThat(secret(ONE + "\n")).isEqualTo(plain);
        assertThat(secret(ONE + "\r\n")).isEqualTo(plain);
        assertThat(secret(ONE + "\n\n")).isNotEqualTo(plain);
        assertThat(secret(" " + ONE)).isNotEqualTo(plain);
        assertThat(secret("hex:" + HexFormat.of().formatHex(ONE.getBytes(UTF_8)) + "\n"))
                .isEqualTo(plain);
        assertThat(secret("base64:" + Base64.getEncoder().encodeToString(ONE.getBytes(UTF_8)) + "\n"))
                .isEqualTo(plain);
    }

    @Test
    void fileThatCannotBeReadIsNamed() throws IOException {
        Files.createSymbolicLink(directory.resolve("k9.pem"), directory.resolve("gone"));
        assertThatThrownBy(() -> source().read())
                .hasMessageContaining("found " + directory.resolve("k9.pem") + " unreadable (NoSuchFileException)");
    }

    @Test
    void aChangeCountsOnceTwoReadsAgree() throws IOException {
        write("k1.secret", ONE);
        DirectoryKeySource source = source();
        KeySet before = source.read();
        write("k2.secret", TWO.substring(0, 10));
        assertThat(source.read()).as("seen once, half-written").isSameAs(before);
        write("k2.secret", TWO);
        assertThat(source.read()).as("seen once, whole").isSameAs(before);

        assertThat(source.read().signers()).extracting(SigningKey::id).containsExactly("k1", "k2");
        assertThat(source.read()).isEqualTo(source.read());
    }

    @Test
    void aChangeThatIsTakenBackNeverCounts() throws IOException {
        write("k1.secret", ONE);
        DirectoryKeySource source = source();
        KeySet before = source.read();
        write("k2.secret", TWO);
        source.read();
        Files.delete(directory.resolve("k2.secret"));
        source.read();
        write("k2.secret", TWO);

        assertThat(source.read()).isSameAs(before);
    }

    @Test
    void aSymlinkSwapCountsAtOnce() throws IOException {
        Path mounted = kubernetesMount("k1.secret", ONE);
        DirectoryKeySource source = new DirectoryKeySource(mounted, SignatureAlgorithm.HS256);
        assertThat(source.read().signers()).extracting(SigningKey::id).containsExactly("k1");

        swap(mounted, "second", "k2.secret", TWO);

        assertThat(source.read().signers()).extracting(SigningKey::id).containsExactly("k2");
    }

    @Test
    void aSwappedDirectoryLinkCountsAtOnce() throws IOException {
        Path first = Files.createDirectory(directory.resolve("first"));
        Path second = Files.createDirectory(directory.resolve("second"));
        Files.writeString(first.resolve("k1.secret"), ONE);
        Files.writeString(second.resolve("k2.secret"), TWO);
        Path link = Files.createSymbolicLink(directory.resolve("current"), first);
        DirectoryKeySource source = new DirectoryKeySource(link, SignatureAlgorithm.HS256);
        source.read();

        Path next = Files.createSymbolicLink(directory.resolve("next"), second);
        Files.move(next, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

        assertThat(source.read().signers()).extracting(SigningKey::id).containsExactly("k2");
    }

    @Test
    void garbageAndDisappearanceAreComplaintsUntilAllIsWell() throws IOException {
        write("k1.secret", ONE);
        DirectoryKeySource source = source();
        KeySet good = source.read();

        write("k2.secret", "short");
        assertThat(source.read()).isSameAs(good);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(source::read)
                    .hasMessageContaining(directory + "/k2.secret: found a secret of 5 bytes")
                    .hasMessageStartingWith("identities.keys.directory: ");
        }
        Files.delete(directory.resolve("k2.secret"));
        assertThat(source.read()).isSameAs(good);

        Files.delete(directory.resolve("k1.secret"));
        assertThatThrownBy(source::read).hasMessageContaining("found 0 key files");
        Files.delete(directory);
        assertThatThrownBy(source::read).hasMessageContaining("unreadable (NoSuchFileException)");
        Files.createDirectory(directory);
        write("k1.secret", ONE);
        assertThat(source.read()).isEqualTo(good);
    }

    @Test
    void atStartAnythingBrokenIsAnError() throws IOException {
        assertThatThrownBy(() -> source().read())
                .hasMessage("identities.keys.directory: found 0 key files in " + directory
                        + ", expected 1 to 100 with the ending .pem, .jwk, .jwks, .json or .secret");
        write("k1.secret", "x".repeat(300 * 1024));
        assertThatThrownBy(() -> source().read()).hasMessageContaining("longer than 262144 bytes");
        Files.write(directory.resolve("k1.secret"), new byte[] {(byte) 0xff, (byte) 0xfe, 0x41});
        assertThatThrownBy(() -> source().read()).hasMessageContaining("not UTF-8 text");
        write("k1.secret", "\uFEFF" + ONE);
        assertThatThrownBy(() -> source().read()).hasMessageContaining("byte order mark");
        Files.delete(directory.resolve("k1.secret"));
        write("k 1.secret", ONE);
        assertThatThrownBy(() -> source().read()).hasMessageContaining("makes no kid");
        Files.delete(directory.resolve("k 1.secret"));
        for (int i = 0; i <= 100; i++) {
            write("k" + i + ".secret", ONE + i);
        }
        assertThatThrownBy(() -> source().read()).hasMessageContaining("found 101 key files");
    }

    @Test
    @DisplayName("CAC-10 a set of two secrets verifies both and signs with one")
    void cac10() throws IOException {
        write("previous.secret", ONE);
        write("pro.secret", TWO);

        KeySet keys = source().read();

        assertThat(keys.signers()).extracting(SigningKey::id).containsExactly("previous", "pro");
    }

    private Path kubernetesMount(String name, String content) throws IOException {
        Path mounted = Files.createDirectory(directory.resolve("mounted"));
        Path first = Files.createDirectory(mounted.resolve("..first"));
        Files.writeString(first.resolve(name), content);
        Files.createSymbolicLink(mounted.resolve("..data"), Path.of("..first"));
        Files.createSymbolicLink(mounted.resolve(name), Path.of("..data", name));
        return mounted;
    }

    private static void swap(Path mounted, String to, String name, String content) throws IOException {
        Path next = Files.createDirectory(mounted.resolve(".." + to));
        Files.writeString(next.resolve(name), content);
        Files.createSymbolicLink(mounted.resolve("..data_tmp"), Path.of(".." + to));
        Files.move(
                mounted.resolve("..data_tmp"),
                mounted.resolve("..data"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        try (Stream<Path> names = Files.list(mounted)) {
            for (Path path : names.filter(path -> !path.getFileName().toString().startsWith("."))
                    .toList()) {
                Files.delete(path);
            }
        }
        Files.createSymbolicLink(mounted.resolve(name), Path.of("..data", name));
    }

    private SigningKey secret(String content) throws IOException {
        write("k.secret", content);
        List<SigningKey> signers = source().read().signers();
        return signers.get(0);
    }

    private DirectoryKeySource source() {
        return new DirectoryKeySource(directory, SignatureAlgorithm.HS256);
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(directory.resolve(name), content);
    }
}
