package io.identities.gateway.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.identities.gateway.token.Subject;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The password grant of a token endpoint (RFC 6749, 4.3). Only {@code invalid_grant} is about the user; every other
 * error, {@code invalid_client} above all, is about the gateway and means that the endpoint could not tell.
 */
final class OAuth2PasswordStyle implements HttpStyle {

    private final Client client;
    private final StatusCodes codes;
    private final SubjectMapping mapping;
    private final CheckHttpClient http;

    OAuth2PasswordStyle(Client client, StatusCodes codes, SubjectMapping mapping, CheckHttpClient http) {
        this.client = client;
        this.codes = codes;
        this.mapping = mapping;
        this.http = http;
    }

    /**
     * The client and its endpoints. Prints without the secret.
     *
     * @param secret null for a public client, which sends its id only
     * @param secretInForm whether id and secret are sent in the form rather than in {@code Authorization}
     * @param userinfo null: the claims are read from the access token, if it is a JWT
     */
    record Client(
            URI tokenEndpoint,
            String id,
            @Nullable String secret,
            boolean secretInForm,
            @Nullable String scope,
            @Nullable URI userinfo) {

        @Override
        public String toString() {
            return "Client[" + id + "]";
        }
    }

    @Override
    public HttpCall question(Credentials credentials) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "password");
        form.put("username", credentials.username());
        form.put("password", credentials.password());
        if (client.scope() != null) {
            form.put("scope", client.scope());
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/x-www-form-urlencoded");
        identify(form, headers);
        return new HttpCall(HttpMethod.POST, client.tokenEndpoint(), headers, encode(form));
    }

    @Override
    public Mono<Optional<Subject>> read(Credentials credentials, CheckResponse reply) {
        return Mono.defer(() -> {
            if (codes.success().contains(reply.status())) {
                return subject(credentials.username(), accessToken(reply));
            }
            if (codes.refusal().contains(reply.status())) {
                return refusal(reply);
            }
            return Mono.error(StatusCodes.unclear(reply));
        });
    }

    private void identify(Map<String, String> form, Map<String, String> headers) {
        String secret = client.secret();
        if (secret != null && !client.secretInForm()) {
            headers.put("Authorization", BasicStyle.authorization(encode(client.id()), encode(secret)));
            return;
        }
        form.put("client_id", client.id());
        if (secret != null) {
            form.put("client_secret", secret);
        }
    }

    private Mono<Optional<Subject>> subject(String typed, String accessToken) {
        URI userinfo = client.userinfo();
        if (userinfo == null) {
            ObjectNode claims = payload(accessToken);
            return Mono.just(claims == null ? SubjectMapping.approved(typed) : mapping.subject(typed, claims));
        }
        HttpCall call = new HttpCall(HttpMethod.GET, userinfo, Map.of("Authorization", "Bearer " + accessToken), null);
        return http.send(call).map(reply -> {
            if (reply.status() != 200) {
                throw StatusCodes.unclear(reply);
            }
            return mapping.subject(typed, reply.json());
        });
    }

    private static Mono<Optional<Subject>> refusal(CheckResponse reply) {
        JsonNode error = reply.json().path("error");
        String code = error.isString() && error.stringValue().matches("[a-z_]{1,40}") ? error.stringValue() : "unknown";
        return code.equals("invalid_grant")
                ? Mono.just(Optional.empty())
                : Mono.error(CredentialCheckUnavailableException.unclear(
                        "answer " + reply.status() + " with error " + code + ", which is not about the user"));
    }

    private static String accessToken(CheckResponse reply) {
        JsonNode token = reply.json().path("access_token");
        if (!token.isString() || !token.stringValue().matches("[A-Za-z0-9._~+/=-]+")) {
            throw CredentialCheckUnavailableException.unclear("answer " + reply.status() + " without an access token");
        }
        return token.stringValue();
    }

    /**
     * The claims of a JWT; null for any other token. It came directly from the issuer, so its signature need not be
     * verified.
     */
    private static @Nullable ObjectNode payload(String accessToken) {
        String[] parts = accessToken.split("\\.", -1);
        if (parts.length != 3) {
            return null;
        }
        try {
            return CheckResponse.object(Base64.getUrlDecoder().decode(parts[1]), "an access token");
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static byte[] encode(Map<String, String> form) {
        return form.entrySet().stream()
                .map(field -> field.getKey() + '=' + encode(field.getValue()))
                .collect(Collectors.joining("&"))
                .getBytes(UTF_8);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8);
    }
}
