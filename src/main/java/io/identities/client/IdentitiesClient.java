package io.identities.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls services behind an identities gateway without ever handling a token: logs in on first use, renews in the
 * background before the token ends, logs in again when the session has reached its limit.
 *
 * <p>Thread-safe, and meant to be shared: whatever the number of callers, at most one request for a token is in flight.
 * During the wait after a failed one, callers get its failure at once and the gateway is not called.
 *
 * <pre>{@code
 * try (IdentitiesClient client = IdentitiesClient.builder(URI.create("https://gateway.example.org"))
 *         .credentials("alice", () -> System.getenv("PASSWORD").toCharArray())
 *         .build()) {
 *     HttpRequest request = HttpRequest.newBuilder(client.uri("/api/v1/things")).build();
 *     System.out.println(client.send(request, BodyHandlers.ofString()).body());
 * }
 * }</pre>
 */
public final class IdentitiesClient implements AutoCloseable {

    private final URI base;
    private final Set<Origin> origins;
    private final HttpClient http;
    private final TokenKeeper keeper;
    private final Duration closeWithin;
    private final Runnable release;

    IdentitiesClient(
            URI base,
            Set<Origin> origins,
            HttpClient http,
            TokenKeeper keeper,
            Duration closeWithin,
            Runnable release) {
        this.base = base;
        this.origins = origins;
        this.http = http;
        this.keeper = keeper;
        this.closeWithin = closeWithin;
        this.release = release;
    }

    /**
     * Starts to build a client.
     *
     * @param base the gateway's URI, with its base path if it has one: {@code https://gateway.example.org/identities}
     * @throws IllegalArgumentException if it is not http or https, or has user info, a query or a fragment
     */
    public static IdentitiesClientBuilder builder(URI base) {
        return new IdentitiesClientBuilder(base);
    }

    /**
     * A valid token for {@code Authorization: Bearer}. Returns at once while there is one; waits if a login or an
     * overdue renewal is needed. Call this for each use rather than keep the token.
     *
     * @throws IdentitiesException if no token could be obtained
     * @throws IllegalStateException when this client is closed
     */
    public String validAccessToken() throws IdentitiesException, InterruptedException {
        return await(keeper.validToken());
    }

    /**
     * As {@link #validAccessToken()}, without waiting. The future fails with an {@link IdentitiesException} or, once
     * this client is closed, an {@link IllegalStateException}; cancelling it does not affect other callers.
     */
    public CompletableFuture<String> validAccessTokenAsync() {
        return keeper.validToken();
    }

    /**
     * Sends a request with a valid token in {@code Authorization} (replacing any other). After a 401 the request is
     * sent once more with a fresh token if the body can be repeated, that is, if its length is known ({@code ofString},
     * {@code ofByteArray}, {@code ofFile}, none); else the 401 is returned.
     *
     * @throws IdentitiesException if no token could be obtained
     * @throws IOException as {@link HttpClient#send}
     * @throws IllegalArgumentException if the request is not for the gateway or a trusted origin
     * @throws IllegalStateException when this client is closed
     */
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        requireOurs(request);
        String token = validAccessToken();
        FirstAttempt<T> first = firstAttempt(request, handler, token);
        HttpResponse<T> answer = http.send(withToken(request, token), first);
        if (!first.isRefused()) {
            return answer;
        }
        return http.send(withToken(request, await(keeper.replace(token))), handler);
    }

    /**
     * As {@link #send}, without waiting. The future fails as {@link HttpClient#sendAsync} does, or with an
     * {@link IdentitiesException}. Cancelling it cancels the request too.
     */
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        requireOurs(request);
        CancellableCall call = new CancellableCall();
        CompletableFuture<HttpResponse<T>> answered = keeper.validToken().thenCompose(token -> {
            FirstAttempt<T> first = firstAttempt(request, handler, token);
            return call.begin(() -> http.sendAsync(withToken(request, token), first))
                    .thenCompose(answer -> first.isRefused()
                            ? sendAgain(request, handler, token, call)
                            : CompletableFuture.completedFuture(answer));
        });
        return call.cancelledWith(answered);
    }

    /**
     * A URI behind the gateway.
     *
     * @param pathAndQuery percent-encoded, with a leading {@code /}; the gateway's base path is prepended
     */
    public URI uri(String pathAndQuery) {
        if (!pathAndQuery.startsWith("/")) {
            throw new IllegalArgumentException("'" + pathAndQuery + "' has no leading slash (expected /path?query)");
        }
        return URI.create(base + pathAndQuery);
    }

    /** Stops renewing and revokes the session, waiting no longer than the time-out; a failure to do so is ignored. */
    @Override
    public void close() {
        try {
            closeAsync().get(closeWithin.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // The token expires by itself; closeAsync reports failures.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Stops renewing and revokes the session. The future completes when the gateway has confirmed it, and fails with an
     * {@link IdentitiesException} if the token may still be valid until it expires.
     */
    public CompletableFuture<Void> closeAsync() {
        return keeper.close().whenComplete((done, problem) -> release.run());
    }

    /** The gateway's URI and whether a token is held; never the token, the username or the password. */
    @Override
    public String toString() {
        return "IdentitiesClient[" + base + ", " + (keeper.holdsToken() ? "token held" : "no token") + "]";
    }

    private <T> CompletableFuture<HttpResponse<T>> sendAgain(
            HttpRequest request, BodyHandler<T> handler, String refused, CancellableCall call) {
        return keeper.replace(refused)
                .thenCompose(token -> call.begin(() -> http.sendAsync(withToken(request, token), handler)));
    }

    private <T> FirstAttempt<T> firstAttempt(HttpRequest request, BodyHandler<T> handler, String token) {
        return new FirstAttempt<>(handler, () -> isRepeatable(request) && keeper.mayReplace(token));
    }

    private void requireOurs(HttpRequest request) {
        if (!origins.contains(Origin.of(request.uri()))) {
            throw new IllegalArgumentException("The token is not sent to " + Origin.of(request.uri())
                    + " (expected one of " + origins + ", see IdentitiesClientBuilder.trust)");
        }
    }

    private static boolean isRepeatable(HttpRequest request) {
        return request.bodyPublisher().map(body -> body.contentLength() >= 0).orElse(true);
    }

    private static HttpRequest withToken(HttpRequest request, String token) {
        return HttpRequest.newBuilder(request, (name, value) -> !name.equalsIgnoreCase("Authorization"))
                .header("Authorization", "Bearer " + token)
                .build();
    }

    private static String await(CompletableFuture<String> token) throws IdentitiesException, InterruptedException {
        try {
            return token.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IdentitiesException failure) {
                throw failure.again();
            }
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        }
    }
}
