package io.identities.gateway.ops;

import java.io.FileNotFoundException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.boot.context.config.InvalidConfigDataPropertyException;
import org.springframework.boot.json.JsonParseException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ApplicationContextException;
import org.springframework.util.PlaceholderResolutionException;
import org.yaml.snakeyaml.constructor.DuplicateKeyException;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.parser.ParserException;
import org.yaml.snakeyaml.scanner.ScannerException;
import reactor.netty.ChannelBindException;

/**
 * Describes start failures outside our own settings in the same form. Spring would report most of them with a stack
 * trace, and quote the surroundings of a mistake in a file or an address, which may contain a secret.
 */
final class StartProblem {

    private static final int MAX_TEXT = 200;
    private static final String REDIS = "redisConnectionFactory";

    /** The beginning of our own sentences on TLS. */
    private static final String TLS = "server.ssl: found ";

    private final List<Throwable> chain = new ArrayList<>();

    private StartProblem(Throwable failure) {
        for (Throwable cause = failure; cause != null && !chain.contains(cause); cause = cause.getCause()) {
            chain.add(cause);
        }
    }

    /** @return the sentence, or empty for an unknown failure */
    static Optional<String> in(Throwable failure) {
        StartProblem problem = new StartProblem(failure);
        return problem.chain.stream()
                .map(problem::sentence)
                .flatMap(Optional::stream)
                .findFirst()
                .or(problem::file)
                .or(problem::redis)
                .or(problem::server);
    }

    private Optional<String> sentence(Throwable cause) {
        return Optional.ofNullable(fileOrAddress(cause))
                .or(() -> Optional.ofNullable(socket(cause)))
                .or(() -> Optional.ofNullable(ManagementPaths.sentence(cause)));
    }

    private static @Nullable String fileOrAddress(Throwable cause) {
        if (cause instanceof YAMLException yaml) {
            return "A YAML file of the configuration" + where(yaml) + ": found " + what(yaml) + ", expected YAML";
        }
        if (cause instanceof IllegalStateException
                && String.valueOf(cause.getMessage()).startsWith("Malformed \\u")) {
            return "A properties file of the configuration: found a \\u without four hex digits behind it, expected \\\\u"
                    + " where the text itself is meant";
        }
        if (cause instanceof InvalidConfigDataPropertyException misplaced) {
            return misplaced.getProperty().getName() + ": found in " + misplaced.getLocation()
                    + ", where it has no say, expected in a file that belongs to no profile, or as an argument";
        }
        if (cause instanceof PlaceholderResolutionException) {
            return "A setting: found a placeholder without a value (not shown), expected one";
        }
        if (cause instanceof JsonParseException) {
            return "SPRING_APPLICATION_JSON (spring.application.json): found text that is no JSON (not shown),"
                    + " expected one object";
        }
        if (cause.getClass().getSimpleName().endsWith("RedisUrlSyntaxException")) {
            return "spring.data.redis.url: found an address that cannot be used (not shown), expected one such as"
                    + " redis://host:6379 or rediss://host:6379";
        }
        return ConfigLocationProblem.sentence(cause);
    }

    /** Before any bean is created, only configuration files are opened. */
    private Optional<String> file() {
        boolean reading = chain.stream()
                .noneMatch(cause -> cause instanceof BeansException || cause instanceof ApplicationContextException);
        return chain.stream()
                .filter(cause ->
                        reading && (cause instanceof FileNotFoundException || cause instanceof FileSystemException))
                .map(cause -> "A file of the configuration: found " + shown(cause.getMessage())
                        + ", expected one that this user may read")
                .findFirst();
    }

    private @Nullable String socket(Throwable cause) {
        if (cause instanceof NoSuchSslBundleException missing) {
            return bundleSetting() + ": found '" + missing.getBundleName()
                    + "', expected the name of a bundle under spring.ssl.bundle";
        }
        if (cause instanceof PortInUseException taken) {
            return place() + ".port: found " + taken.getPort()
                    + ", where something listens already, expected a free port";
        }
        if (cause instanceof ChannelBindException refused) {
            return place() + ".address and .port: found an address where nothing can listen (" + reason(refused)
                    + "), expected an address of this machine and a port that this user may open";
        }
        return null;
    }

    /** A server that cannot start with its settings, mostly those of TLS. */
    private Optional<String> server() {
        boolean starting = chain.stream()
                .anyMatch(cause -> cause instanceof ApplicationContextException
                        && String.valueOf(cause.getMessage()).startsWith("Unable to start reactive web server"));
        return chain.stream()
                .map(Throwable::getMessage)
                .filter(message -> message != null && message.startsWith(TLS))
                .findFirst()
                .or(() -> chain.stream()
                        .filter(cause -> starting && cause instanceof IllegalStateException)
                        .map(cause -> place() + ": found settings that no server can start with ("
                                + shown(cause.getMessage())
                                + "), expected usable ones below server.ssl or spring.ssl.bundle")
                        .findFirst());
    }

    private Optional<String> redis() {
        return chain.stream()
                .filter(cause -> mentions(REDIS) && cause instanceof IllegalArgumentException)
                .map(cause -> "spring.data.redis: found settings that cannot be used (" + shown(cause.getMessage())
                        + "), expected a host and a port, or a url such as redis://host:6379")
                .findFirst();
    }

    private String place() {
        return mentions("childManagementContextInitializer") ? "management.server" : "server";
    }

    private String bundleSetting() {
        if (mentions(REDIS)) {
            return "spring.data.redis.ssl.bundle";
        }
        return mentions("Unable to start reactive web server") ? place() + ".ssl.bundle" : "spring.ssl.bundle";
    }

    private boolean mentions(String words) {
        return chain.stream()
                .anyMatch(cause -> String.valueOf(cause.getMessage()).contains(words));
    }

    private static String where(YAMLException failure) {
        Mark mark = failure instanceof MarkedYAMLException marked ? marked.getProblemMark() : null;
        return mark == null ? "" : ", line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1);
    }

    /** Messages of the scanner and the parser name token types and single characters; others quote values. */
    private static String what(YAMLException failure) {
        if (failure instanceof DuplicateKeyException twice) {
            return "a key twice (" + shown(twice.getProblem()) + ")";
        }
        boolean quotesNothing = failure instanceof ScannerException || failure instanceof ParserException;
        return "text that cannot be read"
                + (quotesNothing ? " (" + shown(((MarkedYAMLException) failure).getProblem()) + ")" : "");
    }

    private static String reason(ChannelBindException refused) {
        Throwable cause = refused.getCause();
        return shown(refused.getMessage()) + (cause == null ? "" : ": " + shown(cause.getMessage()));
    }

    /** A setting may contain certificates and keys itself. */
    static String shown(@Nullable String text) {
        if (text == null || text.contains("-----BEGIN") || text.contains("base64:")) {
            return "not shown";
        }
        String line = text.replaceAll("\\s+", " ");
        return line.length() > MAX_TEXT ? line.substring(0, MAX_TEXT) + "..." : line;
    }
}
