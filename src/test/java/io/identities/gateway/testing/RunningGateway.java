package io.identities.gateway.testing;

import io.identities.gateway.IdentitiesGatewayApplication;
import io.identities.gateway.token.Subject;
import io.identities.gateway.token.TokenIssuer;
import java.net.URI;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.logging.LoggingSystemProperty;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/** The whole application on free loopback ports. Settings are the product's own; beans can be put in place of its ports. */
public final class RunningGateway implements AutoCloseable {

    /** Another one for each run, so that no build ever knows a key of somebody's gateway. */
    public static final String SECRET = randomSecret();

    private final ConfigurableEnvironment environment;
    private volatile @Nullable ConfigurableApplicationContext context;

    private static String randomSecret() {
        byte[] bytes = new byte[36];
        new SecureRandom().nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private RunningGateway(ConfigurableApplicationContext context) {
        this.environment = context.getEnvironment();
        this.context = context;
    }

    public static Builder with(String... settings) {
        return new Builder().settings(settings);
    }

    /** A gateway before {@code backend} with the test secret and further settings, each {@code name=value}. */
    public static RunningGateway inFrontOf(URI backend, String... settings) {
        return with("identities.backend.uri=" + backend).settings(settings).start();
    }

    public int port() {
        return port("local.server.port");
    }

    public int managementPort() {
        return port("local.management.port");
    }

    public URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + port() + pathAndQuery);
    }

    public URI managementUri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + managementPort() + pathAndQuery);
    }

    public <T> T bean(Class<T> type) {
        return context().getBean(type);
    }

    /** What a log-in of this user would get. */
    public String tokenFor(String username) {
        return bean(TokenIssuer.class).issue(Subject.named(username)).bearer().compact();
    }

    public ApplicationContext context() {
        return Objects.requireNonNull(context, "closed");
    }

    /** Lets go of all that has run: a test class keeps its gateway in a static field for the life of the process. */
    @Override
    public void close() {
        ConfigurableApplicationContext running = context;
        if (running != null) {
            running.close();
            context = null;
        }
    }

    private int port(String property) {
        return environment.getRequiredProperty(property, Integer.class);
    }

    /** Boot keeps them as system properties, where the first value would count for every later gateway. */
    public static void forgetLogFormats() {
        for (LoggingSystemProperty property : LoggingSystemProperty.values()) {
            System.clearProperty(property.getEnvironmentVariableName());
        }
    }

    /** Collects settings and beans. */
    public static final class Builder {

        private final List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--management.server.port=0",
                "--management.server.address=127.0.0.1",
                "--identities.warm-up.enabled=false",
                "--identities.keys.secret=" + SECRET));
        private final List<ApplicationContextInitializer<GenericApplicationContext>> beans = new ArrayList<>();

        /** @param settings each {@code name=value}; a later one wins */
        public Builder settings(String... settings) {
            for (String setting : settings) {
                String name = "--" + setting.substring(0, setting.indexOf('=') + 1);
                arguments.removeIf(argument -> argument.startsWith(name));
                arguments.add("--" + setting);
            }
            return this;
        }

        public Builder settings(Map<String, ?> settings) {
            settings.forEach((name, value) -> settings(name + "=" + value));
            return this;
        }

        /** Takes a default argument away, for example {@code identities.keys.secret}. */
        public Builder without(String name) {
            arguments.removeIf(argument -> argument.startsWith("--" + name + "="));
            return this;
        }

        public <T> Builder bean(Class<T> type, Supplier<T> bean) {
            beans.add(context -> context.registerBean(type, bean));
            return this;
        }

        public RunningGateway start() {
            SpringApplicationBuilder application = new SpringApplicationBuilder(IdentitiesGatewayApplication.class)
                    .main(IdentitiesGatewayApplication.class)
                    .web(WebApplicationType.REACTIVE);
            beans.forEach(application::initializers);
            return new RunningGateway(application.run(arguments.toArray(String[]::new)));
        }
    }
}
