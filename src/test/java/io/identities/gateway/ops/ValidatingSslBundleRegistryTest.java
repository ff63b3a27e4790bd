package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.mock.env.MockEnvironment;

class ValidatingSslBundleRegistryTest {

    private static final char[] PASSWORD = TestCertificates.PASSWORD.toCharArray();

    @TempDir
    private static Path folder;

    private static KeyStore own;
    private static KeyStore mixed;

    private final MockEnvironment environment = new MockEnvironment();
    private final MutableClock clock = MutableClock.startingNow();
    private final ValidatingSslBundleRegistry bundles =
            new ValidatingSslBundleRegistry(new BundleProblems(environment, clock));

    @BeforeAll
    static void keyOfAnother() throws Exception {
        own = load(TestCertificates.keyStore(folder, "own"));
        KeyStore other = load(TestCertificates.rsaKeyStore(folder, "other"));
        KeyStore ec = load(TestCertificates.keyStore(folder, "ec"));
        mixed = KeyStore.getInstance("PKCS12");
        mixed.load(null, null);
        mixed.setKeyEntry(
                "test", ec.getKey("test", PASSWORD), PASSWORD, new Certificate[] {own.getCertificate("test")});
        assertThat(KeyMatch.of(
                        (PrivateKey) other.getKey("test", PASSWORD),
                        other.getCertificate("test").getPublicKey()))
                .isTrue();
        assertThat(KeyMatch.of(
                        (PrivateKey) other.getKey("test", PASSWORD),
                        own.getCertificate("test").getPublicKey()))
                .isFalse();
    }

    @Test
    void keyOfAnotherCertificateStopsTheStart() {
        bundles.registerBundle("good", bundle(own, null));

        assertThatThrownBy(() -> bundles.registerBundle("bad", bundle(mixed, null)))
                .hasMessageStartingWith(
                        "spring.ssl.bundle.jks.bad: found a private key that is not of the certificate of"
                                + " CN=own, expected");
        assertThat(bundles.getBundleNames()).containsExactly("good");
    }

    @Test
    void bundleThatTurnsBadLeavesTheLastOneInForce() {
        SslBundle good = bundle(own, null);
        bundles.registerBundle("web", good);
        try (LogCapture log = LogCapture.of(ValidatingSslBundleRegistry.class)) {
            bundles.updateBundle("web", bundle(mixed, null));

            assertThat(bundles.getBundle("web")).isSameAs(good);
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .startsWith("The last good bundle stays in force: spring.ssl.bundle.jks.web: found a private key");
        }
        SslBundle next = bundle(own, own);
        bundles.updateBundle("web", next);
        assertThat(bundles.getBundle("web")).isSameAs(next);
    }

    @ParameterizedTest
    @CsvSource({"server, true", "management.server, true", "other, false"})
    void serverNeedsAPrivateKey(String server, boolean refused) {
        environment.setProperty(server + ".ssl.bundle", "web");

        assertThat(new BundleProblems(environment, clock).in("web", bundle(null, own)))
                .isEqualTo(
                        refused
                                ? Optional.of(server + ".ssl.bundle: found 'web', which holds no private key,"
                                        + " expected a bundle with a certificate and its key")
                                : Optional.empty());
        assertThat(new BundleProblems(environment, clock).in("web", bundle(own, null)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"need, true", "want, true", "none, false"})
    void clientsAreNotToShowACertificateOfJustAnyCa(String clientAuth, boolean refused) {
        environment.setProperty("server.ssl.bundle", "web");
        environment.setProperty("server.ssl.client-auth", clientAuth);
        BundleProblems problems = new BundleProblems(environment, clock);

        assertThat(problems.in("web", bundle(own, null)).isPresent()).isEqualTo(refused);
        assertThat(problems.in("web", bundle(own, own))).isEmpty();
    }

    @Test
    void certificateThatAServerNamesWithoutABundleIsHeldToTheSame() throws Exception {
        Path file = folder.resolve("mixed.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            mixed.store(out, PASSWORD);
        }
        environment.setProperty("server.ssl.key-store", "file:" + file);
        environment.setProperty("server.ssl.key-store-password", TestCertificates.PASSWORD);
        BundleProblems problems = new BundleProblems(environment, clock);

        assertThat(problems.withoutBundle())
                .hasValueSatisfying(problem -> assertThat(problem)
                        .startsWith("server.ssl: found a private key that is not of the certificate of CN=own"));
        environment.setProperty("server.ssl.key-store", "file:" + folder.resolve("own.p12"));
        assertThat(problems.withoutBundle()).isEmpty();
        environment.setProperty("server.ssl.client-auth", "need");
        assertThat(problems.withoutBundle())
                .hasValueSatisfying(
                        problem -> assertThat(problem).startsWith("server.ssl.client-auth: found need without"));
        environment.setProperty("server.ssl.key-store-password", "wrong");
        assertThat(problems.withoutBundle())
                .hasValueSatisfying(
                        problem -> assertThat(problem).startsWith("server.ssl: found what cannot be used ("));
    }

    @Test
    void certificateThatIsOverIsTold() {
        try (LogCapture log = LogCapture.of(ValidatingSslBundleRegistry.class)) {
            bundles.registerBundle("web", bundle(own, null));
            assertThat(log.warnings()).isEmpty();
            clock.advance(Duration.ofDays(3));
            bundles.registerBundle("backend", bundle(null, own));

            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .startsWith("spring.ssl.bundle.jks.backend: found the certificate of CN=own, good from ");
        }
    }

    @Test
    void certificatesThatAreOverAreToldTogether() throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        for (String name : List.of("own", "other", "ec")) {
            trust.setCertificateEntry(name, load(folder.resolve(name + ".p12")).getCertificate("test"));
        }
        clock.advance(Duration.ofDays(3));
        try (LogCapture log = LogCapture.of(ValidatingSslBundleRegistry.class)) {
            bundles.registerBundle("backend", bundle(own, trust));

            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .startsWith(
                            "spring.ssl.bundle.jks.backend: found 3 certificates that are not good now (CN=own, good")
                    .contains("; CN=other, good", "; CN=ec, good")
                    .doesNotContain(" more");
        }
    }

    @Test
    void ofManyCertificatesThatAreOverTheFirstAreNamed() throws Exception {
        List<X509Certificate> many = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d", "e")) {
            many.add((X509Certificate)
                    load(TestCertificates.keyStore(folder, name)).getCertificate("test"));
        }
        clock.advance(Duration.ofDays(3));

        assertThat(CertificateDates.warning(many, clock.instant()))
                .hasValueSatisfying(sentence -> assertThat(sentence)
                        .startsWith("found 5 certificates")
                        .contains("CN=a,", "CN=c,", "; and 2 more)")
                        .doesNotContain("CN=d"));
    }

    @Test
    void whatCannotBeReadIsToldWithItsReason() {
        SslStoreBundle locked = new SslStoreBundle() {
            @Override
            public KeyStore getKeyStore() {
                throw new IllegalStateException(
                        "Could not load store from 'file:/a.p12'", new IOException("keystore password was incorrect"));
            }

            @Override
            public @Nullable String getKeyStorePassword() {
                return null;
            }

            @Override
            public @Nullable KeyStore getTrustStore() {
                return null;
            }
        };
        assertThatThrownBy(() -> bundles.registerBundle("web", SslBundle.of(locked)))
                .hasMessageStartingWith(
                        "spring.ssl.bundle.jks.web: found what cannot be used (Could not load store from"
                                + " 'file:/a.p12': keystore password was incorrect), expected");
    }

    private static SslBundle bundle(@Nullable KeyStore keys, @Nullable KeyStore trust) {
        return SslBundle.of(SslStoreBundle.of(keys, TestCertificates.PASSWORD, trust));
    }

    private static KeyStore load(Path file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }
}
