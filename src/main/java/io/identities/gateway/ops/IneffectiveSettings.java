package io.identities.gateway.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.web.server.Ssl;
import org.springframework.core.env.Environment;

/** Finds valid settings of the framework that have no effect in the gateway. */
final class IneffectiveSettings {

    private static final String HTTP2 = "server.http2.enabled";
    private static final String FORWARDED = "server.forward-headers-strategy";
    private static final Set<String> BELIEVING = Set.of("framework", "native");

    private static final String HEAD = "server.max-http-request-header-size";

    /** The framework's CORS, of all routes or of one. */
    private static final Pattern CORS = Pattern.compile(
            "spring\\.cloud\\.gateway\\.server\\.webflux\\.(globalcors\\.|routes\\[\\d+]\\.metadata\\.cors\\.).*");

    private IneffectiveSettings() {}

    /** One sentence for each. */
    static List<String> warnings(Environment environment) {
        List<String> warnings = new ArrayList<>();
        String strategy = environment.getProperty(FORWARDED, "").strip().toLowerCase(Locale.ROOT);
        if (BELIEVING.contains(strategy)) {
            warnings.add(
                    FORWARDED + ": found " + strategy + ", which does nothing here; whose X-Forwarded-* headers are"
                            + " believed says identities.proxy.trusted-proxies");
        }
        if (environment.getProperty(HTTP2, "").strip().equalsIgnoreCase("true") && !isEncrypted(environment)) {
            warnings.add(
                    HTTP2 + ": found true without TLS (server.ssl), so it does nothing; HTTP/2 is spoken over TLS only,"
                            + " never in clear text");
        }
        if (environment.getProperty(HEAD) != null) {
            warnings.add(HEAD + ": found, which does nothing here; the limit is identities.headers.max-size");
        }
        cors(environment)
                .map(name ->
                        name + ": found, which does nothing for what the gateway passes on and answers itself; CORS is"
                                + " set below identities.cors")
                .ifPresent(warnings::add);
        return warnings;
    }

    private static Optional<String> cors(Environment environment) {
        return StreamSupport.stream(
                        ConfigurationPropertySources.get(environment).spliterator(), false)
                .flatMap(source ->
                        source instanceof IterableConfigurationPropertySource names ? names.stream() : Stream.empty())
                .map(ConfigurationPropertyName::toString)
                .filter(CORS.asMatchPredicate())
                .findFirst();
    }

    /** A value that cannot be bound is reported where it is bound. */
    private static boolean isEncrypted(Environment environment) {
        try {
            return Binder.get(environment)
                    .bind("server.ssl", Ssl.class)
                    .map(ssl -> ssl.isEnabled())
                    .orElse(false);
        } catch (BindException e) {
            return true;
        }
    }
}
