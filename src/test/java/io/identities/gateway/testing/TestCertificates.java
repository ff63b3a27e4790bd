package io.identities.gateway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Self-signed certificates for loopback, made by the JDK's own tool; one PKCS #12 file each. */
public final class TestCertificates {

    public static final String PASSWORD = "test-only";

    private TestCertificates() {}

    /** A key store with one key for 127.0.0.1 and localhost. */
    public static Path keyStore(Path directory, String commonName) {
        Path file = directory.resolve(commonName + ".p12");
        run(
                "-genkeypair",
                "-alias",
                "test",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "2",
                "-dname",
                "CN=" + commonName,
                "-ext",
                "SAN=ip:127.0.0.1,dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD);
        return file;
    }

    /** A trust store with the certificate of a key store made by {@link #keyStore}. */
    public static Path trustStore(Path keyStore) {
        Path certificate = sibling(keyStore, ".cer");
        Path trust = sibling(keyStore, "-trust.p12");
        run(
                "-exportcert",
                "-alias",
                "test",
                "-keystore",
                keyStore.toString(),
                "-storepass",
                PASSWORD,
                "-file",
                certificate.toString());
        run(
                "-importcert",
                "-noprompt",
                "-alias",
                "test",
                "-storetype",
                "PKCS12",
                "-keystore",
                trust.toString(),
                "-storepass",
                PASSWORD,
                "-file",
                certificate.toString());
        return trust;
    }

    private static Path sibling(Path file, String ending) {
        return file.resolveSibling(file.getFileName().toString().replace(".p12", "") + ending);
    }

    private static void run(String... arguments) {
        String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String[] command = new String[arguments.length + 1];
        command[0] = tool;
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try {
            Path output = Files.createTempFile("keytool", ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean done = process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
            String said = Files.readString(output);
            Files.delete(output);
            if (!done) {
                throw new IllegalStateException("keytool failed: " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
