package io.identities.gateway.credentials;

import io.identities.gateway.audit.LogText;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import tools.jackson.core.JsonPointer;

/**
 * The check over HTTP.
 *
 * @param uri address of the service, http or https
 * @param style the protocol of the service
 * @param method HTTP method; by default POST, and GET in style basic
 * @param timeout longest wait for a response
 * @param connectTimeout longest wait for a connection
 * @param successCodes statuses that mean yes
 * @param refusalCodes statuses that mean no; every other status means that the service could not tell
 * @param usernamePointer JSON pointer to the name that the token gets; by default /username, and /preferred_username in
 *     style oauth2-password
 * @param rolesPointer JSON pointer to a string or an array of strings
 * @param claims further claims of the token: name and JSON pointer
 * @param clientId the gateway's client id in style oauth2-password, and its user name for status-uri
 * @param clientSecret the gateway's client secret
 * @param clientAuthentication where client id and secret are sent in style oauth2-password
 * @param scope scope requested in style oauth2-password
 * @param userinfoUri where style oauth2-password reads the claims; by default from the access token
 * @param statusUri called at renewal to check that the account still exists; {username} in it is the name
 * @param statusGoneCodes statuses of status-uri that mean that the account is gone
 * @param sslBundle name of a bundle under spring.ssl.bundle for https
 */
record HttpCheckSettings(
        @Nullable URI uri,
        @DefaultValue("json") Style style,
        @Nullable String method,
        @DefaultValue("5s") Duration timeout,
        @DefaultValue("2s") Duration connectTimeout,
        @DefaultValue({"200", "204"}) Set<Integer> successCodes,
        @DefaultValue({"400", "401", "403"}) Set<Integer> refusalCodes,
        @Nullable String usernamePointer,
        @Nullable String rolesPointer,
        @DefaultValue Map<String, String> claims,
        @Nullable String clientId,
        @Nullable String clientSecret,
        @DefaultValue("basic") ClientAuthentication clientAuthentication,
        @Nullable String scope,
        @Nullable URI userinfoUri,
        @Nullable String statusUri,
        @DefaultValue({"404", "410"}) Set<Integer> statusGoneCodes,
        @Nullable String sslBundle) {

    HttpCheckSettings {
        Setting.positive("http.timeout", timeout);
        Setting.positive("http.connect-timeout", connectTimeout);
        Setting.anyStatus("http.success-codes", successCodes);
        Setting.anyStatus("http.refusal-codes", refusalCodes);
        Setting.statuses("http.status-gone-codes", statusGoneCodes);
        successCodes.stream().filter(refusalCodes::contains).findFirst().ifPresent(code -> {
            throw Setting.wrong(
                    "http.refusal-codes", code + ", which is in success-codes too", "each status in one of them");
        });
        Setting.pointer("http.username-pointer", usernamePointer);
        Setting.pointer("http.roles-pointer", rolesPointer);
        claims.forEach((name, pointer) -> Setting.pointer("http.claims." + name, pointer));
        Setting.claims("http.claims", claims.keySet());
        claims = Map.copyOf(claims);
        clientSecret = clientSecret == null ? null : Setting.secret(clientSecret);
    }

    enum Style {
        JSON,
        BASIC,
        OAUTH2_PASSWORD
    }

    /** RFC 6749, 2.3.1: the Authorization header, or the form. */
    enum ClientAuthentication {
        BASIC,
        POST
    }

    OAuth2PasswordStyle.Client client() {
        if (clientId == null) {
            throw Setting.wrong("http.client-id", "nothing", "the client id for style oauth2-password");
        }
        return new OAuth2PasswordStyle.Client(
                target(),
                clientId,
                clientSecret,
                clientAuthentication == ClientAuthentication.POST,
                scope,
                userinfoUri);
    }

    /** Headers for the status call, which carries no user's credentials. */
    Map<String, String> ownHeaders() {
        return clientId == null || clientSecret == null
                ? Map.of()
                : Map.of("Authorization", BasicStyle.authorization(clientId, clientSecret));
    }

    URI target() {
        if (uri == null) {
            throw Setting.wrong("http.uri", "nothing", "the address of the service that checks credentials");
        }
        return uri;
    }

    HttpMethod httpMethod() {
        if (method != null) {
            return HttpMethod.valueOf(method);
        }
        return style == Style.BASIC ? HttpMethod.GET : HttpMethod.POST;
    }

    SubjectMapping mapping() {
        String fallback = style == Style.OAUTH2_PASSWORD ? "/preferred_username" : "/username";
        return new SubjectMapping(
                JsonPointer.compile(usernamePointer == null ? fallback : usernamePointer),
                rolesPointer == null ? null : JsonPointer.compile(rolesPointer),
                claims.entrySet().stream()
                        .collect(Collectors.toUnmodifiableMap(
                                Map.Entry::getKey, entry -> JsonPointer.compile(entry.getValue()))));
    }

    StatusCodes codes() {
        return new StatusCodes(successCodes, refusalCodes);
    }

    @Override
    public String toString() {
        return "Http[uri=" + uri + ", style=" + style + ", clientSecret=***]";
    }

    void requireComplete() {
        Setting.address("http.uri", target());
        if (style == Style.OAUTH2_PASSWORD) {
            client();
        }
        if (method != null && !method.matches("[A-Z]+")) {
            throw Setting.wrong("http.method", method, "an HTTP method in capitals");
        }
        if (userinfoUri != null) {
            Setting.address("http.userinfo-uri", userinfoUri);
        }
        if (statusUri != null) {
            status(statusUri);
        }
        boolean encrypted = Stream.of(target().toString(), String.valueOf(userinfoUri), String.valueOf(statusUri))
                .anyMatch(address -> address.toLowerCase(Locale.ROOT).startsWith("https:"));
        Setting.usedBundle("http.ssl-bundle", sslBundle, encrypted, "an https address");
    }

    private static void status(String template) {
        URI address = filled(template, "x");
        if (!template.contains(HttpStatusCall.PLACEHOLDER)
                || !Objects.equals(
                        address.getRawAuthority(), filled(template, "y").getRawAuthority())) {
            throw wrongStatus(template);
        }
        Setting.address("http.status-uri", address);
    }

    private static URI filled(String template, String name) {
        try {
            return URI.create(template.replace(HttpStatusCall.PLACEHOLDER, name));
        } catch (IllegalArgumentException e) {
            throw wrongStatus(template);
        }
    }

    private static IllegalArgumentException wrongStatus(String template) {
        return Setting.wrong(
                "http.status-uri", LogText.address(template), "an address with {username} in its path or query");
    }
}
