package io.identities.gateway.server;

import io.identities.gateway.http.HttpGrammar;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The CORS policy (Fetch standard §3.2). Only a preflight is ever refused; any other request passes, with or without
 * the headers. Immutable.
 */
final class CorsPolicy {

    private final Set<String> origins;
    private final boolean anyOrigin;
    private final Set<String> methods;
    private final boolean anyMethod;
    private final Set<String> headers;
    private final boolean anyHeader;
    private final boolean credentials;
    private final String maxAge;
    private final String allowedMethods;
    private final String exposed;

    /** @param requestIdHeader exposed to pages, as {@code WWW-Authenticate} and {@code Retry-After} are */
    CorsPolicy(CorsSettings settings, String requestIdHeader) {
        origins = Set.copyOf(settings.allowedOrigins());
        anyOrigin = origins.contains("*");
        methods = Set.copyOf(settings.allowedMethods());
        anyMethod = methods.contains("*");
        headers = lowerCase(settings.allowedHeaders());
        anyHeader = headers.contains("*");
        credentials = settings.allowCredentials();
        maxAge = Long.toString(settings.maxAge().toSeconds());
        allowedMethods = String.join(", ", settings.allowedMethods());
        exposed = Stream.concat(
                        Stream.of("WWW-Authenticate", "Retry-After", requestIdHeader),
                        settings.exposedHeaders().stream())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    boolean isConfigured() {
        return !origins.isEmpty();
    }

    /**
     * The headers of a response to anything but a preflight.
     *
     * @param origin as the client sent it, however malformed; null without one
     */
    void onActualRequest(@Nullable String origin, BiConsumer<String, String> header) {
        if (!isConfigured()) {
            return;
        }
        vary("Origin", header);
        if (origin == null || !allows(origin)) {
            return;
        }
        allowOrigin(origin, header);
        header.accept("Access-Control-Expose-Headers", exposed);
    }

    /**
     * The headers of a response to a preflight; only {@code Vary} when it is refused.
     *
     * @param requestedHeaders the value of {@code Access-Control-Request-Headers}
     * @return whether the preflight is granted
     */
    boolean onPreflight(
            String origin, String method, @Nullable String requestedHeaders, BiConsumer<String, String> header) {
        vary("Origin, Access-Control-Request-Method, Access-Control-Request-Headers", header);
        List<String> requested = names(requestedHeaders);
        if (!allows(origin) || !allowsMethod(method) || !allowsHeaders(requested)) {
            return false;
        }
        allowOrigin(origin, header);
        header.accept("Access-Control-Allow-Methods", anyMethod ? method : allowedMethods);
        if (!requested.isEmpty()) {
            header.accept("Access-Control-Allow-Headers", String.join(", ", requested));
        }
        header.accept("Access-Control-Max-Age", maxAge);
        return true;
    }

    private void vary(String value, BiConsumer<String, String> header) {
        header.accept("Vary", value);
    }

    private boolean allows(String origin) {
        return anyOrigin || origins.contains(origin.toLowerCase(Locale.ROOT));
    }

    private void allowOrigin(String origin, BiConsumer<String, String> header) {
        header.accept("Access-Control-Allow-Origin", anyOrigin ? "*" : origin);
        if (credentials) {
            header.accept("Access-Control-Allow-Credentials", "true");
        }
    }

    private boolean allowsMethod(String method) {
        return anyMethod ? HttpGrammar.isToken(method) : methods.contains(method);
    }

    private boolean allowsHeaders(List<String> requested) {
        return requested.stream().allMatch(name -> HttpGrammar.isToken(name) && (anyHeader || headers.contains(name)));
    }

    private static List<String> names(@Nullable String list) {
        if (list == null) {
            return List.of();
        }
        return HttpGrammar.elements(List.of(list)).stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private static Set<String> lowerCase(List<String> names) {
        return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toCollection(TreeSet::new));
    }
}
