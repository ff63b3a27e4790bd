package io.identities.gateway.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Self-signed certificates for loopback, made by the JDK's own tool; one PKCS #12 file each. */
public final class TestCertificates {

    public static final String PASSWORD = "test-only";

    private TestCertificates() {}

    /** A key store with one key for 127.0.0.1 and localhost. */
    public static Path keyStore(Path directory, String commonName) {
        Path file = directory.resolve(commonName + ".p12");
        generate(file, "test", "-ext", "SAN=ip:127.0.0.1,dns:localhost", "-dname", "CN=" + commonName);
        return file;
    }

    /** As {@link #keyStore}, with an RSA key instead of one of elliptic curves: more kinds of TLS go with it. */
    public static Path rsaKeyStore(Path directory, String commonName) {
        Path file = directory.resolve(commonName + ".p12");
        List<String> key = List.of("-keyalg", "RSA", "-keysize", "2048");
        generate(file, "test", key, "-ext", "SAN=ip:127.0.0.1,dns:localhost", "-dname", "CN=" + commonName);
        return file;
    }

    /**
     * Adds a key and its certificate to a key store, which is made where there is none.
     *
     * @param more arguments of {@code keytool -genkeypair}: {@code -ext}, {@code -signer}, {@code -dname} and the like
     */
    public static void generate(Path keyStore, String alias, String... more) {
        generate(keyStore, alias, List.of("-keyalg", "EC", "-groupname", "secp256r1"), more);
    }

    private static void generate(Path keyStore, String alias, List<String> key, String... more) {
        List<String> arguments = new ArrayList<>(List.of("-genkeypair", "-alias", alias, "-validity", "2"));
        arguments.addAll(key);
        arguments.addAll(List.of("-storetype", "PKCS12", "-keystore", keyStore.toString(), "-storepass", PASSWORD));
        arguments.addAll(List.of(more));
        run(arguments.toArray(String[]::new));
    }

    /** A trust store with the certificate of a key store made by {@link #keyStore}. */
    public static Path trustStore(Path keyStore) {
        return trustStore(keyStore, "test");
    }

    /** @param aliases of the certificates that are trusted */
    public static Path trustStore(Path keyStore, String... aliases) {
        Path trust = sibling(keyStore, "-trust.p12");
        try (InputStream in = Files.newInputStream(keyStore);
                OutputStream out = Files.newOutputStream(trust)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            for (String alias : aliases) {
                trusted.setCertificateEntry(alias, keys.getCertificate(alias));
            }
            trusted.store(out, PASSWORD.toCharArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return trust;
    }

    private static Path sibling(Path file, String ending) {
        return file.resolveSibling(file.getFileName().toString().replace(".p12", "") + ending);
    }

    private static void run(String... arguments) {
        String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> command = new ArrayList<>(List.of(tool, "-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
        command.addAll(List.of(arguments));
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
