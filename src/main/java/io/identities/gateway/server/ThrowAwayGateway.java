package io.identities.gateway.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.util.ResourceLeakDetector;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.support.EnvironmentPostProcessorApplicationListener;
import org.springframework.boot.web.context.reactive.StandardReactiveWebEnvironment;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MutablePropertySources;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * A second gateway in this process, before a backend in this process, on ephemeral loopback ports and with a secret that
 * exists nowhere else. It sees the application's own defaults and the settings here, nothing of the environment.
 */
final class ThrowAwayGateway implements AutoCloseable {

    private static final String NAME = WarmUpSilence.THREADS;
    private static final String ANSWER = "{\"items\":[" + "{\"id\":1,\"name\":\"warm\"},".repeat(40) + "{}]}";
    private static final long TOKEN_SECONDS = 600;

    private final WarmUpLoops loops;
    private final DisposableServer backend;
    private final ConfigurableApplicationContext gateway;
    private final byte[] secret;

    private ThrowAwayGateway(
            WarmUpLoops loops, DisposableServer backend, ConfigurableApplicationContext gateway, byte[] secret) {
        this.loops = loops;
        this.backend = backend;
        this.gateway = gateway;
        this.secret = secret;
    }

    static ThrowAwayGateway start(Class<?> application) {
        byte[] secret = new byte[48];
        new SecureRandom().nextBytes(secret);
        WarmUpLoops loops = new WarmUpLoops("backend");
        DisposableServer backend = HttpServer.create()
                .runOn(loops.resources())
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> request.receive()
                        .then(response.header("Content-Type", "application/json")
                                .sendString(Mono.just(ANSWER))
                                .then()))
                .bindNow();
        try {
            return new ThrowAwayGateway(loops, backend, run(application, backend.port(), secret), secret);
        } catch (RuntimeException e) {
            backend.disposeNow();
            loops.close();
            throw e;
        }
    }

    int port() {
        return gateway.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    /** A token that only this gateway accepts. */
    String token(Instant now) {
        long seconds = now.getEpochSecond();
        String header = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
        String claims = "{\"unique_name\":\"warm-up\",\"sub\":\"warm-up\",\"sid\":\"" + UUID.randomUUID()
                + "\",\"iss\":\"identities-gateway\",\"jti\":\"" + UUID.randomUUID() + "\",\"roles\":[\"a\",\"b\"]"
                + ",\"iat\":" + seconds + ",\"nbf\":" + seconds + ",\"auth_time\":" + seconds + ",\"exp\":"
                + (seconds + TOKEN_SECONDS) + "}";
        String input = encoded(header.getBytes(UTF_8)) + "." + encoded(claims.getBytes(UTF_8));
        return input + "." + encoded(signature(input));
    }

    @Override
    public void close() {
        gateway.close();
        backend.disposeNow();
        loops.close();
    }

    private static ConfigurableApplicationContext run(Class<?> application, int backendPort, byte[] secret) {
        SpringApplication second = new SpringApplication(application);
        second.setMainApplicationClass(application);
        second.setWebApplicationType(WebApplicationType.REACTIVE);
        second.setEnvironment(new Isolated());
        second.setRegisterShutdownHook(false);
        second.setLogStartupInfo(false);
        // The other listeners would reinitialise the logging system, which belongs to the first gateway.
        second.setListeners(second.getListeners().stream()
                .filter(EnvironmentPostProcessorApplicationListener.class::isInstance)
                .toList());
        return second.run(
                "--spring.config.location=classpath:/application.yml",
                "--spring.application.name=" + NAME,
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--management.server.address=127.0.0.1",
                "--management.server.port=0",
                "--server.shutdown=immediate",
                "--management.metrics.use-global-registry=false",
                // Global to the process.
                "--spring.netty.leak-detection=" + ResourceLeakDetector.getLevel(),
                "--identities.backend.uri=http://127.0.0.1:" + backendPort,
                "--identities.endpoints.authenticate.enabled=false",
                "--identities.keys.secret=hex:" + HexFormat.of().formatHex(secret),
                "--identities.shutdown.pre-stop-delay=0s",
                "--identities.warm-up.enabled=false");
    }

    private byte[] signature(String input) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac.doFinal(input.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** No system property and no variable: only the arguments given, and the file in the jar. */
    private static final class Isolated extends StandardReactiveWebEnvironment {

        @Override
        protected void customizePropertySources(MutablePropertySources sources) {
            // Stays empty.
        }
    }
}
